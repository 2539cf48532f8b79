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
from ingest.errors import ModelError, UsageError
from ingest.manifest import read_manifest
from ingest.pipeline import SyncOptions
from ingest.recipe import Recipe
from ingest.state import inspect_papers
from ingest.terminal import count_bar, say
from ingest.workspace import Workspace
from rag.answer import Answer, Turn
from rag.assistant import Assistant
from rag.batch import Item, Record, read_items, run_batch
from rag.config import EXTRACTIVE, Filters, RagConfig, parse_years
from rag.evaluate import PASSAGES, GoldQuestion, Groups, Scored, by_group, read_gold, score
from rag.library import Library
from rag.model_scores import model_scores
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

    known = read_manifest(args.manifest) if args.manifest.exists() else ()
    taken = [paper.id for paper in known]
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
    try:
        turns = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Turn(str(turn["question"]), str(turn.get("answer", ""))) for turn in turns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} holds no history: {error}.", 'Give JSON: [{"question": ..., "answer": ...}].'
        ) from error


def batch_command(args: argparse.Namespace) -> int:
    """Answer a file of questions."""
    items = read_items(args.file)
    assistant, filters = _assistant(args), _filters(args)

    def answer(item: Item) -> Record:
        within = replace(filters, papers=item.papers) if item.papers else filters
        answer = assistant.ask(item.question, item.history, within)
        record = answer.as_json()
        if args.hits:
            found = assistant.search(item.question, item.history, within, args.hits)
            record["hits"] = [hit.as_json() for hit in found.hits]
        return record

    with count_bar(len(items), "question", args.quiet) as on_done:
        n_failed = run_batch(items, args.out, answer, args.workers, on_done)
    say(f"{len(items)} questions, {n_failed} failed, answers in {args.out}.", args.quiet)
    return 1 if n_failed else 0


def eval_command(args: argparse.Namespace) -> int:
    """Score the answers to gold questions, and compare them with other models or kept runs."""
    gold = read_gold(args.gold)
    kept = {name: read_run(Path(name)) for name in args.against if _is_run(name)}
    assistant = _assistant(args)
    llms = [name for name in dict.fromkeys([args.llm, *args.against]) if name not in kept]
    scored = {llm: _scored(gold, assistant, llm, args.quiet) for llm in llms}
    runs = {llm: run_of(llm, ones) for llm, ones in scored.items()}
    if args.save:
        write_run(args.save, runs[args.llm])
    if args.misses:
        args.misses.write_text(show_misses(list(chain(*scored.values()))), encoding="utf-8")
    groups = {llm: by_group(ones) for llm, ones in scored.items()}
    now = runs.pop(args.llm)
    _print_scores(groups, {**runs, **kept}, now, args.json)
    return 0


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
    assistant = assistant.with_model(llm)
    pages = assistant.library.retriever().index.pages
    scored = []
    with count_bar(len(gold), "question", quiet) as on_done:
        for question in gold:
            hits = assistant.search(question.question, question.history, k=PASSAGES).hits
            answer = assistant.ask(question.question, question.history)
            one = score(question, hits, answer)
            more = model_scores(answer, lambda paper, page: pages[paper, page].text)
            scored.append(replace(one, scores=one.scores | more))
            on_done(1)
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
    """The filters that were asked for.  Raises ``UsageError`` for a paper that is not in the list."""
    known = {paper.id for paper in read_manifest(args.manifest)} if args.paper else set()
    unknown = [paper for paper in args.paper if paper not in known]
    if unknown:
        raise UsageError(f"Not in the list: {', '.join(unknown)}.", "See `askpapers papers`.")
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
