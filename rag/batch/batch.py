"""Answer the questions of a batch into a file: in order, and resumable after any failure.

The answers are written as JSONL, CSV or Markdown, by the extension of the file's name.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
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

FORMATS = (".jsonl", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Counts:
    """``kept``: how many questions an earlier run had answered; ``failures``: the records that failed."""

    kept: int
    failures: tuple[Record, ...]

    @property
    def failed(self) -> int:
        """How many failed."""
        return len(self.failures)


def prepare_output(out: Path, questions: Path, with_hits: bool = False) -> None:
    """Make the folder of ``out``, and check that the answers can be written there.

    Raises ``UsageError`` if ``out`` has a wrong extension, is the file ``questions``, or was not written by a
    batch, so that it may be the user's own work; ``StorageError`` if it cannot be written.
    """
    if out.suffix.lower() not in FORMATS:
        raise UsageError(
            f"{out.name} has an unknown extension.", f"Use one of {', '.join(FORMATS)}."
        )
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
    settings: str = "",
    n_workers: int = 1,
    on_done: Callable[[int], None] = lambda n: None,
) -> Counts:
    """Answer ``items`` into ``out``, in their order; what an earlier run answered is not asked again.

    Duplicates are asked once.  ``settings`` identifies everything except the item that affects an answer.
    Each answer is appended to the journal of ``out``, so that an interruption loses none; ``out`` is
    written at the end, and the journal is then reduced to its answers.  Raises ``StorageError``.
    """
    journal = Journal(journal_of(out))
    keys = [_key(item, settings) for item in items]
    times = Counter(keys)
    answers = journal.read()
    todo = {key: item for key, item in zip(keys, items, strict=True) if key not in answers}
    n_kept = len(items) - sum(times[key] for key in todo)
    on_done(n_kept)
    with closing(_answer_all(todo, answer, journal, n_workers)) as new_records:
        for key, record in new_records:
            answers[key] = record
            on_done(times[key])
    records = [{"id": i.id, **answers[key]} for i, key in zip(items, keys, strict=True)]
    kept = {key: answers[key] for key in keys if "error" not in answers[key]}
    if not kept or answers.keys() - set(keys):  # otherwise the journal has exactly these
        journal.keep(kept)
    write_records(out, records)
    return Counts(n_kept, tuple(record for record in records if "error" in record))


def _answer_all(
    todo: Mapping[str, Item], answer: Callable[[Item], Record], journal: Journal, n_workers: int
) -> Generator[tuple[str, Record]]:
    """The records of ``todo`` by key, in order; the answers among them are added to the journal."""

    def work(key: str) -> Record:
        record = _record(todo[key], answer)
        if "error" not in record:
            journal.append(key, record)
        return record

    pool = ThreadPoolExecutor(n_workers)
    try:
        yield from zip(todo, pool.map(work, todo), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C, pending questions are not asked


def _record(item: Item, answer: Callable[[Item], Record]) -> Record:
    try:
        item.check()
        return answer(item)
    except AssistantError as error:
        return failed_record(item, error)


def _key(item: Item, settings: str) -> str:
    """A record's key: a digest of everything that it depends on, without the item's id."""
    turns = [[turn.question, turn.answer] for turn in item.history]
    asked = json.dumps([settings, item.question, turns, item.papers, item.problem])
    return hashlib.sha256(asked.encode()).hexdigest()


def journal_of(out: Path) -> Path:
    """The hidden file beside ``out`` that stores its answers."""
    return out.with_name(f".{out.name}.journal")


class Journal:
    """The answers in the order in which they were given, one JSON line each.  Thread-safe.

    It is kept after the batch, with the answers of that batch only, so that the same command later asks only
    questions that are new, failed or changed.
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
            with suppress(ValueError, KeyError, TypeError):  # an incomplete line
                entry = json.loads(line)
                answers[entry["key"]] = entry["answer"]
        return answers

    def append(self, key: str, answer: Record) -> None:
        """Add ``answer``.  Raises ``StorageError``."""
        try:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(_entry(key, answer))
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def keep(self, answers: dict[str, Record]) -> None:
        """Keep only ``answers``: others may be from an older index.  Raises ``StorageError``."""
        with atomic_write(self._path) as temp:
            temp.write_text("".join(starmap(_entry, answers.items())), encoding="utf-8")


def _entry(key: str, answer: Record) -> str:
    """The line of an answer; it begins with a line end, in case the line before is incomplete."""
    return "\n" + json.dumps({"key": key, "answer": answer}, ensure_ascii=False)


def write_records(out: Path, records: Sequence[Record]) -> None:
    """Write ``records`` in the format of the name's extension, atomically."""
    match out.suffix.lower():
        case ".csv":
            text = codecs.BOM_UTF8.decode() + _as_csv(records)  # else Excel reads it as ANSI
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
    """``cell``, after an apostrophe if spreadsheets would execute it as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _sources(record: Record) -> str:
    asked = record["question"]
    cited = record.get("citations", ())
    return "; ".join(f"{_source(c, asked)} {c['pdf_url'] or ''}".rstrip() for c in cited)


def _source(citation: Record, asked: str) -> str:
    title = dated(citation["title"], citation["year"])
    return f"[{citation['marker']}] {title}, {place_in(citation['page'], asked)}"


def _as_markdown(record: Record) -> str:
    """A heading, a paragraph for each line of the answer, and a list of its sources, in Markdown."""
    asked = " ".join(record["question"].split())
    head = f"## {record['id']}" + (f". {asked}" if asked else "")
    if "error" in record:
        return f"{head}\n\n*{record['error']['message']}*\n"
    answer = " ".join(record["answer"].split())
    sources = "\n".join(_source_line(citation, asked, answer) for citation in record["citations"])
    parts = [head, *record["answer"].split("\n"), sources]
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _source_line(citation: Record, asked: str, answer: str) -> str:
    """A source with its link, and with its quote unless that is in the ``answer`` already."""
    quote = " ".join(citation["quote"].split())
    quoted = "" if quote in answer else f": “{quote}”"
    return f"- {_source(citation, asked)}{quoted} {citation['pdf_url'] or ''}".rstrip()
