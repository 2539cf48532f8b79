"""Turn a PDF file into the clean text of a paper, with its pages and sections.

pdfium reads the pages; pypdf checks whether the file is locked, reads the outline, and the pages on
which pdfium finds no text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ingest.corpus import Page, PaperText
from ingest.errors import ParseError
from ingest.fetch.pdf_signature import HEAD_BYTES, has_pdf_signature
from ingest.pdf import pdfium_reader, pypdf_reader
from ingest.pdf.clean import clean_pages
from ingest.pdf.headings import find_sections
from ingest.pdf.pdfium_reader import FETCH_AGAIN
from ingest.pdf.pypdf_reader import SecondReader

MAX_PAGES = 5_000
TAIL_BYTES = 65_536  # what servers and mail programs append after the end is shorter than this

_LINEARIZED = re.compile(rb"/Linearized\b.{0,300}?/L\s+(\d+)", re.DOTALL)
_END = re.compile(rb"%%EOF|startxref\s+\d+")


def parse_pdf(path: Path) -> PaperText:
    """The clean text of the PDF at ``path``.

    Pages are the physical ones, joined by an empty line; a page without text is empty.  Raises
    ``ParseError`` for a file that is not a PDF, is incomplete, needs a password, or has no text.
    """
    data = _read_file(path)
    second = SecondReader(data)
    raw_pages, reader = _read_pages(data, second)
    if not raw_pages:
        raise ParseError("The PDF has no pages.", FETCH_AGAIN)
    page_texts = clean_pages(raw_pages)
    if not any(page_texts):
        raise ParseError(
            f"There is no text on any page ({len(raw_pages)} in all): it looks like a scan.",
            "Run text recognition (OCR) on it, and use the result.",
        )
    text, pages = _join(page_texts)
    return PaperText(text, pages, find_sections(text, pages, second.outline()), reader)


def _read_file(path: Path) -> bytes:
    """The bytes of a file that is a complete PDF, judging by its first and last bytes."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise ParseError(f"The file cannot be read: {problem.strerror}", FETCH_AGAIN) from problem
    if not data.strip(b"\0 \r\n\t"):
        raise ParseError("The file is empty.", FETCH_AGAIN)
    is_whole = _END.search(data.rstrip(b"\0 \r\n\t")[-TAIL_BYTES:]) is not None
    if not has_pdf_signature(data):
        if not (is_whole and b" obj" in data and b"endobj" in data):
            raise ParseError(
                f"This is not a PDF: it begins with “{_beginning(data)}”.", FETCH_AGAIN
            )
        data = b"%PDF-1.7\n" + data  # replaces a damaged header: the readers can handle the rest
    linearized = _LINEARIZED.search(data[:HEAD_BYTES])
    if not is_whole or (linearized and len(data) < int(linearized[1])):
        raise ParseError("The PDF is incomplete: its end is missing.", FETCH_AGAIN)
    return data


def _beginning(data: bytes) -> str:
    """The first bytes of the file in printable form."""
    text = data[:20].decode("utf-8", errors="replace")
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _read_pages(data: bytes, second: SecondReader) -> tuple[list[str], str]:
    """The raw text of every page, and the name of the reader that found it."""
    first: list[str | None]
    try:
        first = pdfium_reader.read_pages(data, MAX_PAGES)
    except ParseError:
        n_pages = second.n_pages()  # may be 0: pdfium cannot open a file without pages
        if n_pages is None or n_pages > MAX_PAGES:
            raise
        first = [None] * n_pages
    # pypdf does not know what is hidden, so it only reads pages where pdfium has found nothing.
    pages = [second.page_text(i) if page is None else page for i, page in enumerate(first)]
    by_second = any(page is None and pages[i].strip() for i, page in enumerate(first))
    by_first = any(page is not None for page in first)
    names = [pdfium_reader.NAME] * by_first + [pypdf_reader.NAME] * by_second
    return pages, " and ".join(names)


def _join(page_texts: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """The text of all pages, separated by empty lines, and the position of each page in it."""
    pages, start = [], 0
    for number, page_text in enumerate(page_texts, start=1):
        pages.append(Page(number, start, start + len(page_text)))
        start += len(page_text) + 2
    return "\n\n".join(page_texts), tuple(pages)
