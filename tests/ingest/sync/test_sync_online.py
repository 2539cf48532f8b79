"""Syncing with a server: what is fetched, what fails, and what is served meanwhile."""

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
    """What no folder has is downloaded, and its version is recorded."""
    pdf = library.write_pdf("herd").read_bytes()
    shutil.rmtree(library.pdfs)
    library.pdfs.mkdir()
    server.add(KnownPaper("2302.00001", pdf, version=3))
    report = library.sync(online)
    assert report.added == ("herd",)
    assert [(f.paper, f.stage) for f in report.failed] == [("slim", "fetch")]
    assert library.workspace.paper("herd").read_stamp()["fetch"].detail["version"] == "v3"
    assert library.sync().unchanged == ("herd",)


def test_a_missing_network_is_reported_once(library: SmallLibrary, fake_time: FakeTime) -> None:
    """Local PDFs are indexed all the same."""
    library.write_pdf("slim")
    report = library.sync(lambda: Downloader("me", "http://127.0.0.1:9", clock=fake_time.clock))
    assert [(f.paper, f.stage) for f in report.failed] == [(None, "fetch")]
    assert report.added == ("slim",)
    assert report.not_fetched == ("herd",)


def _pdf_bytes(library: SmallLibrary) -> bytes:
    """The bytes of a PDF that no folder has."""
    path = library.write_pdf("slim")
    pdf = path.read_bytes()
    path.unlink()
    return pdf


def test_the_next_sync_retries_a_busy_server(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """A transient failure is listed, and needs no --retry-failed."""
    pdf = library.write_pdf("herd").read_bytes()
    (library.pdfs / "herd.pdf").unlink()
    server.on("/pdf/2302.00001", Reply(status=503))
    first = library.sync(online, only=("herd",))
    assert [f.paper for f in first.failed] == ["herd"]
    server.on("/pdf/2302.00001", Reply(body=pdf))
    second = library.sync(online, only=("herd",))
    assert (second.failed, second.added) == ((), ("herd",))


def test_the_next_sync_retries_a_host_that_denied_access(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """One 403 is reported once for all papers of its host, and marks none of them as failed."""
    add_papers(library.manifest, [replace(ADAPT, id="third", arxiv="2106.00003")])
    pdf = Reply(body=_pdf_bytes(library))
    server.on("/pdf/2302.00001", Reply(status=403), pdf)
    server.on("/pdf/2106.00002", pdf)
    server.on("/pdf/2106.00003", pdf)
    first = library.sync(online)
    assert server.paths == ["/pdf/2302.00001"]
    assert [f.paper for f in first.failed] == ["herd", None]
    assert first.not_fetched == ("slim", "third")
    second = library.sync(online)
    assert (second.added, second.failed) == (("herd", "slim", "third"), ())


def test_a_refused_paper_does_not_block_others(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """A paper that its host refused last time is requested after all others."""
    server.on("/pdf/2302.00001", Reply(status=403))
    server.on("/pdf/2106.00002", Reply(body=_pdf_bytes(library)))
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
    server.add(KnownPaper("2302.00001", _pdf_bytes(library), version=3))
    library.sync(online, only=("herd",))
    return library


def test_pinning_the_stored_version_changes_nothing(herd_v3: SmallLibrary) -> None:
    """The stored PDF is what the list names, even without a network."""
    rename_source(herd_v3, '"2302.00001"', '"2302.00001v3"')
    assert herd_v3.sync(dry_run=True).not_fetched == ("slim",)
    report = herd_v3.sync()
    assert (report.failed, report.not_fetched) == ((), ("slim",))
    assert pages_here(herd_v3)["herd"] == 1


@pytest.mark.parametrize("source", ["arxiv: 2302.00001v9", "url: https://127.0.0.1:9/herd.pdf"])
def test_the_old_pages_serve_until_the_new_pdf_is_fetched(
    herd_v3: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader], source: str
) -> None:
    """Whether the new PDF was not requested or could not be fetched, which is reported."""
    rename_source(herd_v3, 'arxiv: "2302.00001"', source)
    server.on("/pdf/2302.00001v9", Reply(status=404))
    herd_v3.sync()
    assert pages_here(herd_v3)["herd"] == 1
    assert "herd" in [failure.paper for failure in herd_v3.sync(online).failed]
    assert pages_here(herd_v3)["herd"] == 1


def test_the_new_pages_replace_the_old_ones(
    herd_v3: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """Even if the new PDF could not be fetched at first."""
    rename_source(herd_v3, '"2302.00001"', "2302.00001v9")
    server.on("/pdf/2302.00001v9", Reply(status=404))
    herd_v3.sync(online)
    new = plain_pdf(herd_v3.home / "new.pdf", [("One page.",), ("And another.",)])
    server.on("/pdf/2302.00001v9", Reply(body=new.read_bytes()))
    assert herd_v3.sync(online, retry_failed=True).updated == ("herd",)
    assert pages_here(herd_v3)["herd"] == 2


def test_the_pages_of_another_paper_are_removed_at_once(herd_v3: SmallLibrary) -> None:
    """If the list has another arXiv id, the stored pages do not belong to it."""
    rename_source(herd_v3, "2302.00001", "2302.00009")
    herd_v3.sync()
    assert pages_here(herd_v3)["herd"] == 0
