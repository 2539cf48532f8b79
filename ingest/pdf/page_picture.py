"""Draw a page of a PDF, and find a quote on it.  The other home of pypdfium2.

The program draws pages through ``ingest.pdf.process``, because drawing may never end.

A quote is a slice of the *cleaned* text of its page: words were joined over line ends, ligatures
replaced, running heads removed.  Quote and page are therefore compared by their letters and digits
only, and a quote from which something was removed is found in several parts.
"""

from __future__ import annotations

import base64
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.errors import ParseError, UsageError
from ingest.pdf.pdfium_reader import opened
from ingest.pdf.printed_part import count_columns, printed_part

WIDTH_PIXELS = 1300  # of a picture: sharp at half a screen's width, and legible at twice that
MAX_POINTS = 5_000.0  # the longest side of a page; more could exhaust the memory
QUALITY = 82  # of the WebP picture, 0..100
EFFORT = 2  # of 0..6: half the time of the default 4, for a file that is 3 % larger
OPEN_PDF_HINT = "Open the PDF itself."
MIN_LETTERS = 12  # shorter parts of a quote could be anywhere on the page
NEAR_LETTERS = 300  # how far after the rest of a quote a shorter last part may be


class PixelBox(NamedTuple):
    """A rectangle in pixels of the picture; the y axis points down."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture or page, in shares (0..1) of the whole width and height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Page ``number`` (from 1) of ``n_pages`` as a WebP picture, without its blank margins.

    ``marks`` are the boxes of the quote on the picture, one for each line or part of one.  ``part`` is
    the part of the page that the picture shows, ``columns`` (1 or 2) the number of its columns of text.
    """

    number: int
    n_pages: int
    image: bytes
    width: int
    height: int
    marks: tuple[Box, ...]
    part: Box
    columns: int

    def as_json(self) -> dict[str, Any]:
        """A form for JSON, which ``from_json`` reads."""
        return {**asdict(self), "image": base64.b64encode(self.image).decode("ascii")}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> PagePicture:
        """The inverse of ``as_json``."""
        marks = tuple(Box(**mark) for mark in raw["marks"])
        image, part = base64.b64decode(raw["image"]), Box(**raw["part"])
        return cls(**{**raw, "image": image, "marks": marks, "part": part})


def draw_page(pdf: Path, number: int, quote: str = "", before: str = "") -> PagePicture:
    """Draw page ``number`` (from 1) and mark ``quote`` on it; no marks where it is not found.

    ``before`` is the page's text before the quote: it identifies the right place if the page has the
    same words twice.  Raises ``ParseError`` for a file that is not a readable PDF, ``UsageError`` for
    a page that does not exist.
    """
    with opened(pdf) as document:
        if not 1 <= number <= len(document):
            raise UsageError(f"There is no page {number}: the PDF has {len(document)}.")
        try:
            return _draw(document, number, quote, before)
        except pdfium.PdfiumError as problem:
            raise ParseError(
                f"Page {number} cannot be drawn: {problem}", OPEN_PDF_HINT
            ) from problem


def _draw(document: pdfium.PdfDocument, number: int, quote: str, before: str) -> PagePicture:
    page = document[number - 1]
    width, height = page.get_size()
    if max(width, height) > MAX_POINTS or min(width, height) <= 0:
        raise ParseError(
            f"Page {number} is {width:.0f} x {height:.0f} points in size.", OPEN_PDF_HINT
        )
    text_page = page.get_textpage()
    left, top, right, bottom = printed_part(page, text_page)
    margins = (left * width, (1 - bottom) * height, (1 - right) * width, top * height)
    bitmap = page.render(scale=WIDTH_PIXELS / ((right - left) * width), crop=margins)
    file = io.BytesIO()
    bitmap.to_pil().convert("RGB").save(file, "webp", quality=QUALITY, method=EFFORT)
    locator = _QuoteLocator(page, text_page, bitmap)
    return PagePicture(
        number,
        len(document),
        file.getvalue(),
        bitmap.width,
        bitmap.height,
        marks=tuple(locator.boxes(quote, before)) if quote else (),
        part=Box(left, top, right - left, bottom - top),
        columns=count_columns(text_page, left * width, right * width),
    )


