"""Line numbers of a review copy are removed; other increasing numbers are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pdfs import review_pdf

from ingest.pdf.clean import JOINT, clean_pages
from ingest.pdf.line_numbers import strip_line_numbers
from ingest.pdf.parse import parse_pdf

PAGES = [[f"On page {p} the line {w} holds 7 words" for w in "abcdefghijklmnop"] for p in "pqrs"]


def beside(pages: Sequence[Sequence[str]], form: str) -> list[str]:
    """The pages with their lines numbered continuously."""
    lines = [line for page in pages for line in page]
    counted = iter([form.format(n=n, line=line) for n, line in enumerate(lines, start=98)])
    return ["\n".join(next(counted) for _ in page) for page in pages]


@pytest.mark.parametrize("step", [1, 5])
def test_a_review_copy_reads_like_the_paper(tmp_path: Path, step: int) -> None:
    """Whether every line has a number or every fifth."""
    paper = parse_pdf(review_pdf(tmp_path / "a.pdf", PAGES, step=step))
    assert [paper.page_text(n).split("\n") for n in (1, 2, 3, 4)] == PAGES


@pytest.mark.parametrize("form", ["{n:03d} {line}", "{line} {n}", "{n}\n{line}", "{line}\n {n} "])
def test_a_number_may_be_before_or_after_its_line(form: str) -> None:
    """It follows the line in a right column, or is on a separate line."""
    assert clean_pages(beside(PAGES, form)) == ["\n".join(page) for page in PAGES]


def test_a_divided_word_is_joined_across_a_line_number() -> None:
    """As if there were no number."""
    pages = [["It di-", "vides words", *page] for page in PAGES]
    divided = [page.replace("-\n", JOINT) for page in beside(pages, "{n} {line}")]
    assert clean_pages(divided)[0].startswith("It divides words\nOn page p")


def test_counting_may_restart_on_each_page() -> None:
    """Lines that are not counted, such as those of a table, keep their numbers."""
    table = ["Model 1 2", "7 8 9", "3 4 5"]
    pages = [beside([page], "{n} {line}")[0] + "\n" + "\n".join(table) for page in PAGES]
    assert strip_line_numbers(pages) == ["\n".join([*page, *table]) for page in PAGES]


@pytest.mark.parametrize(
    "pages",
    [
        ["\n".join(f"{n} a row {n / 7:.2f}" for n in range(1, 40)), *map("\n".join, PAGES)],
        ["1 First\n2 Second\n3 Third\n4 Fourth"] * 9,
        ["\n".join(f"{n}. An item" for n in range(1, 40))] * 9,
        ["12 monkeys", "13 ghosts", "14 days"],
    ],
    ids=["a long table", "points of slides", "items", "numbers"],
)
def test_other_increasing_numbers_are_kept(pages: list[str]) -> None:
    """They are on few pages or few lines, or followed by a stop."""
    assert strip_line_numbers(pages) == pages
