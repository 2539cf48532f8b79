"""Find the printed part of a page, so that its picture needs no blank margins.

A small draft of the page is examined: text alone would miss figures.
"""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw

DRAFT_WIDTH = 400  # pixels
INK = 24  # of 255: the difference from the background above which a pixel counts as printed
PADDING = 0.015  # share of the page's width, around the printed part
LEAST_WIDTH = 0.55  # share of the page's width: a page with a few words is not enlarged
EDGE = 0.075  # share of the page's width: the left edge, where arXiv's stamp is
# Times as many characters on the middle line as on the quarter lines, at most: 2 columns.
GUTTER = 0.35

Sides = tuple[float, float, float, float]  # left, top, right, bottom


def printed_part(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> Sides:
    """The printed part in shares (0..1) of the page as it is shown; the whole of a blank page."""
    draft = page.render(scale=DRAFT_WIDTH / page.get_width(), grayscale=True)
    pixels = draft.to_numpy().reshape(draft.height, -1)[:, : draft.width].astype(np.int16)
    ink = np.abs(pixels - pixels[0, 0]) > INK
    if _is_stamped(text_page, page.get_width() * EDGE):
        ink[:, : round(EDGE * draft.width)] = False
    if not ink.any():
        return 0.0, 0.0, 1.0, 1.0
    left, right = _span(ink.any(axis=0))
    top, bottom = _span(ink.any(axis=1))
    down = PADDING * page.get_width() / page.get_height()
    left, right = _widen(left - PADDING, right + PADDING)
    return left, max(0.0, top - down), right, min(1.0, bottom + down)


def count_columns(text_page: pdfium.PdfTextPage, left: float, right: float) -> int:
    """1 or 2, by how many characters are in the middle between ``left`` and ``right`` (in points)."""
    boxes = [text_page.get_charbox(i) for i in range(text_page.count_chars())]
    places = np.array([(x0, x1) for x0, _, x1, _ in boxes]).reshape(-1, 2)
    quarter, middle, third_quarter = (
        int(((places[:, 0] <= x) & (x <= places[:, 1])).sum())
        for x in (left + share * (right - left) for share in (0.25, 0.5, 0.75))
    )
    return 2 if middle < GUTTER * min(quarter, third_quarter) else 1


def _is_stamped(text_page: pdfium.PdfTextPage, edge: float) -> bool:
    """Whether all text within ``edge`` points of the left side runs up the page."""
    within = [i for i in range(text_page.count_chars()) if 0 < text_page.get_charbox(i)[2] <= edge]
    return bool(within) and all(raw.FPDFText_GetCharAngle(text_page.raw, i) > 0 for i in within)


def _span(is_printed: NDArray[np.bool_]) -> tuple[float, float]:
    """The span from the first ``True`` to the last one, in shares of the length."""
    places = np.flatnonzero(is_printed)
    return float(places[0]) / len(is_printed), float(places[-1] + 1) / len(is_printed)


def _widen(left: float, right: float) -> tuple[float, float]:
    """The span, widened to ``LEAST_WIDTH`` within the page."""
    lacking = max(0.0, LEAST_WIDTH - (right - left)) / 2
    left, right = left - lacking, right + lacking
    left, right = left - max(0.0, right - 1), right - min(0.0, left)
    return max(0.0, left), min(1.0, right)
