"""Find text on a page of a PDF that a human reader cannot see.

Home of pypdfium2, with ``ingest/pdf/pdfium_reader.py``.  Preprints have been found to contain
instructions for language models in white, microscopic or displaced letters.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

MIN_FONT_POINTS = 1.0  # smaller letters are not readable
NO_INK = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
WHITE = 240  # of 255, in all channels: a fill that may be invisible on paper
LAYER = "OC\0".encode("utf-16-le")  # the mark of optional content
MIN_CONTRAST = 16  # grey levels (of 255) between the darkest and the lightest pixel of visible text
MAX_PIXELS = 2000  # the longer side of the page when it is drawn
MAX_DEPTH = 6  # of nested forms
MAX_OBJECTS = 200_000  # on one page; a page of text has some hundreds

Handle = Any  # a pointer of pdfium: a page, a form, or an object on it
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PageBox(NamedTuple):
    """A rectangle in the units of a page or form; the y axis points up."""

    left: float
    bottom: float
    right: float
    top: float


class TextObject(NamedTuple):
    """A text object: ``matrix`` maps its letters to the page, ``outer`` its parent to the page.

    ``bounds`` are in the parent's units; None if pdfium does not know them.
    """

    item: Handle
    outer: Matrix
    matrix: Matrix
    bounds: PageBox | None

    @property
    def length(self) -> float:
        if self.bounds is None:
            return 0.0
        width, height = self.bounds.right - self.bounds.left, self.bounds.top - self.bounds.bottom
        return max(width, height) * _scale(self.outer)


@dataclass(frozen=True, slots=True)
class _Suspects:
    """Addresses of text objects that are ``hidden``, or ``doubtful`` until the page is drawn."""

    hidden: frozenset[int]
    doubtful: frozenset[int]


def text_objects(page: pdfium.PdfPage) -> list[TextObject]:
    """The page's text objects, including those in forms; at most ``MAX_OBJECTS``."""
    return list(islice(_text_objects(page.raw, _IDENTITY), MAX_OBJECTS))


def visible_text(
    page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, texts: Sequence[TextObject]
) -> str:
    """The page's text, without those of its text objects ``texts`` that cannot be seen."""
    suspects = _find_suspects(texts, PageBox(*page.get_bbox()))
    if not (suspects.hidden or suspects.doubtful):
        return str(text_page.get_text_range())
    owners = []
    for i in range(text_page.count_chars()):
        item = raw.FPDFText_GetTextObject(text_page.raw, i)
        owners.append(_address(item) if item else 0)  # spaces that pdfium adds have no object
    units = [raw.FPDFText_GetUnicode(text_page.raw, i) for i in range(len(owners))]
    unseen = {i for i, owner in enumerate(owners) if owner in suspects.hidden}
    if suspects.doubtful:
        drawing = _Drawing(page)
        for run in _doubtful_runs(owners, units, suspects.doubtful):
            boxes = (PageBox(*text_page.get_charbox(i)) for i in run)
            if 2 * sum(map(drawing.shows, boxes)) < len(run):
                unseen.update(run)
    seen = (unit for i, unit in enumerate(units) if i not in unseen and unit < 0x10000)
    return b"".join(unit.to_bytes(2, "little") for unit in seen).decode("utf-16-le", "ignore")


def _find_suspects(texts: Sequence[TextObject], page: PageBox) -> _Suspects:
    hidden, doubtful = set(), set()
    for text in texts:
        if _is_off_page(text, page) or _is_microscopic(text):
            hidden.add(_address(text.item))
        elif _is_pale(text.item) or _is_in_layer(text.item):
            doubtful.add(_address(text.item))
    return _Suspects(frozenset(hidden), frozenset(doubtful))


def _text_objects(parent: Handle, outer: Matrix, depth: int = 0) -> Iterator[TextObject]:
    """The text objects of a page or form; ``outer`` maps ``parent`` to the page."""
    count, get = (
        (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
        if depth
        else (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    )
    for i in range(count(parent)):
        item = get(parent, i)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield TextObject(item, outer, _combine(_matrix(item), outer), _bounds(item))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            yield from _text_objects(item, _combine(_matrix(item), outer), depth + 1)


def _address(item: Handle) -> int:
    return ctypes.addressof(item.contents)


def _matrix(item: Handle) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _combine(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies ``inner`` first, then ``outer`` (PDF 32000-1, 8.3.4)."""
    if outer is _IDENTITY:  # the usual case
        return inner
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


def _bounds(item: Handle) -> PageBox | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *sides):
        return None
    return PageBox(*(side.value for side in sides))


def _is_off_page(text: TextObject, page: PageBox) -> bool:
    if text.bounds is None:
        return False
    a, b, c, d, e, f = text.outer
    left, bottom, right, top = text.bounds
    corners = [(x, y) for x in (left, right) for y in (bottom, top)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    beside = max(xs) < page.left or min(xs) > page.right
    return beside or max(ys) < page.bottom or min(ys) > page.top


def _is_microscopic(text: TextObject) -> bool:
    """Whether letters are smaller than ``MIN_FONT_POINTS``, both by the font's size and as drawn.

    The size alone means nothing in bitmap fonts, and the height alone is small for dots.
    """
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text.item, size)
    if size.value * _scale(text.matrix) >= MIN_FONT_POINTS:
        return False
    if text.bounds is None:
        return False
    return (text.bounds.top - text.bounds.bottom) * _scale(text.outer) < MIN_FONT_POINTS


def _is_pale(text: Handle) -> bool:
    """Whether letters are drawn without ink, or in white or nearly transparent ink."""
    if raw.FPDFTextObj_GetTextRenderMode(text) in NO_INK:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(text, red, green, blue, alpha):
        return False
    return alpha.value < WHITE // 16 or min(red.value, green.value, blue.value) >= WHITE


def _is_in_layer(text: Handle) -> bool:
    """Whether letters belong to a layer, which viewers may not show (PDF 32000-1, 8.11.3.2)."""
    name, n_bytes = (raw.FPDF_WCHAR * 3)(), ctypes.c_ulong()  # a longer name leaves it empty
    for i in range(raw.FPDFPageObj_CountMarks(text)):
        mark = raw.FPDFPageObj_GetMark(text, i)
        raw.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), n_bytes)
        if bytes(name) == LAYER:
            return True
    return False


def _doubtful_runs(
    owners: list[int], units: list[int], doubtful: frozenset[int]
) -> Iterator[list[int]]:
    """Runs of doubtful letters in one line, as indices, to be judged together.

    White letters on a dark background are visible; so are transparent ones over a picture of the same
    words (scans with recognised text, searchable figures), though they never match it exactly.
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
    """A page drawn in grey, to see what is visible."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        scale = min(2.0, MAX_PIXELS / max(1.0, *page.get_size()))
        self._bitmap = page.render(scale=scale, grayscale=True)
        self._position = self._bitmap.get_posconv(page)
        self._pixels = bytes(self._bitmap.buffer)

    def shows(self, box: PageBox) -> bool:
        """Whether anything is visible inside ``box``."""
        x0, y0 = self._position.to_bitmap(box.left, box.bottom)
        x1, y1 = self._position.to_bitmap(box.right, box.top)
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        stride, width = self._bitmap.stride, self._bitmap.width
        rows = range(max(0, top), min(bottom + 1, self._bitmap.height))
        greys = b"".join(
            self._pixels[y * stride + max(0, left) : y * stride + min(right + 1, width)]
            for y in rows
        )
        return bool(greys) and max(greys) - min(greys) >= MIN_CONTRAST
