"""Numbers of headings ("3.2", "IV.", "Appendix B.1"), and which of many could be the sections'.

A paper is full of lines that begin with a number.  The sections' numbers are those that carry on
each other from the first page to the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["plain", "dotted", "roman", "letter"]

MAX_STEP = 2  # one number in a row may be missing
_MISSING = 0.6  # what a missing number costs, in headings

_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(\.?)\s+(?=[^\W\d_])(.+)")
_CHINESE = re.compile(r"第([一二三四五六七八九十])[章节]()\s*(.+)")
_ROMAN = re.compile(r"([IVX]{1,5})\.\s+()([A-Z].+)")
_LETTER = re.compile(
    r"(?:([A-Z](?:\.\d{1,2}){0,3})\.?|(?:Appendix|APPENDIX)\s+([A-Z])[.:]?)\s+(?=[^\W\d_])(.+)"
)
_VALUES = {"I": 1, "V": 5, "X": 10}
_CHINESE_DIGITS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line that begins with a number: what it counts, and how likely it is a heading."""

    number: tuple[int, ...]
    style: Style
    title: str
    text: str
    start: int = 0
    weight: float = 1.0

    def at(self, start: int, text: str, *, known: bool) -> Numbered:
        """The same heading at its offset, with its whole text; a ``known`` name weighs more."""
        words = [word for word in self.title.split() if len(word) > 3]
        titled = bool(words) and all(word[0].isupper() for word in words)
        weight = 1.0 + 2.0 * known + 0.5 * titled + 0.2 * (len(self.number) > 1)
        return replace(self, start=start, text=text, weight=weight)


def parse_number(line: str) -> Numbered | None:
    """The number and the title of a line such as ``3.2 Training data``; None if it has no number.

    A title begins with a capital, or with a letter that knows no case.
    """
    parsed: tuple[tuple[int, ...], Style, str] | None = None
    if match := _DECIMAL.fullmatch(line):
        number = tuple(int(part) for part in match[1].split("."))
        parsed = number, "dotted" if match[2] else "plain", match[3]
    elif match := _ROMAN.fullmatch(line):
        parsed = (_from_roman(match[1]),), "roman", match[3]
    elif match := _LETTER.fullmatch(line):
        letter, *rest = (match[1] or match[2]).split(".")
        parsed = (ord(letter) - ord("A") + 1, *map(int, rest)), "letter", match[3]
    elif match := _CHINESE.fullmatch(line):
        parsed = (_CHINESE_DIGITS.index(match[1]) + 1,), "plain", match[3]
    if parsed is None or parsed[2][0].islower() or 0 in parsed[0]:
        return None
    return Numbered(*parsed, text=line)


def _from_roman(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def best_chain(candidates: Sequence[Numbered]) -> list[Numbered]:
    """The heaviest run of candidates, in their order, in which every number carries on the last."""
    scores: list[float] = []
    befores: list[int] = []
    for i, candidate in enumerate(candidates):
        best, before = _first(candidate.number), -1
        for j in range(i):
            cost = _cost(candidates[j].number, candidate.number)
            if cost is not None and scores[j] - cost >= best:
                best, before = scores[j] - cost, j
        scores.append(best + candidate.weight)
        befores.append(before)
    if not scores or max(scores) <= 0:
        return []
    chain, at = [], scores.index(max(scores))
    while at >= 0:
        chain.append(candidates[at])
        at = befores[at]
    return chain[::-1]


def _first(number: tuple[int, ...]) -> float:
    """The cost, below zero, of a run that begins with this number instead of 1."""
    return -_MISSING * (sum(number) - 1) - 2 * (sum(number) > 1)


def _cost(last: tuple[int, ...], new: tuple[int, ...]) -> float | None:
    """What it costs to go from one number to the next; None if it cannot come next."""
    depth = next((d for d, (a, b) in enumerate(zip(last, new, strict=False)) if a != b), None)
    if depth is None:
        if len(new) != len(last) + 1:
            return None
        step = new[-1]
    else:
        if len(new) != depth + 1:
            return None
        step = new[depth] - last[depth]
    return _MISSING * (step - 1) if 1 <= step <= MAX_STEP else None
