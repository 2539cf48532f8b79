"""A clock for tests: nothing waits, and every pause is recorded."""

from __future__ import annotations

from ingest.fetch.politeness import Clock


class FakeTime:
    """A clock that only sleeping advances; ``slept`` has the pauses in order."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep)
