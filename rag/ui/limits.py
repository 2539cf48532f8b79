"""Limit how much one visitor may ask at once, so that nobody blocks the page for the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import gradio as gr

from ingest.errors import UsageError

AT_ONCE_EACH = 2
MAX_UPLOAD = "50mb"

Place = Callable[[], AbstractContextManager[None]]  # held while an answer is made


class Turnstile:
    """Limits how many questions of each visitor are answered at once."""

    def __init__(self, at_once: int = AT_ONCE_EACH) -> None:
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    def place_of(self, request: gr.Request) -> Place:
        """A place of the user, or else of the open page, that sent ``request``.

        Pages are distinguished by their sessions: a team may share an address.
        """
        return partial(self.passed, request.username or f"page {request.session_hash}")

    def place_of_program(self, request: gr.Request) -> Place:
        """A place of the user, or else of the address, that sent ``request``.

        A program has as many sessions as it likes, so they do not count.
        """
        host = request.client.host if request.client else ""
        return partial(self.passed, request.username or f"address {host}")

    @contextmanager
    def passed(self, visitor: str) -> Iterator[None]:
        """Hold one place of ``visitor``.  Raises ``UsageError`` if all of them are taken."""
        with self._lock:
            if self._running[visitor] >= self._at_once:
                raise UsageError(
                    f"{self._at_once} of your questions are being answered.",
                    "Ask again when one of them is done.",
                )
            self._running[visitor] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[visitor] -= 1
                if not self._running[visitor]:
                    del self._running[visitor]
