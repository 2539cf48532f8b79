"""Add papers to the list and remove them by editing its text, as a careful person would.

Nothing is reformatted: comments, order, quoting and line ends stay, byte for byte.  The new text is
parsed before it replaces the old one, and must contain exactly what was asked for.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import ManifestError, UsageError, did_you_mean
from ingest.reading_list.list_yaml import read_list_text, reads_plainly
from ingest.reading_list.manifest import Listing, parse_manifest
from ingest.reading_list.rules import bare_arxiv_id, is_paper_id, tidy
from ingest.storage.atomic import atomic_write, locked

WIDTH_CHARS = 100
ID_WORDS = 5
ID_CHARS = 60
SHORT_NAME_WORDS = 3  # "LoRA: ..." and "Chain of Hindsight: ...", but no half of a long title

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_EMPTY_BRACKETS = re.compile(r"^\[\s*\][ \t]*(?:\r\n|\r|\n)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Draft:
    """The list as lines, each with its line end, and what else the file has of its own.

    ``mark`` is the byte order mark or "", ``newline`` the kind of line end.
    """

    mark: str
    lines: tuple[str, ...]
    newline: str
    listing: Listing


def add_papers(path: Path, papers: Sequence[Paper]) -> None:
    """Append entries for ``papers``, a blank line before each; nothing else in the file changes.

    Raises ``UsageError`` if an id or arXiv id is in the list already, ``ManifestError`` if the list
    or a new entry has problems.  Nothing is changed then.
    """
    with _edited(path) as draft:
        _refuse_taken(draft.listing, papers)
        old = draft.listing.papers
        text = "".join(draft.lines)
        if not old:
            text = _EMPTY_BRACKETS.sub("", text, count=1)
        elif draft.listing.column is None:
            raise _not_in_lines(path)
        entries = [_entry_lines(paper, draft.listing.column or 0) for paper in papers]
        if not entries:
            return
        added = "\n\n".join("\n".join(lines) for lines in entries).replace("\n", draft.newline)
        if not text:
            text = added + draft.newline
        elif text.endswith(("\n", "\r")):
            text += draft.newline + added + draft.newline
        else:  # a file that did not end its last line still does not
            text += 2 * draft.newline + added
        _replace(path, draft.mark + text, old, [paper.id for paper in papers])


def remove_papers(path: Path, ids: Sequence[str]) -> None:
    """Remove these papers' entries, each with the comment lines right above it.

    The comment that begins the file stays, and of two blank lines that meet one goes.  Raises
    ``UsageError`` if an id is not in the list (nothing is changed then), and ``ManifestError``.
    """
    with _edited(path) as draft:
        known = [paper.id for paper in draft.listing.papers]
        gone = set(ids)
        _refuse_unknown(known, ids)
        if known and draft.listing.column is None:
            raise _not_in_lines(path)
        lines = list(draft.lines)
        ends_open = bool(lines) and not lines[-1].endswith(("\n", "\r"))
        spans = _spans(draft)
        for i in reversed(range(len(known))):
            if known[i] in gone:
                _cut(lines, *spans[i])
        text = "".join(lines)
        if ends_open:
            text = re.sub(r"(?:\r\n|\r|\n)\Z", "", text)
        kept = [paper for paper in draft.listing.papers if paper.id not in gone]
        _replace(path, draft.mark + text, kept, [])


def slug_for(title: str, taken: Collection[str]) -> str:
    """An id for a paper: its short name if the title has one, else its first words; not ``taken``.

    >>> slug_for("LoRA: Low-Rank Adaptation of Large Language Models", {"lora"})
    'lora-2'
    """
    name, colon, _ = tidy(title).replace("：", ":").partition(":")
    short = _id_words(name) if colon else []
    words = short if 0 < len(short) <= SHORT_NAME_WORDS else _id_words(title)[:ID_WORDS]
    stem = "-".join(words)[:ID_CHARS].rstrip("-.") or "paper"
    number = 1
    slug = stem
    while slug in taken or not is_paper_id(slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _id_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+(?:\.[0-9]+)*", plain.replace("'", ""))


def _entry_lines(paper: Paper, column: int) -> list[str]:
    fields = [
        f"id: {_scalar(paper.id)}",
        f"title: {_scalar(paper.title)}",
        *_list_field("authors", paper.authors, column),
        *([] if paper.year is None else [f"year: {paper.year}"]),
        *([f"arxiv: {_quoted(paper.arxiv)}"] if paper.arxiv else []),
        *([f"url: {_scalar(paper.url)}"] if paper.url else []),
        *([f"file: {_scalar(paper.file)}"] if paper.file else []),
        *_list_field("topics", paper.topics, column),
        *_list_field("aliases", paper.aliases, column),
        *_list_field("lists", paper.lists, column),
        *([f"note: {_scalar(paper.note)}"] if paper.note else []),
    ]
    starts = ["- ", *["  "] * (len(fields) - 1)]
    return [" " * column + start + line for start, line in zip(starts, fields, strict=True)]


def _list_field(key: str, items: Sequence[str], column: int) -> list[str]:
    """``key: [item, ...]``, in lines that end before the width; none if there are no items."""
    if not items:
        return []
    written = [_scalar(item, in_list=True) for item in items]
    pieces = [text + "," for text in written[:-1]] + [written[-1] + "]"]
    lines = [f"{key}: [{pieces[0]}"]
    for piece in pieces[1:]:
        if column + 2 + len(lines[-1]) + 1 + len(piece) > WIDTH_CHARS:
            lines.append("  " + piece)
        else:
            lines[-1] += " " + piece
    return lines


def _scalar(text: str, in_list: bool = False) -> str:
    """``text``, in double quotes where YAML needs them (other readers also mind "?" in a list)."""
    clear = text.isprintable() and not (in_list and re.search(r"[?:#,\[\]{}]", text))
    return text if clear and reads_plainly(text, in_list) else _quoted(text)


def _quoted(text: str) -> str:
    """``text`` in double quotes; only unprintable characters are escaped."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


