"""Formulas in answers: LaTeX to MathML, which browsers draw by themselves.  Home of latex2mathml.

What latex2mathml makes of a formula is taken apart and rebuilt from a list of elements
and attributes, so that nothing a model wrote can become anything but mathematics.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree  # only what latex2mathml has written is parsed

from latex2mathml.converter import convert

from rag.citations.markdown import FORMULA
from rag.ui.markup import safe

WIDE_CHARS = 60
MAX_CHARS = 600  # of a formula; a longer one is shown as it was written

_TAGS = frozenset(
    "math mrow mi mn mo ms mtext mspace msub msup msubsup mover munder munderover mfrac msqrt mroot"
    " mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none".split()
)
_ATTRIBUTES = frozenset(
    "display stretchy fence form separator largeop movablelimits mathvariant accent accentunder"
    " columnalign rowspacing columnspacing linethickness displaystyle scriptlevel width height depth"
    " minsize maxsize lspace rspace notation".split()
)
_VALUE = re.compile(r"[\w .%+-]{0,40}")


def with_maths(words: str) -> str:
    """``words`` as safe HTML, its formulas as MathML; one that cannot be read stays as it is."""
    parts, end = [], 0
    for found in FORMULA.finditer(words):
        drawn = _drawn(found)
        if drawn:
            parts += [_between(words[end : found.start()]), drawn]
            end = found.end()
    return "".join([*parts, _between(words[end:])])


def _between(words: str) -> str:
    """Text next to a formula; ``safe`` alone would strip the blanks at its ends."""
    head = " " if words[:1].isspace() else ""
    tail = " " if words[-1:].isspace() and words.strip() else ""
    return f"{head}{safe(words)}{tail}"


def _drawn(found: re.Match[str]) -> str:
    latex = next(part for part in found.groups() if part is not None)
    own_line = found["block"] is not None or found["bracket"] is not None
    if len(latex) > MAX_CHARS:
        return ""
    try:
        written = convert(latex, display="block" if own_line else "inline")
        drawn = _rebuilt(ElementTree.fromstring(written))  # noqa: S314
    except Exception:  # whatever the converter fails on, the formula is shown as text
        return ""
    wide = ' tabindex="0" role="group"' if len(latex) > WIDE_CHARS else ""  # it may have to scroll
    return f'<span class="formula"{wide}>{drawn}</span>' if own_line else drawn


def _rebuilt(element: ElementTree.Element) -> str:
    """``element`` from known elements and attributes only; of others what is in them."""
    tag = element.tag.rpartition("}")[2]
    inside = safe(element.text or "") + "".join(_rebuilt(child) for child in element)
    if tag not in _TAGS:
        return inside
    attributes = {k: v for k, v in element.attrib.items() if k in _ATTRIBUTES}
    kept = "".join(f' {k}="{v}"' for k, v in attributes.items() if _VALUE.fullmatch(v))
    return f"<{tag}{kept}>{inside}</{tag}>"
