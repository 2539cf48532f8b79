"""The numbers that a review copy prints beside its lines, so that reviewers can name them.

They count up from line to line (or from every fifth to the next) over most lines of most pages.
The rows of a table, the steps of an algorithm and the items of a list do so on a page or two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# From one number to the next, and how many numbers a page needs at least.
STEPS = {1: 10, 5: 3}
MIN_PAGES = 3  # so many pages, and half of all, must have their lines counted:
MIN_COVERAGE = 0.5  # this share of them
MIN_NUMBERS = 3  # on any page of such a paper
MAX_DIGITS = 4

_Numbers = Sequence[tuple[int, tuple[int, ...]]]  # lines by their index, and what may count them


@dataclass(frozen=True, slots=True)
class _Counted:
    """A line that bears a number, and the line above it that bears the number before."""

    number: int
    line: int
    above: _Counted | None
    length: int

    def run(self) -> Iterator[_Counted]:
        at: _Counted | None = self
        while at is not None:
            yield at
            at = at.above


def strip_line_numbers(
    pages: Sequence[str], joint: str = "", min_pages: int = MIN_PAGES
) -> list[str]:
    """The pages without the numbers beside their lines; as they are if lines are not numbered.

    ``joint`` marks a word divided at a line's end, and so ends a line as well.
    """
    split = [re.split(f"([\n{joint}])", page) for page in pages]  # lines, and what ends them
    numbers = [_numbers(parts[::2]) for parts in split]
    n_words = [sum(bool(line.strip(" 0123456789")) for line in parts[::2]) for parts in split]
    needed = max(min_pages, sum(map(bool, n_words)) / 2)
    for step, fewest in STEPS.items():
        runs = [_longest_run(page, step) for page in numbers]
        are_most = (
            len(run) >= fewest and step * len(run) >= MIN_COVERAGE * of
            for run, of in zip(runs, n_words, strict=True)
        )
        if sum(are_most) >= needed:
            return [_without(*page) for page in zip(split, runs, strict=True)]
    return list(pages)


def _numbers(lines: Sequence[str]) -> _Numbers:
    """Where lines begin or end with a number, and these numbers."""
    found = []
    for i, line in enumerate(lines):
        bare = line.strip(" ")
        if bare[:1].isdecimal() or bare[-1:].isdecimal():
            words = bare.split()
            ends = {word for word in (words[0], words[-1]) if word.isdecimal()}
            found.append((i, tuple(int(word) for word in ends if len(word) <= MAX_DIGITS)))
    return found


def _longest_run(numbers: _Numbers, step: int) -> list[_Counted]:
    """The most lines of which each bears a number greater by ``step`` than the one above."""
    best: dict[int, _Counted] = {}  # the end of the longest run that ends with this number
    for line, ends in numbers:
        for number in ends:
            above = best.get(number - step)
            if above and above.line == line:
                above = None
            at = _Counted(number, line, above, above.length + 1 if above else 1)
            if number not in best or at.length >= best[number].length:
                best[number] = at
    longest = max(best.values(), key=lambda at: at.length, default=None)
    return list(longest.run()) if longest else []


def _without(parts: list[str], run: Sequence[_Counted]) -> str:
    for at in run if len(run) >= MIN_NUMBERS else ():
        line = parts[2 * at.line].strip(" ")
        first, _, rest = line.partition(" ")
        is_first = first.isdecimal() and int(first) == at.number
        parts[2 * at.line] = rest if is_first else line.rpartition(" ")[0]
    return "".join(parts)
