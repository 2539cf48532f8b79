"""Read the hard facts of a text: numbers with scale and unit, names, negations."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from ingest.indexing.words import STOP_WORDS
from rag.verification.fact_words import REVERSALS
from rag.verification.tokens import Token, read_tokens, squash

MIN_WORDS = 2  # other than stop words, that identify a text without its numbers

_HYPHEN = re.compile(r"[-/]")
_JOINING = frozenset("of the and for from in to with a an by on".split())


@dataclass(frozen=True)
class Facts:
    """A text as tokens, with cached properties for comparison."""

    tokens: tuple[Token, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems, numbers and names, without stop words."""
        return frozenset(word for token in self.tokens for word in token.words)

    @cached_property
    def forms(self) -> list[str]:
        """The form of each token, in order."""
        return [token.form for token in self.tokens]

    @cached_property
    def run_together(self) -> str:
        """All squashed tokens, joined without anything between them."""
        return "".join(token.squashed for token in self.tokens)

    @cached_property
    def initials(self) -> str:
        """The first letters of its words, except those that abbreviations leave out."""
        words = (t.key for t in self.tokens if t.value is None and t.key not in _JOINING)
        return "".join(word[0] for word in words)

    @cached_property
    def numbers(self) -> list[str]:
        """The forms of its numbers, in order."""
        return [token.form for token in self.tokens if token.value is not None]

    @cached_property
    def _n_of_each(self) -> Counter[str]:
        return Counter(self.forms)

    @cached_property
    def _is_known_by_words(self) -> bool:
        """Whether its words are enough to identify it, without the numbers."""
        words = [t for t in self.tokens if t.value is None and t.key not in STOP_WORDS]
        return len(words) >= MIN_WORDS

    def share_of(self, same: Counter[str]) -> float:
        """The share of its tokens that are in ``same``, 0..1.

        If its words are enough to identify it, another number does not lower the share: that number may
        be the one that was changed.
        """
        n_changed = (Counter(self.numbers) - same).total() if self._is_known_by_words else 0
        return same.total() / max(1, len(self.tokens) - n_changed)

    def share_in(self, other: Facts) -> float:
        """The share of its tokens that ``other`` has, too, in any order, 0..1."""
        return self.share_of(self._n_of_each & other._n_of_each)

    def share_of_words(self, other: Facts) -> float:
        """The share of its content words that ``other`` has, too, 0..1.

        Numbers count only if there are no words.
        """
        words = self.words - set(self.numbers) or self.words
        return len(words & other.words) / max(1, len(words))

    @cached_property
    def parts(self) -> list[str]:
        """The keys of its tokens in order; for a compound, the stems of its parts."""
        return [part for token in self.tokens for part in token.parts]

    @cached_property
    def reversals(self) -> frozenset[str]:
        """Its words that reverse a statement."""
        return REVERSALS.intersection(self.parts)

    @property
    def n_negations(self) -> int:
        """How many of its words are grammatical negations: two cancel out."""
        return sum(token.is_negation for token in self.tokens)

    @property
    def is_bare(self) -> bool:
        """Whether it has neither a number nor a content word: "No.", "It does." """
        return not self.words and all(token.value is None for token in self.tokens)

    def has_name(self, name: Token) -> bool:
        """Whether it has the name: as a word, with or without hyphens, or spelled out."""
        parts = name.distinctive or [part for part in _HYPHEN.split(name.key) if part]
        return self._has(name.key) or (
            _HYPHEN.search(name.key) is not None and all(map(self._has, parts))
        )

    def _has(self, name: str) -> bool:
        squashed = squash(name).removesuffix("s")
        if len(squashed) < 2 or name in self.forms or squashed in self.forms:
            return True
        if len(squashed) >= 5 or any(c.isdigit() for c in squashed):
            return squashed in self.run_together
        return len(squashed) >= 3 and squashed in self.initials


def read_facts(text: str) -> Facts:
    """The facts of ``text``."""
    return Facts(tuple(read_tokens(text)))
