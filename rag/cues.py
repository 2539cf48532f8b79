"""Words that tell what kind of question is asked, and what kind of sentence would answer it."""

from __future__ import annotations

import re

_COMPARES = re.compile(
    r"\b(?:versus|vs\.?|both|each|differ\w*|compar\w+|contrast\w*|opposed to|unlike|than|respectively"
    r"|instead|in common|between)\b|不同|区别|相比|对比|比较|分别|各自|差异|异同|都|与.{1,30}和|和.{1,30}哪",
    re.IGNORECASE,
)
_ASKS_FOR_ENTRY = re.compile(
    r"\bwho (?:wrote|are the authors|is the (?:first )?author|authored)\b|\bauthors? of\b"
    r"|\b(?:which|what) year\b|\bwhen (?:was|were) .{0,60}(?:published|released|written)\b"
    r"|作者是谁|谁写|哪年|哪一年|什么时候(?:发表|发布)",
    re.IGNORECASE,
)
_ASKS_FOR_PAPER = re.compile(
    r"\b(?:which|what|whose) (?:paper|papers|study|work|article|survey)\b|\bwhat'?s the paper\b"
    r"|\bwho (?:introduced|proposed|invented|came up)\b|\bwhere was\b|\bin which paper\b"
    r"|哪篇|哪些论文|哪一篇|哪个论文|谁提出",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|big|large|often|far)\b|\b(?:what|which) (?:\w+ ){0,3}"
    r"(?:number|size|rate|share|percent\w*|score|accuracy|value|length|fraction|threshold|year)\b"
    r"|%|多少|几个|多大|多长|多久|比例|得分|分数|准确率|大小",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(r"\bwhy\b|\breasons?\b|为什么|为何|原因", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_REASON = re.compile(
    r"\b(?:because|since|due to|reason|therefore|so that|in order to|as a result|thus"
    r"|hypothesi[sz]e)\b",
    re.IGNORECASE,
)
FIT = 0.3  # what a sentence gains by being of the kind that is asked for


def compares(question: str) -> bool:
    """Whether the wording holds things against each other."""
    return bool(_COMPARES.search(question))


def asks_for_entry(question: str) -> bool:
    """Whether authors or year are asked for, which the list knows best."""
    return bool(_ASKS_FOR_ENTRY.search(question))


def asks_for_paper(question: str) -> bool:
    """Whether the answer is a paper, so that naming it is enough."""
    return bool(_ASKS_FOR_PAPER.search(question))


def fit(question: str, sentence: str) -> float:
    """What speaks for ``sentence`` by its kind: a number where one is asked for, or a reason."""
    gain = 0.0
    if _NUMBER.search(sentence) and _ASKS_NUMBER.search(question):
        gain += FIT
    if _REASON.search(sentence) and _ASKS_WHY.search(question):
        gain += FIT
    return gain