class _QuoteLocator:
    """Finds quotes on one page, as boxes on its picture."""

    def __init__(
        self, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, bitmap: pdfium.PdfBitmap
    ) -> None:
        self._text_page = text_page
        self._convert = bitmap.get_posconv(page)
        self._size = (bitmap.width, bitmap.height)

    def boxes(self, quote: str, before: str) -> Iterator[Box]:
        """A box for each line of the quote."""
        n_chars = self._text_page.count_chars()
        page, owners = _letters(_character(self._text_page, i) for i in range(n_chars))
        wanted, _ = _letters(quote)
        expected = len(_letters(before)[0])
        for start, end in find_runs(wanted, page, expected):
            yield from self._line_boxes(owners[start:end])

    def _line_boxes(self, chars: Sequence[int]) -> Iterator[Box]:
        """The boxes of adjacent characters, merged line by line."""
        line: PixelBox | None = None
        for i in chars:
            box = self._character_box(i)
            if line is not None and _in_one_line(line, box):
                line = _union(line, box)
                continue
            if line is not None:
                yield self._to_box(line)
            line = box
        if line is not None:
            yield self._to_box(line)

    def _character_box(self, i: int) -> PixelBox:
        """The box of character ``i``."""
        x0, y0, x1, y1 = self._text_page.get_charbox(i, loose=True)
        ax, ay = self._convert.to_bitmap(x0, y0)
        bx, by = self._convert.to_bitmap(x1, y1)
        return PixelBox(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def _to_box(self, box: PixelBox) -> Box:
        left, top, right, bottom = box
        width, height = self._size
        return Box(left / width, top / height, (right - left) / width, (bottom - top) / height)


def _character(text_page: pdfium.PdfTextPage, i: int) -> str:
    return chr(raw.FPDFText_GetUnicode(text_page.raw, i))


def _letters(parts: Iterator[str] | str) -> tuple[str, list[int]]:
    """The case-folded letters and digits of ``parts``, and for each the index of its part."""
    letters: list[str] = []
    owners: list[int] = []
    for i, part in enumerate(parts):
        for letter in unicodedata.normalize("NFKC", part).casefold():
            if letter.isalnum():
                letters.append(letter)
                owners.append(i)
    return "".join(letters), owners


def find_runs(wanted: str, page: str, expected: int = 0) -> list[tuple[int, int]]:
    """Where ``wanted`` is found in ``page``, as half-open spans in order of ``wanted``.

    The first span is the one nearest to ``expected``; if ``page`` has other letters in between, the rest
    follows in further spans.  What is not found is left out.
    """
    spans: list[tuple[int, int]] = []
    position, rest = expected, wanted
    while rest:
        length = _longest_prefix(rest, page)
        start = _nearest(rest[:length], page, position) if length else 0
        goes_on = bool(spans) and length == len(rest) and 0 <= start - position < NEAR_LETTERS
        if length >= MIN_LETTERS or length == len(wanted) or goes_on:
            spans.append((start, start + length))
            position, rest = start + length, rest[length:]
        else:
            rest = rest[1:]
    return spans


def _longest_prefix(wanted: str, page: str) -> int:
    """The length of the longest prefix of ``wanted`` that ``page`` contains."""
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        if wanted[:middle] in page:
            low = middle
        else:
            high = middle - 1
    return low


def _nearest(piece: str, page: str, position: int) -> int:
    starts = []
    start = page.find(piece)
    while start >= 0:
        starts.append(start)
        start = page.find(piece, start + 1)
    return min(starts, key=lambda at: abs(at - position))


def _in_one_line(line: PixelBox, box: PixelBox) -> bool:
    """Whether ``box`` continues ``line``: beside it, and neither below it nor in another column."""
    overlap = min(line.bottom, box.bottom) - max(line.top, box.top)
    line_height = line.bottom - line.top
    height = min(line_height, box.bottom - box.top)
    return overlap > 0.4 * height and -height < box.left - line.right < 3 * line_height


def _union(line: PixelBox, box: PixelBox) -> PixelBox:
    return PixelBox(
        min(line.left, box.left),
        min(line.top, box.top),
        max(line.right, box.right),
        max(line.bottom, box.bottom),
    )
