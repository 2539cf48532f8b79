"""Read questions from a file; an invalid line becomes an item with its problem, and stops no other.

JSONL (``{"id"?, "question", "history"?, "papers"?}``), JSON (an array of such objects or of texts), CSV
or TSV with the columns ``question`` and, if need be, ``id`` and ``papers``, or plain text, a question a line.
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
    TEXTS,
    Fields,
    Tell,
    fields_of,
    id_of,
    json_of,
    listed,
    numbered_lines,
    object_of,
    read_text,
    silent,
    text_of,
    turns_of,
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
        """Raises ``UsageError`` where the line is no question."""
        if self.problem:
            raise UsageError(self.problem, "Correct it and run the file again.")


def read_items(path: Path, tell: Tell = silent) -> list[Item]:
    """The questions in ``path``, broken ones as items with a ``problem``; ids are made unique.

    Ignored fields and a guessed encoding are reported to ``tell``.  Raises ``UsageError`` if the
    file cannot be read at all.
    """
    text = read_text(path, tell)
    match path.suffix.lower():
        case ".jsonl" | ".json":
            items = _from_json(text, path, tell)
        case ".csv" | ".tsv":
            items = _from_csv(text, path, tell)
        case _:
            items = [Item(str(n), line.strip()) for n, line in numbered_lines(text)]
    return _with_unique_ids(items)


def _from_json(text: str, path: Path, tell: Tell) -> list[Item]:
    """The items of an array, where ``path`` says that it may be one, or of lines."""
    array = _array_in(text, path) if path.suffix.lower() == ".json" else None
    if array is None:
        rows = [(n, _or_error(object_of, line)) for n, line in numbered_lines(text)]
    else:
        rows = [(n, _or_error(_entry, entry)) for n, entry in enumerate(array, start=1)]
    given = (field for _, row in rows if isinstance(row, Mapping) for field in row)
    _tell_unread(path, given, FIELDS, tell)
    return [_from_row(n, row, array is not None) for n, row in rows]


def _array_in(text: str, path: Path) -> list[Any] | None:
    """The entries of the array in ``text``; a single one needs no brackets.  None for JSON lines."""
    try:
        whole = json_of(text)
    except UsageError as error:
        if text.lstrip().startswith("["):
            hint = 'Write `["...", "..."]`, or one JSON object per line.'
            raise UsageError(f"{path} is not a JSON array: {error.message}", hint) from error
        return None
    return whole if isinstance(whole, list) else [whole]


def _entry(entry: object) -> Fields:
    return {"question": entry} if isinstance(entry, str) else fields_of(entry)


def _or_error(read: Callable[[T], Fields], given: T) -> Fields | UsageError:
    try:
        return read(given)
    except UsageError as error:
        return error


def _from_row(number: int, row: Fields | UsageError, in_array: bool) -> Item:
    try:
        if isinstance(row, UsageError):
            raise row
        papers = listed(row.get("papers"), str, "papers", TEXTS)
        return Item(id_of(row, str(number)), text_of(row, "question"), turns_of(row), papers)
    except UsageError as error:
        problem = _problem(number, row, error, in_array)
    return Item(str(number), "", problem=problem)


def _problem(number: int, row: Fields | UsageError, error: UsageError, in_array: bool) -> str:
    """What is wrong with a row that could not be read, because of ``error``."""
    lacks_question = not isinstance(row, UsageError) and row.get("question") is None
    if in_array:
        if lacks_question:
            return f"Entry {number} has no “question”."
        return f"Entry {number} is not a question: {error.message}"
    if lacks_question:
        return f"Line {number} has no “question”."
    return f"Line {number} is not a question: {error.message}"


def _from_csv(text: str, path: Path, tell: Tell) -> list[Item]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)  # spreadsheets go by the country
    lines = io.StringIO(text, newline="")
    # strict: a quotation mark that is not closed would swallow all questions behind it.
    rows = csv.DictReader(lines, restval="", delimiter=delimiter, strict=True)
    items: list[Item] = []
    n_read = 0  # lines, those of the rows that are read
    try:
        columns = rows.fieldnames = [name.strip().casefold() for name in rows.fieldnames or ()]
        _check_columns(columns, path)
        _tell_unread(path, columns, COLUMNS, tell)
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
    """Raises ``UsageError`` where a column that is read is missing or there twice."""
    if "question" not in columns:
        raise UsageError(f"{path} has no column named question.", "Name it in the first line.")
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise UsageError(f"{path} has two columns named {name}.", "Rename one of them.")


def _tell_unread(path: Path, given: Iterable[str], known: Sequence[str], tell: Tell) -> None:
    """Such fields may be there for other programs to read; but a mistyped one should show."""
    if unread := [f"`{field}`" for field in dict.fromkeys(given) if field and field not in known]:
        read = ", ".join(f"`{field}`" for field in known)
        tell(f"{path.name}: ignored {', '.join(unread)}; known fields are {read}.")


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
