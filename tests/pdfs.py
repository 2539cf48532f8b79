"""Real PDFs for the tests, written by reportlab and changed by pypdf.

Each function takes the path to write to and returns it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)
from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
MARGIN = 72.0
LEADING = 14.0
FONT = "Times-Roman"

PROSE = (
    "Gradient descent follows the slope of the loss to a minimum.",
    "A small step takes long, and a large one overshoots.",
    "Most recipes therefore begin with large steps and end with small ones.",
)


def write_lines(
    canvas: Canvas, lines: Sequence[str], *, x: float = MARGIN, top: float = HEIGHT - 100
) -> None:
    """Draw one line below the other, from ``top`` down."""
    for i, line in enumerate(lines):
        canvas.drawString(x, top - i * LEADING, line)


def plain_pdf(path: Path, pages: Sequence[Sequence[str]] = (PROSE,)) -> Path:
    """One page for each list of lines; an empty list gives an empty page."""
    canvas = Canvas(str(path), pagesize=A4)
    for lines in pages:
        canvas.setFont(FONT, 11)
        write_lines(canvas, lines)
        canvas.showPage()
    canvas.save()
    return path


def furnished_pdf(path: Path, pages: Sequence[Sequence[str]], head: str) -> Path:
    """Pages with a running head above the text and a page number below it."""
    canvas = Canvas(str(path), pagesize=A4)
    for number, lines in enumerate(pages, start=1):
        canvas.setFont(FONT, 11)
        canvas.drawString(MARGIN, HEIGHT - 40, head)
        write_lines(canvas, lines)
        canvas.drawCentredString(WIDTH / 2, 40, str(number))
        canvas.showPage()
    canvas.save()
    return path


def review_pdf(path: Path, pages: Sequence[Sequence[str]], *, step: int = 1) -> Path:
    """Pages with a number in the margin beside each line, or every ``step`` lines."""
    canvas = Canvas(str(path), pagesize=A4)
    number = 0
    for lines in pages:
        for i, line in enumerate(lines):
            number += 1
            canvas.setFont(FONT, 7)
            if number % step == 0:
                canvas.drawString(40, HEIGHT - 100 - i * LEADING, f"{number:03d}")
            canvas.setFont(FONT, 11)
            canvas.drawString(MARGIN, HEIGHT - 100 - i * LEADING, line)
        canvas.showPage()
    canvas.save()
    return path


def two_column_pdf(path: Path, left: Sequence[str], right: Sequence[str]) -> Path:
    """One page whose left column was written before its right one."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 10)
    write_lines(canvas, left, x=50)
    write_lines(canvas, right, x=WIDTH / 2 + 20)
    canvas.save()
    return path


def outlined_pdf(path: Path, sections: Sequence[tuple[str, Sequence[str]]]) -> Path:
    """A page for each section: its title, its lines, and an entry in the outline."""
    canvas = Canvas(str(path), pagesize=A4)
    for i, (title, lines) in enumerate(sections):
        canvas.setFont(FONT, 11)
        canvas.bookmarkPage(str(i))
        canvas.addOutlineEntry(title, str(i))
        write_lines(canvas, [title, *lines])
        canvas.showPage()
    canvas.save()
    return path


def hidden_text_pdf(path: Path, shown: str, hidden: str) -> Path:
    """A page that says ``shown``, and ``hidden`` five times: white, tiny, off the page, twice
    without ink.

    ``shown`` stands there twice: black on white, and white on black.
    """
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 11)
    canvas.drawString(MARGIN, 700, shown)
    canvas.rect(MARGIN - 5, 640, 400, 30, fill=1)
    canvas.setFillColor(white)
    canvas.drawString(MARGIN, 650, shown)
    canvas.drawString(MARGIN, 600, hidden)
    canvas.setFillColor(black)
    canvas.setFont(FONT, 0.5)
    canvas.drawString(MARGIN, 550, hidden)
    canvas.setFont(FONT, 11)
    canvas.drawString(MARGIN, HEIGHT + 50, hidden)
    canvas.drawString(MARGIN, 500, hidden, mode=3)
    canvas.drawString(MARGIN, 450, hidden, mode=7)
    canvas.save()
    return path


