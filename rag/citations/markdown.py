"""Read Markdown as models write it: table rows, code, and plain lines; formulas are not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer import Row

BULLET = "• "

# $$..$$, \[..\], \(..\), and $..$ by Pandoc's rule: no space just inside, no digit after it.
FORMULA = re.compile(
    r"\$\$(?P<block>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<round>.+?)\\\)"
    r"|(?<![\\$\w])\$(?P<dollar>(?![\s$])[^$\n]*?[^\s$\\])\$(?!\d)",
    re.DOTALL,
)
CODE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)  # fenced
_EMPHASIS = re.compile(
    rf"(?P<formula>{FORMULA.pattern})|\*\*|__|(?<!\w)[*_`](?=\w)|(?<=\w)[*_`](?!\w)|`", re.DOTALL
)
_OPEN_FORMULA = re.compile(r"\$\$|\\\[|\\\(|(?<![\\$\w])\$(?=[\\A-Za-z{(|])(?![^\n]*\n)")

_ITEM = re.compile(r"^\s*(?:[-*•▪◦+]\s+|\(?(?P<number>\d{1,2})[.)]\s+(?=\S))+")
_PLAIN_ITEM = re.compile(rf"{BULLET}(?:(?P<number>\d{{1,2}})\) )?")
_QUOTED = re.compile(r"^\s*(?:>\s+)+")
_FENCE = re.compile(r"\s*```[\w+-]*\s*")
_RULE = re.compile(r"[\s|:-]+")  # between the head of a table and its rows
_CELL_END = re.compile(r"(?<!\\)\|")
_IS_ENDED = re.compile(r"[^\w)]$")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+(?P<words>.+?)|\*\*(?P<bold>[^*]+)\*\*)\s*")


@dataclass(frozen=True, slots=True)
class Code:
    """The content of a fenced code block, with its line ends and indents."""

    text: str


def blocks(text: str) -> Iterator[str | Row | Code]:
    """The table rows and code blocks of ``text``, and the plain lines between them.

    Plain lines are headings ("Results:"), items ("• so", "2) so") and all other prose.
    """
    end = 0
    for code in CODE.finditer(text):
        yield from _prose_and_rows(text[end : code.start()], text[code.end() :])
        _, *lines = code[0].split("\n")
        yield Code("\n".join(lines[:-1] if lines and _FENCE.fullmatch(lines[-1]) else lines))
        end = code.end()
    yield from _prose_and_rows(text[end:], "")


def _prose_and_rows(text: str, after: str) -> Iterator[str | Row]:
    """``after`` is what follows ``text``."""
    text = FORMULA.sub(lambda formula: " ".join(formula[0].split()), text)
    lines = text.split("\n")
    last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
    head: tuple[str, ...] = ()
    prose: list[str] = []
    for i, line in enumerate(lines):
        if not line.lstrip().startswith("|"):
            head = ()
            prose.append(_plain_line(line, i == last and not after.strip()))
            continue
        yield from _filled(prose)
        prose = []
        if i + 1 < len(lines) and _is_rule(lines[i + 1]) and not head:
            head = _cells(line)
        elif not _is_rule(line):
            yield Row(head, _cells(line))
    yield from _filled(prose)


def _filled(lines: Sequence[str]) -> Iterator[str]:
    """The lines as one text; nothing if all are blank."""
    if any(line.strip() for line in lines):
        yield "\n".join(lines)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _CELL_END.split(line.strip().strip("|")))


def _is_rule(line: str) -> bool:
    return "|" in line and _RULE.fullmatch(line) is not None


def _plain_line(line: str, is_last: bool) -> str:
    """The line in plain form; bold words are not a heading if nothing follows them."""
    heading = _HEADING.fullmatch(line)
    if heading and (heading["words"] or not is_last):
        words = (heading["words"] or heading["bold"]).strip()
        return f"\n{words}\n" if _IS_ENDED.search(words) else f"\n{words}:\n"
    return _ITEM.sub(_item, _QUOTED.sub("", line))


def split_item(line: str) -> tuple[str, str]:
    """The bullet ("• ") or number ("2. ") of an item in plain form, "" for other lines; and the rest.

    >>> split_item("• 2) so")
    ('2. ', 'so')
    """
    found = _PLAIN_ITEM.match(line)
    if not found:
        return "", line
    return f"{found['number']}. " if found["number"] else BULLET, line[found.end() :]


def _item(found: re.Match[str]) -> str:
    """An item's bullet; a number is followed by a bracket, because a full stop would end a sentence."""
    return f"{BULLET}{found['number']}) " if found["number"] else BULLET


def without_emphasis(words: str) -> str:
    """``words`` without the marks of bold, italics and code; formulas are not changed."""
    return _EMPHASIS.sub(lambda found: found["formula"] or "", words)


def without_open_formula(text: str) -> str:
    """``text`` up to a formula that has not ended yet."""
    behind = max((formula.end() for formula in FORMULA.finditer(text)), default=0)
    opened = _OPEN_FORMULA.search(text, behind)
    return text[: opened.start()] if opened else text
