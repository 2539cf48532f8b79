"""The commands that work on files of questions: ``batch`` and ``eval``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from ingest.characters import without_controls
from ingest.errors import ModelError, UsageError, as_sentences
from ingest.storage.atomic import atomic_write
from ingest.terminal import count_bar, print_message, print_result
from rag.assistant import Assistant
from rag.batch.batch import journal_of, prepare_output, run_batch
from rag.batch.item_answers import MAX_FIRST_FAILURES, CircuitBreaker, ItemAnswerer, Record
from rag.batch.items import read_items
from rag.config import EXTRACTIVE
from rag.evaluation.evaluate import (
    ALL,
    Failed,
    GoldQuestion,
    Group,
    Scored,
    by_group,
    not_in_index,
    read_gold,
    score_all,
)
from rag.evaluation.runs import Run, comparison, make_run, read_run, write_run
from rag.llm.langchain_model import check_model
from rag.options import assistant_of, filters_of, print_json, warn_of
from rag.show import MODEL_MEASURES, counted, show_changes, show_misses, show_scores
from rag.user_input import prepare_file

NAMED = 3  # of the pages that the index lacks, of the questions that failed


def batch_command(args: argparse.Namespace) -> int:
    """Answer a file of questions."""
    items = read_items(args.file, warn_of(args))
    if not items:
        raise UsageError(f"{args.file} contains no questions.", "Write one per line.")
    prepare_output(args.out, args.file, bool(args.hits))
    if args.llm != EXTRACTIVE:
        check_model(args.llm)
    assistant, filters = assistant_of(args), filters_of(args)
    # Opened here, so that filters that no paper meets are reported once, not for every line.
    index = assistant.retriever(filters).index.meta.content
    answerer = ItemAnswerer(assistant, filters, args.hits or 0)
    how = json.dumps([index, args.llm, args.strict, args.verifier, args.hits, asdict(filters)])
    with count_bar(len(items), "question", args.quiet) as on_done:
        counts = run_batch(items, args.out, answerer.answer, how, args.workers, on_done)
    if counts.kept:
        kept = f"Answers kept from an earlier run: {counts.kept}. To ask again, delete {args.out}"
        print_message(f"{kept} and {journal_of(args.out)}.", args.quiet)
    _print_failures(counts.failures)
    asked = counted(len(items), "question")
    print_message(f"{asked}, {counts.failed} failed, answers in {args.out}.", args.quiet)
    answerer.breaker.check(1)
    return 1 if counts.failed else 0


def _print_failures(failures: Sequence[Record]) -> None:
    """The first few, with --quiet, too; the file of answers has them all."""
    for record in failures[:NAMED]:
        print_message(f"{record['id']}: {as_sentences(*record['error'].values())}")
    if len(failures) > NAMED:
        print_message(f"... and {len(failures) - NAMED} more.")


def eval_command(args: argparse.Namespace) -> int:
    """Score the answers to gold questions, and compare them with other models or kept runs."""
    gold = read_gold(args.gold, warn_of(args))
    kept = {name: read_run(Path(name)) for name in args.against if _is_run(name)}
    for path in filter(None, (args.save, args.misses)):
        prepare_file(path, args.gold)
    assistant = assistant_of(args)
    _warn_of_missing(not_in_index(gold, assistant.retriever().index), args.quiet)
    scored = {args.llm: _scored(gold, assistant, args.llm, args.quiet)}
    others = [name for name in dict.fromkeys(args.against) if name not in {*kept, args.llm}]
    for llm in others:
        try:
            scored[llm] = _scored(gold, assistant, llm, args.quiet)
        except ModelError as error:
            print_message(f"{llm} was left out: {error}")
    runs = {llm: make_run(llm, ones) for llm, ones in scored.items()}
    if args.save:
        write_run(args.save, runs[args.llm])
    if args.misses:
        with atomic_write(args.misses) as temp:
            misses = without_controls(show_misses(list(chain(*scored.values()))))
            temp.write_text(misses, encoding="utf-8")
    groups = {llm: by_group(ones) for llm, ones in scored.items()}
    now = runs.pop(args.llm)
    _print_scores(groups, {**runs, **kept}, now, args.json)
    n_answered = sum(len(ones) for ones in scored.values())
    return 0 if n_answered == len(gold) * (1 + len(others)) else 1


def _warn_of_missing(pages: Sequence[str], quiet: bool) -> None:
    """Gold may be for another list, so this is not an error; but a mistyped id should show."""
    if pages:
        named = ", ".join(pages[:NAMED]) + (", ..." if len(pages) > NAMED else "")
        print_message(f"Gold pages not in the index: {len(pages)} ({named})", quiet)


def _is_run(name: str) -> bool:
    """Whether ``--against`` names a saved run; models are named ``provider:model``."""
    return name.endswith(".json") or Path(name).is_file()


def _print_scores(
    groups: Mapping[str, Mapping[str, Group]], befores: dict[str, Run], now: Run, as_json: bool
) -> None:
    if as_json:
        changes = {name: comparison(before, now) for name, before in befores.items()}
        by_llm = {
            llm: {name: group.as_json() for name, group in mine.items()}
            for llm, mine in groups.items()
        }
        print_json({**by_llm, "changes": changes} if befores else by_llm[now.llm])
        return
    for llm, mine in groups.items():
        print_result(f"{llm}\n{show_scores(mine)}\n" if len(groups) > 1 else show_scores(mine))
    for name, before in befores.items():
        print_result("\n" + show_changes(name, before, now))
    if list(groups) != [EXTRACTIVE]:
        whole = {llm: mine[ALL] for llm, mine in groups.items()}
        print_result("\n" + show_scores(whole, MODEL_MEASURES))


def _scored(
    gold: Sequence[GoldQuestion], assistant: Assistant, llm: str, quiet: bool
) -> list[Scored]:
    """The questions that ``llm`` answered; those it did not are reported, with the reason.

    Raises ``ModelError`` where it answers none of the first: it will not answer the rest.
    """
    scored: list[Scored] = []
    failed: list[Failed] = []
    breaker = CircuitBreaker()
    with count_bar(len(gold), "question", quiet) as on_done:
        for one in score_all(gold, assistant.with_model(llm)):
            on_done(1)
            if isinstance(one, Scored):
                scored.append(one)
                if one.answer.run:
                    breaker.record_success()
            else:
                failed.append(one)
                breaker.record_failure(one.error)
            breaker.check(min(MAX_FIRST_FAILURES, len(gold)))
    for one in failed:
        print_message(f"{one.gold.id}: not answered by {llm}: {one.error}")
    return scored
