"""The handbook's drawings: the flow, the page of the chat, the marks, and curves of ``*.csv``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.graphics.widgets.markers import Marker
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image
from styles import ACCENT, GREY, INK, LINE, PALE

HERE = Path(__file__).parent
AMBER, RED, MARKED = HexColor("#b45309"), HexColor("#b91c1c"), HexColor("#fde68a")
COLOURS = (ACCENT, AMBER, GREY)
HIGHEST_PICTURE = 0.66  # of the text's width


def draw_figure(name: str, width: float, chat_picture: Path) -> Flowable:
    """The figure of that name, ``width`` points wide; raises ``KeyError`` for an unknown name."""
    if name == "chat" and chat_picture.is_file():
        return _picture(chat_picture, width)
    if name.endswith(".csv"):
        return _curves(HERE / name, width)
    return {"flow": _flow, "chat": _chat, "marks": _marks}[name](width)


def _picture(path: Path, width: float) -> Image:
    pixels_wide, pixels_high = ImageReader(str(path)).getSize()
    share = min(1.0, HIGHEST_PICTURE * pixels_wide / pixels_high)
    return Image(str(path), share * width, share * width * pixels_high / pixels_wide)


def _flow(width: float) -> Drawing:
    """Two rows of boxes: how the index comes about, and how a question is answered from it."""
    drawing = Drawing(width, 130)
    rows = (
        (84, "sync", ("list", "PDF files", "pages of text", "passages", "index")),
        (4, "ask", ("question", "passages found", "enough?", "sentences", "checked pages")),
    )
    box, gap = 0.155 * width, 0.035 * width
    left = 0.08 * width
    for bottom, verb, names in rows:
        drawing.add(_words(0, bottom + 15, verb, 10, ACCENT, bold=True))
        for i, name in enumerate(names):
            x = left + i * (box + gap)
            _box(drawing, x, bottom, box, 38, PALE, LINE)
            drawing.add(_words(x + box / 2, bottom + 15.5, name, 8.5, INK, middle=True))
            if i:
                _arrow(drawing, x - gap + 2, bottom + 19, x - 2, bottom + 19)
    from_index, to_found = left + 4.5 * box + 4 * gap, left + 1.5 * box + gap
    for start, end in (((from_index, 84), (from_index, 63)), ((from_index, 63), (to_found, 63))):
        drawing.add(Line(*start, *end, strokeColor=GREY, strokeWidth=1))
    _arrow(drawing, to_found, 63, to_found, 44)
    return drawing


def _chat(width: float) -> Drawing:
    """The page in outline: the chat on the left, a paper's page with marked words on the right."""
    height = 0.52 * width
    drawing = Drawing(width, height + 4)
    _box(drawing, 0, 0, width, height, white, LINE)
    drawing.add(Line(0, height - 24, width, height - 24, strokeColor=LINE))
    drawing.add(_words(10, height - 16, "askpapers", 10, ACCENT, bold=True))
    drawing.add(_words(0.16 * width, height - 16, "what is here, what is being fetched", 8, GREY))
    middle, top = 0.52 * width, height - 24
    drawing.add(Line(middle, 0, middle, top, strokeColor=LINE))
    _chat_column(drawing, middle, top)
    drawing.add(_words(middle + 24, top - 13, "the cited page", 8, GREY))
    left, right, height = middle + 24, width - 24, top - 30
    _box(drawing, left, 10, right - left, height, PALE, LINE)
    for i in range(11):
        y = height - 8 - i * 13
        if i in (4, 5):
            _box(drawing, left + 10, y - 4, right - left - 20, 10, MARKED, None)
        _bar(drawing, left + 12, y, right - left - (54 if i % 5 == 3 else 24))
    return drawing


def _chat_column(drawing: Drawing, width: float, top: float) -> None:
    drawing.add(_words(14, top - 20, "your question", 9, INK, bold=True))
    for i, mark in enumerate("12"):
        y = top - 44 - i * 28
        _bar(drawing, 14, y, width - 60)
        _bar(drawing, 14, y - 11, width - 110)
        drawing.add(_words(width - 88, y - 12, f"[{mark}]", 8, ACCENT))
        _tick(drawing, width - 68, y - 10)
    drawing.add(_words(14, top - 110, "sources", 8, GREY))
    for i, mark in enumerate("12"):
        y = top - 126 - i * 16
        drawing.add(_words(14, y, f"[{mark}]", 8, ACCENT))
        _bar(drawing, 32, y + 1, width - 90)
    _box(drawing, 12, 12, width - 24, 24, PALE, LINE)
    drawing.add(_words(22, 20, "ask about the papers", 8, GREY))


