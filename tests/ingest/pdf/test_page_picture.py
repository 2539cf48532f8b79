"""A page is drawn, and a quote is marked where a reader sees it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import (
    HEIGHT,
    LEADING,
    MARGIN,
    PROSE,
    WIDTH,
    chinese_pdf,
    plain_pdf,
    truncated_pdf,
    two_column_pdf,
)
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import ParseError, UsageError
from ingest.pdf.page_picture import Box, PagePicture, draw_page, find_runs

LINE = 14 / HEIGHT


def _baseline(line: int) -> float:
    """The height, as a share of the page from the top, of line ``line`` (from 0) of ``plain_pdf``."""
    return (100 + line * LEADING) / HEIGHT


def _on_page(picture: PagePicture) -> list[Box]:
    """The marks in shares of the whole page, of which the picture shows a part."""
    part = picture.part
    return [
        Box(
            part.left + mark.left * part.width,
            part.top + mark.top * part.height,
            mark.width * part.width,
            mark.height * part.height,
        )
        for mark in picture.marks
    ]


def _covers(box: Box, share_down: float) -> bool:
    return box.top < share_down - 0.002 and box.top + box.height >= share_down - 0.002


def test_a_quote_is_marked_on_its_line(tmp_path: Path) -> None:
    """The box begins at the line's margin, ends inside the page, and contains the line."""
    picture = draw_page(plain_pdf(tmp_path / "a.pdf"), 1, PROSE[1])
    (box,) = _on_page(picture)
    assert box.left == pytest.approx(MARGIN / WIDTH, abs=0.01)
    assert _covers(box, _baseline(1)) and box.height < 1.5 * LINE
    assert 0.3 < box.width < 0.9


def test_the_marked_pixels_contain_letters(tmp_path: Path) -> None:
    """There are letters in the box, and none right above the first line."""
    picture = draw_page(plain_pdf(tmp_path / "a.pdf"), 1, PROSE[0])
    image = Image.open(io.BytesIO(picture.image)).convert("L")
    assert image.size == (picture.width, picture.height)
    (box,) = picture.marks
    left, right = box.left * image.width, (box.left + box.width) * image.width
    top, bottom = box.top * image.height, (box.top + box.height) * image.height
    inside = image.crop((int(left), int(top), int(right), int(bottom)))
    above = image.crop((int(left), max(0, int(2 * top - bottom)), int(right), int(top)))
    assert inside.getextrema()[0] < 100 and above.getextrema()[0] > 200


def test_a_quote_over_several_lines_has_a_box_for_each(tmp_path: Path) -> None:
    """Line ends, hyphens and spaces of the page do not matter."""
    lines = [
        "The gradient follows the slope of the loss and con-",
        "verges to a minimum in the end.",
    ]
    picture = draw_page(
        plain_pdf(tmp_path / "a.pdf", [lines]),
        1,
        "the slope of the loss and converges to a minimum",
    )
    first, second = _on_page(picture)
    assert _covers(first, _baseline(0)) and _covers(second, _baseline(1))
    assert first.left > MARGIN / WIDTH + 0.1


def test_the_right_one_of_two_places_is_marked(tmp_path: Path) -> None:
    """If a page has the same words twice, the text before the quote decides."""
    lines = ["It is said here once.", *PROSE, "It is said here once."]
    pdf = plain_pdf(tmp_path / "a.pdf", [lines])
    said = "It is said here once."
    (first,) = _on_page(draw_page(pdf, 1, said, ""))
    (last,) = _on_page(draw_page(pdf, 1, said, " ".join([said, *PROSE])))
    assert _covers(first, _baseline(0)) and _covers(last, _baseline(4))


def test_columns_are_not_joined(tmp_path: Path) -> None:
    """Words at the same height in another column stay unmarked."""
    left = ["left one goes on and on", "left two goes on and on"]
    pdf = two_column_pdf(tmp_path / "a.pdf", left, ["right one goes on", "right two goes on"])
    boxes = _on_page(draw_page(pdf, 1, " ".join(left)))
    assert len(boxes) == 2 and all(box.left + box.width < 0.5 for box in boxes)


def test_a_turned_page_is_marked_as_it_is_shown(tmp_path: Path) -> None:
    """On a page that viewers turn by 90 degrees, a line runs down the picture."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.setPageRotation(90)
    canvas.drawString(200, 300, PROSE[1])
    canvas.save()
    picture = draw_page(tmp_path / "a.pdf", 1, PROSE[1])
    marks = _on_page(picture)
    top = min(box.top for box in marks)
    bottom = max(box.top + box.height for box in marks)
    assert top == pytest.approx(200 / HEIGHT, abs=0.02) and bottom - top > 0.25
    assert all(box.left == pytest.approx(300 / WIDTH, abs=0.03) for box in marks)


def test_chinese_is_found(tmp_path: Path) -> None:
    """Only letters and digits are compared, in any script."""
    pdf = chinese_pdf(
        tmp_path / "a.pdf", ["大语言模型的训练需要大量文本。", "本文介绍一种新方法。"]
    )
    assert len(draw_page(pdf, 1, "本文介绍一种新方法。").marks) == 1


def test_words_that_are_not_there_are_not_marked(tmp_path: Path) -> None:
    """No mark is better than a wrong one."""
    pdf = plain_pdf(tmp_path / "a.pdf")
    assert draw_page(pdf, 1, "Quantum chromodynamics explains confinement.").marks == ()
    assert draw_page(pdf, 1).marks == ()


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_does_not_exist_is_an_error(tmp_path: Path, number: int) -> None:
    """The message says how many pages there are."""
    with pytest.raises(UsageError, match="has 1"):
        draw_page(plain_pdf(tmp_path / "a.pdf"), number)


def test_a_missing_or_broken_file_is_a_parse_error(tmp_path: Path) -> None:
    """It does not crash the program."""
    with pytest.raises(ParseError):
        draw_page(tmp_path / "missing.pdf", 1)
    with pytest.raises(ParseError):
        draw_page(truncated_pdf(tmp_path / "broken.pdf", 0.05), 1)


@given(st.text("abcdefghij", min_size=12, max_size=60), st.text("xyz", max_size=30))
def test_an_unbroken_quote_is_one_span(wanted: str, around: str) -> None:
    """The span contains the quote."""
    page = around + wanted + around
    ((start, end),) = find_runs(wanted, page, len(around))
    assert page[start:end] == wanted


@given(
    st.text("abcdef", min_size=12, max_size=30),
    st.text("ghijkl", min_size=12, max_size=30),
    st.text("0123456789", min_size=1, max_size=20),
)
def test_text_that_a_quote_leaves_out_is_not_marked(first: str, second: str, between: str) -> None:
    """A figure's number or a footnote in the middle is skipped."""
    page = first + between + second
    found = "".join(page[start:end] for start, end in find_runs(first + second, page))
    assert found == first + second
