"""What a sync does with a server: what comes, what doesn't, and what serves until it does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from arxiv_server import ArxivServer, KnownPaper, Reply
from fake_time import FakeTime
from pdfs import plain_pdf
from small_library import ADAPT, SmallLibrary

from ingest.fetch.download import Downloader
from ingest.indexing.index import open_build
from ingest.reading_list.edit import add_papers


def pages_here(library: SmallLibrary) -> dict[str, int]:
    return {
        i: entry.n_pages
        for i, entry in open_build(library.workspace.current_build()).papers.items()
    }


def test_missing_pdfs_come_from_arxiv(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """What no folder holds is downloaded, and its version is kept."""
    pdf = library.write_pdf("herd").read_bytes()
    shutil.rmtree(library.pdfs)
    library.pdfs.mkdir()
    server.add(KnownPaper("2302.00001", pdf, version=3))
    report = library.sync(online)
    assert report.added == ("herd",)
    assert [(f.paper, f.stage) for f in report.failed] == [("slim", "fetch")]
    assert library.workspace.paper("herd").read_stamp()["fetch"].detail["version"] == "v3"
    assert library.sync().unchanged == ("herd",)


def test_without_a_network_it_is_said_once(library: SmallLibrary, fake_time: FakeTime) -> None:
    """No server can be reached: one line, and what is here is indexed all the same."""
    library.write_pdf("slim")
    report = library.sync(lambda: Downloader("me", "http://127.0.0.1:9", clock=fake_time.clock))
    assert [(f.paper, f.stage) for f in report.failed] == [(None, "fetch")]
    assert report.added == ("slim",)
    assert report.not_fetched == ("herd",)


def _bytes_of_pdf(library: SmallLibrary) -> bytes:
    """Of a PDF that no folder offers."""
    path = library.write_pdf("slim")
    pdf = path.read_bytes()
    path.unlink()
    return pdf


def test_a_busy_server_is_asked_again_next_time(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """A passing failure is listed, and the next sync tries again of its own accord."""
    pdf = library.write_pdf("herd").read_bytes()
    (library.pdfs / "herd.pdf").unlink()
    server.on("/pdf/2302.00001", Reply(status=503))
    first = library.sync(online, only=("herd",))
    assert [f.paper for f in first.failed] == ["herd"]
    server.on("/pdf/2302.00001", Reply(body=pdf))
    second = library.sync(online, only=("herd",))
    assert (second.failed, second.added) == ((), ("herd",))


def test_a_closed_door_is_tried_again_by_the_next_sync(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """One 403 is told once for all papers of its host, marks none of them, and is over next time."""
    add_papers(library.manifest, [replace(ADAPT, id="third", arxiv="2106.00003")])
    pdf = Reply(body=_bytes_of_pdf(library))
    server.on("/pdf/2302.00001", Reply(status=403), pdf)
    server.on("/pdf/2106.00002", pdf)
    server.on("/pdf/2106.00003", pdf)
    first = library.sync(online)
    assert server.paths == ["/pdf/2302.00001"]
    assert [f.paper for f in first.failed] == ["herd", None]
    assert first.not_fetched == ("slim", "third")
    second = library.sync(online)
    assert (second.added, second.failed) == (("herd", "slim", "third"), ())


def test_a_refused_paper_keeps_no_other_from_coming(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """What its host refused last time is asked for after all others."""
    server.on("/pdf/2302.00001", Reply(status=403))
    server.on("/pdf/2106.00002", Reply(body=_bytes_of_pdf(library)))
    assert library.sync(online).added == ()
    second = library.sync(online)
    assert (second.added, [f.paper for f in second.failed]) == (("slim",), ["herd"])


def rename_source(library: SmallLibrary, old: str, new: str) -> None:
    listed = library.manifest.read_text(encoding="utf-8")
    library.manifest.write_text(listed.replace(old, new), encoding="utf-8")


@pytest.fixture
def herd_v3(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> SmallLibrary:
    """The library with one paper from arXiv, in its third version."""
    server.add(KnownPaper("2302.00001", _bytes_of_pdf(library), version=3))
    library.sync(online, only=("herd",))
    return library


def test_a_pin_to_the_version_that_is_here_changes_nothing(herd_v3: SmallLibrary) -> None:
    """Its PDF is what the list names now; without a network, too."""
    rename_source(herd_v3, '"2302.00001"', '"2302.00001v3"')
    assert herd_v3.sync(dry_run=True).not_fetched == ("slim",)
    report = herd_v3.sync()
    assert (report.failed, report.not_fetched) == ((), ("slim",))
    assert pages_here(herd_v3)["herd"] == 1


@pytest.mark.parametrize("source", ["arxiv: 2302.00001v9", "url: https://127.0.0.1:9/herd.pdf"])
def test_the_old_pages_serve_until_the_new_are_here(
    herd_v3: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader], source: str
) -> None:
    """Whether the new PDF was not asked for or could not be had, which is told."""
    rename_source(herd_v3, 'arxiv: "2302.00001"', source)
    server.on("/pdf/2302.00001v9", Reply(status=404))
    herd_v3.sync()
    assert pages_here(herd_v3)["herd"] == 1
    assert "herd" in [failure.paper for failure in herd_v3.sync(online).failed]
    assert pages_here(herd_v3)["herd"] == 1


def test_the_new_pages_take_the_place_of_the_old(
    herd_v3: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """Also where they could not be had at first."""
    rename_source(herd_v3, '"2302.00001"', "2302.00001v9")
    server.on("/pdf/2302.00001v9", Reply(status=404))
    herd_v3.sync(online)
    new = plain_pdf(herd_v3.home / "new.pdf", [("One page.",), ("And another.",)])
    server.on("/pdf/2302.00001v9", Reply(body=new.read_bytes()))
    assert herd_v3.sync(online, retry_failed=True).updated == ("herd",)
    assert pages_here(herd_v3)["herd"] == 2


def test_the_pages_of_another_paper_go_at_once(herd_v3: SmallLibrary) -> None:
    """Where the list names another arXiv id, what is here is no page of it."""
    rename_source(herd_v3, "2302.00001", "2302.00009")
    herd_v3.sync()
    assert pages_here(herd_v3)["herd"] == 0
