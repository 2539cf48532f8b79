"""Questions from ``rag/batch/items.py``, answers to a file: in order, resumable, whatever fails on the way.

The answers go out as JSONL, CSV or Markdown, by the name's ending.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

from ingest.corpus import dated
from ingest.errors import AssistantError, UsageError
from ingest.storage.atomic import atomic_write, cannot_write
from rag.batch.item_answers import Record, failed_record
from rag.batch.items import Item
from rag.generation.notices import place_in
from rag.user_input import numbered_lines, prepare_file

FORMS = (".jsonl", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions of a batch were answered by an earlier run, and the records of those that failed."""

    kept: int
    failures: tuple[Record, ...]

    @property
    def failed(self) -> int:
        """How many failed."""
        return len(self.failures)


def prepare_output(out: Path, questions: Path, with_hits: bool = False) -> None:
    """Make the folder of ``out``.

    Raises ``UsageError`` if ``out`` is no place for the answers to the file ``questions``, or for
    the passages beside them: what is there may be somebody's work; ``StorageError`` if it cannot be
    written.
    """
    if out.suffix.lower() not in FORMS:
        raise UsageError(f"{out.name} has an unknown extension.", f"Use one of {', '.join(FORMS)}.")
    if with_hits and out.suffix.lower() != ".jsonl":
        raise UsageError(
            f"{out.name} cannot hold the passages that --hits adds.",
            "Write the answers to a .jsonl file, or leave --hits out.",
        )
    for path in (out, journal_of(out)):
        prepare_file(path, questions)
    if out.exists() and out.stat().st_size > 0 and not journal_of(out).exists():
        raise UsageError(
            f"{out} exists already, and no journal beside it says that a batch wrote it.",
            "Delete it, or choose another file for the answers.",
        )


def run_batch(
    items: Sequence[Item],
    out: Path,
    answer: Callable[[Item], Record],
    how: str = "",
    n_workers: int = 1,
    on_done: Callable[[int], None] = lambda n: None,
) -> Counts:
    """Answer ``items`` into ``out``, in their order; what an earlier run answered is not asked again.

    Duplicates are asked once.  ``how`` identifies everything but the item that affects an answer.
    Answers go to the journal of ``out`` as they come, so that a kill loses none; ``out`` is written
    whole, at the end, and the journal is cut to its answers.  Raises ``StorageError``.
    """
    journal = Journal(journal_of(out))
    keys = [_key(item, how) for item in items]
    times = Counter(keys)
    answers = journal.read()
    todo = {key: item for key, item in zip(keys, items, strict=True) if key not in answers}
    n_kept = len(items) - sum(times[key] for key in todo)

    def work(key: str) -> Record:
        record = _record(todo[key], answer)
        if "error" not in record:
            journal.append(key, record)
        return record

    on_done(n_kept)
    pool = ThreadPoolExecutor(n_workers)
    try:
        for key, record in zip(todo, pool.map(work, todo), strict=True):
            answers[key] = record
            on_done(times[key])
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C, don't answer what still waits
    records = [{"id": i.id, **answers[key]} for i, key in zip(items, keys, strict=True)]
    kept = {key: answers[key] for key in keys if "error" not in answers[key]}
    if not kept or answers.keys() - set(keys):  # else it holds just these
        journal.keep(kept)
    write_records(out, records)
    return Counts(n_kept, tuple(record for record in records if "error" in record))


def _record(item: Item, answer: Callable[[Item], Record]) -> Record:
    try:
        item.check()
        return answer(item)
    except AssistantError as error:
        return failed_record(item, error)


def _key(item: Item, how: str) -> str:
    """A record's key: a digest of everything that it depends on; not of the id."""
    turns = [[turn.question, turn.answer] for turn in item.history]
    asked = json.dumps([how, item.question, turns, item.papers, item.problem])
    return hashlib.sha256(asked.encode()).hexdigest()


def journal_of(out: Path) -> Path:
    """The hidden file beside ``out`` that keeps its answers."""
    return out.with_name(f".{out.name}.journal")


class Journal:
    """Answers in the order they came, one JSON line each.  Safe to use from several threads.

    It outlives the batch, so that the same command asks only what is missing, failed or changed; of
    answers, it then holds those of this batch alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def read(self) -> dict[str, Record]:
        """The answers by their keys."""
        if not self._path.exists():
            return {}
        answers: dict[str, Record] = {}
        for _, line in numbered_lines(self._path.read_text(encoding="utf-8", errors="replace")):
            with suppress(ValueError, KeyError, TypeError):  # the line that a kill cut off
                entry = json.loads(line)
                answers[entry["key"]] = entry["answer"]
        return answers

    def append(self, key: str, answer: Record) -> None:
        """Keep ``answer``.  Raises ``StorageError``."""
        try:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(_entry(key, answer))
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def keep(self, answers: dict[str, Record]) -> None:
        """Keep ``answers`` and nothing else, such as those from an older index.  Raises ``StorageError``."""
        with atomic_write(self._path) as temp:
            temp.write_text("".join(starmap(_entry, answers.items())), encoding="utf-8")


def _entry(key: str, answer: Record) -> str:
    """Its line, with the line end in front, so that a line cut off spoils no other."""
    return "\n" + json.dumps({"key": key, "answer": answer}, ensure_ascii=False)


def write_records(out: Path, records: Sequence[Record]) -> None:
    """Write ``records`` in the format of the name's extension, whole or not at all."""
    match out.suffix.lower():
        case ".csv":
            text = codecs.BOM_UTF8.decode() + _as_csv(records)  # else Excel takes it for ANSI
        case ".md":
            text = "\n".join(_as_markdown(record) for record in records)
        case _:
            text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    with atomic_write(out) as temp:
        temp.write_text(text, encoding="utf-8", newline="")


def _as_csv(records: Sequence[Record]) -> str:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(["id", "question", "status", "answer", "sources", "error"])
    for r in records:
        error = r.get("error", {}).get("message", "")
        row = [r["id"], r["question"], r.get("status", ""), r.get("answer", ""), _sources(r), error]
        writer.writerow([_not_a_formula(str(cell)) for cell in row])
    return table.getvalue()


def _not_a_formula(cell: str) -> str:
    """Spreadsheets execute cells that begin with these signs; an apostrophe keeps them text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _sources(record: Record) -> str:
    asked = record["question"]
    cited = record.get("citations", ())
    return "; ".join(f"{_source(c, asked)} {c['pdf_url'] or ''}".rstrip() for c in cited)


def _source(citation: Record, asked: str) -> str:
    title = dated(citation["title"], citation["year"])
    return f"[{citation['marker']}] {title}, {place_in(citation['page'], asked)}"


def _as_markdown(record: Record) -> str:
    """A heading, a paragraph for each line of the answer, and a list of its sources."""
    asked = " ".join(record["question"].split())
    head = f"## {record['id']}" + (f". {asked}" if asked else "")
    if "error" in record:
        return f"{head}\n\n*{record['error']['message']}*\n"
    told = " ".join(record["answer"].split())
    sources = "\n".join(_listed(citation, asked, told) for citation in record["citations"])
    parts = [head, *record["answer"].split("\n"), sources]
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _listed(citation: Record, asked: str, told: str) -> str:
    """A source with its quote, unless that is ``told`` in the answer, and its link."""
    quote = " ".join(citation["quote"].split())
    quoted = "" if quote in told else f": “{quote}”"
    return f"- {_source(citation, asked)}{quoted} {citation['pdf_url'] or ''}".rstrip()
