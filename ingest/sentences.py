"""Cut clean text into sentences, the smallest pieces that are quoted.

Lines matter: a heading, a table's row, an item of a list and the first line of a caption begin a
piece of their own, while a sentence may run over many lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.headings import looks_like_heading

MAX_CHARS = 600  # a piece without a stop is cut at a line's end or a space before this
MAX_BRACKET = 400  # a bracket open for longer than this was never closed

Span = tuple[int, int]

_STOP = re.compile(
    r"[.!?…。！？．]+"
    r"[\"'”’»)\]」』）]*"
    r"(?:(?<=[^\W\d][.?!”’)])\d{1,2}(?=\s))?"  # a footnote's mark: "as before.3 We"
)
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_NEXT = re.compile(rf"(?:[\"'“‘«(\[「『（•–—-]\s*)*(?:[A-Z0-9{_CJK}À-ÞΑ-ΩА-Я]|[^\W\d_](?=\d)|\W|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:al|Figs?|Eqs?|Eqn|e\.g|i\.e|vs|No|Nos|Secs?|Sect|Tabs?|Refs?|cf|resp|approx|St|Dr|Mr|"
    r"Mrs|Ms|Prof|Ch|Chap|App|Apps|Alg|Algs|Def|Thm|Lem|Prop|Cor|pp|vol|ed|eds|ca|Jr|viz|w\.r\.t|"
    r"s\.t|a\.k\.a|fig|eq|sec|tab|Suppl|incl|Inc|Ltd)|"
    r"(?<![^\W_])[A-Z]|(?<![^\W_])[A-Z]\.-?[A-Z])\.$"
)
_ENDS_ANYWAY = re.compile(r"\bet al\.$")
_EVENT = re.compile(rf"[(\[（]|[)\]）]|\n|{_STOP.pattern}")

_ITEM = re.compile(r"(?:[•◦▪‣●○■–*-]|\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}[.)])\s+\S|[•●▪◦‣]\S")
_CAPTION = re.compile(
    r"(?:Figure|Fig\.|Table|Tab\.|Algorithm|Listing|Box|图|表)\s*[A-Z]?\.?\d{1,3}(?:\.\d{1,2})?\s*[:.|：]"
)
_NUMERIC = re.compile(r"[^\w]*[-−–±<>~≈]?\d[\d.,:/]*(?:[%×xkKMBTs]|±[\d.]+)?[^\w]*|[-–—✓✗✔✘]")


def split_sentences(text: str) -> list[Span]:
    """Half-open spans of the sentences of ``text``, in order.

    They don't overlap, begin and end with no white space, and together hold every character that
    is none.  A piece is at most ``MAX_CHARS`` long wherever it has a space to be cut at.
    """
    spans: list[Span] = []
    for block in _blocks(text):
        for start, end in _sentences(text, *block):
            spans += _cut(text, start, end)
    return spans


def _blocks(text: str) -> Iterator[Span]:
    """Stretches that no sentence crosses: paragraphs, and lines that stand alone."""
    block = start = 0
    was_alone = False
    for line in text.split("\n"):
        alone = _stands_alone(line)
        if alone or was_alone or _begins_piece(line):
            yield block, start
            block = start
        was_alone = alone
        start += len(line) + 1
    yield block, len(text)


def _stands_alone(line: str) -> bool:
    return not line.strip() or _is_row(line) or looks_like_heading(line)


def _begins_piece(line: str) -> bool:
    return bool(_ITEM.match(line) or _CAPTION.match(line))


def _is_row(line: str) -> bool:
    """Whether a line is a table's row: at least four numbers, and no fewer than words."""
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
            opened = opened[:-1]
        elif mark != "\n" and _is_end(text, event, end, opened):
            yield from _stripped(text, start, event.end())
            start, opened = event.end(), []
    yield from _stripped(text, start, end)


def _is_end(text: str, stop: re.Match[str], end: int, opened: list[int]) -> bool:
    """Whether a sentence ends with this stop; ``opened`` are the brackets open before it."""
    if stop[0][-1] in ")]）" and opened:  # "(... as before.)": the stop closes the bracket
        opened = opened[:-1]
    if opened and stop.end() - opened[-1] < MAX_BRACKET:
        return False
    if stop[0][0] in "。！？" or _follows_chinese(text, stop):
        return True
    if stop.end() < end and not text[stop.end()].isspace():
        return False
    after = _first_visible(text, stop.end(), end)
    if after < end and not _NEXT.match(text, after, min(end, after + 40)):
        return False
    return stop[0][0] != "." or not _is_abbreviation(
        text[max(0, stop.start() - 12) : stop.start() + 1]
    )


def _follows_chinese(text: str, stop: re.Match[str]) -> bool:
    """Whether a Latin stop ends a Chinese sentence, as NFKC and some typists have it."""
    before = text[stop.start() - 1 : stop.start()]
    after = text[stop.end() : stop.end() + 1]
    return all("\u2e80" <= character <= "\u9fff" for character in (before or " ", after or " "))


def _first_visible(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _is_abbreviation(before: str) -> bool:
    return _ABBREVIATION.search(before) is not None


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    start = _first_visible(text, start, end)
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """A piece in parts of at most ``MAX_CHARS``, each ending at a line's end, or else at a space."""
    while end - start > MAX_CHARS:
        limit = start + MAX_CHARS
        at = text.rfind("\n", start + MAX_CHARS // 3, limit)
        if at < 0:
            at = text.rfind(" ", start + MAX_CHARS // 3, limit)
        at = limit if at < 0 else at
        yield from _stripped(text, start, at)
        start = _first_visible(text, at, end)
    yield start, end
