"""A browser window on the page, and what stands behind it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from openai_server import ModelServer
from playwright.sync_api import Page
from small_library import SmallLibrary

from ingest.sync.pipeline import Sync, SyncOptions
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker


@dataclass
class Visit:
    """One browser window on the page, and all that went wrong in it."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer is whole."""
        n_before = self.page.locator(".turn").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        whole = ".sources, .error-message, .refusal .notice"
        self.page.locator(".turn").nth(n_before).locator(whole).first.wait_for()

    def until_kept(self) -> None:
        """Wait until the browser keeps the last answers of all chats: a question alone comes first."""
        self.page.wait_for_function(
            """() => {
              const keys = Object.keys(localStorage).filter((key) => key.startsWith("askpapers-chat/"));
              const answered = (key) => JSON.parse(localStorage[key]).chat.exchanges.at(-1).answer;
              return keys.length > 0 && keys.every(answered);
            }"""
        )


Open = Callable[..., Visit]
Serve = Callable[..., str]
ServeModel = Callable[..., tuple[str, ModelServer]]


def sync_of(library: SmallLibrary) -> Sync:
    """A sync that indexes the PDFs that are there and never opens a connection."""
    return Sync(
        library.manifest,
        library.workspace,
        library.embedder,
        lambda: pytest.fail("an offline sync must not open a connection"),
        SyncOptions(pdf_dirs=(library.pdfs,), offline=True),
    )


def background_of(
    library: SmallLibrary, assistant: Assistant, syncs: bool = False
) -> BackgroundWorker:
    """The background of the page, with or without a sync."""
    sync = sync_of(library) if syncs else None
    return BackgroundWorker(assistant, library.manifest, library.workspace, sync)


def wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Return as soon as ``holds`` is true.  Fails if it never is."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it never came true"
        threading.Event().wait(0.02)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
