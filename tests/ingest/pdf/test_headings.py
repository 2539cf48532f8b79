"""Section headings: what is one, what is not, and where the references end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Page
from ingest.pdf.headings import OutlineEntry, find_sections, is_references, looks_like_heading
from ingest.pdf.numbering import best_chain, parse_number

BODY = "The text of this section runs on for a line or two,\nand then it ends."
WORKS = "Ann Author. 2019. A work.\nBen Bauer. 2020. Another work, pages 1-9.\n" * 4


def paged(*pages: str) -> tuple[str, list[Page]]:
    """The pages joined as by the parser."""
    text, found = "\n\n".join(pages), []
    start = 0
    for number, page in enumerate(pages, start=1):
        found.append(Page(number, start, start + len(page)))
        start += len(page) + 2
    return text, found


def headings(*pages: str, outline: list[OutlineEntry] | None = None) -> list[str]:
    """The headings found; each is checked to be at the start of its section."""
    text, found = paged(*pages)
    sections = find_sections(text, found, outline or [])
    for section in sections:
        assert text[section.start :].startswith(section.heading.split(" ", maxsplit=1)[0])
    return [section.heading for section in sections]


@pytest.mark.parametrize(
    "titles",
    [
        ["Abstract", "1 Introduction", "2 Method", "2.1 Training data", "3 Results", "References"],
        ["ABSTRACT", "1. INTRODUCTION", "2. METHOD", "2.1. Data", "3. RESULTS", "REFERENCES"],
        [
            "Abstract",
            "I. INTRODUCTION",
            "II. METHOD",
            "III. RESULTS",
            "IV. CONCLUSION",
            "References",
        ],
        ["摘要", "1 引言", "2 方法", "2.1 训练数据", "3 结论", "参考文献"],
    ],
)
def test_the_usual_styles_are_found(titles: list[str]) -> None:
    """Numbers (plain, dotted or Roman) and common names, in English and Chinese."""
    page = "\n".join(f"{title}\n{BODY}" for title in titles[:-1])
    assert headings(page, f"{titles[-1]}\n{WORKS}") == titles


def test_appendices_end_the_references() -> None:
    """After the references, letters number the appendices."""
    pages = [
        f"1 Introduction\n{BODY}\nReferences\n{WORKS}",
        f"A Proofs\n{BODY}\nA.1 Of the First Theorem\n{BODY}\nB More Results\n{BODY}",
    ]
    assert headings(*pages) == [
        "1 Introduction",
        "References",
        "A Proofs",
        "A.1 Of the First Theorem",
        "B More Results",
    ]


def test_list_items_and_table_rows_are_not_headings() -> None:
    """Numbers that continue nothing, and lines that look like rows or sentences, are left out."""
    page = "\n".join(
        [
            "1 Introduction",
            BODY,
            "1. We train a model on more data than before.",
            "2. We test it.",
            "2 Related Work",
            BODY,
            "7 Samples 12.5 13.1 0.4",
            "30 Billion Tokens",
            "3 Method",
            BODY,
            "3 and then the same again",
            "4 Results",
            BODY,
        ]
    )
    assert headings(page) == ["1 Introduction", "2 Related Work", "3 Method", "4 Results"]


def test_initials_in_the_references_are_not_appendices() -> None:
    """ "A. Author" begins a reference, not appendix A."""
    works = "A. Author, B. Bauer, and C. Cook. Some Work on Everything. 2019.\n" + WORKS
    assert headings(f"1 Introduction\n{BODY}\nReferences\n{works}B. Bauer. A Work. 2018.") == [
        "1 Introduction",
        "References",
    ]


def test_a_table_of_contents_is_ignored() -> None:
    """Lines that end in a page number are not headings."""
    contents = "Contents\n1 Introduction 3\n2 Method . . . . . 5\n3 Results 8\nReferences 9"
    page = "\n".join(f"{title}\n{BODY}" for title in ("1 Introduction", "2 Method", "3 Results"))
    assert headings(contents, page, f"References\n{WORKS}") == [
        "Contents",
        "1 Introduction",
        "2 Method",
        "3 Results",
        "References",
    ]


def test_the_outline_finds_headings_without_a_number() -> None:
    """A title is found on its page, even if it runs over two lines."""
    outline = [
        OutlineEntry("A Parable", 1),
        OutlineEntry("Why It Took So Long to See", 2),
        OutlineEntry("Not in the text", 2),
    ]
    pages = [f"A Parable\n{BODY}", f"Why It Took\nSo Long to See\n{BODY}"]
    assert headings(*pages, outline=outline) == ["A Parable", "Why It Took So Long to See"]


def test_an_outline_with_wrong_pages_still_helps() -> None:
    """A numbered title is found on any page, but never with another number."""
    outline = [OutlineEntry("4.1 Amount of feedback", 1)]
    pages = ["1 Amount of feedback\nin a figure", BODY, f"4.1 Amount of feedback\n{BODY}"]
    assert headings(*pages, outline=outline) == ["4.1 Amount of feedback"]


def test_an_incomplete_heading_includes_its_second_line() -> None:
    """A title cannot end with "for"."""
    page = "\n".join(
        [
            *("1 Introduction", BODY, "2 Guarantees for", "General Policies", BODY),
            *("3 Results", BODY),
        ]
    )
    assert "2 Guarantees for General Policies" in headings(page)


def test_other_pages_after_the_references_are_not_references() -> None:
    """Figures without a heading are put in a section without a name."""
    figures = "A figure of attention heads in layer five, and what they attend to. " * 10
    pages = [f"1 Introduction\n{BODY}\nReferences\n{WORKS}", WORKS, figures, figures]
    text, found = paged(*pages)
    sections = find_sections(text, found)
    assert [section.heading for section in sections][-2:] == ["References", ""]
    assert sections[-1].start == found[2].start


def test_a_column_head_is_not_a_list_of_references() -> None:
    """ "References" counts only if publication years follow."""
    assert headings(f"1 Introduction\nReferences\n{BODY}\n2 Method\n3 Results\n{BODY}") == [
        "1 Introduction",
        "2 Method",
        "3 Results",
    ]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("References", True),
        ("7. REFERENCES", True),
        ("R EFERENCES", True),
        ("Bibliography:", True),
        ("Additional References", True),
        ("参考文献", True),
        ("", False),
        ("Preferences", False),
        ("Reference methods in the simulator", False),
    ],
)
def test_references_are_recognised(heading: str, expected: bool) -> None:
    """The usual names of the list of references, and no others."""
    assert is_references(heading) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("3.2 Training Data", True),
        ("Acknowledgments", True),
        ("B.1 Details", True),
        ("3.2 billion parameters", False),
        ("1. We train a model on more data.", False),
        ("It is a sentence.", False),
        ("", False),
    ],
)
def test_the_form_of_a_heading(line: str, expected: bool) -> None:
    """A line by itself is judged by its form."""
    assert looks_like_heading(line) is expected


def test_the_best_chain_of_numbers_is_found() -> None:
    """It is the heavier of two runs, and may skip one missing number."""
    lines = ["1 One", "2 Two", "2.1 Deep", "9 Nine", "4 Four", "4.1 Deep", "5 Five"]
    chain = best_chain([number for line in lines if (number := parse_number(line))])
    assert [numbered.text for numbered in chain] == [line for line in lines if line != "9 Nine"]


@given(st.lists(st.text("AB19. \nabcReferences", max_size=80), max_size=5))
def test_sections_are_in_order(pages: list[str]) -> None:
    """For any text, starts are inside it, increasing and distinct."""
    text, found = paged(*pages)
    starts = [section.start for section in find_sections(text, found)]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(text) for start in starts)
