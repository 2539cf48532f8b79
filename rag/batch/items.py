"""Read questions from a file; an invalid line becomes an item with a problem, and stops no other.

Formats: JSONL (``{"id"?, "question", "history"?, "papers"?}``), JSON (an array of such objects or of
texts), CSV or TSV with the column ``question`` and optionally ``id`` and ``papers``, or plain text with one
question per line.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import UsageError
from rag.answer import Turn
from rag.user_input import (
    TEXT_LIST,
    Fields,
    Warn,
    as_fields,
    checked_items,
    get_id,
    get_text,
    get_turns,
    ignore_warning,
    numbered_lines,
    parse_json,
    parse_object,
    read_text,
)

T = TypeVar("T")

COLUMNS = ("id", "question", "papers")
FIELDS = (*COLUMNS, "history")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the input: a question, or what is wrong with the line."""

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    papers: tuple[str, ...] = ()
    problem: str = ""

    def check(self) -> None:
        """Raise ``UsageError`` if the line is not a question."""
        if self.problem:
            raise UsageError(self.problem, "Correct it and run the file again.")


def read_items(path: Path, warn: Warn = ignore_warning) -> list[Item]:
    """The questions in ``path``, invalid ones as items with a ``problem``; ids are made unique.

    Ignored fields and a guessed encoding are reported to ``warn``.  Raises ``UsageError`` if the
    file cannot be read at all.
    """
    text = read_text(path, warn)
    match path.suffix.lower():
        case ".jsonl" | ".json":
            items = _from_json(text, path, warn)
        case ".csv" | ".tsv":
            items = _from_csv(text, path, warn)
        case _:
            items = [Item(str(n), line.strip()) for n, line in numbered_lines(text)]
    return _with_unique_ids(items)


def _from_json(text: str, path: Path, warn: Warn) -> list[Item]:
    """The items of an array, if the name of ``path`` allows one, or of lines."""
    array = _array_in(text, path) if path.suffix.lower() == ".json" else None
    if array is None:
        rows = [(n, _or_error(parse_object, line)) for n, line in numbered_lines(text)]
    else:
        rows = [(n, _or_error(_entry, entry)) for n, entry in enumerate(array, start=1)]
    fields = (field for _, row in rows if isinstance(row, Mapping) for field in row)
    _warn_of_unread(path, fields, FIELDS, warn)
    return [_from_row(n, row, array is not None) for n, row in rows]


def _array_in(text: str, path: Path) -> list[Any] | None:
    """The entries of the array in ``text``; a single entry needs no brackets.  None for JSON lines."""
    try:
        whole = parse_json(text)
    except UsageError as error:
        if text.lstrip().startswith("["):
            hint = 'Write `["...", "..."]`, or one JSON object per line.'
            raise UsageError(f"{path} is not a JSON array: {error.message}", hint) from error
        return None
    return whole if isinstance(whole, list) else [whole]


def _entry(entry: object) -> Fields:
    return {"question": entry} if isinstance(entry, str) else as_fields(entry)


def _or_error(read: Callable[[T], Fields], raw: T) -> Fields | UsageError:
    try:
        return read(raw)
    except UsageError as error:
        return error


def _from_row(number: int, row: Fields | UsageError, in_array: bool) -> Item:
    try:
        if isinstance(row, UsageError):
            raise row
        papers = checked_items(row.get("papers"), str, "papers", TEXT_LIST)
        return Item(get_id(row, str(number)), get_text(row, "question"), get_turns(row), papers)
    except UsageError as error:
        problem = _problem(number, row, error, in_array)
    return Item(str(number), "", problem=problem)


def _problem(number: int, row: Fields | UsageError, error: UsageError, in_array: bool) -> str:
    """The problem of a row that could not be read because of ``error``."""
    lacks_question = not isinstance(row, UsageError) and row.get("question") is None
    if in_array:
        if lacks_question:
            return f"Entry {number} has no “question”."
        return f"Entry {number} is not a question: {error.message}"
    if lacks_question:
        return f"Line {number} has no “question”."
    return f"Line {number} is not a question: {error.message}"


def _from_csv(text: str, path: Path, warn: Warn) -> list[Item]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)  # it depends on the locale
    lines = io.StringIO(text, newline="")
    # strict: otherwise an unclosed quotation mark would include all following questions.
    rows = csv.DictReader(lines, restval="", delimiter=delimiter, strict=True)
    items: list[Item] = []
    n_read = 0  # lines of the rows read so far
    try:
        columns = rows.fieldnames = [name.strip().casefold() for name in rows.fieldnames or ()]
        _check_columns(columns, path)
        _warn_of_unread(path, columns, COLUMNS, warn)
        n_read = rows.line_num
        for n, row in enumerate(rows, start=1):
            papers = _ids(row.get("papers"))
            items.append(Item(row.get("id") or str(n), row["question"].strip(), papers=papers))
            n_read = rows.line_num
    except csv.Error as error:
        raise UsageError(
            f"{path} is not valid CSV, from line {n_read + 1} on: {error}.",
            "Check its quotation marks.",
        ) from error
    return items


def _check_columns(columns: Sequence[str], path: Path) -> None:
    """Raise ``UsageError`` if there is no column of questions, or a known column is there twice."""
    if "question" not in columns:
        raise UsageError(f"{path} has no column named question.", "Name it in the first line.")
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise UsageError(f"{path} has two columns named {name}.", "Rename one of them.")


def _warn_of_unread(path: Path, fields: Iterable[str], known: Sequence[str], warn: Warn) -> None:
    """Report unknown fields: they may be for other programs, or they may be mistyped."""
    if unread := [f"`{field}`" for field in dict.fromkeys(fields) if field and field not in known]:
        read = ", ".join(f"`{field}`" for field in known)
        warn(f"{path.name}: ignored {', '.join(unread)}; known fields are {read}.")


def _ids(cell: str | None) -> tuple[str, ...]:
    """The ids in a cell, separated by spaces, commas, semicolons or anything not in an id."""
    return tuple(filter(None, re.split(r"[^\w.-]+", cell or "")))


def _with_unique_ids(items: Sequence[Item]) -> list[Item]:
    """The same items; a repeated id gets the next number that makes it unique."""
    taken, seen = {item.id for item in items}, set[str]()
    numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(2))
    unique = []
    for item in items:
        new_id = item.id
        if new_id in seen:
            numbered = (f"{item.id}#{n}" for n in numbers[item.id])
            new_id = next(id for id in numbered if id not in taken)
            taken.add(new_id)
        seen.add(new_id)
        unique.append(replace(item, id=new_id))
    return unique
