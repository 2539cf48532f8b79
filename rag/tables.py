"""Which sentences of a paper are rows of a table, and what says what their numbers mean.

A PDF has no tables: a row is a line of its text, with its label and its numbers.  The header and the
caption, some lines away, hold the words that a question about it uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROW_NUMBERS = 2  # a row has as many at least, as a good part of its words
NUMBER_SHARE = 0.3
FEWEST_ROWS = 2  # what is called a table
APART = 2  # lines that are no rows within a table: a label that wraps, a rule
AROUND = 3  # lines before the first row and behind the last that may be header or caption

_NUMBER = re.compile(r"(?<![\w.])[-+±−]?\d[\d.,]*(?:%|[a-zA-Z]{1,2}\b)?")
_LABEL = re.compile(r"[^\W\d_]{2}")
_WHOLE = re.compile(r"[a-z)\]][.?!]\s*$")
_CAPTION = re.compile(r"\s*Tab(?:le|\.)\s*\w{1,3}\b", re.IGNORECASE)


def is_row(text: str) -> bool:
    """Whether ``text`` looks like rows of a table: mostly numbers, and no sentence.

    >>> is_row("PPO 46.8 ± 1.8 55.1 ± 1.7"), is_row("We trained it for 3 epochs on 2 machines.")
    (True, False)
    """
    numbers = len(_NUMBER.findall(text))
    enough = numbers >= ROW_NUMBERS and numbers >= NUMBER_SHARE * len(text.split())
    return enough and bool(_LABEL.search(text)) and not _WHOLE.search(text)


def find_tables(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The table that each sentence of a unit belongs to (-1: none), and which of them are rows.

    Header and caption belong to the table of their rows.
    """
    rows = np.array([is_row(text) for text in texts], dtype=bool)
    table = np.full(len(texts), -1, dtype=np.int32)
    n_tables = 0
    at = np.flatnonzero(rows)
    for run in np.split(at, np.flatnonzero(np.diff(at) > APART + 1) + 1):
        if len(run) >= FEWEST_ROWS:
            first, last = int(run[0]), int(run[-1])
            start = max(0, first - AROUND)
            stop = _end_of(texts, last)
            table[start:stop] = np.where(table[start:stop] < 0, n_tables, table[start:stop])
            n_tables += 1
    return table, rows & (table >= 0)


def _end_of(texts: Sequence[str], last: int) -> int:
    """Behind the caption that follows the row ``last``, if there is one."""
    for i in range(last + 1, min(last + 1 + AROUND, len(texts))):
        if _CAPTION.match(texts[i]):
            return i + 1
    return last + 1
