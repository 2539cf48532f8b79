"""Lines, tables and code of an answer as HTML, also while a model is writing them."""

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
from rag.ui.maths import render_maths

_ITEM = re.compile(rf"{BULLET}|\d{{1,2}}\. ")


def render_partial(exchange: Exchange) -> str:
    """What a model has written so far, with a cursor as long as more may come."""
    markdown = exchange.partial if exchange.stopped else without_open_formula(exchange.partial)
    cursor = "" if exchange.stopped else " streaming"
    parts = list(blocks(markdown))
    html = []
    for head, group in groupby(parts, key=_table_head):
        rows = []
        for part in group:
            if isinstance(part, Row):
                rows.append((_plain_cells(part.cells), ""))
            elif isinstance(part, Code):
                html.append(render_code(part.text))
            else:
                html += _render_lines(part, cursor if part is parts[-1] else "")
        if head is not None:
            html.append(render_table(head, rows))
    return "".join(html)


def _table_head(part: Row | Code | str) -> tuple[str, ...] | None:
    """The head of the table that a row belongs to; None for anything else."""
    return _plain_cells(part.head) if isinstance(part, Row) else None


def _plain_cells(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(without_emphasis(cell) for cell in cells)


def _render_lines(prose: str, cursor: str) -> list[str]:
    lines = [
        "".join(split_item(line)) for line in without_emphasis(prose).split("\n") if line.strip()
    ]
    return [*map(render_line, lines[:-1]), *(render_line(line, cursor) for line in lines[-1:])]


def render_line(words: str, css_class: str = "", marks: str = "") -> str:
    """A line of an answer with its ``marks`` as HTML; an item of a list is indented."""
    item = " list-item" if _ITEM.match(words) else ""
    return f'<p class="sentence{item}{css_class}" dir="auto">{render_maths(words)}{marks}</p>'


def render_table(head: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]) -> str:
    """A table of rows, each with its marks as HTML."""
    top = "".join(f'<th scope="col" dir="auto">{render_maths(cell)}</th>' for cell in head)
    top = f"<thead><tr>{top}</tr></thead>" if top else ""
    body = "".join(_render_row(cells, marks) for cells, marks in rows)
    return f'<div class="table" tabindex="0" role="group"><table>{top}<tbody>{body}</tbody></table></div>'


def _render_row(cells: Sequence[str], marks: str) -> str:
    *others, last = [render_maths(cell) for cell in cells] or [""]
    return (
        "<tr>"
        + "".join(f'<td dir="auto">{cell}</td>' for cell in (*others, last + marks))
        + "</tr>"
    )


def render_code(code: str) -> str:
    """A code block as it was written; it has no mark, since it is not checked."""
    return f'<pre tabindex="0"><code>{verbatim(code)}</code></pre>' if code.strip() else ""
