"""Polite behaviour: pace, pauses, denied access, and hosts that are never asked."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from arxiv_server import LLAMA, PATH, PDF, ArxivServer, Reply
from fake_time import FakeTime

from ingest.corpus import Paper
from ingest.errors import AccessDenied, Refused, SourceError
from ingest.fetch.download import Downloader
from ingest.fetch.politeness import is_loopback, refuse_private_host, retry_after_header_seconds


def test_requests_say_who_sends_them(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The User-Agent names the tool, a version and the contact."""
    downloader.fetch_pdf(LLAMA, target)
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("askpapers/")
    assert agent.endswith(" (me@example.org)")


def test_a_contact_cannot_break_the_headers(server: ArxivServer, target: Path) -> None:
    """Line breaks and other scripts in the contact are left out."""
    with Downloader("me\r\nX-Evil: 1 张", server.url) as downloader:
        downloader.fetch_pdf(LLAMA, target)
    assert server.requests[0].headers["user-agent"].endswith("(meX-Evil: 1 )")
    assert "x-evil" not in server.requests[0].headers


def test_after_a_403_the_host_is_never_asked_again(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """Another paper, and the API, must wait for the next sync; other hosts are still asked."""
    server.on(PATH, Reply(403))
    with pytest.raises(SourceError, match="403") as caught:
        downloader.fetch_pdf(LLAMA, target)
    assert not isinstance(caught.value, Refused | AccessDenied)  # it may pass
    for paper in (LLAMA, Paper(id="x", title="X", arxiv="1706.03762")):
        with pytest.raises(AccessDenied, match="403"):
            downloader.fetch_pdf(paper, target)
    with pytest.raises(AccessDenied, match="403"):
        downloader.fetch_metadata(["1706.03762"])
    assert server.paths == [PATH]
    with ArxivServer() as elsewhere:
        elsewhere.on("/a.pdf", Reply(body=PDF))
        downloader.fetch_pdf(Paper(id="a", title="A", url=elsewhere.url + "/a.pdf"), target)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_respected(
    downloader: Downloader, server: ArxivServer, target: Path, fake_time: FakeTime, status: int
) -> None:
    """The next request waits as long as the server asked."""
    server.on(PATH, Reply(status, headers={"Retry-After": "17"}), Reply(body=PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert fake_time.slept == [17.0]


def test_a_long_pause_fails_at_once(
    downloader: Downloader, server: ArxivServer, target: Path, fake_time: FakeTime
) -> None:
    """A pause of more than two minutes is an error; no request is sent before the pause has ended."""
    server.on(PATH, Reply(429, headers={"Retry-After": "3600"}), Reply(body=PDF))
    for _ in range(2):
        with pytest.raises(SourceError, match="60 minutes"):
            downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 1
    fake_time.time += 3600
    downloader.fetch_pdf(LLAMA, target)
    assert fake_time.slept == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-5"}, 0),
        (
            {
                "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            30,
        ),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float) -> None:
    """A date is compared with the server's clock; invalid values and past dates mean no pause."""
    assert retry_after_header_seconds(headers) == seconds


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_list_cannot_cause_requests_to_this_machine(
    server: ArxivServer, target: Path, scheme: str, host: str
) -> None:
    """Loopback addresses are refused without a request, unless the arXiv server itself is on loopback."""
    port = server.url.rpartition(":")[2]
    paper = Paper(id="x", title="X", url=f"{scheme}://{host}:{port}/pdf/2307.09288")
    with Downloader("me") as downloader, pytest.raises(Refused):
        downloader.fetch_pdf(paper, target)
    assert server.requests == []


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("10.1.2.3", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:1.1.1.1", False),
        ("::ffff:198.18.0.7", False),
        ("1.1.1.1", False),
        ("2606:4700::1111", False),
        ("198.18.0.7", False),  # what a local tunnel answers for every name
    ],
)
def test_private_addresses_are_refused_behind_any_name(
    monkeypatch: pytest.MonkeyPatch, address: str, refused: bool
) -> None:
    """The resolved addresses decide, not the name; one private address is enough."""
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 0))
    found = [public, (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    if refused:
        with pytest.raises(Refused, match=r"innocent\.example"):
            refuse_private_host("innocent.example")
    else:
        refuse_private_host("innocent.example")


def test_only_loopback_is_loopback() -> None:
    """Names other than localhost are not resolved."""
    assert [is_loopback(h) for h in ("127.0.0.2", "::1", "localhost")] == [True] * 3
    assert [is_loopback(h) for h in ("10.0.0.1", "localhost.evil.example", "")] == [False] * 3


def test_requests_for_pdfs_start_a_second_apart(
    downloader: Downloader, target: Path, fake_time: FakeTime
) -> None:
    """The second is counted from the start of the last request."""
    downloader.fetch_pdf(LLAMA, target)
    downloader.fetch_pdf(LLAMA, target)
    fake_time.time += 0.75
    downloader.fetch_pdf(LLAMA, target)
    fake_time.time += 5
    downloader.fetch_pdf(LLAMA, target)
    assert fake_time.slept == [1.0, 0.25]


def test_hosts_do_not_wait_for_each_other(
    downloader: Downloader, target: Path, fake_time: FakeTime
) -> None:
    """Each host has its own pace."""
    with ArxivServer() as elsewhere:
        elsewhere.on("/a.pdf", Reply(body=PDF))
        downloader.fetch_pdf(LLAMA, target)
        downloader.fetch_pdf(Paper(id="a", title="A", url=elsewhere.url + "/a.pdf"), target)
    assert fake_time.slept == []
