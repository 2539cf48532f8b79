"""Generators that yield what can be shown already, and return what came of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")


def run_to_end(steps: Generator[Step, None, Result]) -> tuple[list[Step], Result]:
    """All that ``steps`` yields, and what it returns."""
    yielded: list[Step] = []
    while True:
        try:
            yielded.append(next(steps))
        except StopIteration as end:
            result: Result = end.value
            return yielded, result
