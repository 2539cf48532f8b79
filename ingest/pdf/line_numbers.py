"""Remove the line numbers of a review copy.

They count the lines, or every fifth line, on most pages.  The rows of a table, the steps of an algorithm
and the items of a list are numbered on a page or two only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The least numbers on a page, by the step from one number to the next.
STEPS = {1: 10, 5: 3}
MIN_PAGES = 3  # with line numbers, and at least half of all pages
MIN_COVERAGE = 0.5  # share of a page's lines that must be counted
MIN_NUMBERS = 3  # on a page, to remove them there, once the paper is known to have line numbers
MAX_DIGITS = 4

_Numbers = Sequence[tuple[int, tuple[int, ...]]]  # the index of a line, and its possible numbers


@dataclass(frozen=True, slots=True)
class _NumberedLine:
    """A line with its number, linked to the line with the number before."""

    number: int
    line: int
    previous: _NumberedLine | None
    length: int

    def run(self) -> Iterator[_NumberedLine]:
        at: _NumberedLine | None = self
        while at is not None:
            yield at
            at = at.previous


def strip_line_numbers(
    pages: Sequence[str], joint: str = "", min_pages: int = MIN_PAGES
) -> list[str]:
    """The pages without line numbers; unchanged if their lines are not numbered.

    ``joint`` marks a word divided at a line's end, and therefore also ends a line.
    """
    split = [re.split(f"([\n{joint}])", page) for page in pages]  # lines, and what ends them
    numbers = [_find_numbers(parts[::2]) for parts in split]
    n_words = [sum(bool(line.strip(" 0123456789")) for line in parts[::2]) for parts in split]
    needed = max(min_pages, sum(map(bool, n_words)) / 2)
    for step, fewest in STEPS.items():
        runs = [_longest_run(page, step) for page in numbers]
        are_most = (
            len(run) >= fewest and step * len(run) >= MIN_COVERAGE * of
            for run, of in zip(runs, n_words, strict=True)
        )
        if sum(are_most) >= needed:
            return [_without_numbers(*page) for page in zip(split, runs, strict=True)]
    return list(pages)


def _find_numbers(lines: Sequence[str]) -> _Numbers:
    """The lines that begin or end with a number, and these numbers."""
    found = []
    for i, line in enumerate(lines):
        bare = line.strip(" ")
        if bare[:1].isdecimal() or bare[-1:].isdecimal():
            words = bare.split()
            ends = {word for word in (words[0], words[-1]) if word.isdecimal()}
            found.append((i, tuple(int(word) for word in ends if len(word) <= MAX_DIGITS)))
    return found


def _longest_run(numbers: _Numbers, step: int) -> list[_NumberedLine]:
    """The longest sequence of lines whose numbers increase by ``step``, from its last line to its first."""
    best: dict[int, _NumberedLine] = {}  # by number: the end of the longest run that ends with it
    for line, ends in numbers:
        for number in ends:
            previous = best.get(number - step)
            if previous and previous.line == line:
                previous = None
            at = _NumberedLine(number, line, previous, previous.length + 1 if previous else 1)
            if number not in best or at.length >= best[number].length:
                best[number] = at
    longest = max(best.values(), key=lambda at: at.length, default=None)
    return list(longest.run()) if longest else []


def _without_numbers(parts: list[str], run: Sequence[_NumberedLine]) -> str:
    for at in run if len(run) >= MIN_NUMBERS else ():
        line = parts[2 * at.line].strip(" ")
        first, _, rest = line.partition(" ")
        is_first = first.isdecimal() and int(first) == at.number
        parts[2 * at.line] = rest if is_first else line.rpartition(" ")[0]
    return "".join(parts)
