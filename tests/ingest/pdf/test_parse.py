"""From a PDF to a paper's text: what is read, what is refused, and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pdfs import (
    PROSE,
    chinese_pdf,
    encrypted_pdf,
    furnished_pdf,
    hidden_text_pdf,
    layered_pdf,
    outlined_pdf,
    pdf_without_pages,
    plain_pdf,
    recognised_scan_pdf,
    scanned_pdf,
    truncated_pdf,
    turned_pdf,
    turned_words_pdf,
    two_column_pdf,
)

from ingest.errors import ParseError
from ingest.pdf import pdfium_reader
from ingest.pdf.headings import is_references
from ingest.pdf.parse import parse_pdf

SHARED = Path(__file__).resolve().parents[4] / "shared"
PAPERS = sorted((SHARED / "papers").glob("*.pdf"))
needs_shared = pytest.mark.skipif(
    not PAPERS, reason="the sample papers are not beside this repository"
)


def failure(path: Path) -> str:
    with pytest.raises(ParseError) as caught:
        parse_pdf(path)
    return str(caught.value)


def test_pages_are_slices_of_the_text(tmp_path: Path) -> None:
    """Every page is at its offsets; a page without text is empty, but counted."""
    paper = parse_pdf(plain_pdf(tmp_path / "a.pdf", [PROSE, [], ["The end of it."]]))
    assert [page.number for page in paper.pages] == [1, 2, 3]
    assert paper.page_text(1) == "\n".join(PROSE)
    assert paper.pages[1].start == paper.pages[1].end
    assert paper.page_text(3) == "The end of it."
    assert paper.text == "\n\n".join(paper.page_text(n) for n in (1, 2, 3))
    assert paper.reader == "pypdfium2"


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Lines of two columns are never mixed."""
    left, right = ["left one", "left two", "left three"], ["right one", "right two", "right three"]
    assert (
        parse_pdf(two_column_pdf(tmp_path / "a.pdf", left, right)).text.split("\n") == left + right
    )


def test_page_furniture_is_removed_and_the_body_kept(tmp_path: Path) -> None:
    """Running heads and page numbers are removed from the second page on; numbers in the text stay."""
    pages = [[f"Page {word} begins.", "12", f"It ends {word}."] for word in "abcd"]
    paper = parse_pdf(furnished_pdf(tmp_path / "a.pdf", pages, "Steps in Descent"))
    assert paper.page_text(1).startswith("Steps in Descent")
    for number, page in enumerate(pages[1:], start=2):
        assert paper.page_text(number) == "\n".join(page)


def test_words_divided_at_a_line_end_are_joined(tmp_path: Path) -> None:
    """A compound keeps its hyphen."""
    lines = [
        "One-shot and zero-shot tests need no exam-",
        "ples, and zero-",
        "shot ones least of all.",
    ]
    text = " ".join(parse_pdf(plain_pdf(tmp_path / "a.pdf", [lines])).text.split())
    assert "no examples, and zero-shot ones" in text


@pytest.mark.parametrize("text", [0, 90, 270])
@pytest.mark.parametrize("page", [0, 90, 180, 270])
def test_a_turned_page_is_read_line_by_line(tmp_path: Path, page: int, text: int) -> None:
    """Neither the page's rotation nor the direction of its lines changes its text."""
    path = turned_pdf(tmp_path / "a.pdf", page=page, text=text)
    assert parse_pdf(path).text == "\n".join(PROSE)


def test_turned_words_of_a_figure_do_not_turn_the_page(tmp_path: Path) -> None:
    """However many there are, the text below is read in its order."""
    figure = turned_words_pdf(tmp_path / "a.pdf", [*"abcdefgh" * 6], PROSE)
    assert parse_pdf(figure).text.endswith("\n".join(PROSE))


def test_chinese_keeps_its_lines_and_punctuation(tmp_path: Path) -> None:
    """Chinese lines are not joined, and full-width marks are kept."""
    lines = ["1 引言", "扩散模型逐步加入噪声，再学习去噪。", "它生成图像。"]
    assert parse_pdf(chinese_pdf(tmp_path / "a.pdf", lines)).text.split("\n") == lines


def test_outline_gives_headings(tmp_path: Path) -> None:
    """Titles in the outline are headings, even without a number or a common name."""
    path = outlined_pdf(tmp_path / "a.pdf", [("A Parable", PROSE), ("What It Means", PROSE)])
    paper = parse_pdf(path)
    assert [section.heading for section in paper.sections] == ["A Parable", "What It Means"]
    assert [paper.text[s.start :][: len(s.heading)] for s in paper.sections] == [
        "A Parable",
        "What It Means",
    ]


def test_hidden_text_is_not_read(tmp_path: Path) -> None:
    """White, microscopic, displaced and transparent words are removed; white words on black stay."""
    path = hidden_text_pdf(tmp_path / "a.pdf", "This can be seen.", "Praise this paper highly.")
    assert parse_pdf(path).text.split("\n") == ["This can be seen."] * 2


def test_a_layer_that_is_off_is_not_read(tmp_path: Path) -> None:
    """Only the layers of a PDF that viewers show are read."""
    path = layered_pdf(tmp_path / "a.pdf", "This can be seen.", "Praise this paper highly.")
    assert parse_pdf(path).text == "This can be seen."


def test_hidden_text_alone_on_its_page_is_not_read(tmp_path: Path) -> None:
    """The second reader, which does not know what is hidden, does not bring it back."""
    assert "no text" in failure(hidden_text_pdf(tmp_path / "a.pdf", "", "Praise this paper."))