def layered_pdf(path: Path, shown: str, hidden: str) -> Path:
    """A page with a layer that viewers show and one that they don't, each with a text."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 11)
    for name, text, y in (("On", shown, 700), ("Off", hidden, 600)):
        canvas._code.append(f"/OC /{name} BDC")
        canvas.drawString(MARGIN, y, text)
        canvas._code.append("EMC")
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(path.read_bytes()))
    on, off = (
        writer._add_object(_pdf_dict(Type=NameObject("/OCG"), Name=TextStringObject(name)))
        for name in ("On", "Off")
    )
    resources = writer.pages[0]["/Resources"].get_object()
    resources[NameObject("/Properties")] = _pdf_dict(On=on, Off=off)
    writer.root_object[NameObject("/OCProperties")] = _pdf_dict(
        OCGs=ArrayObject([on, off]), D=_pdf_dict(OFF=ArrayObject([off]))
    )
    writer.write(path)
    return path


def _pdf_dict(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def recognised_scan_pdf(path: Path, text: str) -> Path:
    """A page that is a picture of ``text`` with the same text, drawn without ink, above it."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 14)
    for i in range(len(text) * 3):  # a picture's worth of specks where the letters would be
        canvas.rect(MARGIN + i * 2.2, 702 + i % 5, 1.1, 3, fill=1, stroke=0)
    canvas.drawString(MARGIN, 700, text, mode=3)
    canvas.save()
    return path


def scanned_pdf(path: Path, n_pages: int = 2) -> Path:
    """Pages with drawings and no text."""
    canvas = Canvas(str(path), pagesize=A4)
    for _ in range(n_pages):
        canvas.setFillColor(Color(0.5, 0.5, 0.5))
        canvas.rect(100, 100, 300, 500, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def turned_pdf(path: Path, *, page: int = 0, text: int = 0) -> Path:
    """A page of prose: viewers turn it by ``page`` degrees, its lines run at ``text`` degrees."""
    canvas = Canvas(str(path), pagesize=(WIDTH, WIDTH))
    canvas.setFont(FONT, 11)
    canvas.translate(WIDTH / 2, WIDTH / 2)
    canvas.rotate(text)
    write_lines(canvas, PROSE, x=-200, top=0)
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(path.read_bytes()))
    writer.pages[0].rotate(page)
    writer.write(path)
    return path


def turned_words_pdf(path: Path, words: Sequence[str], lines: Sequence[str]) -> Path:
    """A page with a figure whose words run upwards, side by side, and ``lines`` below it."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 11)
    canvas.rotate(90)
    for i, word in enumerate(words):
        canvas.drawString(600, -MARGIN - i * 7, word)
    canvas.rotate(-90)
    write_lines(canvas, lines, top=500)
    canvas.save()
    return path


def chinese_pdf(path: Path, lines: Sequence[str]) -> Path:
    """One page of Chinese, in a font that every viewer has to bring along."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("STSong-Light", 12)
    write_lines(canvas, lines)
    canvas.save()
    return path


def encrypted_pdf(path: Path, *, user_password: str) -> Path:
    """A locked page of prose; with an empty user password every reader opens it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_bytes_of_prose(path)))
    writer.encrypt(user_password, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    return path


def pdf_without_pages(path: Path) -> Path:
    """A valid PDF with no page in it."""
    pypdf.PdfWriter().write(path)
    return path


def endless_pdf(path: Path) -> Path:
    """A page of a form that draws ten forms, each of which draws ten, and so on, ten deep."""
    canvas = Canvas(str(path), pagesize=A4)
    for depth in range(10):
        canvas.beginForm(f"form{depth}")
        for _ in range(10):
            if depth:
                canvas.doForm(f"form{depth - 1}")
            else:
                canvas.drawString(MARGIN, HEIGHT / 2, "word")
        canvas.endForm()
    canvas.doForm("form9")
    canvas.showPage()
    canvas.save()
    return path


def truncated_pdf(path: Path, share: float = 0.6) -> Path:
    """A download that broke off: the first ``share`` of a PDF's bytes."""
    data = _bytes_of_prose(path)
    path.write_bytes(data[: int(len(data) * share)])
    return path


def _bytes_of_prose(path: Path) -> bytes:
    return plain_pdf(path, [PROSE, PROSE]).read_bytes()