@contextmanager
def _edited(path: Path) -> Iterator[_Draft]:
    """The list to be edited; nobody else edits it until the block ends."""
    read_list_text(path)  # where there is no list, there is nothing to lock
    with locked(path.resolve()):
        yield _open(path)


def _open(path: Path) -> _Draft:
    text = read_list_text(path)
    listing = parse_manifest(text, str(path))
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    first_end = re.search(r"\r\n|\r|\n", text)
    newline = first_end[0] if first_end else "\n"
    return _Draft(mark, tuple(_LINE.findall(text.removeprefix(mark))), newline, listing)


def _spans(draft: _Draft) -> list[tuple[int, int]]:
    """For each paper the half-open range of ``draft.lines`` (from 0) that goes with it."""
    column = draft.listing.column or 0
    dashes = [_dash_line(draft.lines, line - 1, column) for line in draft.listing.lines]
    spans = []
    for dash, limit in zip(dashes, [*dashes[1:], len(draft.lines)], strict=False):
        start, end = dash, limit
        while _is_between_entries(draft.lines[end - 1], column):
            end -= 1
        while start > 0 and _is_comment(draft.lines[start - 1], column):
            start -= 1
        spans.append((start or dash, end))  # a comment that begins the file is about the file
    return spans


def _dash_line(lines: Sequence[str], first_field: int, column: int) -> int:
    """The line of the entry's dash, which may stand above its first field."""
    line = first_field
    while line > 0 and lines[line][: column + 1].strip() != "-":
        line -= 1
    return line


def _is_comment(line: str, column: int) -> bool:
    """Whether it is a comment outside of the entries: one further in belongs to an entry."""
    text = line.lstrip(" ")
    return text.startswith("#") and len(line) - len(text) <= column


def _is_between_entries(line: str, column: int) -> bool:
    return not line.strip() or line.startswith("...") or _is_comment(line, column)


def _cut(lines: list[str], start: int, end: int) -> None:
    """Remove the lines, and one blank line with them where they leave two, or one at an end."""
    del lines[start:end]
    blank_above = start == 0 or not lines[start - 1].strip()
    blank_below = start == len(lines) or not lines[start].strip()
    if blank_above and blank_below and lines:
        del lines[max(start - 1, 0)]


def _refuse_taken(listing: Listing, papers: Sequence[Paper]) -> None:
    lines = [*listing.lines, *(None for _ in papers)]
    seen: dict[str, int | None] = {}
    for i, (paper, line) in enumerate(zip([*listing.papers, *papers], lines, strict=True)):
        arxiv = paper.arxiv and f"arXiv {bare_arxiv_id(paper.arxiv) or paper.arxiv}"
        for name in filter(None, (paper.id, arxiv)):
            if name in seen and i >= len(listing.papers):
                place = "among those to add" if seen[name] is None else f"on line {seen[name]}"
                hint = "Leave it out, or remove the other one first."
                raise UsageError(f"`{name}` is already there: {place}.", hint)
            seen[name] = line


def _refuse_unknown(known: Sequence[str], ids: Sequence[str]) -> None:
    there = set(known)
    unknown = [name for name in ids if name not in there]
    if not unknown:
        return
    hint = did_you_mean(unknown, known, "See `askpapers papers`.")
    raise UsageError(f"Not in the list: {', '.join(unknown)}.", hint)


def _not_in_lines(path: Path) -> UsageError:
    hint = 'Write one entry per paper, each beginning with "- id: ...", or edit the list by hand.'
    return UsageError(f"{path} is written in brackets, so it cannot be edited line by line.", hint)


def _replace(path: Path, text: str, kept: Sequence[Paper], added: Sequence[str]) -> None:
    """Put ``text`` in the file's place if it lists the papers ``kept``, then those ``added``."""
    by_hand = UsageError(
        f"{path} is written in a way that cannot be edited line by line.", "Edit it by hand."
    )
    try:
        papers = parse_manifest(text, str(path)).papers
    except ManifestError as error:
        if added:
            raise
        raise by_hand from error
    ids = [paper.id for paper in papers[len(kept) :]]
    if papers[: len(kept)] != tuple(kept) or ids != list(added):
        raise by_hand
    place = path.resolve()
    with atomic_write(place) as temp:
        temp.write_bytes(text.encode("utf-8"))
        shutil.copymode(place, temp)
