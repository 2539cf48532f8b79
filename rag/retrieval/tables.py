"""Which sentences of a paper are rows of a table, and which are their header and caption.

The text of a PDF has no tables: a row is a line with a label and numbers.  The header and the caption,
some lines away, contain the words that a question about it uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]

MIN_ROW_NUMBERS = 2  # in a row
MIN_NUMBER_SHARE = 0.3  # of the words of a row, 0..1
MIN_ROWS = 2  # in a table
MAX_ROW_GAP = 2  # lines between two rows of a table: a label that wraps, a rule
MAX_HEADER_WORDS = 20
MAX_CAPTION_DISTANCE = 3  # lines before the first row or after the last

_NUMBER = re.compile(r"(?<![\w.])[-+±−]?\d[\d.,]*(?:%|[a-zA-Z]{1,2}\b)?")
_LABEL = re.compile(r"[^\W\d_]{2}")
_SENTENCE_END = re.compile(r"[a-z)\]][.?!]\s*$")
_CAPTION = re.compile(r"\s*Tab(?:le|\.)\s*\w{1,3}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tables:
    """For each sentence of a unit: its table (-1: none), whether it is a row, its header (-1: none)."""

    of: Rows
    is_row: NDArray[np.bool_]
    header: Rows


def is_row(text: str) -> bool:
    """Whether ``text`` looks like a row of a table: a label and many numbers, and no whole sentence.

    >>> is_row("PPO 46.8 ± 1.8 55.1 ± 1.7"), is_row("We trained it for 3 epochs on 2 machines.")
    (True, False)
    """
    numbers = len(_NUMBER.findall(text))
    enough = numbers >= MIN_ROW_NUMBERS and numbers >= MIN_NUMBER_SHARE * len(text.split())
    return enough and bool(_LABEL.search(text)) and not _SENTENCE_END.search(text)


def find_tables(texts: Sequence[str]) -> Tables:
    """The tables in the sentences of a unit.

    Header and caption belong to the table of their rows.
    """
    is_row_ = np.array([is_row(text) for text in texts], dtype=bool)
    table = np.full(len(texts), -1, dtype=np.int32)
    header = np.full(len(texts), -1, dtype=np.int32)
    n_tables = 0
    at = np.flatnonzero(is_row_)
    for run in np.split(at, np.flatnonzero(np.diff(at) > MAX_ROW_GAP + 1) + 1):
        if len(run) >= MIN_ROWS:
            first, last = int(run[0]), int(run[-1])
            start = max(0, first - MAX_CAPTION_DISTANCE)
            stop = _end_of(texts, last)
            table[start:stop] = np.where(table[start:stop] < 0, n_tables, table[start:stop])
            if first and _may_be_header(texts[first - 1]):
                header[run] = first - 1
            n_tables += 1
    return Tables(table, is_row_ & (table >= 0), header)


def _may_be_header(line: str) -> bool:
    is_text = _SENTENCE_END.search(line) or _CAPTION.match(line)
    return not is_text and 2 <= len(line.split()) <= MAX_HEADER_WORDS


def _end_of(texts: Sequence[str], last: int) -> int:
    """The index after the caption that follows the row ``last``, or after the row if there is none."""
    for i in range(last + 1, min(last + 1 + MAX_CAPTION_DISTANCE, len(texts))):
        if _CAPTION.match(texts[i]):
            return i + 1
    return last + 1
