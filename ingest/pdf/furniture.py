"""Remove page furniture: running heads and feet, and page numbers.

Only the outermost lines of a page are ever removed, and only on the evidence of several pages: a
running head is repeated, and page numbers increase with the pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.pdf.numbering import from_roman

EDGE_LINES = 3  # furniture is in the first or last three lines of a page
MIN_REPEATS = 3

_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s+)?(\d{1,5})(?:\s*(?:of|/)\s*\d{1,5})?[-–—|\s]*", re.IGNORECASE
)
# Without ASCII, IGNORECASE would match the Turkish letters İ and ı as an i.
_ROMAN = re.compile(r"[ivxl]{1,7}", re.IGNORECASE | re.ASCII)
_DIGITS = re.compile(r"\d+")


def strip_furniture(pages: Sequence[str]) -> list[str]:
    """The pages without running heads and feet and page numbers; body lines are never changed."""
    split = [page.split("\n") for page in pages]
    running = _running_lines(split)
    offsets = number_offsets(split)
    return [
        "\n".join(_strip_page(lines, index, running, offsets)) for index, lines in enumerate(split)
    ]


def _strip_page(
    lines: list[str], index: int, running: dict[str, int], offsets: set[tuple[bool, int]]
) -> list[str]:
    def is_furniture(line: str) -> bool:
        number = _page_number(line)
        if number is not None:
            return (number[0], number[1] - index) in offsets
        return running.get(_key(line), index) < index

    first, last = 0, len(lines)
    while first < min(EDGE_LINES, last) and is_furniture(lines[first]):
        first += 1
    while last > max(first, len(lines) - EDGE_LINES) and is_furniture(lines[last - 1]):
        last -= 1
    return lines[first:last]


def _edges(lines: list[str]) -> list[str]:
    return lines[:EDGE_LINES] + lines[max(EDGE_LINES, len(lines) - EDGE_LINES) :]


def _running_lines(pages: Sequence[list[str]]) -> dict[str, int]:
    """The first page (index from 0) of each edge line that recurs densely on many pages, by ``_key``.

    The first occurrence is kept: it is often the title or heading that the running head repeats.
    """
    seen: dict[str, list[int]] = defaultdict(list)
    for index, lines in enumerate(pages):
        for key in {_key(line) for line in _edges(lines)} - {""}:
            seen[key].append(index)
    needed = min(8, max(MIN_REPEATS, round(0.3 * len(pages))))
    return {
        key: at[0]
        for key, at in seen.items()
        if len(at) >= needed and len(at) >= 0.4 * (at[-1] - at[0] + 1)
    }


def _key(line: str) -> str:
    """The line for comparison, without digits, spaces and case; "" if it has fewer than 3 letters."""
    key = _DIGITS.sub("#", "".join(line.split())).casefold()
    return key if sum(character.isalpha() for character in key) >= 3 else ""


def number_offsets(pages: Sequence[list[str]]) -> set[tuple[bool, int]]:
    """Pairs ``(is_roman, offset)`` on which enough pages agree.

    ``offset`` is the printed page number less the page's index (from 0); Roman numerals count separately.
    """
    counts: Counter[tuple[bool, int]] = Counter()
    for index, lines in enumerate(pages):
        numbers = {_page_number(line) for line in _edges(lines)} - {None}
        counts.update((roman, value - index) for roman, value in filter(None, numbers))
    needed = min(MIN_REPEATS, (len(pages) + 1) // 2)
    return {offset for offset, count in counts.items() if count >= needed}


def _page_number(line: str) -> tuple[bool, int] | None:
    """``(is_roman, value)`` of a line that consists of a page number; None for any other line."""
    if len(line) > 20:
        return None
    if match := _PAGE_NUMBER.fullmatch(line):
        return False, int(match[1])
    return (True, from_roman(line)) if _ROMAN.fullmatch(line) else None
