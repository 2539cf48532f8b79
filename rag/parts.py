"""Where one question ends and the next begins, if several are asked at once.

A question mark ends one, if the next names a paper.  So does "and how ..." or a comma in Chinese, if
both name one, and the next another.  What names none leans on what is before it, as a follow-up does.
"""

from __future__ import annotations

import re

from ingest.words import terms
from rag.names import PaperNames
from rag.translate import to_english

MOST_PARTS = 4  # the last one takes the rest
FEWEST_TERMS = 3  # of a first part that names no paper: "Really?" is no question of its own

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


def split_questions(asked: str, names: PaperNames, only_at_marks: bool = False) -> list[str]:
    """The questions that ``asked`` consists of, in order; itself, if it is one."""
    breaks = [b for b in _BREAK.finditer(asked) if b["mark"] is not None or not only_at_marks]
    ends = [*(b.start() for b in breaks), len(asked)][1:]
    parts: list[str] = []
    start = 0
    for found, end in zip(breaks, ends, strict=True):
        before, after = asked[start : found.start()], asked[found.end() : end]
        is_next = _begins_anew if found["mark"] is not None else _turns
        if len(parts) < MOST_PARTS - 1 and is_next(before, after, names):
            parts.append(before)
            start = found.end()
    return [*parts, asked[start:]]


def _begins_anew(before: str, after: str, names: PaperNames) -> bool:
    """Whether ``after`` a question mark there is a question that needs nothing of the one before."""
    stands = bool(names.find(before)) or len(terms(to_english(before))) >= FEWEST_TERMS
    return stands and bool(_ASKS.search(after) and names.find(after))


def _turns(before: str, after: str, names: PaperNames) -> bool:
    """Whether both sides of an "and" ask, the second about a paper that the first does not name."""
    known = {paper for mention in names.find(before) for paper in mention.papers}
    new = {paper for mention in names.find(after) for paper in mention.papers} - known
    return bool(known and new and _ASKS.search(before) and _ASKS.search(after))
