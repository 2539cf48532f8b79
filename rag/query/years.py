"""The years of the papers that a question asks for: "papers since 2021"."""

from __future__ import annotations

import re
from collections.abc import Callable

# Wordings that name years, and the first and last year that each of them means.
_YEAR = r"((?:19|20)\d\d)\s*年?"
_SPAN = rf"(?:\b(?:between|from|in) )?{_YEAR}\s*(?:to|and|until|[-–—~至到和])\s*{_YEAR}"
_YEARS: tuple[tuple[re.Pattern[str], Callable[..., tuple[int, int]]], ...] = (
    (re.compile(_SPAN, re.I), lambda a, b: (a, b)),
    (
        re.compile(rf"\bsince {_YEAR}|{_YEAR}(?:or later|onwards?|以来|起)", re.I),
        lambda a: (a, 9999),
    ),
    (re.compile(rf"\bafter {_YEAR}|{_YEAR}(?:以后|之后|后)", re.I), lambda a: (a + 1, 9999)),
    (re.compile(rf"\bbefore {_YEAR}|{_YEAR}(?:以前|之前|前)", re.I), lambda a: (0, a - 1)),
    (re.compile(rf"\b{_YEAR}(?= (?:papers|surveys|works)\b)", re.I), lambda a: (a, a)),
    (re.compile(rf"\b(?:from|in|of) {_YEAR}|((?:19|20)\d\d)\s*年", re.I), lambda a: (a, a)),
)
# The words before a year of publication, as opposed to one that belongs to the subject: "papers from",
# "published in"; or nothing but question words.  A subject may come before "since" or "from" (_ABOUT).
_PUBLISHED = re.compile(
    r"(?:\b(?:(?:papers|surveys|works)(?: (?:are )?(?:in|on) (?:the|this|your) (?:reading )?list)?"
    r"|published?|written|released|(?:came|come) out|appeared|are)"
    r"|^\W*(?:(?:and|which|what|how many|list|show|all|the|any)\b ?|那么?)*)\W*$",
    re.I,
)
_SINCE = re.compile(r"since|after|before|from", re.I)
_ABOUT = re.compile(r"\bpapers (?:on|about)\b[^?.]{1,40}$", re.I)


def years_asked(question: str) -> tuple[int, int] | None:
    """The first and the last year of publication that the question allows: "papers since 2021"."""
    for wording, span in _YEARS:
        match = wording.search(question)
        if match is None:
            continue
        before = question[: match.start()]
        is_after_subject = _SINCE.match(match[0]) and _ABOUT.search(before)
        if is_after_subject or _PUBLISHED.search(before):
            return span(*(int(year) for year in match.groups() if year))
    return None
