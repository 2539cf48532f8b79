"""Split clean text into sentences, the smallest units that are quoted.

A sentence may run over several lines, but a heading, a table row, a list item and a caption always
begin a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.pdf.headings import looks_like_heading

MAX_CHARS = 600  # a longer sentence is cut at a line's end or a space
MAX_BRACKET_CHARS = 400  # an opening bracket further back is taken to be unclosed

Span = tuple[int, int]

_STOP = re.compile(
    r"[.!?…。！？．]+"
    r"[\"'”’»)\]」』）]*"
    r"(?:(?<=[^\W\d][.?!”’)]|[)\]][.])\d{1,2}(?=\s))?"  # a footnote mark: "as before.3 We"
)
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_NEXT = re.compile(rf"(?:[\"'“‘«(\[「『（•–—-]\s*)*(?:[A-Z0-9{_CJK}À-ÞΑ-ΩА-Я]|[^\W\d_](?=\d)|\W|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:al|[Ff]igs?|[Ee]qs?|[Ee]qns?|e\.g|i\.e|vs|Nos?|[Ss]ecs?|Sect|[Tt]abs?|Refs?|cf|resp|"
    r"approx|St|Dr|Mr|Mrs|Ms|Prof|Chap|Ch|Apps?|Algs?|Def|Thm|Lem|Prop|Cor|pp|vol|eds?|ca|Jr|viz|"
    r"w\.r\.t|s\.t|a\.k\.a|Suppl|incl)|"
    r"(?<![^\W_])(?<!Section )(?<!section )(?<!Appendix )(?<!appendix )[A-Z]|\b[A-Z]\.-?[A-Z])\.$"
)
_LABEL = re.compile(r"(?:(?:Figure|Fig\.|Table|Tab\.|Algorithm)\s+)?[A-Z]?\d{1,3}(?:\.\d{1,2})*\.")
_EVENT = re.compile(rf"[(\[（]|[)\]）]|{_STOP.pattern}")

_BULLET = re.compile(r"[•◦▪‣●○■*-]\s+\S|[•●▪◦‣]\S")
_ITEM = re.compile(r"(?:\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}[.)])\s+\S")
_BEFORE_ITEM = re.compile(r"(?:[.:;,!?。：；]|\b(?:and|or)|^)$")
_CAPTION = re.compile(
    r"(?:Figure|Fig\.|Table|Tab\.|Algorithm|Listing|Box|图|表)\s*[A-Z]?\.?\d{1,3}(?:\.\d{1,2})?\s*[:.|：]"
)
_LEADERS = re.compile(r"(?:\. ?){5,}[\divx]{0,5}$")  # dots before a page number, in the contents
_NUMERIC = re.compile(r"[^\w]*[-−–±<>~≈]?\d[\d.,:/]*(?:[%×xkKMBTs]|±[\d.]+)?[^\w]*|[-–—✓✗✔✘]")


def split_sentences(text: str) -> list[Span]:
    """Half-open spans of the sentences of ``text``, in order.

    They don't overlap, don't begin or end with white space, and together contain every other
    character.  None is longer than ``MAX_CHARS``.
    """
    spans: list[Span] = []
    for start, end, is_whole in _blocks(text):
        pieces = _stripped(text, start, end) if is_whole else _sentences(text, start, end)
        for piece in pieces:
            spans += _split_long(text, *piece)
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Blocks ``(start, end, is_whole)`` that no sentence crosses; a whole one is not split further."""
    block = start = 0
    was_alone, last = False, ""
    for line in text.split("\n"):
        alone = _stands_alone(line)
        if alone or was_alone or _begins_piece(line, last):
            yield block, start, was_alone
            block = start
        was_alone, last = alone, line
        start += len(line) + 1
    yield block, len(text), was_alone


def _stands_alone(line: str) -> bool:
    if not line.strip() or _LEADERS.search(line):
        return True
    return _is_row(line) or looks_like_heading(line)


def _begins_piece(line: str, last: str) -> bool:
    if _BULLET.match(line) or _CAPTION.match(line):
        return True
    return bool(_ITEM.match(line) and _BEFORE_ITEM.search(last[-8:]))


def _is_row(line: str) -> bool:
    """Whether a line is a table row: at least four cells, and half of all, are numbers."""
    cells = line.split() if len(line) < MAX_CHARS else []
    n_numbers = sum(_NUMERIC.fullmatch(cell) is not None for cell in cells)
    return n_numbers >= 4 and 2 * n_numbers >= len(cells)


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of one block."""
    opened: list[int] = []
    for event in _EVENT.finditer(text, start, end):
        mark = event[0][0]
        if mark in "([（":
            opened.append(event.start())
        elif mark in ")]）":
            del opened[-1:]
        else:
            if event[0][-1] in ")]）":  # "(... as before.)": the stop includes a closing bracket
                del opened[-1:]
            is_inside = opened and event.end() - opened[-1] < MAX_BRACKET_CHARS
            if not is_inside and _is_end(text, start, event, end):
                yield from _stripped(text, start, event.end())
                start = event.end()
                opened.clear()
    yield from _stripped(text, start, end)


def _is_end(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    """Whether the sentence that begins at ``start`` ends with this stop, which is not in brackets."""
    if stop[0][0] in "。！？" or _is_chinese_stop(text, stop):
        return True
    if stop.end() < end and not text[stop.end()].isspace():
        return False
    after = _first_visible(text, stop.end(), end)
    if after < end and not _NEXT.match(text, after, min(end, after + 40)):
        return text[stop.end()] == "\n" and text[start : stop.start()][-4:].isalpha()
    if stop[0][0] != ".":
        return True
    before = text[max(start, stop.start() - 30) : stop.start() + 1]
    return not (_ABBREVIATION.search(before) or _LABEL.fullmatch(before.strip()))


def _is_chinese_stop(text: str, stop: re.Match[str]) -> bool:
    """Whether a Latin stop ends a Chinese sentence, as NFKC and some authors write it."""
    before = text[stop.start() - 1 : stop.start()]
    after = text[stop.end() : stop.end() + 1]
    return all("\u2e80" <= character <= "\u9fff" for character in (before or " ", after or " "))


def _first_visible(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    start = _first_visible(text, start, end)
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _split_long(text: str, start: int, end: int) -> Iterator[Span]:
    """Parts of at most ``MAX_CHARS``, cut at a line's end, else at a space, else anywhere."""
    while end - start > MAX_CHARS:
        limit = start + MAX_CHARS
        at = text.rfind("\n", start + MAX_CHARS // 3, limit)
        if at < 0:
            at = text.rfind(" ", start + MAX_CHARS // 3, limit)
        at = limit if at < 0 else at
        yield from _stripped(text, start, at)
        start = _first_visible(text, at, end)
    yield start, end
