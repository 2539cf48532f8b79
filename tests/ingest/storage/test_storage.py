"""What cannot be written stops a sync with one plain message, and what is written lasts."""

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
from ingest.storage.atomic import written_aside
from ingest.storage.workspace import Workspace


def test_a_full_disk_stops_the_sync_with_one_message(library: SmallLibrary) -> None:
    """Whichever file it happens in; no paper is blamed, and with room the next sync does it all."""
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


def test_a_full_disk_is_no_fault_of_the_download(
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


def test_a_list_that_does_not_fit_stays_as_it_is(library: SmallLibrary) -> None:
    """An edit is whole or not at all."""
    before = library.manifest.read_bytes()
    with room_for(10), pytest.raises(StorageError, match="corpus_manifest"):
        remove_papers(library.manifest, ["slim"])
    assert library.manifest.read_bytes() == before


def test_a_file_where_a_folder_is_wanted_is_named(library: SmallLibrary, tmp_path: Path) -> None:
    """The data folder's name is a file's."""
    library.workspace = Workspace(tmp_path / "afile")
    library.workspace.root.write_text("mine", encoding="utf-8")
    with pytest.raises(StorageError, match="afile"):
        library.sync()


def test_what_a_killed_sync_left_is_taken_away(library: SmallLibrary) -> None:
    """Also where the next sync has nothing to do with that paper."""
    library.sync()
    left = library.workspace.paper("herd").path / ".paper.pdf.7.new"
    left.write_bytes(b"%PDF-1.4 half")
    library.sync(only=("slim",))
    assert not left.exists()


def test_an_error_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), written_aside(path) as aside:
        aside.write_text("new", encoding="utf-8")
        raise ZeroDivisionError
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
