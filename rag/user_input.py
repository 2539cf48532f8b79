"""Validate user input: files, lines and fields; an error names what is wrong."""

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

Tell = Callable[
    [str], None
]  # takes what a user should know about a file, though it is not an error

TEXT, TEXTS = '"..."', '["..."]'
TURNS = '[{"question": "...", "answer": "..."}]'


def silent(said: str) -> None:
    """A ``Tell`` that discards its messages."""


def read_text(path: Path, tell: Tell = silent) -> str:
    """The text of a file: UTF-16 if its first bytes say so, otherwise UTF-8.

    What is neither may come from a Chinese Windows: it is read as GB18030, which is reported to
    ``tell``.  Raises ``UsageError``.
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
    tell(f"{path.name} is not in UTF-8; it was read as GB18030.")
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
    """The text in ``content``, with line feeds as line ends."""
    return io.TextIOWrapper(io.BytesIO(content), encoding).read()


def prepare_file(path: Path, questions: Path | None = None) -> None:
    """Make the folder of ``path``, and try to write there, before what is to be written is made.

    It may be for the answers to the file ``questions``.  Raises ``UsageError`` where it is that file
    itself, ``StorageError`` where it cannot be written.
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
    # split("\n") and not splitlines(): JSON strings may hold U+2028 and the like.
    return ((n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip())


def object_of(line: str) -> Fields:
    """The JSON object that ``line`` is.  Raises ``UsageError``."""
    return fields_of(json_of(line))


def json_of(text: str) -> Any:
    """The value that ``text`` is in JSON.  Raises ``UsageError``."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"this is not valid JSON: {error.msg}, at character {error.pos + 1}."
        ) from error
    except (ValueError, RecursionError) as error:  # a number or a nesting without end
        raise UsageError(f"this is not valid JSON: {error}.") from error


def fields_of(raw: object) -> Fields:
    """``raw`` itself.  Raises ``UsageError`` if it is not a JSON object."""
    if not isinstance(raw, dict):
        raise UsageError("this is not a JSON object.")
    return raw


def id_of(raw: Fields, default: str | None = None) -> str:
    """The id, a text or a whole number; ``default`` where there is none.  Raises ``UsageError``."""
    value = raw.get("id")
    return str(value) if type(value) is int else text_of(raw, "id", default)


def text_of(raw: Fields, field: str, default: str | None = None) -> str:
    """The text in ``field``; ``default`` where there is none.  Raises ``UsageError``."""
    value = default if raw.get(field) is None else raw[field]
    if value is None:
        raise UsageError(f"`{field}` is missing.")
    (text,) = listed([value], str, field, TEXT)
    return text


def turns_of(raw: Fields) -> tuple[Turn, ...]:
    """The turns in the field ``history``, none where it is missing.  Raises ``UsageError``."""
    turns = listed(raw.get("history"), dict, "history", TURNS)
    said = [
        listed([turn.get("question"), turn.get("answer") or ""], str, "history", TURNS)
        for turn in turns
    ]
    return tuple(Turn(question, answer) for question, answer in said)


def listed(value: object, kind: type[T], field: str, form: str) -> tuple[T, ...]:
    """The items of a list, all of one ``kind``; none where there is no list.

    Raises ``UsageError``, which shows the ``form`` that ``field`` should have.
    """
    items = [] if value is None else value
    if not isinstance(items, list) or any(type(item) is not kind for item in items):
        raise UsageError(f"`{field}` must look like `{form}`.")
    for broken in filter(None, (broken_character(i) for i in items if isinstance(i, str))):
        raise UsageError(f"`{field}` contains {broken}, which is not a character.")
    return tuple(items)


def broken_character(text: str) -> str:
    """The first thing in ``text`` that is not a character (half an emoji, a stray byte), or "".

    Python allows such things in its strings; models and files do not.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return ascii(text[error.start])
    return ""
