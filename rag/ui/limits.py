"""Limit how much one visitor may ask at once, so that nobody blocks the page for the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import gradio as gr

from ingest.errors import UsageError

MAX_AT_ONCE = 2
MAX_UPLOAD = "50mb"

Slot = Callable[[], AbstractContextManager[None]]  # to be held while an answer is made


class QuestionLimit:
    """Limits how many questions of each visitor are answered at once."""

    def __init__(self, at_once: int = MAX_AT_ONCE) -> None:
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    def visitor_slot(self, request: gr.Request) -> Slot:
        """A slot of the user, or else of the open page, that sent ``request``.

        Pages are distinguished by their sessions: a team may share an address.
        """
        return partial(self.hold_slot, request.username or f"page {request.session_hash}")

    def program_slot(self, request: gr.Request) -> Slot:
        """A slot of the user, or else of the address, that sent ``request``.

        A program can have any number of sessions, so they do not count.
        """
        host = request.client.host if request.client else ""
        return partial(self.hold_slot, request.username or f"address {host}")

    @contextmanager
    def hold_slot(self, visitor: str) -> Iterator[None]:
        """Hold one slot of ``visitor``.  Raises ``UsageError`` if all of them are taken."""
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