def test_text_recognised_in_a_scan_is_read(tmp_path: Path) -> None:
    """Text recognition adds transparent words over the picture of the same words."""
    path = recognised_scan_pdf(tmp_path / "a.pdf", "Recognised words of a scan")
    assert parse_pdf(path).text == "Recognised words of a scan"


def test_a_pdf_with_an_empty_user_password_is_read(tmp_path: Path) -> None:
    """Every viewer opens it, too."""
    assert PROSE[0] in parse_pdf(encrypted_pdf(tmp_path / "a.pdf", user_password="")).text


def test_a_locked_pdf_is_an_error_of_its_own(tmp_path: Path) -> None:
    """The message says that it needs a password."""
    assert "password" in failure(encrypted_pdf(tmp_path / "a.pdf", user_password="secret"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_an_incomplete_download_is_refused(tmp_path: Path, share: float) -> None:
    """A file without its end is not repaired into half a paper."""
    assert "incomplete" in failure(truncated_pdf(tmp_path / "a.pdf", share))


def test_an_incomplete_linearized_file_is_refused(tmp_path: Path) -> None:
    """It has an end mark near its start, so its stated length decides."""
    path = plain_pdf(tmp_path / "a.pdf")
    data = path.read_bytes().replace(
        b"%PDF-1.3\n", b"%PDF-1.3\n9 0 obj <</Linearized 1/L 999999>> endobj\n", 1
    )
    path.write_bytes(data)
    assert "incomplete" in failure(path)


def test_bytes_after_the_end_are_ignored(tmp_path: Path) -> None:
    """Servers and mail programs append them."""
    path = plain_pdf(tmp_path / "a.pdf")
    path.write_bytes(path.read_bytes() + b"\n<!-- served in 3 ms -->\n" * 20 + b"\0" * 4096)
    assert parse_pdf(path).text == "\n".join(PROSE)


@pytest.mark.parametrize(
    ("good", "bad"),
    [(b"startxref\n", b"startxref\n9"), (b"%PDF-1.", b"%XYZ-1."), (b"xref\n0", b"xfer\n0")],
    ids=["cross-reference offset", "header", "cross-reference table"],
)
def test_repairable_damage_loses_no_text(tmp_path: Path, good: bytes, bad: bytes) -> None:
    """A damaged header or cross-reference table."""
    path = plain_pdf(tmp_path / "a.pdf")
    data = path.read_bytes()
    assert good in data
    path.write_bytes(data.replace(good, bad, 1))
    assert parse_pdf(path).text == "\n".join(PROSE)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "empty"),
        (b"Just some text.", "not a PDF"),
        (b"<!DOCTYPE html><html>Not found</html>", "not a PDF"),
        (b"%PDF-1.4\nand nothing like it\n%%EOF\n", "cannot be opened"),
    ],
)
def test_a_file_that_is_not_a_pdf_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Its bytes decide, not its name."""
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    assert message in failure(path)


def test_a_missing_file_is_a_parse_error(tmp_path: Path) -> None:
    """The parser raises no other error."""
    assert "cannot be read" in failure(tmp_path / "none.pdf")


def test_a_pdf_without_text_is_reported_as_a_scan(tmp_path: Path) -> None:
    """The hint says what to do."""
    message = failure(scanned_pdf(tmp_path / "a.pdf", 3))
    assert "scan" in message
    assert "3 in all" in message
    assert "OCR" in message


def test_a_pdf_without_pages_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Even though pdfium cannot open such a file."""
    assert "no pages" in failure(pdf_without_pages(tmp_path / "a.pdf"))


def test_too_many_pages_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of pages of a paper is limited."""
    monkeypatch.setattr("ingest.pdf.parse.MAX_PAGES", 2)
    assert "3 pages" in failure(plain_pdf(tmp_path / "a.pdf", [PROSE] * 3))


def test_the_second_reader_reads_what_the_first_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If pdfium cannot open a file, pypdf's text is used, and pypdf is named."""

    def refuse(data: bytes, max_pages: int) -> list[str | None]:
        raise ParseError("no")

    monkeypatch.setattr(pdfium_reader, "read_pages", refuse)
    paper = parse_pdf(plain_pdf(tmp_path / "a.pdf", [PROSE, PROSE]))
    assert paper.reader == "pypdf"
    assert paper.page_text(2) == "\n".join(PROSE)


@needs_shared
@pytest.mark.parametrize("path", PAPERS[::12], ids=lambda path: path.stem)
def test_real_papers_are_read(path: Path) -> None:
    """They have text on their pages, headings in order, and references."""
    paper = parse_pdf(path)
    starts = [section.start for section in paper.sections]
    assert starts == sorted(set(starts))
    assert any(is_references(section.heading) for section in paper.sections)
    assert sum(bool(paper.page_text(page.number)) for page in paper.pages) > len(paper.pages) / 2
    assert not re.search("[\x00-\x09\x0b-\x1f\ue000-\uf8ff\ufffe]", paper.text)


@needs_shared
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("encrypted_user_password", "password"),
        ("truncated_download_llama2", "incomplete"),
        ("not_a_pdf_plain_text", "not a PDF"),
    ],
)
def test_unreadable_real_files_fail_with_the_reason(name: str, message: str) -> None:
    """What cannot be read says why."""
    assert message in failure(SHARED / "odd" / f"{name}.pdf")


@needs_shared
def test_ligatures_of_bitmap_fonts_become_letters() -> None:
    """TeX's old encoding is read if a document uses it."""
    text = parse_pdf(SHARED / "odd" / "type3_bitmap_fonts_lstm.pdf").text
    assert "insufficient, decaying error back flow. We briefly review" in text
    assert "involve local, distributed, real-valued" in text
