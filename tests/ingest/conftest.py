"""What the tests of downloading share: arXiv on loopback, and a downloader that never waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from arxiv_server import PDF, ArxivServer, KnownPaper
from fake_time import FakeTime

from ingest.download import Downloader


@pytest.fixture(autouse=True)
def no_waits_no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with ArxivServer() as server:
        server.add(KnownPaper("2307.09288", PDF, version=2, title="Llama\n  2", year=2023))
        yield server


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def downloader(server: ArxivServer, fake_time: FakeTime) -> Iterator[Downloader]:
    with Downloader("me@example.org", server.url, clock=fake_time.clock, max_bytes=50_000) as d:
        yield d


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "papers" / "llama-2" / "paper.pdf"
