"""Translate Chinese questions for English papers, by a glossary and without a model.

English words stay as they are; each Chinese run is segmented from the left, the longest glossary entry
first; characters that begin no entry are dropped, except a plain "not".  ``rag/glossary.tsv`` is
maintained by hand: a Chinese term, a tab, its English (empty: the term adds no meaning).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_CJK_RUN = re.compile(r"[㐀-䶿一-鿿]+")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|千亿|百亿|亿|千万|百万|万|千)")
_SIZES = {
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_NEGATIONS = frozenset("不没未无")
_SIZE = re.compile(r"\b(\d+(?:\.\d+)?)([TBM])\b")
_ENGLISH_SIZES = ((10**12, "trillion", "T"), (10**9, "billion", "B"), (10**6, "million", "M"))


def is_chinese(text: str) -> bool:
    """Whether ``text`` contains a Chinese character."""
    return bool(_CJK_RUN.search(text))


GLOSSARY = Path(__file__).parents[1] / "glossary.tsv"


@cache
def read_glossary(path: Path = GLOSSARY) -> Mapping[str, str]:
    """Chinese terms and their English; lines that begin with # are comments."""
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            chinese, _, english = line.partition("\t")
            entries[unicodedata.normalize("NFKC", chinese.strip())] = english.strip()
    return entries


def to_english(text: str) -> str:
    """``text`` with its Chinese replaced by English words (dropped where the glossary has none).

    >>> to_english("LoRA 的秩是多少?")
    'LoRA rank ?'
    """
    text = unicodedata.normalize("NFKC", text)
    if not is_chinese(text):
        return text
    text = _COUNT.sub(_in_english, text)
    return " ".join(_CJK_RUN.sub(lambda run: f" {_translate(run[0])} ", text).split())


def _in_english(match: re.Match[str]) -> str:
    """1750亿 as "175B", 1.3万 as "13,000"."""
    value = float(match[1]) * _SIZES[match[2]]
    for size, _, letter in _ENGLISH_SIZES:
        if value >= size:
            return f" {value / size:g}{letter} "
    return f" {value:,.0f} "


def append_sizes_in_words(text: str) -> str:
    """``text``, followed by the sizes in it as words.

    >>> append_sizes_in_words("the 280B model")
    'the 280B model 280 billion'
    """
    words = {letter: word for _, word, letter in _ENGLISH_SIZES}
    return text + "".join(f" {m[1]} {words[m[2]]}" for m in _SIZE.finditer(text))


def known_share(text: str) -> float:
    """The share of the Chinese characters of ``text`` that the glossary covers, 0..1; 1 if it has none."""
    terms = [term for run in _CJK_RUN.findall(_COUNT.sub("", text)) for term in _terms(run)]
    n_chars = sum(len(chinese) for chinese, _ in terms)
    n_known = sum(len(chinese) for chinese, english in terms if english is not None)
    return n_known / n_chars if n_chars else 1.0


def _translate(run: str) -> str:
    return " ".join(english for _, english in _terms(run) if english is not None)


def _terms(run: str) -> Iterator[tuple[str, str | None]]:
    """Each term of a Chinese run with its English; None for a character that begins no entry."""
    glossary = read_glossary()
    i = 0
    while i < len(run):
        lengths = range(min(_longest_entry(), len(run) - i), 0, -1)
        n = next((n for n in lengths if run[i : i + n] in glossary), 1)
        term = run[i : i + n]
        yield term, glossary.get(term, "not" if term in _NEGATIONS else None)
        i += n


@cache
def _longest_entry() -> int:
    return max(map(len, read_glossary()), default=1)
