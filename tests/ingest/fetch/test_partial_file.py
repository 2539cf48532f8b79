"""Streams that are cut, too long, too short, or no PDF at all."""

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
def test_a_cut_stream_goes_on_where_it_broke_off(
    downloader: Downloader, server: ArxivServer, target: Path, validator: dict[str, str]
) -> None:
    """The rest is asked for with Range, and If-Range names the bytes we hold by a strong name."""
    # The server of the third case compares with the date, as one with weak tags does.
    known = {"Last-Modified": validator["Last-Modified"]} if len(validator) == 2 else validator
    cut = Reply(body=PDF, headers=validator, cut_after=4000)
    server.on(PATH, cut, Reply(body=PDF, headers=known, ranges=True))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert server.requests[1].headers["range"] == "bytes=4000-"
    assert server.requests[1].headers["if-range"] in known.values()


def test_a_stream_may_be_cut_more_than_once(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """A piece that was cut as well is gone on from its end."""
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
def test_a_cut_stream_that_cannot_go_on_starts_over(
    downloader: Downloader, server: ArxivServer, target: Path, second: Reply
) -> None:
    """A whole answer replaces what came before; two versions are never mixed."""
    old = Reply(body=b"%PDF-1.3 old" * 500, headers={"ETag": '"one"'}, cut_after=4000)
    server.on(PATH, old, second)
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF


def test_without_a_validator_nothing_is_pieced_together(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """A server that names no ETag or date is asked for the whole again."""
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
def test_a_wrong_piece_is_not_used(
    downloader: Downloader, server: ArxivServer, target: Path, wrong: Reply
) -> None:
    """A 416, another range, or a range that ends early makes us start over."""
    cut = Reply(body=PDF, headers={"ETag": '"one"'}, cut_after=4000)
    server.on(PATH, cut, wrong, Reply(body=PDF))
    downloader.fetch_pdf(LLAMA, target)
    assert target.read_bytes() == PDF
    assert "range" not in server.requests[2].headers


def test_a_content_length_never_reached_is_no_pdf(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """An answer shorter than it says is never taken for the paper."""
    server.on(PATH, Reply(body=PDF, headers={"Content-Length": "20000"}, cut_after=len(PDF)))
    with pytest.raises(SourceError, match="closed the connection"):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)


@pytest.mark.parametrize("body", [b"<html>%PD", b"", b" " * 1020 + b"%PDF-1.4"])
def test_what_is_no_pdf_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path, body: bytes
) -> None:
    """A web page, nothing at all, and a mark that comes too late are no PDF."""
    server.on(PATH, Reply(body=body, headers={"Content-Type": "application/pdf"}))
    with pytest.raises(Refused, match="did not send a PDF"):
        downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_the_mark_may_come_a_little_late(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """Readers accept the mark anywhere in the first 1024 bytes."""
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
def test_too_much_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path, reply: Reply
) -> None:
    """A PDF above the limit is refused, by its announced length where there is one."""
    server.on(PATH, reply)
    with pytest.raises(Refused, match=r"0\.05 MB"):
        downloader.fetch_pdf(LLAMA, target)
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_a_body_without_end_is_refused(
    downloader: Downloader, server: ArxivServer, target: Path
) -> None:
    """The limit holds for what comes, also where no length was announced (chunked)."""
    chunk = b"c350\r\n" + b"%PDF-" * 10_000 + b"\r\n"
    chunked = Reply(
        body=chunk * 2, headers={"Transfer-Encoding": "chunked"}, with_length=False, cut_after=10**6
    )
    server.on(PATH, chunked)
    with pytest.raises(Refused, match=r"0\.05 MB"):
        downloader.fetch_pdf(LLAMA, target)
    assert_nothing_left(target)
