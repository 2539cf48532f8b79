"""Downloads that are cut off, too long, too short, or not a PDF."""

from __future__ import annotations

from pathlib import Path

import pytest
from arxiv_server import LLAMA, PATH, PDF, ArxivServer, Reply

from ingest.errors import Refused, SourceError
from ingest.fetch.download import Downloader


def assert_nothing_left(target: Path) -> None:
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "validator",
    [
        {"ETag": '"one"'},
        {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"},
        {"ETag": 'W/"weak"', "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"},
    ],
)
def test_a_cut_download_is_resumed(
    downloader: Downloader, server: ArxivServer, target: Path, validator: dict[str, str]
) -> None:
    """The rest is requested with Range, and If-Range has a strong validator of the bytes received so far."""
    # The server of the third case compares with the date, as one with weak tags does.
    known = {"Last-Modified": validator["Last-Modified"]} if len(validator) == 2 else validator
    cut = Reply(body=PDF, headers=validator, cut_after=4000)
    server.on(PATH, cut, Reply(body=PDF, headers=known, ranges=True))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert server.requests[1].headers["range"] == "bytes=4000-"
    assert server.requests[1].headers["if-range"] in known.values()


def test_a_download_may_be_cut_more_than_once(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """It is resumed at the new end each time."""
    etag = {"ETag": '"one"'}
    cut = Reply(body=PDF, headers=etag, cut_after=3000, ranges=True)
    server.on(PATH, cut, cut, Reply(body=PDF, headers=etag, ranges=True))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert [r.headers.get("range") for r in server.requests] == [
        None,
        "bytes=3000-",
        "bytes=6000-",
    ]


@pytest.mark.parametrize(
    "second",
    [
        Reply(body=PDF),  # no ranges here
        Reply(body=PDF, headers={"ETag": '"two"'}, ranges=True),  # a new version came meanwhile
    ],
)
def test_a_download_that_cannot_be_resumed_starts_over(
    downloader: Downloader, server: ArxivServer, target: Path, second: Reply
) -> None:
    """A full response replaces what was received before; two versions are never mixed."""
    old = Reply(body=b"%PDF-1.3 old" * 500, headers={"ETag": '"one"'}, cut_after=4000)
    server.on(PATH, old, second)
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF


def test_without_a_validator_a_download_starts_over(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """If the server sends no ETag or date, the whole file is requested again."""
    server.on(PATH, Reply(body=PDF, cut_after=4000), Reply(body=PDF, ranges=True))
    downloader.fetch_pdf(LLAMA, target)
    assert "range" not in server.requests[1].headers
    assert target.read_bytes() == PDF


@pytest.mark.parametrize(
    "wrong",
    [
        Reply(416),
        Reply(206, PDF[:-4000], {"Content-Range": f"bytes 0-{len(PDF) - 4001}/{len(PDF)}"}),
        Reply(206, PDF[4000:]),
        Reply(206, PDF[4000:4010], {"Content-Range": f"bytes 4000-4009/{len(PDF)}"}),
    ],
)
def test_a_wrong_range_is_not_used(
    downloader: Downloader, server: ArxivServer, target: Path, wrong: Reply
) -> None:
    """A 416, another range, or a range that ends early makes the download start over."""
    cut = Reply(body=PDF, headers={"ETag": '"one"'}, cut_after=4000)
    server.on(PATH, cut, wrong, Reply(body=PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert "range" not in server.requests[2].headers


def test_a_response_shorter_than_its_content_length_fails(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """It is never stored as the paper."""
    server.on(PATH, Reply(body=PDF, headers={"Content-Length": "20000"}, cut_after=len(PDF)))
    with pytest.raises(SourceError, match="closed the connection"):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)


@pytest.mark.parametrize("body", [b"<html>%PD", b"", b" " * 1020 + b"%PDF-1.4"])
def test_what_is_no_pdf_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path, body: bytes
) -> None:
    """A web page, an empty body, and a PDF signature that comes too late are refused."""
    server.on(PATH, Reply(body=body, headers={"Content-Type": "application/pdf"}))
    with pytest.raises(Refused, match="did not send a PDF"):
        downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_the_pdf_signature_may_follow_other_bytes(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """PDF readers accept it anywhere in the first 1024 bytes."""
    server.on(PATH, Reply(body=b"\n" * 1019 + PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == b"\n" * 1019 + PDF


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=PDF * 6),
        Reply(body=PDF * 6, headers={"Connection": "close"}),
        Reply(body=b"%PDF-", headers={"Content-Length": "60000"}, cut_after=5),
    ],
)
def test_a_pdf_above_the_limit_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path, reply: Reply
) -> None:
    """The announced length is enough, if there is one."""
    server.on(PATH, reply)
    with pytest.raises(Refused, match=r"0\.05 MB"):
        downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_a_body_without_end_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The limit also holds if no length was announced (chunked)."""
    chunk = b"c350\r\n" + b"%PDF-" * 10_000 + b"\r\n"
    chunked = Reply(
        body=chunk * 2, headers={"Transfer-Encoding": "chunked"}, with_length=False, cut_after=10**6
    )
    server.on(PATH, chunked)
    with pytest.raises(Refused, match=r"0\.05 MB"):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)
