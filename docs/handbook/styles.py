"""How the handbook looks, and how Markdown's inline text becomes reportlab's markup."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import TableStyle

INK, GREY, ACCENT = HexColor("#1d2733"), HexColor("#66717d"), HexColor("#0f766e")
PALE, LINE = HexColor("#f1f5f4"), HexColor("#cfd8d6")
CJK_FONT = "STSong-Light"  # of the viewer: every one has some font for it
CODE_FONT = "Courier"

_CJK = re.compile(r"[⺀-鿿＀-￯]+")


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    look: dict[str, Any] = {"fontName": "Helvetica", "textColor": INK, "spaceAfter": 5, **more}
    return ParagraphStyle(name, fontSize=size, leading=leading, **look)


def _boxed(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    box: dict[str, Any] = {
        "backColor": PALE,
        "borderPadding": (6, 8, 6, 8),
        "leftIndent": 8,
        "rightIndent": 8,
    }
    return _style(name, size, leading, spaceBefore=8, spaceAfter=13, **box, **more)


_BOLD = "Helvetica-Bold"
STYLES = {
    style.name: style
    for style in (
        _style("title", 30, 36, fontName=_BOLD, textColor=ACCENT, spaceAfter=8),
        _style("subtitle", 13, 18, textColor=GREY),
        _style("contents head", 14, 20, fontName=_BOLD, spaceAfter=8),
        _style("chapter", 18, 23, fontName=_BOLD, textColor=ACCENT, spaceBefore=22, spaceAfter=8),
        _style("section", 11.5, 15, fontName=_BOLD, spaceBefore=9, spaceAfter=3),
        _style("body", 9.5, 13),
        _style("item", 9.5, 13, leftIndent=14, bulletIndent=2, spaceAfter=2),
        _style("caption", 8.5, 12, textColor=GREY, spaceBefore=3, spaceAfter=12),
        _style("cell", 8.8, 11.2, spaceAfter=0),
        _style("table head", 8.8, 11.2, fontName=_BOLD, textColor=ACCENT, spaceAfter=0),
        _boxed("code", 8.5, 11.5, fontName=CODE_FONT),
        _boxed("note", 9.5, 13),
    )
}
CONTENTS_STYLE = _style("contents", 11, 20)

TABLE_STYLE = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
        ("LINEBELOW", (0, 0), (-1, 0), 1, ACCENT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)


def as_markup(text: str) -> str:
    """Plain ``text`` as markup, its Chinese in a font that has it."""
    return _CJK.sub(lambda run: f'<font name="{CJK_FONT}">{run[0]}</font>', escape(text))


def marked_up(node: SyntaxTreeNode) -> str:
    """The inline parts of ``node`` as markup; raises ``ValueError`` for a kind that is not used."""
    return "".join(_inline(child) for child in node.children)


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return as_markup(node.content)
        case "softbreak":
            return " "
        case "code_inline":
            return f'<font name="{CODE_FONT}" size="-0.5">{as_markup(node.content)}</font>'
        case "strong":
            return f"<b>{marked_up(node)}</b>"
        case "em":
            return f"<i>{marked_up(node)}</i>"
        case "link":
            href = str(node.attrs["href"])
            href = f"#{href}" if href.endswith(".md") else href
            return f'<a href="{escape(href)}" color="#0f766e">{marked_up(node)}</a>'
    raise ValueError(f"the handbook has no form for {node.type}")
