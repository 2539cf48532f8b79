"""The picture of a page shows the printed part, without the blank margins."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdfs import HEIGHT, MARGIN, WIDTH, plain_pdf, two_column_pdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.pdf.page_picture import draw_page

LONG = "A line of prose runs over most of the width that a page like this one gives to its text."


def test_margins_are_left_out(tmp_path: Path) -> None:
    """Text reaches all four sides of the picture."""
    part = draw_page(plain_pdf(tmp_path / "a.pdf", [[LONG] * 20]), 1).part
    assert part.left == pytest.approx(MARGIN / WIDTH - 0.015, abs=0.01)
    assert part.top == pytest.approx(100 / HEIGHT, abs=0.03)
    assert part.width < 0.85 and part.height < 0.45


def test_figures_count_as_printed(tmp_path: Path) -> None:
    """Even if they are wider than the text."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.drawString(MARGIN, 500, LONG)
    canvas.rect(20, 100, WIDTH - 40, 200, fill=1)
    canvas.save()
    part = draw_page(tmp_path / "a.pdf", 1).part
    assert part.left < 0.04 and part.width > 0.92 and part.top + part.height > 1 - 110 / HEIGHT


def test_a_stamp_in_the_margin_is_left_out(tmp_path: Path) -> None:
    """arXiv's stamp runs up the left edge of a first page; line numbers there are kept."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.drawString(MARGIN, 500, LONG)
    canvas.saveState()
    canvas.translate(30, 300)
    canvas.rotate(90)
    canvas.drawString(0, 0, "arXiv:2106.09685v2 [cs.CL] 16 Oct 2021")
    canvas.restoreState()
    canvas.showPage()
    canvas.drawString(MARGIN, 500, LONG)
    canvas.drawString(20, 500, "001")
    canvas.save()
    stamped, numbered = (draw_page(tmp_path / "a.pdf", number).part for number in (1, 2))
    assert stamped.left > 0.09 and numbered.left < 0.04


def test_a_page_with_a_few_words_is_not_enlarged(tmp_path: Path) -> None:
    """It keeps the scale of other pages; a blank page is shown completely."""
    pdf = plain_pdf(tmp_path / "a.pdf", [["A word."], []])
    few, blank = draw_page(pdf, 1), draw_page(pdf, 2)
    assert few.part.width == pytest.approx(0.55, abs=0.01) and few.part.left >= 0
    assert (blank.part.width, blank.part.height) == (1, 1)


def test_columns_are_counted(tmp_path: Path) -> None:
    """There are two if hardly any line crosses the middle."""
    halves = [["one column is as wide as this is"] * 12] * 2
    assert draw_page(two_column_pdf(tmp_path / "two.pdf", *halves), 1).columns == 2
    assert draw_page(plain_pdf(tmp_path / "one.pdf", [[LONG] * 12]), 1).columns == 1
