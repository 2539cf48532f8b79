"""Parse the numbers of headings ("3.2", "IV.", "Appendix B.1"), and find the real ones among many.

Many lines of a paper begin with a number.  The numbers of its sections are those that continue one
another from the first page to the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["plain", "dotted", "roman", "letter"]

MAX_STEP = 2  # at most one number in a row may be missing
_MISSING = 0.6  # the cost of a missing number; a heading is worth 1

_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(\.?)\s+(?=[^\W\d_])(.+)")
_CHINESE = re.compile(r"第([一二三四五六七八九十])[章节]()\s*(.+)")
_ROMAN = re.compile(r"([IVX]{1,5})\.\s+()([A-Z].+)")
_LETTER = re.compile(
    r"(?:([A-Z](?:\.\d{1,2}){0,3})\.?|(?:Appendix|APPENDIX)\s+([A-Z])[.:]?)\s+(?=[^\W\d_])(.+)"
)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_CHINESE_DIGITS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class NumberedHeading:
    """A line that begins with a number and may be a heading; the more likely, the higher ``weight``."""

    number: tuple[int, ...]
    style: Style
    title: str
    text: str
    start: int = 0
    weight: float = 1.0

    def located(self, start: int, text: str, *, known: bool) -> NumberedHeading:
        """The same heading with its offset and complete text; a ``known`` name weighs more."""
        words = [word for word in self.title.split() if len(word) > 3]
        is_title_case = bool(words) and all(word[0].isupper() for word in words)
        weight = 1.0 + 2.0 * known + 0.5 * is_title_case + 0.2 * (len(self.number) > 1)
        return replace(self, start=start, text=text, weight=weight)


def parse_number(line: str) -> NumberedHeading | None:
    """The number and the title of a line such as ``3.2 Training data``; None if it has no number.

    A title begins with a capital letter, or in a script without case.
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
    return NumberedHeading(*parsed, text=line)


def from_roman(numeral: str) -> int:
    """The value of a numeral of the letters I, V, X and L, in either case.

    >>> from_roman("xiv")
    14
    """
    values = [_VALUES[letter] for letter in numeral.upper()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def best_chain(candidates: Sequence[NumberedHeading]) -> list[NumberedHeading]:
    """The heaviest subsequence of candidates in which every number continues the one before.

    2.3.1 may be followed by 2.3.2, 2.4, 3 or 2.3.1.1; one missing number has a small cost.
    """
    runs: list[_Run] = []
    by_number: dict[tuple[int, ...], int] = {}  # the best run that ends with this number
    by_prefix: dict[tuple[int, ...], int] = {}  # ... with a number that begins with this one
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
    return _backtrack(candidates, runs)


@dataclass(frozen=True, slots=True)
class _Run:
    """The best run that ends with a candidate: its score, and the index of the candidate before."""

    score: float
    before: int | None


def _cost_of_start(number: tuple[int, ...]) -> float:
    """The score, at most 0, of a run that begins with this number instead of 1."""
    return 0.0 if number == (1,) else -2.0 - _MISSING * (sum(number) - 1)


def _keep_better(
    runs: Sequence[_Run], best: dict[tuple[int, ...], int], key: tuple[int, ...], i: int
) -> None:
    if key not in best or runs[i].score >= runs[best[key]].score:
        best[key] = i


def _backtrack(
    candidates: Sequence[NumberedHeading], runs: Sequence[_Run]
) -> list[NumberedHeading]:
    """The candidates of the best run, from its first to its last."""
    at = max(range(len(runs)), key=lambda i: runs[i].score, default=None)
    chain: list[NumberedHeading] = []
    while at is not None and (chain or runs[at].score > 0):
        chain.append(candidates[at])
        at = runs[at].before
    return chain[::-1]
