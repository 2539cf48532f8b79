"""Separate a sentence from the words that only attribute it.

"The authors report that ..." and "According to the Herd paper, ..." are not found in the paper itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.corpus import Paper

MIN_WORDS = 3  # of the statement without its attribution
MIN_ANSWER_WORDS = 5  # of the statement without "The answer is"

_WORK = (
    r"(?:papers?|authors?|stud(?:y|ies)|articles?|works?|reports?|researchers|writers"
    r"|evidence|passages?|sources?|excerpts?|contexts?|documents?)"
)
_IN_BRACKETS = r" ?[(\[][^)\]]{1,30}[)\]]"
_CITED = (
    rf"[A-Z][^\W\d_]+(?:(?: et al\.?| (?:and|&) [A-Z][^\W\d_]+)(?:{_IN_BRACKETS})?|{_IN_BRACKETS})"
)
_NAMED = rf"[A-Z][\w.-]*(?: [A-Z][\w.-]*)?(?:{_IN_BRACKETS})?"
_SAYS = (
    r"(?:(?:acknowledge|add|argue|claim|conclude|confirm|demonstrate|explain|indicate|mention|note"
    r"|observe|point out|report|reveal|say|state|stress|suggest)(?:s|d|ed)?"
    r"|points out|pointed out|said|finds?|found|shows?|showed|writes?|wrote|believes?)"
)
_ATTRIBUTION = re.compile(
    rf"(?:(?i:according to|based on|as (?:\w+ )?(?:in|by)|in) (?:[^,]{{0,120}}\b{_WORK}\b[^,]{{0,40}}|{_CITED}) ?,"
    rf"|(?i:according to) (?:.{{0,120}}? {_WORK}|{_NAMED}) ?,"
    rf"|(?:(?i:as )?(?i:the|this|its|their)\b[^,]{{0,80}}?\b{_WORK}\b(?: [^,]{{0,60}}?)??|{_CITED})"
    rf" (?:also |further |clearly |explicitly )?{_SAYS}(?: that\b,?| ?[,:])"
    rf"|(?:according to|{_SAYS}) ?,|(?:argue|indicate|mention|point out|show|suggest)\b)\s*"  # as Chinese is translated
)
_LEAD_IN = re.compile(
    r"^(?:(?:so|thus|therefore|hence),? )?the (?:correct |final |short )?answer "
    r"(?:to [^,.]{1,80} )?is(?: that|:)? (?!not\b)",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r" ?\((?:see |e\.g\.,? )?[A-Z][^()\d]{1,80}\b(?:19|20)\d\d[a-z]?(?:; ?[^()]{1,200})?\)(?=[.!?]?$)"
)
_DENIES = re.compile(r"\b(?:not|never|no|nowhere|neither)\b|n['’]t\b")


def split_attribution(sentence: str) -> tuple[str, str]:
    """The attribution that begins ``sentence`` ("" if none does), and the statement itself.

    >>> split_attribution("According to the Herd paper, it has 40 layers.")
    ('According to the Herd paper, ', 'it has 40 layers.')
    """
    found = _ATTRIBUTION.match(sentence)
    if not found or _DENIES.search(found[0]) or len(sentence[found.end() :].split()) < MIN_WORDS:
        return "", _without_lead_in(sentence)
    return found[0], _without_lead_in(sentence[found.end() :])


def _without_lead_in(sentence: str) -> str:
    """The sentence without "The answer is", if it is long enough to be understood without its question."""
    statement = _LEAD_IN.sub("", sentence)
    return statement if len(statement.split()) >= MIN_ANSWER_WORDS else sentence


def split_citation(sentence: str, papers: Iterable[Paper]) -> tuple[str, str]:
    """The citation of one of ``papers`` that ends ``sentence`` ("" if none does), and what is before it.

    Citations of other papers are kept: the page may have them at the same place.
    """
    found = _CITATION.search(sentence)
    if not found or not any(_is_cited(paper, found[0]) for paper in papers):
        return "", sentence
    return found[0], _CITATION.sub("", sentence)


def _is_cited(paper: Paper, citation: str) -> bool:
    surnames = [author.split()[-1] for author in paper.authors[:1]]
    return bool(surnames) and surnames[0] in citation and str(paper.year) in citation
