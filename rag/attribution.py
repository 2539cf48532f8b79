"""Part a sentence from the words that only say whose statement it is.

"The authors report that ..." and "According to the Herd paper, ..." say nothing that the paper itself
would say in those words.
"""

from __future__ import annotations

import re

MIN_WORDS = 3  # of what is left

_WORK = r"(?:papers?|authors?|stud(?:y|ies)|articles?|works?|reports?|researchers|writers)"
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
    rf"(?:(?i:according to|as (?:\w+ )?(?:in|by)|in) (?:[^,]{{0,120}}\b{_WORK}\b[^,]{{0,40}}|{_CITED}) ?,"
    rf"|(?i:according to) (?:.{{0,120}}? {_WORK}|{_NAMED}) ?,"
    rf"|(?:(?i:as )?(?i:the|this|its|their)\b[^,]{{0,80}}?\b{_WORK}\b(?: [^,]{{0,60}}?)??|{_CITED})"
    rf" (?:also |further |clearly |explicitly )?{_SAYS}(?: that\b,?| ?[,:])"
    rf"|(?:according to|{_SAYS}) ?,|(?:argue|indicate|mention|point out|show|suggest)\b)\s*"  # as Chinese is translated
)
_DENIES = re.compile(r"\b(?:not|never|no|nowhere|neither)\b|n['’]t\b")


def split_attribution(sentence: str) -> tuple[str, str]:
    """The attribution that begins ``sentence`` ("" if none does), and the statement itself.

    >>> split_attribution("According to the Herd paper, it has 40 layers.")
    ('According to the Herd paper, ', 'it has 40 layers.')
    """
    found = _ATTRIBUTION.match(sentence)
    if not found or _DENIES.search(found[0]) or len(sentence[found.end() :].split()) < MIN_WORDS:
        return "", sentence
    return found[0], sentence[found.end() :]
