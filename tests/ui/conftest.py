"""The page on loopback, and a real browser that looks at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from openai_server import ModelServer, Say
from playwright.sync_api import Browser, ConsoleMessage, Response, sync_playwright
from small_library import SmallLibrary
from ui.visits import Open, Serve, ServeModel, Visit, background_of, free_port

from rag.assistant import Assistant
from rag.config import RagConfig
from rag.ui.access import Accounts
from rag.ui.background import BackgroundWorker
from rag.ui.serve import build_page, launch

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
        missing = "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=path, args=FLAGS)) as browser,
    ):
        yield browser


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves the page and gives its address; ended after the test."""
    with ExitStack() as stack:

        def served(
            assistant: Assistant,
            background: BackgroundWorker,
            *,
            read_only: bool = False,
            accounts: Accounts | None = None,
        ) -> str:
            blocks = build_page(assistant, background, read_only, accounts is not None)
            stack.callback(blocks.close)
            return launch(blocks, "127.0.0.1", free_port(), accounts)

        yield served


@pytest.fixture
def url(library: SmallLibrary, assistant: Assistant, serve: Serve) -> str:
    """The address of the page over the small library, without a sync."""
    return _serve_warm(library, assistant, serve)


@pytest.fixture
def serve_model(
    library: SmallLibrary, assistant: Assistant, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServeModel]:
    """Serves the same page with a model that gives these replies; the page's address, the model."""
    with ExitStack() as stack:

        def served(*replies: Say) -> tuple[str, ModelServer]:
            model = stack.enter_context(ModelServer(*replies))
            monkeypatch.setenv("OPENAI_BASE_URL", model.openai_url)
            asking = Assistant(assistant.library, RagConfig(llm="openai:scripted"))
            return _serve_warm(library, asking, serve), model

        yield served


def _serve_warm(library: SmallLibrary, assistant: Assistant, serve: Serve) -> str:
    background = background_of(library, assistant)
    background.start()
    return serve(assistant, background)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """Opens the page in a window; nothing foreign was asked for and nothing complained about."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def open_page(
            url: str,
            *,
            width: int = 1280,
            login: tuple[str, str] | None = None,
            **context: object,
        ) -> Visit:
            viewport = {"width": width, "height": 800}
            window = stack.enter_context(
                closing(chromium.new_context(viewport=viewport, **context))  # type: ignore[arg-type]
            )
            seen = Visit(window.new_page())
            seen.page.set_default_timeout(WAIT_MS)
            seen.page.on("request", lambda r: _is_foreign(r.url) and seen.foreign.append(r.url))
            seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
            seen.page.on("console", lambda m: _is_error(m) and seen.complaints.append(m.text))
            seen.page.on("response", lambda r: _is_refused(r) and seen.complaints.append(_told(r)))
            seen.page.goto(url)
            if login:
                seen.page.get_by_label("username").fill(login[0])
                seen.page.get_by_label("password").fill(login[1])
                seen.page.get_by_role("button", name="Login").click()
            seen.page.locator(".welcome, .turn").first.wait_for()
            visits.append(seen)
            return seen

        yield open_page
    assert [url for seen in visits for url in seen.foreign] == []
    assert [text for seen in visits for text in seen.complaints] == []


def _is_error(message: ConsoleMessage) -> bool:
    """Whether something was complained about; what could not be loaded is told with its address."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def _is_refused(response: Response) -> bool:
    """Whether a request failed.

    Gradio's script sometimes cancels an event, on a busy machine, before it has heard the event's
    id; the server refuses those two requests, and nothing depends on them.
    """
    return response.status >= 400 and not response.url.endswith(("/cancel", "/reset"))


def _told(response: Response) -> str:
    return f"{response.status} {response.url} {response.request.post_data}"


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def seen(url: str, visit: Open) -> Visit:
    """A page that was just opened."""
    return visit(url)


@pytest.fixture
def answered(seen: Visit) -> Visit:
    """A page with one question and its whole answer."""
    seen.ask("How many tokens was Herd-65B trained on?")
    seen.page.locator(".answer-actions").wait_for()
    return seen
