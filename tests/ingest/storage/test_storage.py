"""A failed write stops a sync with one plain message, and leaves the old files intact."""

from __future__ import annotations

from pathlib import Path

import pytest
from arxiv_server import ArxivServer, KnownPaper
from fake_time import FakeTime
from full_disk import room_for
from small_library import SmallLibrary

from ingest.errors import StorageError
from ingest.fetch.download import Downloader
from ingest.reading_list.edit import remove_papers
from ingest.storage.atomic import atomic_write
from ingest.storage.workspace import Workspace


def test_a_full_disk_stops_the_sync_with_one_message(library: SmallLibrary) -> None:
    """Whichever file does not fit, no paper is marked as failed; with room, the next sync succeeds."""
    library.write_pdf("herd")
    library.write_pdf("slim")
    limit = 100
    with pytest.raises(StorageError, match="cannot be written"):
        while True:
            with room_for(limit):
                library.sync()
    while True:
        limit += 100
        try:
            with room_for(limit):
                report = library.sync()
            break
        except StorageError as error:
            assert "space" in error.hint
    assert (report.added, report.failed) == (("herd", "slim"), ())
    assert not list(library.workspace.root.rglob("*.new"))


def test_a_full_disk_during_a_download_is_not_blamed_on_the_paper(
    library: SmallLibrary, server: ArxivServer, fake_time: FakeTime
) -> None:
    """A PDF that does not fit stops the sync, and is fetched when there is room."""
    server.add(KnownPaper("2302.00001", library.write_pdf("herd").read_bytes()))
    (library.pdfs / "herd.pdf").unlink()

    def online() -> Downloader:
        return Downloader("me", server.url, clock=fake_time.clock)

    library.sync()
    with room_for(1000), pytest.raises(StorageError, match=r"paper\.pdf cannot be written"):
        library.sync(online, only=("herd",))
    assert library.sync(online, only=("herd",)).added == ("herd",)


def test_an_edit_that_does_not_fit_on_the_disk_leaves_the_list_unchanged(
    library: SmallLibrary,
) -> None:
    """The list is replaced completely or not at all."""
    before = library.manifest.read_bytes()
    with room_for(10), pytest.raises(StorageError, match="corpus_manifest"):
        remove_papers(library.manifest, ["slim"])
    assert library.manifest.read_bytes() == before


def test_a_file_in_place_of_the_data_folder_is_named(library: SmallLibrary, tmp_path: Path) -> None:
    """The error says which path is a file and not a folder."""
    library.workspace = Workspace(tmp_path / "afile")
    library.workspace.root.write_text("mine", encoding="utf-8")
    with pytest.raises(StorageError, match="afile"):
        library.sync()


def test_the_next_sync_deletes_what_a_killed_one_left(library: SmallLibrary) -> None:
    """Even if it does not work on that paper."""
    library.sync()
    leftover = library.workspace.paper("herd").path / ".paper.pdf.7.new"
    leftover.write_bytes(b"%PDF-1.4 half")
    library.sync(only=("slim",))
    assert not leftover.exists()


def test_an_error_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    """An error that is raised while writing also leaves no temporary file."""
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temp:
        temp.write_text("new", encoding="utf-8")
        raise ZeroDivisionError
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
