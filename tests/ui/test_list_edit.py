"""What is typed or dropped on the page becomes an entry of the list, or nothing happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from full_disk import room_for
from pdfs import plain_pdf
from small_library import SmallLibrary
from ui.visits import sync_of

from ingest.corpus import Paper
from ingest.errors import AssistantError, StorageError
from ingest.reading_list.manifest import read_manifest
from rag.ui.library.edit import add_by_name, add_pdf, remove_paper


def _ids(library: SmallLibrary) -> list[str]:
    return [paper.id for paper in read_manifest(library.manifest)]


def test_an_arxiv_id_with_a_title_needs_no_network(library: SmallLibrary) -> None:
    """The entry is written as it was said."""
    paper = add_by_name(sync_of(library), " 2401.00001 ", "A Fine Paper")
    assert (paper.arxiv, paper.title) == ("2401.00001", "A Fine Paper")
    assert paper.id in _ids(library)


@pytest.mark.parametrize(
    "what",
    ["", "  ", "nonsense", "http://plain.example/x", "/etc/passwd", "../secret.pdf", "a.pdf"],
)
def test_what_is_no_paper_changes_nothing(library: SmallLibrary, what: str) -> None:
    """No path on the server can be named, and no list is broken."""
    before = library.manifest.read_bytes()
    with pytest.raises(AssistantError) as caught:
        add_by_name(sync_of(library), what, "A Title")
    assert caught.value.hint
    assert library.manifest.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["my paper.pdf", "../../evil.pdf", "..\\evil.pdf", "论文.pdf", ".pdf"]
)
def test_a_dropped_pdf_lies_beside_the_list(
    library: SmallLibrary, tmp_path: Path, name: str
) -> None:
    """Whatever its name, the copy lies in the folder for one's own PDFs, and is indexed."""
    upload = plain_pdf(tmp_path / "upload.pdf")
    paper = add_pdf(sync_of(library), upload, name, "")
    assert paper.file is not None and paper.file.startswith("mine/")
    own = (library.home / paper.file).resolve()
    assert own.parent == (library.home / "mine").resolve()
    assert own.read_bytes() == upload.read_bytes()
    assert paper.id in library.sync().added


def test_two_pdfs_of_one_name_are_both_kept(library: SmallLibrary, tmp_path: Path) -> None:
    """The second never takes the place of the first."""
    upload = plain_pdf(tmp_path / "upload.pdf")
    first = add_pdf(sync_of(library), upload, "same.pdf", "First Title")
    second = add_pdf(sync_of(library), upload, "same.pdf", "Second Title")
    assert first.file != second.file and first.id != second.id


def test_pdfs_of_one_name_dropped_at_once_are_all_kept(
    library: SmallLibrary, tmp_path: Path
) -> None:
    """Each visitor's paper has the bytes that this visitor dropped."""
    contents = [b"%PDF-1.4 " + bytes([65 + n]) * 5_000_000 for n in range(4)]
    together = Barrier(len(contents))

    def drop(n: int) -> Paper:
        upload = tmp_path / f"{n}.pdf"
        upload.write_bytes(contents[n])
        together.wait()
        return add_pdf(sync_of(library), upload, "report.pdf", f"Title {n}")

    with ThreadPoolExecutor(len(contents)) as visitors:
        papers = list(visitors.map(drop, range(len(contents))))
    kept = [(library.home / str(paper.file)).read_bytes() for paper in papers]
    assert [content == whole for content, whole in zip(kept, contents, strict=True)] == [True] * 4


def test_a_full_disk_keeps_no_part_of_a_dropped_pdf(library: SmallLibrary, tmp_path: Path) -> None:
    """It is said, and neither the list nor its folder holds anything of it."""
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"%PDF-1.4 " + bytes(100_000))
    before = library.manifest.read_bytes()
    with room_for(50_000), pytest.raises(StorageError, match="cannot be written"):
        add_pdf(sync_of(library), upload, "x.pdf", "")
    assert list((library.home / "mine").iterdir()) == []
    assert library.manifest.read_bytes() == before


def test_what_is_no_pdf_is_refused(library: SmallLibrary, tmp_path: Path) -> None:
    """By its bytes, not by its name."""
    upload = tmp_path / "upload.pdf"
    upload.write_text("<html>not a PDF</html>", encoding="utf-8")
    with pytest.raises(AssistantError, match="is not a PDF"):
        add_pdf(sync_of(library), upload, "x.pdf", "")
    assert not (library.home / "mine").exists()


def test_a_refused_pdf_leaves_no_copy(library: SmallLibrary, tmp_path: Path) -> None:
    """If the list cannot take it, the folder is as before."""
    library.manifest.write_text("- id: [broken\n", encoding="utf-8")
    with pytest.raises(AssistantError):
        add_pdf(sync_of(library), plain_pdf(tmp_path / "upload.pdf"), "x.pdf", "")
    assert list((library.home / "mine").iterdir()) == []


def test_a_paper_is_removed(library: SmallLibrary) -> None:
    """And one that is not there is said not to be."""
    remove_paper(sync_of(library), "slim")
    assert _ids(library) == ["herd"]
    with pytest.raises(AssistantError):
        remove_paper(sync_of(library), "slim")


@pytest.mark.parametrize("what", ["2302.00001", "https://arxiv.org/abs/2302.00001v2"])
def test_a_paper_that_is_listed_is_told_before_arxiv_is_asked(
    library: SmallLibrary, what: str
) -> None:
    """By its title, offline, too."""
    with pytest.raises(AssistantError, match=r"Herd.* is in the list already"):
        add_by_name(sync_of(library), what, "")


def test_offline_what_is_no_id_is_told_before_the_missing_title(library: SmallLibrary) -> None:
    """A title would not have helped."""
    with pytest.raises(AssistantError, match="is not an arXiv id"):
        add_by_name(sync_of(library), "nonsense", "")
    with pytest.raises(AssistantError, match="cannot be asked offline"):
        add_by_name(sync_of(library), "2401.00001", "")
