"""What each command does, from parsed options to printed results."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from ingest.__main__ import make_sync, open_downloader, sync_command
from ingest.errors import AssistantError, ModelError, UsageError
from ingest.manifest import read_manifest
from ingest.pipeline import SyncOptions
from ingest.recipe import Recipe
from ingest.state import inspect_papers
from ingest.terminal import count_bar, say, unforeseen
from ingest.workspace import Workspace
from rag.answer import Answer, Turn
from rag.assistant import Assistant
from rag.batch import Item, Record, check_output, journal_of, read_items, run_batch
from rag.config import EXTRACTIVE, Filters, RagConfig, parse_years
from rag.evaluate import Failed, GoldQuestion, Groups, Scored, by_group, read_gold, score_all
from rag.given import TURNS, check_writable, read_text, turns_of
from rag.library import Library
from rag.runs import Run, comparison, read_run, run_of, write_run
from rag.show import (
    MODEL_MEASURES,
    show_answer,
    show_changes,
    show_hits,
    show_misses,
    show_models,
    show_papers,
    show_scores,
)

GIVE_UP_AFTER = 3  # questions that a model did not answer, if it answered none


def papers_command(args: argparse.Namespace) -> int:
    """Show the list and how far each paper got."""
    states = [
        state
        for state in inspect_papers(
            read_manifest(args.manifest),
            args.manifest.parent,
            Workspace(args.data_dir),
            Recipe(embedder=args.embedder),
        )
        if (not args.status or state.status == args.status)
        and (not args.topic or args.topic in state.paper.topics)
    ]
    if args.json:
        _print_json([state.as_json() for state in states])
    else:
        print(show_papers(states))
    return 0


def add_command(args: argparse.Namespace) -> int:
    """Add papers to the list."""
    from ingest.add import papers_from
    from ingest.manifest_edit import add_papers

    taken = [paper.id for paper in read_manifest(args.manifest)]
    papers = papers_from(args.what, args.title, taken, args.manifest.parent, open_downloader)
    add_papers(args.manifest, papers)
    for paper in papers:
        print(f"added {paper.id}: {paper.title}")
    say("Run `askpapers sync` to fetch and index what was added.", args.quiet)
    return 0


def remove_command(args: argparse.Namespace) -> int:
    """Take papers off the list."""
    from ingest.manifest_edit import remove_papers

    remove_papers(args.manifest, args.ids)
    print(f"removed {', '.join(args.ids)}")
    say("Run `askpapers sync` to take them out of the index.", args.quiet)
    return 0


def search_command(args: argparse.Namespace) -> int:
    """Show the passages for a question."""
    found = _assistant(args).search(args.question, (), _filters(args), args.k)
    if args.json:
        _print_json(found.as_json(args.question))
    else:
        print(show_hits(found.hits))
    return 0


def ask_command(args: argparse.Namespace) -> int:
    """Answer one question."""
    history = _read_history(args.history) if args.history else ()
    assistant, filters = _assistant(args), _filters(args)
    try:
        _print_answer(assistant.ask(args.question, history, filters), args.json)
    except ModelError:  # there is an answer all the same, and the error says why it is another
        print("The model did not answer. Without a model:\n", file=sys.stderr)
        without = assistant.with_model(EXTRACTIVE)
        _print_answer(without.ask(args.question, history, filters), args.json)
        raise
    return 0


def _print_answer(answer: Answer, as_json: bool) -> None:
    if as_json:
        _print_json(answer.as_json())
    else:
        print(show_answer(answer))


def _read_history(path: Path) -> tuple[Turn, ...]:
    text = read_text(path)
    try:
        return turns_of({"history": json.loads(text)})
    except (ValueError, UsageError) as error:
        raise UsageError(f"{path} holds no history: {error}", f"Give JSON: {TURNS}.") from error


def batch_command(args: argparse.Namespace) -> int:
    """Answer a file of questions."""
    items = read_items(args.file)
    check_output(args.out, args.file)
    assistant, filters = _assistant(args), _filters(args)
    # Opened here, filters that no paper meets are told once, not on every line.
    index = assistant.retriever(filters).index.meta.content

    def answer(item: Item) -> Record:
        within = replace(filters, papers=item.papers) if item.papers else filters
        try:
            record = assistant.ask(item.question, item.history, within).as_json()
            if args.hits:
                found = assistant.search(item.question, item.history, within, args.hits)
                record["hits"] = [hit.as_json() for hit in found.hits]
        except AssistantError:
            raise
        except Exception as error:
            raise unforeseen(error, args.data_dir) from error
        return record

    how = json.dumps([index, args.llm, args.strict, args.verifier, args.hits, asdict(filters)])
    with count_bar(len(items), "question", args.quiet) as on_done:
        counts = run_batch(items, args.out, answer, how, args.workers, on_done)
    if counts.kept:
        kept = f"{counts.kept} were answered by an earlier run; to ask anew, delete"
        say(f"{kept} {journal_of(args.out)}.", args.quiet)
    say(f"{len(items)} questions, {counts.failed} failed, answers in {args.out}.", args.quiet)
    return 1 if counts.failed else 0


def eval_command(args: argparse.Namespace) -> int:
    """Score the answers to gold questions, and compare them with other models or kept runs."""
    gold = read_gold(args.gold)
    kept = {name: read_run(Path(name)) for name in args.against if _is_run(name)}
    for path in filter(None, (args.save, args.misses)):
        check_writable(path, args.gold)
    assistant = _assistant(args)
    scored = {args.llm: _scored(gold, assistant, args.llm, args.quiet)}
    others = [name for name in dict.fromkeys(args.against) if name not in {*kept, args.llm}]
    for llm in others:
        try:
            scored[llm] = _scored(gold, assistant, llm, args.quiet)
        except ModelError as error:
            say(f"{llm} is left out: {error}")
    runs = {llm: run_of(llm, ones) for llm, ones in scored.items()}
    if args.save:
        write_run(args.save, runs[args.llm])
    if args.misses:
        args.misses.write_text(show_misses(list(chain(*scored.values()))), encoding="utf-8")
    groups = {llm: by_group(ones) for llm, ones in scored.items()}
    now = runs.pop(args.llm)
    _print_scores(groups, {**runs, **kept}, now, args.json)
    n_answered = sum(len(ones) for ones in scored.values())
    return 0 if n_answered == len(gold) * (1 + len(others)) else 1


def _is_run(name: str) -> bool:
    """Whether ``--against`` names a kept run; models are named ``provider:model``."""
    return name.endswith(".json") or Path(name).is_file()


def _print_scores(
    groups: dict[str, Groups], befores: dict[str, Run], now: Run, as_json: bool
) -> None:
    if as_json:
        changes = {name: comparison(before, now) for name, before in befores.items()}
        _print_json({**groups, "changes": changes} if befores else groups[now.llm])
        return
    for llm, means in groups.items():
        print(f"{llm}\n{show_scores(means)}\n" if len(groups) > 1 else show_scores(means))
    for name, before in befores.items():
        print("\n" + show_changes(name, before, now))
    if list(groups) != [EXTRACTIVE]:
        means = {llm: groups[llm]["all"] for llm in groups}
        print("\n" + show_scores(means, MODEL_MEASURES))


def _scored(
    gold: Sequence[GoldQuestion], assistant: Assistant, llm: str, quiet: bool
) -> list[Scored]:
    """The questions that ``llm`` answered; which it did not, and why, is told.

    Raises ``ModelError`` where it answers none of the first: it will not answer the rest.
    """
    scored: list[Scored] = []
    failed: list[Failed] = []
    with count_bar(len(gold), "question", quiet) as on_done:
        for one in score_all(gold, assistant.with_model(llm)):
            on_done(1)
            if isinstance(one, Scored):
                scored.append(one)
            else:
                failed.append(one)
            if not scored and len(failed) == min(GIVE_UP_AFTER, len(gold)):
                raise failed[0].error
    for one in failed:
        say(f"{one.gold.id}: not answered by {llm}: {one.error}")
    return scored


def models_command(args: argparse.Namespace) -> int:
    """Show which language models can be used."""
    from rag.llm_status import configured_models

    states = configured_models()
    if args.json:
        _print_json([asdict(state) for state in states])
    else:
        print(show_models(states))
    return 0


def chat_command(args: argparse.Namespace) -> int:
    """Serve the chat until Ctrl-C."""
    from app import Access, serve

    if args.no_sync:
        sync, assistant = None, _assistant(args)
    else:
        options = SyncOptions(pdf_dirs=tuple(args.pdf_dir), offline=args.offline)
        sync = make_sync(args, options)
        library = Library(Workspace(args.data_dir), sync.embedder)  # one model in memory for both
        assistant = Assistant(library, _config(args))
    access = Access(args.auth, args.no_auth, args.read_only)
    serve(assistant, args.manifest, sync, args.host, args.port, access)
    return 0


def _assistant(args: argparse.Namespace) -> Assistant:
    """The assistant over the data folder; before the first sync, over the list alone."""
    workspace = Workspace(args.data_dir)
    if workspace.current_build() is None:
        say("There is no index yet: answers come from the list alone.", args.quiet)
        make_sync(args, SyncOptions(list_only=True, offline=True)).run()
    return Assistant(Library(workspace), _config(args))


def _config(args: argparse.Namespace) -> RagConfig:
    """How to answer; `search` has no such options."""
    if "llm" not in args:
        return RagConfig()
    return RagConfig(llm=args.llm, strict=args.strict, verifier=args.verifier, trace=args.trace)


def _filters(args: argparse.Namespace) -> Filters:
    """The filters that were asked for.  Raises ``UsageError`` for years that are none."""
    years = parse_years(args.year) if args.year else None
    return Filters(tuple(args.paper), tuple(args.topic), tuple(args.list), years)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


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
