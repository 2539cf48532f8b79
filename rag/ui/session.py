"""What all parts of the page share: a visitor's state, and how events are handled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.ui.exchange import Chat

ASSETS = Path(__file__).with_name("assets")

# Options of events that are handled at once, and of those that wait in the queue; no program can send them.
UNQUEUED: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
QUEUED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

# gradio encrypts what the browser stores with this; it is no secret, but has to stay the same.
STORAGE_SECRET = "askpapers"  # noqa: S105


@dataclass(slots=True)
class Runs:
    """A visitor's long-running events, by number: only the newest may still change the page.

    gradio's own ``cancels`` is not used: its page looks for each of the events to cancel only when
    the one before has ended, so it also cancelled what was begun right after Stop.
    """

    newest: int = 0
    stopped: int = 0

    def begin(self) -> int:
        """Begin a run, which ends all others; returns its number."""
        self.newest += 1
        return self.newest

    def stop(self) -> None:
        """Have the newest run end with what it has."""
        self.stopped = self.newest

    def is_over(self, run: int) -> bool:
        """Whether another run has begun since ``run``."""
        return run != self.newest

    def is_stopped(self, run: int) -> bool:
        """Whether the visitor has stopped ``run``."""
        return run == self.stopped


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor's language, chat and runs, and the language that their browser has stored as chosen.

    ``runs`` is changed in place: gradio hands every event of a visitor the same one.
    """

    language: gr.State
    chat: gr.State
    runs: gr.State
    chosen_language: gr.BrowserState


def new_session() -> Session:
    """The states of a page; call it while the page is built."""
    return Session(
        gr.State("en"),
        gr.State(Chat()),
        gr.State(Runs()),
        gr.BrowserState("", storage_key="askpapers-language", secret=STORAGE_SECRET),
    )


def read_asset(name: str) -> str:
    """The text of a script or style sheet."""
    return (ASSETS / name).read_text(encoding="utf-8")


def number_from_browser(value: object) -> int:
    """What a browser sent, as a number; 0 if it is not a short whole one."""
    digits = str(value)
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 9 else 0


def skip_unchanged(now: Iterable[str], before: Iterable[str]) -> Iterator[Any]:
    """The updates that send only what has changed since ``before``."""
    return (new if new != old else gr.skip() for new, old in zip(now, before, strict=True))
