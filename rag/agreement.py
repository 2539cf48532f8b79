"""Decide whether a text bears out the hard facts of a claim.

Words may differ; numbers, units, names and negations may not.  A claim that nearly repeats
a sentence is aligned with it word by word, so that a number from elsewhere on the page does not pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ingest.words import STOP_WORDS
from rag.fact_words import DENYING, OPPOSITES, PREFIXES
from rag.facts import Facts
from rag.tokens import Token

Fact = Literal["number", "unit", "name", "negation", "direction"]

NEARLY_REPEATED = 0.7  # share of a claim's words, in order, from which it is aligned
REPEATED = 0.8  # and from which it counts as the sentence itself
ROUNDING = 0.05  # how far "about 40" and "more than 40" may be off
LONGEST_LEFT_OUT = 5  # words; beyond, a claim leaves out a clause, and what that clause denies
SHORTEST_STRETCH = 10  # words of a sentence that may turn a claim round, however short that is
AROUND = 12  # words on either side of a number, of which the claim must have one


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of a claim's words that a sentence repeats in order, and what differs.

    ``repeated`` is 0..1; a share below ``NEARLY_REPEATED`` counts as none.
    """

    repeated: float
    differ: frozenset[Fact]

    @property
    def is_distortion(self) -> bool:
        """Whether the claim is a sentence with another number or sense, about the same things."""
        return self.repeated >= REPEATED and bool(self.differ) and "name" not in self.differ


def hold_against(
    claim: Facts, sentences: Sequence[Facts], around: Facts, source: Facts
) -> Agreement:
    """Compare ``claim`` with the stretches that it may repeat, and with everything ``around`` them.

    ``source`` are the words that say whose statement it is: their names must be there as well.
    """
    if not sentences:
        return Agreement(0.0, frozenset())
    differ = _missing(claim, source, around)
    near = [facts for facts in sentences if claim.share_in(facts) >= NEARLY_REPEATED]
    aligned = [_Alignment(facts, claim) for facts in near]
    best = max(aligned, key=lambda alignment: alignment.repeated, default=None)
    if best is None or best.repeated < NEARLY_REPEATED:
        return Agreement(0.0, frozenset(differ))
    return Agreement(best.repeated, frozenset(differ | best.differences()))


def n_missing_numbers(claim: Facts, around: Facts) -> int:
    """How many numbers of the claim are found nowhere in the text."""
    there = [token for token in around.tokens if token.value is not None]
    return sum(
        not any(_same_value(token, other) for other in there)
        for token in claim.tokens
        if token.value is not None
    )


def says_opposite(claim: Facts, sentence: Facts) -> bool:
    """Whether the sentence has the opposite of a word of the claim, among the words they don't share."""
    claimed, there = ({token.key for token in facts.tokens} for facts in (claim, sentence))
    ours, theirs = claimed - there, there - claimed
    return any((a, b) in OPPOSITES or (b, a) in OPPOSITES for a in ours for b in theirs)


def turned_round(claim: Facts, sentence: Facts) -> float:
    """How far the sentence turns round what the claim says, where both speak of the same, 0..1.

    Looked at are its stretches, as long as the claim, that share most words with it.  Two words that
    turn a statement round cancel out: "its lack reduces" is "it increases".
    """
    if not sentence.denials:
        return len(claim.denials) % 2
    parts, shared = sentence.parts, set(claim.parts) - STOP_WORDS
    length = max(SHORTEST_STRETCH, len(claim.parts))
    stretches = [parts[i : i + length] for i in range(max(1, len(parts) - length + 1))]
    n_shared = [sum(part in shared for part in stretch) for stretch in stretches]
    most = max(n_shared)
    turns = [
        (len(claim.denials) + len(DENYING.intersection(stretch))) % 2
        for stretch, n in zip(stretches, n_shared, strict=True)
        if n == most
    ]
    return sum(turns) / len(turns)


def _missing(claim: Facts, source: Facts, around: Facts) -> set[Fact]:
    """The kinds of facts of the claim that are found nowhere in the text.

    Names have other spellings, so one that is missing says little, unless it has a digit ("GPT-3") or
    none of the claim's names is there.
    """
    found: set[Fact] = set()
    words = {t.key for t in claim.tokens if t.value is None} - STOP_WORDS
    for token in claim.tokens:
        if token.value is not None:
            same = [i for i, t in enumerate(around.tokens) if _same_value(token, t)]
            near = [i for i in same if _shares_words(words, around.tokens, i)]
            if not near:
                found.add("number")
            elif not any(_same_unit(token, around.tokens[i]) for i in near):
                found.add("unit")
    names = [token for token in (*source.tokens, *claim.tokens) if token.is_name]
    missing = [token for token in names if not around.has_name(token)]
    has_digit = any(c.isdigit() for token in missing for c in token.key)
    if missing and (has_digit or len(missing) == len(names)):
        found.add("name")
    return found


