"""Formulas in answers: LaTeX to MathML, which browsers draw by themselves.  Home of latex2mathml.

The output of latex2mathml is rebuilt from allowed elements and attributes only, so that nothing a
model wrote can become anything but a formula.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree  # only what latex2mathml has written is parsed

from latex2mathml.converter import convert

from rag.citations.markdown import FORMULA
from rag.ui.markup import safe

WIDE_CHARS = 60
MAX_CHARS = 600  # of a formula; a longer one is shown as it was written

ALLOWED_TAGS = frozenset(
    "math mrow mi mn mo ms mtext mspace msub msup msubsup mover munder munderover mfrac msqrt mroot"
    " mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none".split()
)
ALLOWED_ATTRIBUTES = frozenset(
    "display stretchy fence form separator largeop movablelimits mathvariant accent accentunder"
    " columnalign rowspacing columnspacing linethickness displaystyle scriptlevel width height depth"
    " minsize maxsize lspace rspace notation".split()
)
_VALUE = re.compile(r"[\w .%+-]{0,40}")


def render_maths(words: str) -> str:
    """``words`` as safe HTML, formulas as MathML; one that cannot be converted stays as it was written."""
    parts, end = [], 0
    for found in FORMULA.finditer(words):
        formula = _render_formula(found)
        if formula:
            parts += [_escape_around(words[end : found.start()]), formula]
            end = found.end()
    return "".join([*parts, _escape_around(words[end:])])


def _escape_around(words: str) -> str:
    """Text beside a formula; ``safe`` alone would strip the spaces at its ends."""
    head = " " if words[:1].isspace() else ""
    tail = " " if words[-1:].isspace() and words.strip() else ""
    return f"{head}{safe(words)}{tail}"


def _render_formula(found: re.Match[str]) -> str:
    """A formula as MathML; "" if it cannot be converted."""
    latex = next(part for part in found.groups() if part is not None)
    is_display = found["block"] is not None or found["bracket"] is not None
    if len(latex) > MAX_CHARS:
        return ""
    try:
        mathml = convert(latex, display="block" if is_display else "inline")
        formula = _sanitize(ElementTree.fromstring(mathml))  # noqa: S314
    except Exception:  # whatever the converter fails on is shown as text
        return ""
    if not is_display:
        return formula
    focusable = ' tabindex="0" role="group"' if len(latex) > WIDE_CHARS else ""  # it may scroll
    return f'<span class="formula"{focusable}>{formula}</span>'


def _sanitize(element: ElementTree.Element) -> str:
    """``element`` with allowed tags and attributes only; of other tags the content."""
    tag = element.tag.rpartition("}")[2]
    content = safe(element.text or "") + "".join(_sanitize(child) for child in element)
    if tag not in ALLOWED_TAGS:
        return content
    attributes = {k: v for k, v in element.attrib.items() if k in ALLOWED_ATTRIBUTES}
    written = "".join(f' {k}="{v}"' for k, v in attributes.items() if _VALUE.fullmatch(v))
    return f"<{tag}{written}>{content}</{tag}>"
