"""Read and validate user input: files, lines and fields."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import UsageError
from ingest.storage.atomic import cannot_write
from rag.answer import Turn

T = TypeVar("T")
Fields = Mapping[str, Any]

Warn = Callable[[str], None]
"""A function that shows the user a message about a file that is not an error."""

# The forms of fields, as error messages show them.
TEXT, TEXT_LIST = '"..."', '["..."]'
TURNS = '[{"question": "...", "answer": "..."}]'


def ignore_warning(message: str) -> None:
    """A ``Warn`` that discards its message."""


def read_text(path: Path, warn: Warn = ignore_warning) -> str:
    """The text of a file in UTF-16, if it has a byte order mark, or UTF-8.

    Any other file may be from a Chinese Windows: it is read as GB18030, with a warning.  Raises
    ``UsageError``.
    """
    content = _read_bytes(path)
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return _decoded(content, "utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = _decoded(content, "gb18030")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be read as text.", "Save it as UTF-8.") from error
    warn(f"{path.name} is not in UTF-8; it was read as GB18030.")
    return text


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist.", "Check the name and the folder.") from error
    except OSError as error:
        hint = "Check that it is a file, and that you may read it."
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint) from error


def _decoded(content: bytes, encoding: str) -> str:
    """The text in ``content``, with "\\n" as line end."""
    return io.TextIOWrapper(io.BytesIO(content), encoding).read()


def prepare_file(path: Path, questions: Path | None = None) -> None:
    """Make the folder of ``path``, and check that it is writable, before any work is done.

    Raises ``UsageError`` if it is the file ``questions``, whose answers it is for; ``StorageError`` if it
    cannot be written.
    """
    if questions and path.exists() and path.samefile(questions):
        raise UsageError(f"{path} is the file with the questions.", "Choose another one.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        path.open("a").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise cannot_write(path, error) from error


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its number from 1."""
    # Not splitlines(): JSON strings may contain other line separators, such as U+2028.
    return ((n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip())


def parse_object(line: str) -> Fields:
    """The JSON object in ``line``.  Raises ``UsageError``."""
    return as_fields(parse_json(line))


def parse_json(text: str) -> Any:
    """The JSON value in ``text``.  Raises ``UsageError``."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"this is not valid JSON: {error.msg}, at character {error.pos + 1}."
        ) from error
    except (ValueError, RecursionError) as error:  # a number is too long, or nesting too deep
        raise UsageError(f"this is not valid JSON: {error}.") from error


def as_fields(raw: object) -> Fields:
    """``raw``, if it is a JSON object.  Raises ``UsageError`` otherwise."""
    if not isinstance(raw, dict):
        raise UsageError("this is not a JSON object.")
    return raw


def get_id(raw: Fields, default: str | None = None) -> str:
    """The id, a text or an integer; ``default`` if there is none.  Raises ``UsageError``."""
    value = raw.get("id")
    return str(value) if type(value) is int else get_text(raw, "id", default)


def get_text(raw: Fields, field: str, default: str | None = None) -> str:
    """The text in ``field``; ``default`` if there is none.  Raises ``UsageError``."""
    value = default if raw.get(field) is None else raw[field]
    if value is None:
        raise UsageError(f"`{field}` is missing.")
    (text,) = checked_items([value], str, field, TEXT)
    return text


def get_turns(raw: Fields) -> tuple[Turn, ...]:
    """The turns in the field ``history``, none if it is missing.  Raises ``UsageError``."""
    turns = checked_items(raw.get("history"), dict, "history", TURNS)
    pairs = [
        checked_items([turn.get("question"), turn.get("answer") or ""], str, "history", TURNS)
        for turn in turns
    ]
    return tuple(Turn(question, answer) for question, answer in pairs)


def checked_items(value: object, kind: type[T], field: str, form: str) -> tuple[T, ...]:
    """The items of a list, all of one ``kind``; none if ``value`` is None.

    Raises ``UsageError``, which shows the ``form`` that ``field`` should have.
    """
    items = [] if value is None else value
    if not isinstance(items, list) or any(type(item) is not kind for item in items):
        raise UsageError(f"`{field}` must look like `{form}`.")
    for broken in filter(None, (find_broken_character(i) for i in items if isinstance(i, str))):
        raise UsageError(f"`{field}` contains {broken}, which is not a character.")
    return tuple(items)


def find_broken_character(text: str) -> str:
    """The first lone surrogate in ``text`` (half an emoji, an undecodable byte) as an escape, or "".

    Python allows them in strings; models and files do not.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return ascii(text[error.start])
    return ""
