"""Add papers to the list and remove them by editing its text.

Nothing is reformatted: comments, order, quoting and line ends are kept, byte for byte.  The new text is
parsed before it replaces the old one, and must contain exactly the requested papers.
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
SHORT_NAME_WORDS = 3  # "LoRA: ..." and "Chain of Hindsight: ...", but not half of a long title

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_EMPTY_BRACKETS = re.compile(r"^\[\s*\][ \t]*(?:\r\n|\r|\n)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Draft:
    """The list as lines, each with its line end.

    ``mark`` is the byte order mark or "", ``newline`` the line end that the file uses.
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
    with _editing(path) as draft:
        _refuse_taken(draft.listing, papers)
        old = draft.listing.papers
        text = "".join(draft.lines)
        if not old:
            text = _EMPTY_BRACKETS.sub("", text, count=1)
        elif draft.listing.column is None:
            raise _not_line_based(path)
        entries = [_entry_lines(paper, draft.listing.column or 0) for paper in papers]
        if not entries:
            return
        added = "\n\n".join("\n".join(lines) for lines in entries).replace("\n", draft.newline)
        if not text:
            text = added + draft.newline
        elif text.endswith(("\n", "\r")):
            text += draft.newline + added + draft.newline
        else:  # the file had no line end at its end, and still has none
            text += 2 * draft.newline + added
        _replace(path, draft.mark + text, old, [paper.id for paper in papers])


def remove_papers(path: Path, ids: Sequence[str]) -> None:
    """Remove these papers' entries, each with the comment lines right above it.

    A comment at the beginning of the file is kept; where two blank lines would meet, one is removed.
    Raises ``UsageError`` if an id is not in the list (nothing is changed then), and ``ManifestError``.
    """
    with _editing(path) as draft:
        known = [paper.id for paper in draft.listing.papers]
        gone = set(ids)
        _refuse_unknown(known, ids)
        if known and draft.listing.column is None:
            raise _not_line_based(path)
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
    """An id that is not ``taken``, from the short name before a colon or the title's first words.

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
    """``key: [item, ...]``, in lines of at most ``WIDTH_CHARS``; no lines if there are no items."""
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
    """``text``, in double quotes if YAML needs them (or another parser, for "?" in a list)."""
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
def _editing(path: Path) -> Iterator[_Draft]:
    """Yield the list to be edited; no one else can edit it until the block ends."""
    read_list_text(path)  # raises, without leaving a lock file, if there is no list
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
    """For each paper the half-open range of ``draft.lines`` (from 0) that belongs to it."""
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
    """The line of the entry's dash, which may be above its first field."""
    line = first_field
    while line > 0 and lines[line][: column + 1].strip() != "-":
        line -= 1
    return line


def _is_comment(line: str, column: int) -> bool:
    """Whether it is a comment between entries; a comment that is indented further belongs to an entry."""
    text = line.lstrip(" ")
    return text.startswith("#") and len(line) - len(text) <= column


def _is_between_entries(line: str, column: int) -> bool:
    return not line.strip() or line.startswith("...") or _is_comment(line, column)


def _cut(lines: list[str], start: int, end: int) -> None:
    """Remove the lines, and a blank line that would then follow another one or be at either end."""
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


def _not_line_based(path: Path) -> UsageError:
    hint = 'Write one entry per paper, each beginning with "- id: ...", or edit the list by hand.'
    return UsageError(f"{path} is written in brackets, so it cannot be edited line by line.", hint)


def _replace(path: Path, text: str, kept: Sequence[Paper], added: Sequence[str]) -> None:
    """Replace the file by ``text``, which must list the papers ``kept``, then those ``added``."""
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
