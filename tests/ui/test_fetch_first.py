"""An answer from the list offers to fetch the paper first and to ask the paper itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from arxiv_server import ArxivServer, KnownPaper
from fake_time import FakeTime
from small_library import ADAPT, LLAMA, SmallLibrary
from ui.visits import Open, Serve, sync_of

from ingest.fetch.download import Downloader
from ingest.reading_list.edit import add_papers
from ingest.sync.pipeline import Sync
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker

ASKED = "What does Slim train?"
OFFER = ".fetch-offer [data-fetch]"


@pytest.fixture
def online(library: SmallLibrary, server: ArxivServer, fake_time: FakeTime) -> Sync:
    """A sync that may fetch, from the loopback server alone."""
    offline = sync_of(library)
    return Sync(
        library.manifest,
        library.workspace,
        library.embedder,
        lambda: Downloader("me", server.url, clock=fake_time.clock),
        replace(offline.options, offline=False),
    )


@pytest.fixture
def background(library: SmallLibrary, assistant: Assistant, online: Sync) -> BackgroundWorker:
    return BackgroundWorker(assistant, library.manifest, library.workspace, online)


def _pdf_of(library: SmallLibrary, paper: str) -> bytes:
    """The bytes of the paper's PDF, which no folder offers any more."""
    path = library.write_pdf(paper)
    pdf = path.read_bytes()
    path.unlink()
    return pdf


def test_the_paper_is_fetched_and_asked_again(
    library: SmallLibrary,
    server: ArxivServer,
    assistant: Assistant,
    background: BackgroundWorker,
    serve: Serve,
    visit: Open,
) -> None:
    """One click, and the answer stands on the paper's own page."""
    seen = visit(serve(assistant, background))
    background.ready.set()
    seen.ask(ASKED)
    assert "from the list" in seen.page.locator(".badge").first.inner_text()
    server.add(KnownPaper(ADAPT.arxiv or "", _pdf_of(library, "slim")))
    background.start()
    seen.page.locator(OFFER, has_text="Slim Adapters").click()
    seen.page.locator(".source-paper li", has_text="p. 1").first.wait_for()
    assert seen.page.locator(".turn").count() == 1
    assert seen.page.locator(OFFER).count() == 0


def test_what_does_not_come_is_told(
    assistant: Assistant, background: BackgroundWorker, serve: Serve, visit: Open
) -> None:
    """The server does not have it: the answer stays, the reason stands under it."""
    seen = visit(serve(assistant, background))
    background.start()
    seen.ask(ASKED)
    seen.page.locator(OFFER).click()
    seen.page.locator(".fetch-offer .notice", has_text="404").wait_for()
    assert seen.page.locator(".sentence").count() >= 1


def test_who_may_only_read_gets_no_offer(
    assistant: Assistant, background: BackgroundWorker, serve: Serve, visit: Open
) -> None:
    """Fetching changes the library."""
    seen = visit(serve(assistant, background, read_only=True))
    background.start()
    seen.ask(ASKED)
    assert seen.page.locator(".badge").count() and not seen.page.locator(OFFER).count()


def test_a_long_sync_makes_way(
    library: SmallLibrary, server: ArxivServer, online: Sync, background: BackgroundWorker
) -> None:
    """What is asked for comes before the rest of the list, and then the rest comes too."""
    numbers = range(3, 7)
    add_papers(
        library.manifest, [replace(ADAPT, id=f"p{n}", arxiv=f"2106.0000{n}") for n in numbers]
    )
    pdf = _pdf_of(library, "slim")
    for arxiv in (LLAMA.arxiv, *(f"2106.0000{n}" for n in range(2, 7))):
        server.add(KnownPaper(arxiv or "", pdf))
    began, asked_meanwhile = threading.Event(), threading.Event()
    background.sync = _waiting(online, lambda: began.set() or asked_meanwhile.wait(30))
    background.start()
    assert began.wait(30)
    last = background.request(only=("p6",))
    asked_meanwhile.set()
    assert last.result(timeout=30).added == ("p6",)
    assert background.idle.wait(30)
    assert background.counts().indexed == 6
    fetched = [path.rpartition("/")[2] for path in server.paths if path.startswith("/pdf/")]
    assert fetched[0] == "2106.00006"


def _waiting(sync: Sync, wait: Callable[[], object]) -> Sync:
    """``sync``, which waits before it downloads anything."""

    def open_later() -> Downloader:
        wait()
        return sync.open_downloader()

    return replace(sync, open_downloader=open_later)
