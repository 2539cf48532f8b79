"""Align a claim with a sentence that it nearly repeats, word by word, and find what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

from rag.verification.fact_words import MEASURES
from rag.verification.facts import Facts
from rag.verification.tokens import Token
from rag.verification.word_pairs import DEGREES, are_counterparts, are_synonyms

Fact = Literal[
    "number", "unit", "name", "paper", "word", "negation", "denial", "direction", "degree", "sides"
]

NEARLY_REPEATED = 0.7  # share of a claim's words, in order, that a sentence must have to be aligned
REPEATED = 0.8  # share from which the claim counts as the sentence itself
ROUNDING = 0.05  # relative tolerance of "about 40" and "more than 40"
MAX_OMITTED_WORDS = 5  # with more, the claim omits a whole clause, whose negations don't concern it
MAX_REPLACED_WORDS = 5  # with more, a clause is reworded, and single words don't correspond


def same_value(claimed: Token, there: Token) -> bool:
    """Whether a quantity agrees with the claimed one; "more than 40" may mean 41, but not 39.

    A claim may be vaguer than the text ("dozens" for 40), but not more exact.
    """
    ours, theirs = claimed.amount, there.amount
    if not (ours and theirs and ours.kind == theirs.kind):
        return False
    if {claimed.hedge, there.hedge} == {"least", "most"}:
        return False
    if claimed.value is None or there.value is None:
        return ours.low <= theirs.low and theirs.high <= ours.high
    above = (there.value - claimed.value) / max(abs(there.value), 1e-9)
    lowest = -ROUNDING if claimed.hedge in ("about", "most") else -1e-9
    highest = ROUNDING if claimed.hedge in ("about", "least") else 1e-9
    return lowest <= above <= highest


def same_unit(claimed: Token, there: Token) -> bool:
    """Whether two numbers may have the same unit; a number without a unit may have any."""
    return not claimed.unit or not there.unit or claimed.unit == there.unit


class Alignment:
    """The alignment of a sentence with a claim, word by word."""

    def __init__(self, sentence: Facts, claim: Facts) -> None:
        self._there, self._claimed = sentence.tokens, claim.tokens
        matcher = SequenceMatcher(None, sentence.forms, claim.forms, autojunk=False)
        self._steps = matcher.get_opcodes()
        same = [
            token
            for kind, _, _, j1, j2 in self._steps
            if kind == "equal"
            for token in claim.tokens[j1:j2]
        ]
        self.n_same = len(same)
        self.repeated = claim.share_of(Counter(token.form for token in same))
        self.content = claim.share_of_words(Facts(tuple(same)))

    def differences(self) -> set[Fact]:
        """The kinds of hard facts in which the claim differs from the sentence."""
        found: set[Fact] = set()
        removed, added = set(), set()
        for i, (kind, i1, i2, j1, j2) in enumerate(self._steps):
            there, claimed = self._there[i1:i2], self._claimed[j1:j2]
            if kind == "equal":
                found |= _unit_changes(there, claimed)
                continue
            removed |= _bound_numbers(there)
            added |= _bound_numbers(claimed)
            is_inner = 0 < i < len(self._steps) - 1
            if kind != "delete" or (is_inner and len(there) <= MAX_OMITTED_WORDS):
                found |= _changes(there, claimed)
            if max(len(there), len(claimed)) <= MAX_REPLACED_WORDS:
                found |= _replacements(there, claimed)
        if self.repeated >= REPEATED and self._is_another_word():
            found.add("word")
        if removed & added and self.repeated >= REPEATED:  # the same number in another place
            found.add("number")
        return found

    def _is_another_word(self) -> bool:
        """Whether the only difference is one content word in place of another."""
        steps = [step[1:] for step in self._steps if step[0] != "equal"]
        changed = [(self._there[i1:i2], self._claimed[j1:j2]) for i1, i2, j1, j2 in steps]
        new = [(t, there) for there, claimed in changed for t in claimed if t.is_content]
        if len(new) != 1 or len(new[0][1]) > MAX_REPLACED_WORDS:
            return False
        word, there = new[0]
        old = [token for token in there if token.is_content]
        if len(old) != 1 or any(word.form == token.form for token in self._there):
            return False
        is_plain = not any(token.is_capital or token.amount for token in (word, *old))
        return is_plain and not are_synonyms(word.key, old[0].key)


def _bound_numbers(tokens: Sequence[Token]) -> set[str]:
    """The numbers that only their place explains: without a unit or counted noun, and no references."""
    return {
        token.key
        for token in tokens
        if token.value is not None and not (token.is_reference or token.unit or token.counted)
    }


def _unit_changes(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    pairs = zip(claimed, there, strict=True)
    return set() if all(_count_same(after, before) for after, before in pairs) else {"unit"}


def _count_same(claimed: Token, there: Token) -> bool:
    """Whether equal numbers count the same things; "40 subtasks" are tasks."""
    ours, theirs = claimed.unit or claimed.counted, there.unit or there.counted
    return not ours or not theirs or ours.endswith(theirs) or theirs.endswith(ours)


def _changes(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    """The kinds of hard facts in which a stretch differs from the one that it replaces."""
    found: set[Fact] = set()
    if _n_negations(there) % 2 != _n_negations(claimed) % 2:
        found.add("negation")
    if any(_is_another_amount(token, there) for token in claimed):
        found.add("number")
    measures = _measures(there)
    if measures and not _measures(claimed) <= measures:
        found.add("unit")
    names = {token.form for token in there if token.is_capital}
    if names and any(token.is_capital and token.form not in names for token in claimed):
        found.add("name")
    return found


def _replacements(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    """The kinds of facts that differ where a few words replace others."""
    found: set[Fact] = set()
    if any(are_counterparts(a.key, b.key) for a in claimed for b in there):
        found.add("direction")
    if _is_another_degree(claimed, there):
        found.add("degree")
    return found


def _measures(tokens: Sequence[Token]) -> frozenset[str]:
    return MEASURES.intersection(part for token in tokens for part in (token.key, *token.parts))


def _is_another_amount(claimed: Token, there: Sequence[Token]) -> bool:
    """Whether the claimed quantity agrees with none of its kind in the stretch that it replaces."""
    kind = claimed.amount and claimed.amount.kind
    rivals = [token for token in there if token.amount and token.amount.kind == kind]
    return bool(rivals) and not any(
        same_value(claimed, token) and _count_same(claimed, token) for token in rivals
    )


def _is_another_degree(claimed: Sequence[Token], there: Sequence[Token]) -> bool:
    """Whether they differ as "some" and "most" do."""
    ours, theirs = ({DEGREES[t.key] for t in part if t.key in DEGREES} for part in (claimed, there))
    return bool(ours and theirs) and not ours <= theirs


def _n_negations(tokens: Sequence[Token]) -> int:
    return sum(token.is_negation for token in tokens)
