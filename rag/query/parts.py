"""Split a message that asks several questions at once.

A question mark ends a question if the next one names a paper.  So does "and how ..." or a comma in
Chinese, if both name papers and the next one names another.  A part that names none depends on what
comes before it, as a follow-up does.
"""

from __future__ import annotations

import re

from ingest.indexing.words import terms
from rag.query import cues
from rag.query.names import PaperNames
from rag.query.translate import to_english

MAX_PARTS = 4  # the last one contains the rest
MIN_TERMS = 3  # of a first part that names no paper: "Really?" is not a question by itself

_ASKING = r"(?:how|what|why|which|when|where|who|whose)\b"
_BREAK = re.compile(
    r"(?P<mark>(?<=[?？])\s*(?=\S))"
    rf"|[,;]?\s+(?:and|but)\s+(?=(?:also\s+)?(?:(?:at|by|for|from|in|on|to|with)\s+)?{_ASKING})"
    r"|[，；;]\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(  # not "what about that one?", which depends on the question before
    rf"\b{_ASKING}(?! about)|^(?:and |but )?(?:is|are|was|were|does|do|did|can|has|have)\b"
    r"|什么|啥|多少|多大|多长|几|哪|怎么|怎样|如何|为何|谁|是否|吗",
    re.IGNORECASE,
)


def split_questions(asked: str, names: PaperNames, compares: bool = False) -> list[str]:
    """The questions in ``asked``, in order; ``asked`` itself if it is a single one.

    A question that ``compares`` papers is split only at question marks, and only after it has named a
    paper.
    """
    breaks = [b for b in _BREAK.finditer(asked) if b["mark"] is not None or not compares]
    ends = [*(b.start() for b in breaks), len(asked)]
    named = _papers(asked[: ends[0]], names)
    parts: list[str] = []
    start = 0
    for found, end in zip(breaks, ends[1:], strict=True):
        if len(parts) == MAX_PARTS - 1:
            break
        before, after = asked[start : found.start()], asked[found.end() : end]
        named_next = _papers(after, names)
        is_separate = _is_after_mark if found["mark"] is not None else _is_after_conjunction
        is_introduction = compares and not named
        if not is_introduction and _ASKS.search(after) and is_separate(before, named, named_next):
            parts.append(before)
            start, named = found.end(), named_next
        else:
            named |= named_next
    return [*parts, asked[start:]]


def _papers(text: str, names: PaperNames) -> set[str]:
    return {paper for mention in names.find(text) for paper in mention.papers}


def _is_after_mark(before: str, named: set[str], named_next: set[str]) -> bool:
    """Whether a question after a question mark is separate from the one ``before`` it."""
    if not named_next:
        return False
    asks_about_list = cues.asks_how_many_papers(before)
    return bool(named) or asks_about_list or len(terms(to_english(before))) >= MIN_TERMS


def _is_after_conjunction(before: str, named: set[str], named_next: set[str]) -> bool:
    """Whether what follows "and" or a comma is a separate question.

    It is if ``before`` asks something too, about papers, and the next part names another paper.
    """
    return bool(named and named_next - named and _ASKS.search(before))
