"""Questions from a file, answers to a file: in order, resumable, and no bad line stops the rest.

In: JSONL (``{"id"?, "question", "history"?, "papers"?}``), CSV with a ``question`` column, or plain
text with one question a line.  Out: JSONL, CSV or Markdown, by the name's ending.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import AssistantError, UsageError
from ingest.workspace import written_aside
from rag.answer import Turn

FORMS = (".jsonl", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the input: a question, or what is wrong with the line."""

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    papers: tuple[str, ...] = ()
    problem: str = ""


def read_items(path: Path) -> list[Item]:
    """The lines of ``path``, broken ones as items with a ``problem``; ids are made unique.

    Raises ``UsageError`` if the file cannot be read at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Give a UTF-8 file.") from error
    match path.suffix.lower():
        case ".jsonl" | ".json":
            items = [_from_json(n, line) for n, line in _lines(text)]
        case ".csv":
            items = _from_csv(text, path)
        case _:
            items = [Item(str(n), line.strip()) for n, line in _lines(text)]
    return _with_unique_ids(items)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    # split("\n") and not splitlines(): JSON strings may hold U+2028 and the like.
    return ((n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip())


def _from_json(number: int, line: str) -> Item:
    try:
        raw = json.loads(line)
        question = raw["question"]
        if not isinstance(question, str):
            raise TypeError
        history = tuple(
            Turn(str(t["question"]), str(t.get("answer", ""))) for t in raw.get("history") or ()
        )
        papers = tuple(str(paper) for paper in raw.get("papers") or ())
        return Item(str(raw.get("id", number)), question, history, papers)
    except json.JSONDecodeError as error:
        problem = f"Line {number} is no JSON: {error.msg}, at character {error.colno}."
    except KeyError:
        problem = f'Line {number} is not a question: there is no "question".'
    except (ValueError, TypeError, AttributeError, RecursionError):
        problem = f"Line {number} is not a question: a field holds something else than it should."
    return Item(str(number), "", problem=problem)


def _from_csv(text: str, path: Path) -> list[Item]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if "question" not in (rows.fieldnames or ()):
        raise UsageError(f"{path} has no column named question.", "Name it in the first line.")
    try:
        return [
            Item(row.get("id") or str(n), (row.get("question") or "").strip())
            for n, row in enumerate(rows, start=1)
        ]
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV: {error}.", "Check its quotation marks.") from error


def _with_unique_ids(items: Sequence[Item]) -> list[Item]:
    """The same items; an id that was there before gets a number behind it."""
    seen: dict[str, int] = {}
    unique = []
    for item in items:
        n = seen[item.id] = seen.get(item.id, 0) + 1
        new_id = item.id if n == 1 else f"{item.id}#{n}"
        unique.append(Item(new_id, item.question, item.history, item.papers, item.problem))
    return unique


Record = dict[str, Any]


def check_output(out: Path, questions: Path) -> None:
    """Raises ``UsageError`` if ``out`` cannot take the answers to the file ``questions``."""
    if out.suffix.lower() not in FORMS:
        raise UsageError(f"{out.name} has no known ending.", f"Use one of {', '.join(FORMS)}.")
    if out.exists() and out.samefile(questions):
        raise UsageError(f"{out} is the file with the questions.", "Name another for the answers.")


def run_batch(
    items: Sequence[Item],
    out: Path,
    answer: Callable[[Item], Record],
    n_workers: int = 1,
    on_done: Callable[[int], None] = lambda n: None,
) -> int:
    """Answer ``items`` into ``out``, keeping what an earlier run answered; how many failed.

    Answers are kept line by line in a journal beside ``out`` as they come, so that a kill loses none;
    ``out`` itself is written in the order of the input.
    """
    journal = Journal(out)
    done = journal.read(items)
    todo = [item for item in items if item.id not in done]
    on_done(len(items) - len(todo))
    pool = ThreadPoolExecutor(n_workers)
    try:
        for record in pool.map(lambda item: _record(item, answer), todo):
            done[record["id"]] = record
            journal.append(record)
            on_done(1)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C, don't answer what still waits
    records = [done[item.id] for item in items]
    write_records(out, records)
    journal.close()
    return sum("error" in record for record in records)


def _record(item: Item, answer: Callable[[Item], Record]) -> Record:
    try:
        if item.problem:
            raise UsageError(item.problem, "Mend the line and run the same command again.")
        return {"id": item.id, **answer(item)}
    except AssistantError as error:
        problem = {"message": error.message, "hint": error.hint}
        return {"id": item.id, "question": item.question, "error": problem}


class Journal:
    """What was answered so far: ``.<out>.journal``, one JSON line an answer.

    For JSONL the output itself serves when no journal is there, so that a finished file can be
    completed after its failed lines were mended.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._path = out.with_name(f".{out.name}.journal")

    def read(self, items: Sequence[Item]) -> dict[str, Record]:
        """The answers that still hold: same id, same question."""
        questions = {item.id: item.question for item in items}
        finished = [self._out] if self._out.suffix.lower() == ".jsonl" else []
        records: dict[str, Record] = {}
        for path in [*finished, self._path]:
            for record in _read_records(path):
                record_id = str(record.get("id"))
                if "status" in record and questions.get(record_id) == record.get("question"):
                    records[record_id] = record
        return records

    def append(self, record: Record) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


def _read_records(path: Path) -> Iterator[Record]:
    if not path.exists():
        return
    for _, line in _lines(path.read_text(encoding="utf-8", errors="replace")):
        try:
            record = json.loads(line)
        except ValueError:
            continue  # the line that a kill cut off
        if isinstance(record, dict):
            yield record


def write_records(out: Path, records: Sequence[Record]) -> None:
    """Write ``records`` in the form that the name asks for, whole or not at all."""
    match out.suffix.lower():
        case ".csv":
            text = _as_csv(records)
        case ".md":
            text = "\n".join(_as_markdown(record) for record in records)
        case _:
            text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    with written_aside(out) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


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
    """Spreadsheets run cells that begin so; an apostrophe keeps them text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _sources(record: Record) -> str:
    return "; ".join(_source(citation) for citation in record.get("citations", ()))


def _source(citation: Record) -> str:
    place = f"p. {citation['page']}" if citation["page"] else "from the list"
    return f"[{citation['marker']}] {citation['title']} ({citation['year']}), {place}"


def _as_markdown(record: Record) -> str:
    if "error" in record:
        return f"## {record['id']}. {record['question']}\n\n*{record['error']['message']}*\n"
    sources = "\n".join(
        f"- {_source(c)}: “{' '.join(c['quote'].split())}” {c['url'] or ''}".rstrip()
        for c in record["citations"]
    )
    return f"## {record['id']}. {record['question']}\n\n{record['answer']}\n\n{sources}\n"
