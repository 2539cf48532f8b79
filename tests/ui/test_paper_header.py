"""What is told of a paper above its pages."""

from __future__ import annotations

from small_library import SmallLibrary

from ingest.corpus import Paper
from rag.ui.reader.paper_header import (
    Heading,
    read_headings,
    render_header,
    render_source_link,
    text_before,
)

PAGES = [
    (
        "Slim Adapters for Large Models",
        "1 Introduction",
        "Slim freezes the pretrained weights and learns low rank updates.",
        "2 Method",
        "It keeps optimizer states for few weights.",
    ),
    ("3 Results", "Slim saves memory.", "4 Conclusion", "Few weights are enough."),
]


def test_every_section_is_told_with_its_page(library: SmallLibrary) -> None:
    """Also those that begin within a passage; a paper without pages has none."""
    library.write_pdf("slim", PAGES)
    library.sync()
    assert read_headings(library.workspace, "slim") == (
        Heading("1 Introduction", 1, 31),
        Heading("2 Method", 1, 111),
        Heading("3 Results", 2, 164),
        Heading("4 Conclusion", 2, 193),
    )
    assert read_headings(library.workspace, "herd") == ()


def test_a_heading_is_known_by_the_text_before_it(library: SmallLibrary) -> None:
    """On its own page; where the pages have gone, by none."""
    library.write_pdf("slim", PAGES)
    library.sync()
    headings = read_headings(library.workspace, "slim")
    before = [text_before(library.workspace, "slim", heading) for heading in headings]
    assert before[0].split() == PAGES[0][0].split() and before[2] == ""
    assert before[3].split() == " ".join(PAGES[1][:2]).split()
    assert text_before(library.workspace, "herd", headings[3]) == ""


def test_looking_at_a_damaged_paper_deletes_nothing(library: SmallLibrary) -> None:
    """A sync may be writing there; it is the sync that makes the file anew."""
    library.write_pdf("slim", PAGES)
    library.sync()
    text = library.workspace.paper("slim").path / "text.json"
    text.write_text("{", encoding="utf-8")
    assert read_headings(library.workspace, "slim") == ()
    assert text.exists()


def test_a_link_says_where_it_leads() -> None:
    """To arXiv's abstract page, or to the PDF that the list names; beside a page that stands once."""
    arxiv = Paper(id="a", title="A", arxiv="2302.00001")
    elsewhere = Paper(id="b", title="B", url="https://example.org/b.pdf")
    assert "Abstract page" in render_source_link(arxiv, "en")
    assert "PDF" in render_source_link(elsewhere, "en") and "Abstract" not in render_source_link(
        elsewhere, "en"
    )
    assert render_header(arxiv, 1, (), None, "en").count("<a ") == 2
    assert render_header(elsewhere, 1, (), None, "en").count("<a ") == 1
