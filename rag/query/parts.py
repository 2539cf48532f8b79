"""Where one question ends and the next begins, if several are asked at once.

A question mark ends one, if the next names a paper.  So does "and how ..." or a comma in Chinese, if
both name one, and the next another.  What names none leans on what is before it, as a follow-up does.
"""

from __future__ import annotations

import re

from ingest.indexing.words import terms
from rag.query import cues
from rag.query.names import PaperNames
from rag.query.translate import to_english

MAX_PARTS = 4  # the last one takes the rest
MIN_TERMS = 3  # of a first part that names no paper: "Really?" is no question of its own

_ASKING = r"(?:how|what|why|which|when|where|who|whose)\b"
_BREAK = re.compile(
    r"(?P<mark>(?<=[?？])\s*(?=\S))"
    rf"|[,;]?\s+(?:and|but)\s+(?=(?:also\s+)?(?:(?:at|by|for|from|in|on|to|with)\s+)?{_ASKING})"
    r"|[，；;]\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(  # not "what about that one?", which leans on the question before
    rf"\b{_ASKING}(?! about)|^(?:and |but )?(?:is|are|was|were|does|do|did|can|has|have)\b"
    r"|什么|啥|多少|多大|多长|几|哪|怎么|怎样|如何|为何|谁|是否|吗",
    re.IGNORECASE,
)


def split_questions(asked: str, names: PaperNames, compares: bool = False) -> list[str]:
    """The questions that ``asked`` consists of, in order; itself, if it is one.

    One that ``compares`` papers is parted at question marks alone, and not before it has named one.
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
        is_next = _stands_alone if found["mark"] is not None else _turns
        leads_in = compares and not named
        if not leads_in and _ASKS.search(after) and is_next(before, named, named_next):
            parts.append(before)
            start, named = found.end(), named_next
        else:
            named |= named_next
    return [*parts, asked[start:]]


def _papers(text: str, names: PaperNames) -> set[str]:
    return {paper for mention in names.find(text) for paper in mention.papers}


def _stands_alone(before: str, named: set[str], named_next: set[str]) -> bool:
    """Whether what asks behind a question mark needs nothing of the question ``before``."""
    if not named_next:
        return False
    asks_of_list = cues.asks_how_many_papers(before)
    return bool(named) or asks_of_list or len(terms(to_english(before))) >= MIN_TERMS


def _turns(before: str, named: set[str], named_next: set[str]) -> bool:
    """Whether ``before`` an "and" asks as well, of papers among which is not all that is named next."""
    return bool(named and named_next - named and _ASKS.search(before))