def _marks(width: float) -> Drawing:
    """The three signs behind a sentence, each with its meaning."""
    drawing = Drawing(width, 30)
    third = width / 3
    for i, meaning in enumerate(("the page says this", "in part only", "no page says this")):
        drawing.add(_words(i * third + 32, 11, meaning, 9.5, INK))
    _tick(drawing, 18, 14)
    drawing.add(Circle(third + 18, 14, 5.5, fillColor=white, strokeColor=AMBER))
    half = (third + 18, 8.5, third + 18, 19.5, third + 14, 18, third + 12.5, 14, third + 14, 10)
    drawing.add(Polygon(list(half), fillColor=AMBER, strokeColor=AMBER))
    drawing.add(_words(2 * third + 16, 9, "!", 15, RED, bold=True))
    return drawing


def _curves(path: Path, width: float) -> Drawing:
    """A plot of ``path``: the first column along x, each other column a curve of shares, 0..1."""
    with path.open(encoding="utf-8", newline="") as file:
        (x_name, *names), *rows = csv.reader(line for line in file if not line.startswith("#"))
    drawing = Drawing(width, 172)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 40, 34, round(width) - 150, 126
    columns = range(1, len(names) + 1)
    plot.data = [[(float(row[0]), float(row[i])) for row in rows] for i in columns]
    plot.xValueAxis.valueMin = plot.yValueAxis.valueMin = 0
    plot.yValueAxis.valueMax = 1
    for axis in (plot.xValueAxis, plot.yValueAxis):
        axis.strokeColor, axis.labels.fontSize, axis.labels.fillColor = LINE, 8, GREY
    plot.yValueAxis.visibleGrid, plot.yValueAxis.gridStrokeColor = 1, PALE
    drawing.add(plot)
    drawing.add(_words(40 + plot.width / 2, 6, x_name, 8.5, GREY, middle=True))
    for i, name in enumerate(names):
        line = plot.lines[i]
        line.strokeColor, line.strokeWidth = COLOURS[i], 1.6
        line.symbol = Marker(kind="FilledCircle", size=4, fillColor=COLOURS[i], strokeColor=None)
        y = 34 + plot.height - 12 - 15 * i
        drawing.add(Circle(width - 96, y + 3, 3, fillColor=COLOURS[i], strokeColor=None))
        drawing.add(_words(width - 88, y, name, 8.5, INK))
    return drawing


def _words(
    x: float,
    y: float,
    text: str,
    size: float,
    colour: Color,
    *,
    bold: bool = False,
    middle: bool = False,
) -> String:
    font = "Helvetica-Bold" if bold else "Helvetica"
    look: dict[str, Any] = {"fontName": font, "textAnchor": "middle" if middle else "start"}
    return String(x, y, text, fontSize=size, fillColor=colour, **look)


def _box(
    drawing: Drawing,
    x: float,
    y: float,
    width: float,
    height: float,
    fill: Color,
    edge: Color | None,
) -> None:
    """A box, its corners round if there is room for that."""
    look: dict[str, Any] = {"fillColor": fill, "strokeColor": edge}
    radius = 5 if height > 20 else 0
    drawing.add(Rect(x, y, width, height, radius, radius, **look))


def _bar(drawing: Drawing, x: float, y: float, width: float) -> None:
    """A line of text too far away to be read."""
    _box(drawing, x, y, width, 3, LINE, None)


def _tick(drawing: Drawing, x: float, y: float) -> None:
    points = [x - 5, y, x - 1, y - 5, x + 6, y + 5]
    drawing.add(PolyLine(points, strokeColor=ACCENT, strokeWidth=2))


def _arrow(drawing: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    """A line to the right or down, with a head at its end."""
    drawing.add(Line(x0, y0, x1, y1, strokeColor=GREY, strokeWidth=1))
    head: Sequence[float] = (x1, y1, x1 - 5, y1 + 3, x1 - 5, y1 - 3)
    if x0 == x1:
        head = (x1, y1, x1 - 3, y1 + 5, x1 + 3, y1 + 5)
    drawing.add(Polygon(list(head), fillColor=GREY, strokeColor=GREY))
