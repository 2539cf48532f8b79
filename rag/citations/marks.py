"""Find the marks in a model's text that point to passages, in any form.

``[1]``, ``[1, 2]``, ``[1-3]``, ``【1】`` and ``[passage 1]`` are always marks.  Others count only at the end of
a clause: ``(1)``, ``{1}``, ``<1>``, ``^1``, ``¹``.
"""

from __future__ import annotations

import re

from rag.citations.markdown import CODE, FORMULA

MARK_PLACEHOLDER = "\ue000"  # replaces a mark while sentences are split; removed from replies
MAX_IN_RANGE = 10  # "[1-400]" is not a range of passages

_JOINT = r"\s*(?:,|;|&|and|、|，|-|–|—)\s*"
_NUMBERS = rf"\d{{1,9}}(?:{_JOINT}(?:passages?\s*|p)?\d{{1,9}})*"
_WORD = r"(?:passages?|sources?|refs?\.?|documents?|docs?\.?|evidence|excerpts?|chunks?|snippets?|段落|来源|证据|文献)"
_MARK = re.compile(
    rf"[\[【［]\s*\^?(?:(?:{_WORD}|nos?\.?|p(?=\d))\s*)?#?({_NUMBERS})\s*(?:of\s+\d+\s*)?(?:†[^\]】］]*)?[\]】］]"
    rf"|[(（]\s*{_WORD}\s*#?({_NUMBERS})\s*[)）]"
    r"|\b[Pp]assages?\s+(\d{1,3}(?:\s*(?:,|and|&)\s*\d{1,3})*)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[-–—]\s*(?:passages?\s*|p)?(\d+)", re.IGNORECASE)
_BRACKETS = re.compile(rf"[\[(【（]\s*((?:{MARK_PLACEHOLDER}\s*)+)[\])】）]")  # "[[2]]", "([2])"
_BEHIND_STOP = re.compile(
    rf"((?<![.!?。！？])[.!?。！？]+[\"”’)*]*)((?:\s*{MARK_PLACEHOLDER})+)(?=\s|$|[^\w])"
)

_LIST = r"\d{1,2}(?:\s?[,;、，]\s?\d{1,2})*"
_LATEX = re.compile(r"\\cite[a-z]*\*?\s?(?:\[[^\[\]]{0,80}\])?\{([^{}]{0,200})\}")
_RAISED_TAG = re.compile(rf"<sup>\s*([\[(]?)\s*({_LIST})\s*[\])]?\s*</sup>", re.IGNORECASE)
_ANCHOR = re.compile(rf"\[\[?\^?({_LIST})\]?\]\(#[^()\s]{{0,60}}\)")
# "[page 3]", "(Herd, p. 3)", and "[1, p. 3]", of which the passage is left.
_PAGE = re.compile(
    rf"[ \t]?[\[(（【]\s?(?:(?:{_WORD}\s?)?#?(\d{{1,2}})\s?[,;:]\s?)?"
    r"(?:[^\[\]()（）【】\n]{0,80}[,;，]\s?|see )?"
    r"(?:(?:pages?\s?|pg\.?\s?|pp?\.\s?|pp?\s)\d{1,4}(?:\s?[-–,&]\s?\d{1,4})*|第\s?\d{1,4}\s?页)\s?[\])）】]",
    re.IGNORECASE,
)
_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_HIGH, "0123456789")
_ODD = rf"(?:[(（{{<]\s?{_LIST}\s?[)）}}>]|\^\{{?\d{{1,2}}\}}?|[{_HIGH}]{{1,2}})"
_AT_END = re.compile(
    rf"{CODE.pattern}|{FORMULA.pattern}"
    rf"|[ \t]?(?P<odd>{_ODD}(?:[ \t,;]{{0,2}}{_ODD})*)(?=[ \t]*(?:[.,;:!?。，；：！？\[]|$))",
    re.DOTALL | re.MULTILINE,
)
# What may precede a mark: a word, perhaps in brackets or quotes, but not the base of an exponent.
_RAISES = re.compile(r"(?:[^\W\d_]{3}|[一-鿿]|[\"”’)\].。!?！？])\s?$")
_FOLLOWS = re.compile(r"(?:\S\s|[^\W\d_]{4}|[一-鿿]|[\"”’)\].。!?！？])$")
_NUMBERED = re.compile(
    r"\b(?:equation|eqn?\.?|section|sec\.?|table|figure|fig\.?|step|option|algorithm|line|case|type|level|stage"
    r"|phase|interval|range|pair|item|condition|property|theorem|lemma|appendix|公式|式|表|图|步骤|第)\s?$"
    r"|[:：]\s*$",
    re.IGNORECASE,
)


def normalise_marks(text: str, n_passages: int) -> str:
    """``text`` with ``[n]`` in place of marks in unusual forms, and without page references.

    In an unusual form, a number is a mark only if it is at most ``n_passages`` and at the end of a clause:
    not "(1) first", the exponent of "m²", a year, or "Table (1)".
    """
    text = _LATEX.sub(lambda cite: _in_brackets(cite[1]), text)
    text = _RAISED_TAG.sub(lambda tag: f"[{tag[2]}]" if tag[1] else f"^{tag[2]}", text)
    text = _ANCHOR.sub(r"[\1]", text)
    text = _PAGE.sub(lambda page: f" [{page[1]}]" if page[1] else "", text)

    def normalise(found: re.Match[str]) -> str:
        odd = found["odd"]
        if not odd:
            return found[0]
        before = text[max(0, found.start("odd") - 30) : found.start("odd")].rpartition("\n")[2]
        numbers = re.findall(r"\d+", odd.translate(_DIGITS))
        is_known = all(0 < int(number) <= n_passages for number in numbers)
        is_placed = (_RAISES if odd[0] in f"^{_HIGH}" else _FOLLOWS).search(before)
        is_mark = is_known and is_placed and not _NUMBERED.search(before)
        return f" [{', '.join(numbers)}]" if is_mark else found[0]

    return _AT_END.sub(normalise, text)


def _in_brackets(keys: str) -> str:
    """The keys of a LaTeX citation as a mark; "" if they are not numbers."""
    return f"[{keys}]" if re.fullmatch(rf"\s*{_LIST}\s*", keys) else ""


def extract_marks(text: str) -> tuple[str, list[list[int]]]:
    """``text`` with a placeholder for each mark, before any full stop, and the numbers of each mark."""
    marks: list[list[int]] = []

    def hold(match: re.Match[str]) -> str:
        numbers = _numbers(match[1] or match[2] or match[3])
        if 0 in numbers:  # an interval such as [0, 1]
            return match[0]
        marks.append(numbers)
        return MARK_PLACEHOLDER

    text = _MARK.sub(hold, text)
    text = _BRACKETS.sub(r"\1", text)
    return _BEHIND_STOP.sub(r"\2\1", text), marks


def _numbers(written: str) -> list[int]:
    numbers: list[int] = []
    for first, last in _RANGE.findall(written):
        if 0 < int(last) - int(first) <= MAX_IN_RANGE:
            numbers += range(int(first), int(last) + 1)
    return list(dict.fromkeys(numbers + [int(n) for n in re.findall(r"\d+", written)]))
