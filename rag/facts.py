"""Read the hard facts of a text, once: numbers with scale and unit, names, negations."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from ingest.words import STOP_WORDS, stem
from rag.fact_words import (
    CONNECTIVES,
    DENYING,
    NEGATIONS,
    NOT_BUT_ALSO,
    SCALES,
    SPELLED,
    SPELLED_UNSURE,
    UNITS,
)

Hedge = Literal["", "about", "least", "most"]

_TOKEN = re.compile(
    r"(?P<number>(?<![\w.])\d+(?:[.,]\d+)*(?:e[-+]?\d+)?|(?<![\w.])\.\d+)"
    r"|(?P<word>[^\W_]+(?:[-'./+&][^\W_]+)*\+*)"
    r"|(?P<sign>[%‰°×$€£])"
)
_HEDGE = re.compile(
    r"(?:(?P<about>(?:\b(?:about|around|nearly|almost|roughly|approximately|some|close to)|~))"
    r"|(?P<most>\b(?:no(?:t)? more than|less than|fewer than|under|below|up to|at most))"
    r"|(?P<least>\b(?:no(?:t)? (?:less|fewer) than|more than|over|above|at least)))\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[\"”')\]]*[.!?:]\s")
_NOT_ONLY = re.compile(rf"\bnot(?= (?:{'|'.join(sorted(NOT_BUT_ALSO))})\b)", re.IGNORECASE)
_CONTRACTED = re.compile(r"\b(\w+)n't\b")
_PART = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"[-/]")
_SEPARATOR = re.compile(r"[^0-9a-z\u0080-\uffff]")
_JOINING = frozenset("of the and for from in to with a an by on".split())
_ONLY_GLUED = frozenset({"B", "M", "T", "k"})  # "7B" is a scale, "7 B" may be anything


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number in the form that is compared.

    A number's ``value`` includes its scale; ``unit`` is what follows (or precedes) it, and ``hedge``
    says whether it is "about", at "least" or at "most" so much.  ``is_capital`` marks a name, or a word
    with a capital that may only be the first of its sentence.
    """

    key: str
    value: float | None = None
    unit: str = ""
    is_name: bool = False
    is_capital: bool = False
    hedge: Hedge = ""

    @property
    def is_negation(self) -> bool:
        """Whether it is a grammatical negation."""
        return self.key in NEGATIONS

    @property
    def form(self) -> str:
        """The form that is aligned: the key, but names with digits squashed ("GPT-3", "GPT3")."""
        is_version = self.value is None and any(c.isdigit() for c in self.key)
        return self.squashed if is_version else self.key

    @property
    def words(self) -> list[str]:
        """The words that two texts can share through it: of a compound, each part."""
        if any(c.isdigit() for c in self.key):
            return [self.form]
        return [stem(part) for part in _PART.findall(self.key) if part not in STOP_WORDS]

    @property
    def parts(self) -> list[str]:
        """The key, or the stems of its parts if it is a compound: "SHP2-deficient" is two words."""
        found = _PART.findall(self.key)
        if self.value is not None or len(found) < 2:
            return [self.key]
        return [part if part in NEGATIONS else stem(part) for part in found]

    @property
    def squashed(self) -> str:
        """The key without hyphens and dots: "GPT-3" and "GPT3" are the same."""
        return _SEPARATOR.sub("", self.key)


