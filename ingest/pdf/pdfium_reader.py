"""Read the text of a PDF's pages with pdfium, leaving out what a human reader cannot see.

Home of pypdfium2, with ``ingest/pdf/hidden_text.py``.  Hidden text is removed here, so that no quote
ever comes from it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium

from ingest.errors import ParseError
from ingest.pdf.hidden_text import Matrix, TextObject, text_objects, visible_text

NAME = "pypdfium2"
FETCH_AGAIN = (
    "Use another copy; if it came from a server, fetch it again: `askpapers sync --retry-failed`."
)

TURNED_SHARE = 0.9  # of a page's text by length, that must run in one direction to turn the page

_pdfium_lock = threading.Lock()  # pdfium is not thread-safe


def read_pages(data: bytes, max_pages: int) -> list[str | None]:
    """The visible text of every page, in pdfium's order, with its marks and line ends.

    None for a page on which pdfium finds no text, "" for one whose text is all hidden.  Raises
    ``ParseError`` if the file cannot be opened or has more than ``max_pages`` pages.
    """
    with opened(data) as document:
        if len(document) > max_pages:
            raise ParseError(
                f"The PDF has {len(document)} pages; the limit is {max_pages}.",
                "Add its parts as separate papers.",
            )
        return [_read_page(document, index) for index in range(len(document))]


@contextmanager
def opened(source: bytes | Path) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF until the block ends; other threads wait to use pdfium.

    Raises ``ParseError`` if it cannot be opened.
    """
    with _pdfium_lock:
        try:
            document = pdfium.PdfDocument(source)
        except (pdfium.PdfiumError, OSError) as problem:
            raise ParseError(f"The PDF cannot be opened: {problem}", FETCH_AGAIN) from problem
        try:
            yield document
        finally:
            document.close()


def _read_page(document: pdfium.PdfDocument, index: int) -> str | None:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None
    try:
        texts = text_objects(page)
        if not texts:
            return None
        _turn_upright(page, texts)
        return visible_text(page, page.get_textpage(), texts)
    except pdfium.PdfiumError:
        return None
    finally:
        page.close()


def _turn_upright(page: pdfium.PdfPage, texts: Sequence[TextObject]) -> None:
    """Turn the page so that its text runs from left to right, however viewers show it.

    pdfium orders lines by their place on the page as it is turned.  Nearly all of the text, by length,
    must run in the new direction: words in a figure may run in another one.
    """
    quarters = [_quarter(text.matrix) for text in texts]
    lengths: defaultdict[int, float] = defaultdict(float)
    for text, quarter in zip(texts, quarters, strict=True) if any(quarters) else ():
        lengths[quarter] += text.length
    most = max(lengths, key=lengths.__getitem__, default=0)
    page.set_rotation(90 * most if lengths[most] >= TURNED_SHARE * sum(lengths.values()) else 0)


def _quarter(matrix: Matrix) -> int:
    """By how many quarter turns, counter-clockwise, a line is rotated from the horizontal."""
    a, b, *_ = matrix
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3
