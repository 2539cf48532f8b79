"""Read Markdown as models write it: formulas are left alone, all else becomes plain lines."""

from __future__ import annotations

import re

BULLET = "• "

# $$..$$, \[..\], \(..\), and $..$ as Pandoc reads it: no blank inside, no digit behind.
FORMULA = re.compile(
    r"\$\$(?P<block>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<round>.+?)\\\)"
    r"|(?<![\\$\w])\$(?P<dollar>(?![\s$])[^$\n]*?[^\s$\\])\$(?!\d)",
    re.DOTALL,
)
CODE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)  # in a fence
_EMPHASIS = re.compile(
    rf"(?P<formula>{FORMULA.pattern})|\*\*|__|(?<!\w)[*_`](?=\w)|(?<=\w)[*_`](?!\w)|`", re.DOTALL
)
_OPEN_FORMULA = re.compile(r"\$\$|\\\[|\\\(|(?<![\\$\w])\$(?=[\\A-Za-z{(|])(?![^\n]*\n)")

_ITEM = re.compile(r"^\s*(?:[-*•▪◦+]\s+|\(?\d{1,2}[.)]\s+(?=\S))+")
_QUOTED = re.compile(r"^\s*(?:>\s+)+")
_FENCE = re.compile(r"\s*```\w*\s*")
_RULE = re.compile(r"[\s|:-]+")  # between the head of a table and its rows
_CELL_END = re.compile(r"(?<!\\)\|")
_IS_ENDED = re.compile(r"[^\w)]$")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+(?P<words>.+?)|\*\*(?P<bold>[^*]+)\*\*)\s*")


def plain_lines(text: str) -> str:
    """``text`` with a line for each heading ("Results:"), item ("• so") and row ("a · b")."""
    text = FORMULA.sub(lambda formula: " ".join(formula[0].split()), text)
    lines = text.split("\n")
    last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
    return "\n".join(_plain_line(line, i == last) for i, line in enumerate(lines))


def _plain_line(line: str, is_last: bool) -> str:
    """The line by itself; bold words are no heading where nothing follows them."""
    if _FENCE.fullmatch(line):
        return ""
    if line.lstrip().startswith("|"):
        cells = [cell.strip() for cell in _CELL_END.split(line.strip().strip("|"))]
        return "" if _RULE.fullmatch(line) else f"\n{' · '.join(cells)}\n"
    heading = _HEADING.fullmatch(line)
    if heading and (heading["words"] or not is_last):
        words = (heading["words"] or heading["bold"]).strip()
        return f"\n{words}\n" if _IS_ENDED.search(words) else f"\n{words}:\n"
    return _ITEM.sub(BULLET, _QUOTED.sub("", line))


def without_emphasis(words: str) -> str:
    """``words`` without the signs of bold, italics and code; its formulas as they are."""
    return _EMPHASIS.sub(lambda found: found["formula"] or "", words)


def without_open_formula(text: str) -> str:
    """``text`` up to a formula that has begun and not ended yet."""
    behind = max((formula.end() for formula in FORMULA.finditer(text)), default=0)
    opened = _OPEN_FORMULA.search(text, behind)
    return text[: opened.start()] if opened else text
