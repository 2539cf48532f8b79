"""Read a network stream from synchronous code, and be able to stop at any time.

A thread that waits for a silent server cannot be ended, and closing its socket from another one does
not wake it.  A task of an event loop can be cancelled while it waits, and closes its connection.
Therefore requests run in an event loop, in another thread than the one that reads.

All requests share one loop: LangChain's providers share connections between models, and a connection
belongs to the loop in which it was opened.  The loop's thread runs only while there are requests.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

HEARTBEAT_SECONDS = 0.25
CLOSING_SECONDS = 2.0  # the longest that a connection may take to be closed

Item = TypeVar("Item")


def read_in_steps(source: AsyncGenerator[Item]) -> Generator[Item | None]:
    """The items of ``source`` as they arrive, and None a few times a second while there are none.

    Closing the generator cancels what ``source`` waits for.  Raises what ``source`` raises.
    """
    with _shared.running() as loop:
        reader = _Reader(source, loop)
        try:
            while not reader.is_done:
                yield reader.next_item()
        finally:
            reader.stop()
    if reader.error is not None:
        raise reader.error


def wait_in_steps(seconds: float) -> Generator[None]:
    """Wait in short steps, between which the caller can stop."""
    for _ in range(math.ceil(seconds / HEARTBEAT_SECONDS)):
        yield
        time.sleep(HEARTBEAT_SECONDS)


class _Reader(Generic[Item]):
    """Reads ``source`` in the loop's thread, and passes its items to another thread."""

    def __init__(self, source: AsyncGenerator[Item], loop: asyncio.AbstractEventLoop) -> None:
        self.error: BaseException | None = None
        self._source = source
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False
        self._arrived: SimpleQueue[Item | None] = SimpleQueue()
        self._ended = threading.Event()
        loop.call_soon_threadsafe(self._start)

    @property
    def is_done(self) -> bool:
        """Whether the source has ended and all items have been taken."""
        return self._ended.is_set() and self._arrived.empty()

    def next_item(self) -> Item | None:
        """The next item; None if none arrives within a heartbeat, or the source ends."""
        try:
            return self._arrived.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            return None

    def stop(self) -> None:
        """Cancel the pending request, and let it close its connection."""
        self._is_stopped = True
        self._loop.call_soon_threadsafe(self._cancel)
        self._ended.wait(CLOSING_SECONDS)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._read())
        self._task.add_done_callback(self._end)

    async def _read(self) -> None:
        async with aclosing(self._source):
            async for item in self._source:
                if (
                    self._is_stopped
                ):  # asyncio.wait_for, up to Python 3.11, may swallow a cancellation
                    break
                self._arrived.put(item)

    def _end(self, task: asyncio.Task[None]) -> None:
        self.error = None if task.cancelled() else task.exception()
        self._ended.set()
        self._arrived.put(None)  # wakes the waiting thread

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()


class _SharedLoop:
    """An event loop whose thread lives only while the loop is in use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_users = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def running(self) -> Iterator[asyncio.AbstractEventLoop]:
        """The loop, running in its thread."""
        with self._lock:
            self._loop = self._loop or asyncio.new_event_loop()
            if not self._n_users:
                self._begin(self._loop)
            self._n_users += 1
        try:
            yield self._loop
        finally:
            with self._lock:
                self._n_users -= 1
                if not self._n_users:
                    self._end(self._loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._lookups = ThreadPoolExecutor(thread_name_prefix="llm-lookup")  # of servers' names
        loop.set_default_executor(self._lookups)
        self._thread = threading.Thread(target=loop.run_forever, name="llm-requests", daemon=True)
        self._thread.start()

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.run_coroutine_threadsafe(_wait_for_other_tasks(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        self._lookups.shutdown(wait=False)


async def _wait_for_other_tasks() -> None:
    """Wait, for a limited time, for all other tasks: they close what a request left open."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await asyncio.sleep(0)
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)
                await asyncio.sleep(0)


_shared = _SharedLoop()
