"""Read the text of a PDF's pages with pdfium, leaving out what a human reader cannot see.

Home of pypdfium2.  Preprints have been found to carry instructions for language models in white,
microscopic or displaced letters.  Such text is dropped here, so that no quote ever comes from it.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.errors import ParseError

NAME = "pypdfium2"
FETCH_AGAIN = "Fetch it again (`askpapers sync --retry-failed`), or use another copy."

MIN_FONT_POINTS = 1.0  # letters smaller than this are unreadable
WHITE = 240  # a fill whose channels all reach this (of 255) may be paper on paper
MIN_CONTRAST = 16  # grey levels between the darkest and the lightest point of a visible letter
MAX_PIXELS = 2000  # the longer side of a page drawn to see whether its letters show
MAX_DEPTH = 6  # forms within forms are followed no deeper
MAX_OBJECTS = 200_000  # on one page; a page of text has some hundreds

_one_at_a_time = threading.Lock()  # pdfium is not made for threads

Handle = Any  # a pointer of pdfium's: a page, a form, an object on it
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Suspects:
    """Addresses of text objects: surely ``hidden``, or ``doubtful`` until the page is drawn."""

    hidden: frozenset[int]
    doubtful: frozenset[int]


def read_pages(data: bytes, max_pages: int) -> list[str]:
    """The visible text of every page, in pdfium's order, with its own marks and line ends.

    A page that cannot be read gives "".  Raises ``ParseError`` if the file cannot be opened, or
    has more than ``max_pages`` pages.
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
    """The open PDF; no other thread uses pdfium meanwhile.

    Raises ``ParseError`` if it cannot be opened.
    """
    with _one_at_a_time:
        try:
            document = pdfium.PdfDocument(source)
        except (pdfium.PdfiumError, OSError) as problem:
            raise ParseError(f"The PDF cannot be opened: {problem}", FETCH_AGAIN) from problem
        try:
            yield document
        finally:
            document.close()


def _read_page(document: pdfium.PdfDocument, index: int) -> str:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return ""
    try:
        text_page = page.get_textpage()
        suspects = _find_suspects(page)
        if suspects.hidden or suspects.doubtful:
            return _visible_text(page, text_page, suspects)
        return str(text_page.get_text_range())
    except pdfium.PdfiumError:
        return ""
    finally:
        page.close()


def _find_suspects(page: pdfium.PdfPage) -> _Suspects:
    box = page.get_bbox()
    hidden, doubtful = set(), set()
    for text, matrix in islice(_text_objects(page.raw, _IDENTITY), MAX_OBJECTS):
        if _is_off_page(text, matrix, box) or _is_microscopic(text, matrix):
            hidden.add(_address(text))
        elif _is_pale(text):
            doubtful.add(_address(text))
    return _Suspects(frozenset(hidden), frozenset(doubtful))


def _text_objects(
    parent: Handle, matrix: Matrix, depth: int = 0
) -> Iterator[tuple[Handle, Matrix]]:
    """The text objects of a page or form, each with the matrix from its parent to the page."""
    count, get = (
        (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
        if depth
        else (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    )
    for i in range(count(parent)):
        item = get(parent, i)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield item, matrix
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            yield from _text_objects(item, _combine(_matrix(item), matrix), depth + 1)


def _address(item: Handle) -> int:
    return ctypes.addressof(item.contents)


def _matrix(item: Handle) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _combine(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies ``inner`` first, then ``outer`` (PDF 32000-1, 8.3.4)."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _scale(matrix: Matrix) -> float:
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


def _bounds(item: Handle) -> tuple[float, float, float, float] | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _is_off_page(text: Handle, matrix: Matrix, box: tuple[float, float, float, float]) -> bool:
    bounds = _bounds(text)
    if bounds is None:
        return False
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in bounds[::2] for y in bounds[1::2]]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return max(xs) < box[0] or min(xs) > box[2] or max(ys) < box[1] or min(ys) > box[3]


def _is_microscopic(text: Handle, matrix: Matrix) -> bool:
    """Whether letters are smaller than ``MIN_FONT_POINTS``, by the font's size and as drawn.

    Bitmap fonts give a size that means nothing, and a dot is low in any size: so both must agree.
    """
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text, size)
    if size.value * _scale(_combine(_matrix(text), matrix)) >= MIN_FONT_POINTS:
        return False
    bounds = _bounds(text)
    return bounds is not None and (bounds[3] - bounds[1]) * _scale(matrix) < MIN_FONT_POINTS


def _is_pale(text: Handle) -> bool:
    """Whether letters are drawn with no ink, or with ink as white as paper."""
    if raw.FPDFTextObj_GetTextRenderMode(text) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(text, red, green, blue, alpha):
        return False
    return alpha.value < WHITE // 16 or min(red.value, green.value, blue.value) >= WHITE


def _visible_text(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, suspects: _Suspects) -> str:
    """The page's text without hidden objects, put together character by character."""
    owners = []
    for i in range(text_page.count_chars()):
        item = raw.FPDFText_GetTextObject(text_page.raw, i)
        owners.append(_address(item) if item else 0)  # spaces that pdfium adds have no owner
    units = [raw.FPDFText_GetUnicode(text_page.raw, i) for i in range(len(owners))]
    unseen = {i for i, owner in enumerate(owners) if owner in suspects.hidden}
    if suspects.doubtful:
        drawing = _Drawing(page)
        for run in _doubtful_runs(owners, units, suspects.doubtful):
            if 2 * sum(drawing.shows(text_page.get_charbox(i)) for i in run) < len(run):
                unseen.update(run)
    seen = (unit for i, unit in enumerate(units) if i not in unseen and unit < 0x10000)
    return b"".join(unit.to_bytes(2, "little") for unit in seen).decode("utf-16-le", "ignore")


def _doubtful_runs(
    owners: list[int], units: list[int], doubtful: frozenset[int]
) -> Iterator[list[int]]:
    """Stretches of doubtful letters in one line, as indices: they are judged together.

    White letters on a dark ground show; so do invisible ones that lie over a picture of themselves
    (scans with recognised text, figures made searchable), though never exactly.
    """
    run: list[int] = []
    for i, owner in enumerate(owners):
        if owner in doubtful:
            run.append(i)
        elif run and (owner or units[i] == ord("\n")):
            yield run
            run = []
    if run:
        yield run


class _Drawing:
    """A page drawn in grey, to see what shows where."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        scale = min(2.0, MAX_PIXELS / max(1.0, *page.get_size()))
        self._bitmap = page.render(scale=scale, grayscale=True)
        self._position = self._bitmap.get_posconv(page)
        self._pixels = bytes(self._bitmap.buffer)

    def shows(self, box: tuple[float, float, float, float]) -> bool:
        """Whether anything stands out inside ``box`` (left, bottom, right, top, page units)."""
        x0, y0 = self._position.to_bitmap(box[0], box[1])
        x1, y1 = self._position.to_bitmap(box[2], box[3])
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        stride, width = self._bitmap.stride, self._bitmap.width
        rows = range(max(0, top), min(bottom + 1, self._bitmap.height))
        greys = b"".join(
            self._pixels[y * stride + max(0, left) : y * stride + min(right + 1, width)]
            for y in rows
        )
        return bool(greys) and max(greys) - min(greys) >= MIN_CONTRAST