def _shares_words(words: set[str], tokens: Sequence[Token], i: int) -> bool:
    """Whether the number ``tokens[i]`` stands among words of the claim."""
    nearby = tokens[max(0, i - AROUND) : i + AROUND + 1]
    return not words or any(token.key in words for token in nearby)


def _same_value(claimed: Token, there: Token) -> bool:
    """Whether a quantity is the claimed one; "more than 40" may mean 41, but not 39."""
    ours, theirs = claimed.amount, there.amount
    if not (ours and theirs and ours.kind == theirs.kind):
        return False
    if {claimed.hedge, there.hedge} == {"least", "most"}:
        return False
    if claimed.value is None or there.value is None:
        return ours.low <= theirs.high and theirs.low <= ours.high
    above = (there.value - claimed.value) / max(abs(there.value), 1e-9)
    lowest = -ROUNDING if claimed.hedge in ("about", "most") else -1e-9
    highest = ROUNDING if claimed.hedge in ("about", "least") else 1e-9
    return lowest <= above <= highest


def _same_unit(claimed: Token, there: Token) -> bool:
    return not claimed.unit or not there.unit or claimed.unit == there.unit


class _Alignment:
    """A sentence and a claim, word by word."""

    def __init__(self, sentence: Facts, claim: Facts) -> None:
        self._there, self._claimed = sentence.tokens, claim.tokens
        matcher = SequenceMatcher(None, sentence.forms, claim.forms, autojunk=False)
        self._steps = matcher.get_opcodes()
        n_same = sum(step[4] - step[3] for step in self._steps if step[0] == "equal")
        self.repeated = n_same / max(1, len(claim.tokens))

    def differences(self) -> set[Fact]:
        """The hard facts in which the claim departs from the sentence."""
        found: set[Fact] = set()
        left, put = set(), set()
        for i, (kind, i1, i2, j1, j2) in enumerate(self._steps):
            there, claimed = self._there[i1:i2], self._claimed[j1:j2]
            if kind == "equal":
                found |= _unit_changes(there, claimed)
                continue
            left |= {token.key for token in there if token.value is not None}
            put |= {token.key for token in claimed if token.value is not None}
            is_inner = 0 < i < len(self._steps) - 1
            if kind != "delete" or (is_inner and len(there) <= LONGEST_LEFT_OUT):
                found |= _changes(there, claimed)
            if i and _counts_others(self._there[i1 - 1], there, self._claimed[j1 - 1], claimed):
                found.add("unit")
        if left & put and self.repeated >= REPEATED:  # the same numbers in other places
            found.add("number")
        return found


def _unit_changes(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    pairs = zip(claimed, there, strict=True)
    return set() if all(_same_unit(after, before) for after, before in pairs) else {"unit"}


def _counts_others(
    number: Token, there: Sequence[Token], claimed_number: Token, claimed: Sequence[Token]
) -> bool:
    """Whether equal numbers count one thing here and another there: "40 tasks", "40 papers".

    A known unit is part of its number, so that the other text has one word more.
    """
    if number.value is None or number.unit == claimed_number.unit != "":
        return False
    n_there = len(there) + bool(number.unit)
    n_claimed = len(claimed) + bool(claimed_number.unit)
    return n_there == n_claimed == 1


def _changes(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    """The kinds of hard facts in which one stretch differs from the one in its place."""
    found: set[Fact] = set()
    if _n_negations(there) % 2 != _n_negations(claimed) % 2:
        found.add("negation")
    if any(_are_opposites(a.key, b.key) for a in claimed for b in there):
        found.add("direction")
    if any(_is_another_amount(token, there) for token in claimed):
        found.add("number")
    names = {token.form for token in there if token.is_capital}
    if names and any(token.is_capital and token.form not in names for token in claimed):
        found.add("name")
    return found


def _is_another_amount(claimed: Token, there: Sequence[Token]) -> bool:
    """Whether the claim has a quantity that agrees with none of its kind in its place."""
    kind = claimed.amount and claimed.amount.kind
    rivals = [token for token in there if token.amount and token.amount.kind == kind]
    return bool(rivals) and not any(_same_value(claimed, token) for token in rivals)


def _n_negations(tokens: Sequence[Token]) -> int:
    return sum(token.is_negation for token in tokens)


def _are_opposites(a: str, b: str) -> bool:
    if (a, b) in OPPOSITES or (b, a) in OPPOSITES:
        return True
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(shorter) >= 4 and any(longer == prefix + shorter for prefix in PREFIXES)
