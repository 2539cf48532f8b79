"""Which questions ask what a term means, and which sentences define it."""

from __future__ import annotations

import re
from collections.abc import Collection

from ingest.indexing.words import terms

MAX_HEADING_WORDS = 6  # before the term that a sentence defines

_ASKS = re.compile(
    r"^\s*(?:what(?:['’]s| is| are| was| were)|define|explain)"
    r"(?: an?| the (?:concept|idea|notion|term) of)?"
    r" (?!(?:the|its?|this|that|these|those|they|their|your?)\b)[^\s?]+"
    r"(?: (?!(?:of|in|on|for|the)\b)[^\s?]+){0,3}\s*[?.]*\s*$"
    r"|\bwhat do(?:es)? .{1,40} (?:mean|stand for)\b|\b(?:definition|meaning) of\b"
    r"|什么是|(?:是什么|指什么|什么意思)(?:意思)?\s*[?？]?\s*$|的定义",
    re.IGNORECASE,
)
# "X is a ...", "X (Y), or Z, refers to ...": the verb, and what may come between it and the term.
_IS = re.compile(
    r"(?:\s*\([^()]*\)|,[^,]{1,40},)?\s(?:(?:is|are|was)\s"
    r"(?:(?:simply|just|essentially|typically|usually|often)\s)?"
    r"(?:an?|any|one|the(?!\s(?:same|most|only|best|main|first)\b)|defined)\s"
    r"|refers?\sto\s|denotes?\s|consists?\sof\s|stands?\sfor\s|encodes?\s|measures?\s|means\s(?!that\b))"
)
# "..., known as X", "we call this X", "we define X as ..."
_CALLED = re.compile(
    r"\b(?:known\sas|called|termed|dubbed|refer(?:red)?\sto\s(?:\w+\s){0,4}as|defined?"
    r"|(?:call|term)(?:\s(?:this|these|it|our|the)(?:\s\w+){0,2})?)\s(?:an?\s|the\s)?[\"“‘']?",
    re.IGNORECASE,
)
_CLASS = re.compile(
    r"\s(?:data\s?set|corpus|benchmark|task|problem|setting|method|approach|technique|algorithm|framework"
    r"|model|process|procedure|loss|metric|architecture)s?$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"\b(?:of|for|in|from|with|by|to|that|which)\b", re.IGNORECASE)


def asks_for_definition(question: str) -> bool:
    """Whether ``question`` asks what a term means, and nothing else about it.

    >>> asks_for_definition("What is exposure bias?"), asks_for_definition("What is the batch size?")
    (True, False)
    """
    return bool(_ASKS.search(question))


def defines(sentence: str, term: Collection[str]) -> bool:
    """Whether ``sentence`` defines ``term``, which is given as search terms.

    >>> defines("Perplexity (PPL) is a measure of surprise.", terms("perplexity"))
    True
    """
    wanted = set(term)
    if not wanted or not wanted <= set(terms(sentence)):
        return False
    verb = _IS.search(sentence)
    if verb and _ends_in(_CLASS.sub("", sentence[: verb.start()]).split(), wanted):
        return True
    called = (sentence[match.end() :].split() for match in _CALLED.finditer(sentence))
    return any(_is_term(words[:n], wanted) for words in called for n in _lengths(wanted))


def _ends_in(subject: list[str], wanted: set[str]) -> bool:
    """Whether the subject of a sentence is the wanted term, with at most a short heading before it."""
    for n_words in _lengths(wanted):
        head = subject[:-n_words]
        if _is_term(subject[-n_words:], wanted):
            return len(head) <= MAX_HEADING_WORDS and not _PREPOSITION.search(" ".join(head))
    return False


def _lengths(wanted: set[str]) -> range:
    """The possible numbers of words of a term: "chain of thought" has two search terms."""
    return range(1, len(wanted) + 3)


def _is_term(words: list[str], wanted: set[str]) -> bool:
    return set(terms(" ".join(words))) == wanted
