"""The page on loopback, and a real browser that looks at it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Browser, sync_playwright
from small_library import SmallLibrary
from ui.visits import Open, Visit

import app
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.library import Library
from rag.ui.background import Background

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_MS = 30_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium here to look at the page with")
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=path, args=FLAGS)) as browser,
    ):
        yield browser


@pytest.fixture
def assistant(library: SmallLibrary) -> Assistant:
    """Over a list of two papers, with the pages of one."""
    library.write_pdf("herd")
    library.sync()
    return Assistant(Library(library.workspace, library.embedder), RagConfig())


@pytest.fixture
def serve() -> Iterator[Callable[[Assistant, Background], str]]:
    """Serves the page and gives its address; ended after the test."""
    with ExitStack() as stack:

        def served(assistant: Assistant, background: Background) -> str:
            blocks = app.build_page(assistant, background)
            stack.callback(blocks.close)
            return app.launch(blocks, "127.0.0.1", _free_port())

        yield served


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """Opens the page in a window; nothing foreign was asked for and nothing complained about."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def open_page(url: str, *, width: int = 1280, **context: object) -> Visit:
            viewport = {"width": width, "height": 800}
            window = stack.enter_context(
                closing(chromium.new_context(viewport=viewport, **context))  # type: ignore[arg-type]
            )
            seen = Visit(window.new_page())
            seen.page.set_default_timeout(WAIT_MS)
            seen.page.on("request", lambda r: _is_foreign(r.url) and seen.foreign.append(r.url))
            seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
            seen.page.on("console", lambda m: m.type == "error" and seen.complaints.append(m.text))
            seen.page.goto(url)
            seen.page.locator(".welcome, .turn").first.wait_for()
            visits.append(seen)
            return seen

        yield open_page
    assert [url for seen in visits for url in seen.foreign] == []
    assert [text for seen in visits for text in seen.complaints] == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
