"""Find swapped facts: a claim may have all numbers of a sentence, but two of them exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.verification.alignment import Fact, same_unit, same_value
from rag.verification.facts import Facts
from rag.verification.tokens import Token
from rag.verification.word_pairs import are_counterparts

MIN_SHARE = 0.4  # by how much of their weight the shared words must indicate a swap
# The distance that a comma or conjunction adds: after it, something else is counted.
CLAUSE_WORDS = 3
CONJUNCTIONS = frozenset("and or but while whereas".split())
RESPECTIVELY = "respect"  # as a stem


def swapped_facts(claim: Facts, sentences: Sequence[Facts]) -> set[Fact]:
    """The kinds of facts of which two are swapped in the sentence that has both and is most similar.

    A fact is identified by the shared words around it, the nearer the more; with "respectively", by its
    position in the list.
    """
    ours = claim.tokens
    words = _words(ours)
    kinds: set[Fact] = set()
    for a, b in combinations(range(len(ours)), 2):
        kind = _swappable_kind(ours[a], ours[b])
        if kind is None or kind in kinds:
            continue
        found = [
            (len(words & _words(sentence.tokens)), _order(claim, sentence, (a, c), (b, d)))
            for sentence in sentences
            for c in _places(ours[a], sentence)
            for d in _places(ours[b], sentence)
        ]
        if max(found, default=(0, 0.0))[1] < -MIN_SHARE:
            kinds.add(kind)
    return kinds


def _swappable_kind(a: Token, b: Token) -> Fact | None:
    """The kind of fact that two tokens are, if they could be swapped; else None."""
    if _is_number(a) and _is_number(b):
        return "number" if same_unit(a, b) and not same_value(a, b) else None
    if a.value is not None or b.value is not None or a.form == b.form:
        return None
    return "sides" if are_counterparts(a.key, b.key) else None


def _places(token: Token, sentence: Facts) -> list[int]:
    """The positions in the sentence of tokens equal to ``token``."""
    return [i for i, t in enumerate(sentence.tokens) if _is_same(token, t)]


def _is_same(token: Token, other: Token) -> bool:
    if token.value is None:
        return token.form == other.form
    return _is_number(other) and same_value(token, other)


def _order(claim: Facts, sentence: Facts, first: tuple[int, int], second: tuple[int, int]) -> float:
    """From 1, if two facts belong to the same words in both texts, to -1, if they are swapped; 0: unknown.

    ``first`` and ``second`` are the positions of each, in the claim and in the sentence.
    """
    ours, theirs = claim.tokens, sentence.tokens
    if RESPECTIVELY in (*claim.forms, *sentence.forms):
        is_reversed = (first[0] < second[0]) != (first[1] < second[1])
        return _order_of_list(ours, theirs) * (-1 if is_reversed else 1)
    between = (
        ours[first[0] + 1 : second[0]],
        theirs[min(first[1], second[1]) + 1 : max(first[1], second[1])],
    )
    if not all(map(_words, between)):
        return 0.0
    shared = (_words(ours) & _words(theirs)) - {ours[first[0]].form, ours[second[0]].form}
    here = _contrast(ours, first[0], second[0], shared)
    there = _contrast(theirs, first[1], second[1], shared)
    products = [here[word] * there[word] for word in shared]
    return sum(products) / (sum(map(abs, products)) or 1.0)


def _contrast(tokens: Sequence[Token], a: int, b: int, words: frozenset[str]) -> dict[str, float]:
    """How much nearer each word is to the token ``a`` than to ``b``."""
    near, other = _nearness(tokens, a, words), _nearness(tokens, b, words)
    return {word: near[word] - other[word] for word in words}


def _nearness(tokens: Sequence[Token], i: int, words: frozenset[str]) -> dict[str, float]:
    """How near each word comes to the token ``i``: the inverse square of the distance."""
    near = dict.fromkeys(words, 0.0)
    for step, end in ((1, len(tokens)), (-1, -1)):
        distance = 0
        for j in range(i + step, end, step):
            later = tokens[max(j, j - step)]  # of the two adjacent tokens: the break is before it
            distance += CLAUSE_WORDS if later.follows_break or tokens[j].key in CONJUNCTIONS else 1
            form = tokens[j].form
            if form in near:
                near[form] = max(near[form], distance**-2)
    return near


def _order_of_list(ours: Sequence[Token], theirs: Sequence[Token]) -> int:
    """1 if a list in one text has the same order in the other, -1 if reversed, 0 if it is missing."""
    forms, others = ([token.form for token in tokens] for tokens in (ours, theirs))
    for a, b in (*_listed(ours), *_listed(theirs)):
        if {a, b} <= {*forms} and {a, b} <= {*others}:
            is_same = (forms.index(a) < forms.index(b)) == (others.index(a) < others.index(b))
            return 1 if is_same else -1
    return 0


def _listed(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The words on either side of "and"."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.key == "and" and before.is_content and after.is_content:
            yield before.form, after.form


def _words(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.form for token in tokens if token.is_content)


def _is_number(token: Token) -> bool:
    return token.value is not None and not token.is_reference
