"""What is told of a paper above its pages."""

from __future__ import annotations

from small_library import SmallLibrary

from rag.ui.paper_head import Heading, headings_of

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
    assert headings_of(library.workspace, "slim") == (
        Heading("1 Introduction", 1),
        Heading("2 Method", 1),
        Heading("3 Results", 2),
        Heading("4 Conclusion", 2),
    )
    assert headings_of(library.workspace, "herd") == ()