@dataclass(frozen=True)
class Facts:
    """A text as tokens, ready to be compared with others; frequent questions are cached."""

    tokens: tuple[Token, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems, numbers and names, without the words that every text has."""
        return frozenset(word for token in self.tokens for word in token.words)

    @cached_property
    def forms(self) -> list[str]:
        """The form of each token, in order."""
        return [token.form for token in self.tokens]

    @cached_property
    def run_together(self) -> str:
        """All tokens, squashed, without anything between them."""
        return "".join(token.squashed for token in self.tokens)

    @cached_property
    def initials(self) -> str:
        """The first letters of its words, except those that abbreviations leave out."""
        words = (t.key for t in self.tokens if t.value is None and t.key not in _JOINING)
        return "".join(word[0] for word in words)

    def share_in(self, other: Facts) -> float:
        """The share of its tokens that ``other`` has as well, in any order, 0..1."""
        n_shared = (Counter(self.forms) & Counter(other.forms)).total()
        return n_shared / max(1, len(self.tokens))

    @cached_property
    def parts(self) -> list[str]:
        """The keys of its tokens in order, a compound as the stems of its parts."""
        return [part for token in self.tokens for part in token.parts]

    @cached_property
    def denials(self) -> frozenset[str]:
        """Its words that turn a statement round."""
        return DENYING.intersection(self.parts)

    @property
    def n_negations(self) -> int:
        """How many of its words are grammatical negations: two cancel out."""
        return sum(token.is_negation for token in self.tokens)

    @property
    def is_bare(self) -> bool:
        """Whether it has neither a number nor a content word: "No.", "It does." """
        return not self.words and all(token.value is None for token in self.tokens)

    def has_name(self, name: Token) -> bool:
        """Whether the name is here: as a word, written together or apart, or spelled out."""
        parts = [part for part in _HYPHEN.split(name.key) if part]
        return self._has(name.key) or (len(parts) > 1 and all(map(self._has, parts)))

    def _has(self, name: str) -> bool:
        squashed = _SEPARATOR.sub("", name).removesuffix("s")
        if len(squashed) < 2 or name in self.forms or squashed in self.forms:
            return True
        if len(squashed) >= 5 or any(c.isdigit() for c in squashed):
            return squashed in self.run_together
        return len(squashed) >= 3 and squashed in self.initials


def read_facts(text: str) -> Facts:
    """The words and numbers of ``text``, in order; a number includes its scale and unit."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    return Facts(tuple(_tokens(_NOT_ONLY.sub("", _CONTRACTED.sub(_write_out, text)))))


def _write_out(contracted: re.Match[str]) -> str:
    """ "doesn't" as "does not"; "can't" and "won't" have forms of their own."""
    verb = contracted[1]
    return {"ca": "can", "wo": "will", "Ca": "Can", "Wo": "Will"}.get(verb, verb) + " not"


def _tokens(text: str) -> Iterator[Token]:
    matches = list(_TOKEN.finditer(text))
    i = 0
    is_first = True
    while i < len(matches):
        value = _number(matches[i])
        if value is None:
            yield _word(matches[i][0], is_first)
            i += 1
        else:
            token, i = _with_unit(text, matches, i, value)
            yield token
        is_first = _SENTENCE_END.match(text, matches[i - 1].end()) is not None


def _word(written: str, is_first: bool) -> Token:
    """A word is a name if it has capitals, or letters with digits; a first one needs more."""
    has_mark = any(c.isdigit() or c.isupper() for c in written)
    is_capital = has_mark and written.lower() not in STOP_WORDS | CONNECTIVES
    is_plain = written[0].isupper() and (len(written) == 1 or written[1:].islower())
    return Token(
        _key(written), is_name=is_capital and not (is_first and is_plain), is_capital=is_capital
    )


def _key(written: str) -> str:
    word = written.lower().removesuffix("'s")
    return word if word in NEGATIONS or not word.isascii() else stem(word)


def _number(match: re.Match[str]) -> float | None:
    if match["number"]:
        digits = re.sub(r",(?=\d{3}(?!\d))", "", match[0]).replace(",", ".").replace("+", "")
        try:
            return float(digits)
        except ValueError:  # a version or a date: 2.1.3
            return None
    word = match[0].lower()
    return None if word in SPELLED_UNSURE else SPELLED.get(word)


def _with_unit(
    text: str, matches: Sequence[re.Match[str]], i: int, value: float
) -> tuple[Token, int]:
    """The number at ``matches[i]`` with the scale and unit behind it; and what comes next."""
    before = text[max(0, matches[i].start() - 16) : matches[i].start()]
    unit = before[-1] if before[-1:] in ("$", "€", "£") else ""
    end = i + 1
    scale = _behind(text, matches, end, SCALES)
    if scale is not None:
        value *= SCALES[scale]
        end += 1
    found = _behind(text, matches, end, UNITS)
    if found is not None:
        unit = unit or UNITS[found]
        end += 1
    hedged = _HEDGE.search(before)
    hedge = cast("Hedge", hedged.lastgroup if hedged else "")
    return Token(f"{value:g}", value, unit, hedge=hedge), end


def _behind(
    text: str, matches: Sequence[re.Match[str]], i: int, table: Mapping[str, object]
) -> str | None:
    """The entry of ``table`` that ``matches[i]`` is, if it directly follows the match before."""
    if i == len(matches):
        return None
    between = text[matches[i - 1].end() : matches[i].start()]
    if between not in ("", " ", "-", "\n"):
        return None
    written = matches[i][0]
    for form in (written, written.lower(), written.upper() if not between else written):
        if form in table and not (between and table is SCALES and form in _ONLY_GLUED):
            return form
    return None
