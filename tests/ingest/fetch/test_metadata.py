"""Papers from arXiv's Atom feed."""

from __future__ import annotations

import pytest
from arxiv_server import FEED, PDF, ArxivServer, KnownPaper, Reply
from fake_time import FakeTime

from ingest.corpus import Paper
from ingest.errors import Refused
from ingest.fetch.download import Downloader


def test_several_ids_are_one_request(downloader: Downloader, server: ArxivServer) -> None:
    """The papers come in the order of the ids, with these ids, and with white space collapsed."""
    asked = ["math.GT/0309136", "2307.09288", "2307.09288v1"]
    server.on("/api/query", Reply(body=FEED.format(ENTRIES).encode()))
    papers = downloader.fetch_metadata(asked)
    assert [p.arxiv for p in papers] == asked
    assert [p.title for p in papers] == ["Old & new", "Llama 2", "Llama 2, a draft"]
    assert papers[0] == Paper("", "Old & new", ("A B", "C"), 2003, "math.GT/0309136")
    (request,) = server.requests
    assert request.query == {"id_list": ",".join(asked), "max_results": "3"}


ENTRIES = """
<entry><id>http://arxiv.org/abs/2307.09288v2</id><title>Llama
   2</title><published>2023-07-18T00:00:00Z</published></entry>
<entry><id>http://arxiv.org/abs/2307.09288v1</id><title>Llama 2, a draft</title></entry>
<entry><id>http://arxiv.org/abs/math/0309136v1</id><title>Old &amp; new</title>
<published>2003-09-09T00:00:00Z</published>
<author><name>A  B</name></author><author><name>C</name></author><author><name/></author></entry>
"""


def test_ids_are_requested_by_the_hundred(
    downloader: Downloader, server: ArxivServer, fake_time: FakeTime
) -> None:
    """205 ids take three requests, three seconds apart."""
    ids = [f"2301.{i:05d}" for i in range(205)]
    for arxiv_id in ids:
        server.add(KnownPaper(arxiv_id, PDF, title=f"On {arxiv_id}"))
    papers = downloader.fetch_metadata(ids)
    assert [p.title for p in papers] == [f"On {arxiv_id}" for arxiv_id in ids]
    assert [r.query["max_results"] for r in server.requests] == ["100", "100", "5"]
    assert fake_time.slept == [3.0, 3.0]


def test_no_ids_are_no_request(downloader: Downloader, server: ArxivServer) -> None:
    """An empty list sends no request."""
    assert downloader.fetch_metadata([]) == []
    assert server.requests == []


def test_unknown_ids_are_all_named(downloader: Downloader, server: ArxivServer) -> None:
    """The error lists the ids that arXiv does not know; an invalid id is not even requested."""
    with pytest.raises(Refused, match=r"paper 2399\.00001, 2399\.00002\.\n"):
        downloader.fetch_metadata(["2399.00001", "2307.09288", "2399.00002"])
    asked_so_far = len(server.requests)
    with pytest.raises(Refused, match="llama"):
        downloader.fetch_metadata(["llama", "2307.09288"])
    assert len(server.requests) == asked_so_far


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><feed>&a;</feed>', "entities"),
        (b"<feed><entry>", "not an Atom feed"),
        (
            FEED.format(
                "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_x</id>"
                "<title>Error</title><summary>incorrect id format for x</summary></entry>"
            ).encode(),
            "incorrect id format for x",
        ),
        (FEED.format("").encode(), "2307.09288"),
        (FEED.format("<entry><id>http://arxiv.org/abs/2307.09288v1</id></entry>").encode(), "2307"),
    ],
)
def test_an_invalid_feed_is_refused(
    downloader: Downloader, server: ArxivServer, body: bytes, words: str
) -> None:
    """Entities, broken XML, arXiv's error entries, and entries without a title give no paper."""
    server.on("/api/query", Reply(body=body))
    with pytest.raises(Refused, match=words):
        downloader.fetch_metadata(["2307.09288"])


def test_a_feed_without_end_is_refused(
    downloader: Downloader, server: ArxivServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response of the API is read up to a limit."""
    monkeypatch.setattr("ingest.fetch.download.MAX_FEED_BYTES", 1000)
    server.on("/api/query", Reply(body=b" " * 2000))
    with pytest.raises(Refused, match="does not end"):
        downloader.fetch_metadata(["2307.09288"])
