"""Wrap text to the columns of a terminal, in which a Chinese character takes two."""

from __future__ import annotations

import re
import unicodedata

_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003fffd"
_OPENING, _CLOSING = "《（「『【", "，。、；：？！》）」』】”’"
# What is not split: a word, or a Chinese character with the punctuation that belongs to it.
_PIECE = re.compile(rf"\s+|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")


# What forms one character with the emoji before it: a joiner and another emoji, or a skin tone.
_JOINED = re.compile("\u200d[\u2600-\u27bf\U0001f000-\U0001faff]|[\U0001f3fb-\U0001f3ff]")


def n_columns(text: str) -> int:
    """How many columns ``text`` takes.

    >>> n_columns("LoRA"), n_columns("思维链"), n_columns("👩‍🔬")
    (4, 6, 2)
    """
    signs = _JOINED.sub("", text)
    taken = [char for char in signs if unicodedata.category(char) not in ("Mn", "Me", "Cf")]
    return len(taken) + sum(unicodedata.east_asian_width(char) in "WF" for char in taken)


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    """``text`` in lines of at most ``width`` columns; no word is split, however long it is.

    Each line begins with ``indent``, and every line but the first also with ``hanging``.
    """
    lines: list[str] = []
    line, space = indent, ""
    is_begun = False
    for piece in _PIECE.findall(text):
        if piece.isspace():
            space = " " * len(piece) if is_begun else ""
        elif is_begun and n_columns(line + space + piece) > width:
            lines.append(line)
            line, space = indent + hanging + piece, ""
        else:
            line, space, is_begun = line + space + piece, "", True
    return "\n".join([*lines, line])
