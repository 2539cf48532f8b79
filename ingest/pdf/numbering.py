"""Numbers of headings ("3.2", "IV.", "Appendix B.1"), and which of many are those of the sections.

A paper is full of lines that begin with a number.  The sections' numbers are those that continue
one another from the first page to the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["plain", "dotted", "roman", "letter"]

MAX_STEP = 2  # at most one number in a row may be missing
_MISSING = 0.6  # what a missing number costs, in headings

_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(\.?)\s+(?=[^\W\d_])(.+)")
_CHINESE = re.compile(r"第([一二三四五六七八九十])[章节]()\s*(.+)")
_ROMAN = re.compile(r"([IVX]{1,5})\.\s+()([A-Z].+)")
_LETTER = re.compile(
    r"(?:([A-Z](?:\.\d{1,2}){0,3})\.?|(?:Appendix|APPENDIX)\s+([A-Z])[.:]?)\s+(?=[^\W\d_])(.+)"
)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
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

    A title begins with a capital, or with a letter that has no case.
    """
    parsed: tuple[tuple[int, ...], Style, str] | None = None
    if match := _DECIMAL.fullmatch(line):
        number = tuple(int(part) for part in match[1].split("."))
        parsed = number, "dotted" if match[2] else "plain", match[3]
    elif match := _ROMAN.fullmatch(line):
        parsed = (from_roman(match[1]),), "roman", match[3]
    elif match := _LETTER.fullmatch(line):
        letter, *rest = (match[1] or match[2]).split(".")
        parsed = (ord(letter) - ord("A") + 1, *map(int, rest)), "letter", match[3]
    elif match := _CHINESE.fullmatch(line):
        parsed = (_CHINESE_DIGITS.index(match[1]) + 1,), "plain", match[3]
    if parsed is None or parsed[2][0].islower() or 0 in parsed[0]:
        return None
    return Numbered(*parsed, text=line)


def from_roman(numeral: str) -> int:
    """The value of a numeral of the letters I, V, X and L, in either case.

    >>> from_roman("xiv")
    14
    """
    values = [_VALUES[letter] for letter in numeral.upper()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def best_chain(candidates: Sequence[Numbered]) -> list[Numbered]:
    """The heaviest run of candidates, in their order, in which every number continues the last.

    After 2.3.1 may come 2.3.2, 2.4 or 3, and also 2.3.1.1, or one number further for a small cost.
    """
    runs: list[_Run] = []
    by_number: dict[tuple[int, ...], int] = {}  # the best run that ends with this very number
    by_prefix: dict[tuple[int, ...], int] = {}  # ... with a number that begins like this
    for i, candidate in enumerate(candidates):
        *parent, last = candidate.number
        ways = [(by_number.get(tuple(parent)), last - 1)]
        ways += [(by_prefix.get((*parent, last - step)), step - 1) for step in (1, 2)]
        best = _Run(_cost_of_start(candidate.number), None)
        for before, n_missing in ways:
            if before is not None and n_missing < MAX_STEP:
                score = runs[before].score - _MISSING * n_missing
                best = max(best, _Run(score, before), key=lambda run: run.score)
        runs.append(_Run(best.score + candidate.weight, best.before))
        _keep_better(runs, by_number, candidate.number, i)
        for depth in range(1, len(candidate.number) + 1):
            _keep_better(runs, by_prefix, candidate.number[:depth], i)
    return _trace(candidates, runs)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that ends with some candidate: its weight, and the candidate before that one."""

    score: float
    before: int | None


def _cost_of_start(number: tuple[int, ...]) -> float:
    """What it costs, below zero, that a run begins with this number and not with 1."""
    return 0.0 if number == (1,) else -2.0 - _MISSING * (sum(number) - 1)


def _keep_better(
    runs: Sequence[_Run], best: dict[tuple[int, ...], int], key: tuple[int, ...], i: int
) -> None:
    if key not in best or runs[i].score >= runs[best[key]].score:
        best[key] = i


def _trace(candidates: Sequence[Numbered], runs: Sequence[_Run]) -> list[Numbered]:
    """The candidates of the best run, from its first to its last."""
    at = max(range(len(runs)), key=lambda i: runs[i].score, default=None)
    chain: list[Numbered] = []
    while at is not None and (chain or runs[at].score > 0):
        chain.append(candidates[at])
        at = runs[at].before
    return chain[::-1]
