"""Getting PDFs from a server that plays arXiv, well behaved or not."""

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
    """The version that came is learned from Content-Disposition where the list names none."""
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
    """A version is taken from a header that names this very id, else it is None."""
    server.on(PATH, Reply(body=PDF, headers=headers))
    assert downloader.fetch_pdf(LLAMA, target).version == version


def test_an_old_id_and_the_version_asked_for(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The slash of an old id is kept in the address, and its version comes from there."""
    server.add(KnownPaper("hep-th/9901001", PDF, version=4))
    asked = Paper(id="susy", title="Susy", arxiv="hep-th/9901001v2")
    assert downloader.fetch_pdf(asked, target).version == "v2"
    assert server.paths == ["/pdf/hep-th/9901001v2"]


@pytest.mark.parametrize("status", [404, 410, 401, 400, 204])
def test_no_is_no(downloader: Downloader, server: ArxivServer, target: Path, status: int) -> None:
    """A final answer is not asked for twice, and says what was asked."""
    server.on(PATH, Reply(status))
    with pytest.raises(Refused) as caught:
        downloader.fetch_pdf(LLAMA, target)
    assert str(status) in caught.value.message
    assert PATH in caught.value.message
    assert caught.value.hint
    assert len(server.requests) == 1
    assert_nothing_left(target)


@pytest.mark.parametrize("trouble", [Reply(500), Reply(502), Reply(408), Reply(cut_after=-1)])
def test_passing_trouble_passes(
    downloader: Downloader, server: ArxivServer, target: Path, trouble: Reply
) -> None:
    """Server errors and connections that break are tried again."""
    server.on(PATH, trouble, trouble, Reply(body=PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF


@pytest.mark.parametrize("trouble", [Reply(500), Reply(429), Reply(cut_after=-1)])
def test_trouble_that_stays_ends(
    downloader: Downloader, server: ArxivServer, target: Path, trouble: Reply
) -> None:
    """After four tries the last trouble is said in our words, and it is not a refusal."""
    server.on(PATH, trouble)
    with pytest.raises(SourceError) as caught:
        downloader.fetch_pdf(LLAMA, target)
    assert type(caught.value) is SourceError
    assert "127.0.0.1" in caught.value.message
    assert len(server.requests) == 4
    assert_nothing_left(target)


def test_a_retry_is_logged_in_words(
    downloader: Downloader,
    server: ArxivServer,
    target: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With -v the user can see what is being waited for."""
    server.on(PATH, Reply(500), Reply(body=PDF))
    with caplog.at_level(logging.INFO, "ingest"):
        downloader.fetch_pdf(LLAMA, target)
    ours = [r for r in caplog.records if r.name.startswith("ingest")]
    assert ["answered 500" in r.getMessage() for r in ours] == [True]


@pytest.mark.parametrize("reply", [Reply(404), Reply(500), Reply(body=b"<html>")])
def test_what_is_there_stays_if_the_new_one_does_not_come(
    downloader: Downloader, server: ArxivServer, target: Path, reply: Reply
) -> None:
    """An existing target is touched only by a whole PDF."""
    target.parent.mkdir(parents=True)
    target.write_bytes(b"the old one")
    server.on(PATH, reply, reply, reply, reply, Reply(body=PDF))
    with pytest.raises(SourceError):
        downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == b"the old one"
    assert list(target.parent.iterdir()) == [target]


def test_redirects_are_followed(downloader: Downloader, server: ArxivServer, target: Path) -> None:
    """Up to five redirects are followed, and the version is learned from the last address."""
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
def test_redirects_lead_to_https_on_the_open_net_only(
    downloader: Downloader, server: ArxivServer, target: Path, place: str
) -> None:
    """Plain http, other schemes and private addresses are refused before they are asked."""
    server.on(PATH, Reply(302, headers={"Location": place}))
    with pytest.raises(Refused):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_connection_is_said_as_such(target: Path, fake_time: FakeTime) -> None:
    """A refused connection to arXiv is Unreachable, and our words hide httpx's."""
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


def test_another_host_that_is_down_says_nothing_of_arxiv(
    downloader: Downloader, target: Path
) -> None:
    """A paper's own host may be gone for good: that is no reason to give up the next paper."""
    paper = Paper(id="x", title="X", url=f"http://127.0.0.1:{closed_port()}/x.pdf")
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        downloader.fetch_pdf(paper, target)
    assert not isinstance(caught.value, Unreachable)


def test_the_proxy_of_the_environment_is_used(
    server: ArxivServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With HTTP_PROXY set, the proxy is asked for an address that no name server knows."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with Downloader("me", "http://export.invalid") as downloader:
        downloader.fetch_pdf(LLAMA, target)
    assert server.requests[0].headers["host"] == "export.invalid"


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of a kind that is not there is a mistake of the setup, told in words."""
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(UsageError, match="proxy"):
        Downloader("me")


def test_addresses_that_are_none(downloader: Downloader, target: Path) -> None:
    """A paper without address was never to be fetched; one with a broken address is refused."""
    with pytest.raises(NotFetched, match="mine"):
        downloader.fetch_pdf(Paper(id="mine", title="Mine", file="mine.pdf"), target)
    with pytest.raises(Refused, match="not an address"):
        downloader.fetch_pdf(Paper(id="x", title="X", url="https://half:port"), target)
    with pytest.raises(UsageError, match="not an address"):
        Downloader("me", "https://half:port")
