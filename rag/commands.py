"""What each command does, from parsed options to printed results.

Those that work on files of questions are in ``rag/file_commands.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from ingest.__main__ import sync_command
from ingest.embedding.embed import load_embedder, recipe_for
from ingest.embedding.quiet_models import set_hub_offline
from ingest.errors import UsageError
from ingest.reading_list.manifest import read_manifest
from ingest.settings import make_sync, open_downloader
from ingest.storage.workspace import Workspace
from ingest.sync.pipeline import SyncOptions
from ingest.sync.state import inspect_papers
from ingest.terminal import print_message, print_result
from rag.answer import Turn
from rag.assistant import Assistant
from rag.config import Filters
from rag.file_commands import batch_command, eval_command
from rag.library import Library
from rag.options import assistant_of, config_of, filters_of, print_json, warn_of
from rag.show import show_answer, show_hits, show_models, show_papers
from rag.user_input import TURNS, Warn, get_turns, parse_json, read_text


def papers_command(args: argparse.Namespace) -> int:
    """Show the list and how far each paper got."""
    states = inspect_papers(
        read_manifest(args.manifest),
        args.manifest.parent,
        Workspace(args.data_dir),
        recipe_for(load_embedder(args.embedder)),
    )
    if args.topic and states:
        Filters(topics=(args.topic,)).check([state.paper for state in states])
    shown = [
        state
        for state in states
        if (not args.status or state.status == args.status)
        and (not args.topic or args.topic in state.paper.topics)
    ]
    if args.json:
        print_json([state.as_json() for state in shown])
    elif shown:
        print_result(show_papers(shown))
    else:
        print_result("No paper is in this state." if states else "The list is empty.")
    return 0


def add_command(args: argparse.Namespace) -> int:
    """Add papers to the list."""
    from ingest.reading_list.add import make_entries
    from ingest.reading_list.edit import add_papers

    taken = [paper.id for paper in read_manifest(args.manifest)]
    papers = make_entries(args.what, args.title, taken, args.manifest.parent, open_downloader)
    add_papers(args.manifest, papers)
    for paper in papers:
        print_result(f"added {paper.id}: {paper.title}")
    print_message("Run `askpapers sync` to fetch and index what was added.", args.quiet)
    return 0


def remove_command(args: argparse.Namespace) -> int:
    """Take papers off the list."""
    from ingest.reading_list.edit import remove_papers

    ids = list(dict.fromkeys(args.ids))
    remove_papers(args.manifest, ids)
    print_result(f"removed {', '.join(ids)}")
    print_message("Run `askpapers sync` to take them out of the index.", args.quiet)
    return 0


def search_command(args: argparse.Namespace) -> int:
    """Show the passages for a question."""
    found = assistant_of(args).search(args.question, (), filters_of(args), args.k)
    if args.json:
        print_json(found.as_json(args.question))
    else:
        print_result(show_hits(found.hits, args.question))
    return 0


def ask_command(args: argparse.Namespace) -> int:
    """Answer one question, without a model where the one that was asked fails."""
    history = _read_history(args.history, warn_of(args)) if args.history else ()
    assistant = assistant_of(args).with_model(args.llm, fall_back=True)
    answer = assistant.ask(args.question, history, filters_of(args))
    if answer.failure:  # an error, so printed even with --quiet
        print_message(f"askpapers: {answer.failure.notice}\n")
    if args.json:
        print_json(answer.as_json())
    else:
        print_result(show_answer(answer))
    return answer.failure.exit_code if answer.failure else 0


def _read_history(path: Path, tell: Warn) -> tuple[Turn, ...]:
    text = read_text(path, tell)
    try:
        return get_turns({"history": parse_json(text)})
    except UsageError as error:
        raise UsageError(
            f"{path} is not a valid history: {error}", f"Give JSON: {TURNS}."
        ) from error


def models_command(args: argparse.Namespace) -> int:
    """Show which language models can be used."""
    from rag.llm.status import configured_models

    states = configured_models()
    if args.json:
        print_json([asdict(state) for state in states])
    else:
        print_result(show_models(states))
    return 0


def chat_command(args: argparse.Namespace) -> int:
    """Serve the chat until Ctrl-C."""
    from rag.ui.serve import Access, serve

    if args.offline:
        set_hub_offline()
    if args.no_sync:
        sync, assistant = None, assistant_of(args)
    else:
        options = SyncOptions(pdf_dirs=tuple(args.pdf_dir), offline=args.offline)
        sync = make_sync(args.manifest, args.data_dir, args.embedder, options)
        library = Library(Workspace(args.data_dir), sync.embedder)  # one model in memory for both
        assistant = Assistant(library, config_of(args))
    access = Access(args.auth, args.no_auth, args.read_only)
    serve(assistant, args.manifest, sync, args.host, args.port, access, warn_of(args))
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "sync": sync_command,
    "papers": papers_command,
    "add": add_command,
    "remove": remove_command,
    "search": search_command,
    "ask": ask_command,
    "batch": batch_command,
    "eval": eval_command,
    "models": models_command,
    "chat": chat_command,
}
