"""Fetching PDFs from a server that plays arXiv, with and without faults."""

from __future__ import annotations

import hashlib
import logging
import socket
from itertools import pairwise
from pathlib import Path

import pytest
from arxiv_server import LLAMA, PATH, PDF, ArxivServer, KnownPaper, Reply
from fake_time import FakeTime

from ingest.corpus import Paper
from ingest.errors import NotFetched, Refused, SourceError, Unreachable, UsageError
from ingest.fetch.download import Downloader


def assert_nothing_left(target: Path) -> None:
    assert list(target.parent.iterdir()) == []


def test_a_pdf_comes_with_its_version_and_digest(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The version is read from Content-Disposition if the list names none."""
    fetched = downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert list(target.parent.iterdir()) == [target]
    assert fetched.version == "v2"
    assert fetched.sha256 == hashlib.sha256(PDF).hexdigest()
    assert fetched.url == server.url + PATH


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({}, None),
        ({"Link": "<https://arxiv.org/pdf/2307.09288v3>; rel='canonical'"}, "v3"),
        ({"Content-Disposition": 'inline; filename="12307.09288v3.pdf"'}, None),
    ],
)
def test_the_version_is_never_guessed(
    downloader: Downloader,
    server: ArxivServer,
    target: Path,
    headers: dict[str, str],
    version: str | None,
) -> None:
    """It is read from a header that contains exactly this id; otherwise it is None."""
    server.on(PATH, Reply(body=PDF, headers=headers))
    assert downloader.fetch_pdf(LLAMA, target).version == version


def test_an_old_id_and_its_version_are_kept_in_the_address(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The slash of an old id stays in the address, from which the version is read."""
    server.add(KnownPaper("hep-th/9901001", PDF, version=4))
    asked = Paper(id="susy", title="Susy", arxiv="hep-th/9901001v2")
    assert downloader.fetch_pdf(asked, target).version == "v2"
    assert server.paths == ["/pdf/hep-th/9901001v2"]


@pytest.mark.parametrize("status", [404, 410, 401, 400, 204])
def test_a_final_answer_is_not_retried(
    downloader: Downloader, server: ArxivServer, target: Path, status: int
) -> None:
    """The error names the status and the address."""
    server.on(PATH, Reply(status))
    with pytest.raises(Refused) as caught:
        downloader.fetch_pdf(LLAMA, target)
    assert str(status) in caught.value.message
    assert PATH in caught.value.message
    assert caught.value.hint
    assert len(server.requests) == 1
    assert_nothing_left(target)


@pytest.mark.parametrize("trouble", [Reply(500), Reply(502), Reply(408), Reply(cut_after=-1)])
def test_transient_errors_are_retried(
    downloader: Downloader, server: ArxivServer, target: Path, trouble: Reply
) -> None:
    """Server errors and broken connections are tried again."""
    server.on(PATH, trouble, trouble, Reply(body=PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF


@pytest.mark.parametrize("trouble", [Reply(500), Reply(429), Reply(cut_after=-1)])
def test_retries_end_after_four_tries(
    downloader: Downloader, server: ArxivServer, target: Path, trouble: Reply
) -> None:
    """The last error is raised in the program's own words, and is not a refusal."""
    server.on(PATH, trouble)
    with pytest.raises(SourceError) as caught:
        downloader.fetch_pdf(LLAMA, target)
    assert type(caught.value) is SourceError
    assert "127.0.0.1" in caught.value.message
    assert len(server.requests) == 4
    assert_nothing_left(target)


def test_a_retry_is_logged(
    downloader: Downloader,
    server: ArxivServer,
    target: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With -v the user can see what the program waits for."""
    server.on(PATH, Reply(500), Reply(body=PDF))
    with caplog.at_level(logging.INFO, "ingest"):
        downloader.fetch_pdf(LLAMA, target)
    ours = [r for r in caplog.records if r.name.startswith("ingest")]
    assert ["answered 500" in r.getMessage() for r in ours] == [True]


@pytest.mark.parametrize("reply", [Reply(404), Reply(500), Reply(body=b"<html>")])
def test_a_failed_download_keeps_the_old_file(
    downloader: Downloader, server: ArxivServer, target: Path, reply: Reply
) -> None:
    """An existing target is replaced only by a complete PDF."""
    target.parent.mkdir(parents=True)
    target.write_bytes(b"the old one")
    server.on(PATH, reply, reply, reply, reply, Reply(body=PDF))
    with pytest.raises(SourceError):
        downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == b"the old one"
    assert list(target.parent.iterdir()) == [target]


def test_redirects_are_followed(downloader: Downloader, server: ArxivServer, target: Path) -> None:
    """Up to five redirects are followed, and the version is read from the last address."""
    hops = ["/a", "/b", "/c", "/d", PATH]
    for here, there in pairwise(hops):
        server.on(here, Reply(302, headers={"Location": there}))
    server.on(PATH, Reply(301, headers={"Location": PATH + "v2"}))
    paper = Paper(id="llama-2", title="Llama 2", url=server.url + "/a")
    assert downloader.fetch_pdf(paper, target).url == server.url + PATH + "v2"
    assert downloader.fetch_pdf(LLAMA, target).version == "v2"


def test_redirects_in_a_circle_end(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The sixth redirect is not followed."""
    server.on(PATH, Reply(302, headers={"Location": PATH}))
    with pytest.raises(Refused, match="redirects"):
        downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 6
    assert_nothing_left(target)


@pytest.mark.parametrize(
    "place",
    [
        "http://example.org/x.pdf",
        "ftp://127.0.0.1/x.pdf",
        "https://10.0.0.1/x",
        "file:///etc/hosts",
    ],
)
def test_redirects_must_lead_to_public_https_addresses(
    downloader: Downloader, server: ArxivServer, target: Path, place: str
) -> None:
    """Plain http, other schemes and private addresses are refused without a request."""
    server.on(PATH, Reply(302, headers={"Location": place}))
    with pytest.raises(Refused):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_connection_to_arxiv_is_unreachable(target: Path, fake_time: FakeTime) -> None:
    """A refused connection to arXiv raises ``Unreachable``, in the program's own words."""
    url = f"http://127.0.0.1:{closed_port()}"
    with Downloader("me", url, clock=fake_time.clock) as downloader:
        with pytest.raises(Unreachable) as caught:
            downloader.fetch_pdf(LLAMA, target)
        with pytest.raises(Unreachable):
            downloader.fetch_metadata(["2307.09288"])
    assert caught.value.message == "127.0.0.1 cannot be reached"
    assert "--pdf-dir" in caught.value.hint
    assert fake_time.slept == [1.0, 3.0, 3.0]  # one more try each
    assert_nothing_left(target)


def test_another_host_that_is_down_is_not_unreachable(downloader: Downloader, target: Path) -> None:
    """A paper's own host may be gone for good; other papers are still fetched."""
    paper = Paper(id="x", title="X", url=f"http://127.0.0.1:{closed_port()}/x.pdf")
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        downloader.fetch_pdf(paper, target)
    assert not isinstance(caught.value, Unreachable)


def test_the_proxy_of_the_environment_is_used(
    server: ArxivServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With HTTP_PROXY set, the proxy receives the request, for a name that no DNS server knows."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with Downloader("me", "http://export.invalid") as downloader:
        downloader.fetch_pdf(LLAMA, target)
    assert server.requests[0].headers["host"] == "export.invalid"


def test_an_unsupported_proxy_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says that the proxy is the problem."""
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(UsageError, match="proxy"):
        Downloader("me")


def test_missing_and_invalid_addresses_are_named(downloader: Downloader, target: Path) -> None:
    """A paper without an address is not fetched; one with an invalid address is refused."""
    with pytest.raises(NotFetched, match="mine"):
        downloader.fetch_pdf(Paper(id="mine", title="Mine", file="mine.pdf"), target)
    with pytest.raises(Refused, match="not an address"):
        downloader.fetch_pdf(Paper(id="x", title="X", url="https://half:port"), target)
    with pytest.raises(UsageError, match="not an address"):
        Downloader("me", "https://half:port")
