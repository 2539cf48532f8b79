"""Fixtures of the tests of downloading: arXiv on loopback, and a downloader that never waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from arxiv_server import ArxivServer
from fake_time import FakeTime

from ingest.fetch.download import Downloader


@pytest.fixture(autouse=True)
def always(no_waits_no_proxies: None) -> None:
    """No test here waits or uses a proxy."""


@pytest.fixture
def downloader(server: ArxivServer, fake_time: FakeTime) -> Iterator[Downloader]:
    with Downloader("me@example.org", server.url, clock=fake_time.clock, max_bytes=50_000) as d:
        yield d


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "papers" / "llama-2" / "paper.pdf"


@pytest.fixture
def online(server: ArxivServer, fake_time: FakeTime) -> Callable[[], Downloader]:
    return lambda: Downloader("me", server.url, clock=fake_time.clock)
