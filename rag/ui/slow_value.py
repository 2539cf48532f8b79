"""Values that may take seconds to compute, each computed in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Job(Generic[T]):
    """One computation: of the value for ``key``, begun at ``started`` on the monotonic clock."""

    key: Hashable
    started: float = field(default_factory=time.monotonic)
    future: Future[T] = field(default_factory=Future)


class SlowValue(Generic[T]):
    """A value that is computed again when its key has changed; one thread at a time computes it.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: _Job[T] | None = None
        self._previous: T | None = None

    def get(self, key: Hashable, compute: Callable[[], T], wait_seconds: float) -> T | None:
        """The value for ``key``; the previous one, or None, if computing takes longer than ``wait_seconds``.

        The wait counts from the start of the computation, so only the first callers wait.  Raises
        what ``compute`` raised.
        """
        while True:
            job = self._current(key, compute)
            left = job.started + wait_seconds - time.monotonic()
            if not wait([job.future], max(0.0, left)).done:
                return self._previous
            if job.key == key:
                break
        if error := job.future.exception():
            raise error.with_traceback(None)  # or its traceback would grow with every caller
        return job.future.result()

    def _current(self, key: Hashable, compute: Callable[[], T]) -> _Job[T]:
        """The running job; if none runs, the last one, or a new one if the key has changed."""
        with self._lock:
            job = self._job
            if job is None or (job.future.done() and job.key != key):
                job = self._job = _Job(key)
                threading.Thread(target=self._compute, args=(job, compute), daemon=True).start()
            return job

    def _compute(self, job: _Job[T], compute: Callable[[], T]) -> None:
        try:
            self._previous = compute()
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(self._previous)
