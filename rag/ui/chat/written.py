"""What a model wrote, as HTML: its lines, tables and code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from rag.answer import Row
from rag.citations.markdown import (
    BULLET,
    Code,
    blocks,
    split_item,
    without_emphasis,
    without_open_formula,
)
from rag.ui.exchange import Exchange
from rag.ui.markup import verbatim
from rag.ui.maths import with_maths

_ITEM = re.compile(rf"{BULLET}|\d{{1,2}}\. ")


def render_written(exchange: Exchange) -> str:
    """What has come so far, with a cursor as long as more may come."""
    said = exchange.partial if exchange.stopped else without_open_formula(exchange.partial)
    cursor = "" if exchange.stopped else " writing"
    written = list(blocks(said))
    shown = []
    for head, group in groupby(
        written, key=lambda block: _plain(block.head) if isinstance(block, Row) else None
    ):
        parts = list(group)
        if head is not None:
            shown.append(
                render_table(head, [(_plain(r.cells), "") for r in parts if isinstance(r, Row)])
            )
        for part in parts:
            if isinstance(part, Code):
                shown.append(render_code(part.text))
            elif isinstance(part, str):
                shown += _lines(part, cursor if part is written[-1] else "")
    return "".join(shown)


def _plain(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(without_emphasis(cell) for cell in cells)


def _lines(prose: str, cursor: str) -> list[str]:
    lines = [
        "".join(split_item(line)) for line in without_emphasis(prose).split("\n") if line.strip()
    ]
    return [*map(render_line, lines[:-1]), *(render_line(line, cursor) for line in lines[-1:])]


def render_line(words: str, css: str = "", marks: str = "") -> str:
    """A line of an answer and its citations; an item of a list is indented."""
    item = " item" if _ITEM.match(words) else ""
    return f'<p class="sentence{item}{css}" dir="auto">{with_maths(words)}{marks}</p>'


def render_table(head: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]) -> str:
    """A table of rows, each with its citations."""
    top = "".join(f'<th scope="col" dir="auto">{with_maths(cell)}</th>' for cell in head)
    top = f"<thead><tr>{top}</tr></thead>" if top else ""
    body = "".join(_row(cells, marks) for cells, marks in rows)
    return f'<div class="table" tabindex="0" role="group"><table>{top}<tbody>{body}</tbody></table></div>'


def _row(cells: Sequence[str], marks: str) -> str:
    *shown, last = [with_maths(cell) for cell in cells] or [""]
    return (
        "<tr>" + "".join(f'<td dir="auto">{cell}</td>' for cell in (*shown, last + marks)) + "</tr>"
    )


def render_code(code: str) -> str:
    """What stood in a fence, as it is; it wears no mark, since it is not checked."""
    return f'<pre tabindex="0"><code>{verbatim(code)}</code></pre>' if code.strip() else ""
