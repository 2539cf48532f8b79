"""What all parts of the page share: the visitor's state, and how events are sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.ui.exchange import Chat

ASSETS = Path(__file__).with_name("assets")

# Options of events that run at once, and of those that wait in the queue; neither is for programs.
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
QUEUED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

# The browser's own storage is encrypted with this; it hides nothing, it only has to stay the same.
STORAGE_SECRET = "askpapers"  # noqa: S105


@dataclass(slots=True)
class Runs:
    """A visitor's long-running events: only the newest run may show anything.

    gradio's own ``cancels`` is not used: its page looks for each of the events to cancel only when
    the one before has ended, so it also cancelled what was begun right after Stop.
    """

    newest: int = 0
    stopped: int = 0

    def begin(self) -> int:
        """The number of a new run; all others are over."""
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
    """A visitor's language, chat and runs; and the language that the browser keeps as chosen.

    ``runs`` is changed in place: gradio hands every event of a visitor the same one.
    """

    language: gr.State
    chat: gr.State
    runs: gr.State
    chosen_language: gr.BrowserState


def new_session() -> Session:
    """The states of a page; to be called while the page is built."""
    return Session(
        gr.State("en"),
        gr.State(Chat()),
        gr.State(Runs()),
        gr.BrowserState("", storage_key="askpapers-language", secret=STORAGE_SECRET),
    )


def asset(name: str) -> str:
    """The text of a script or style."""
    return (ASSETS / name).read_text(encoding="utf-8")


def sent_number(value: object) -> int:
    """What a browser sent, as a number; 0 if it is not one."""
    digits = str(value)
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 9 else 0
