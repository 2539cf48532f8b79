"""Decide whether a text supports the hard facts of a claim.

Words may differ; numbers, units, names and negations may not.  A claim that nearly repeats a sentence is
aligned with it word by word, so that a number from elsewhere on the page is not accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.indexing.words import STOP_WORDS
from rag.verification.alignment import (
    NEARLY_REPEATED,
    REPEATED,
    Alignment,
    Fact,
    same_unit,
    same_value,
)
from rag.verification.bindings import swapped_facts
from rag.verification.comparisons import sides_swapped
from rag.verification.fact_words import NEGATIONS, REVERSALS
from rag.verification.facts import Facts
from rag.verification.tokens import Token
from rag.verification.word_pairs import OPPOSITES

SHORTEST_STRETCH = 10  # words of a sentence that are compared with a claim, even if that is shorter
MOSTLY_SHARED = 0.7  # share of a claim's words that a stretch must have to deny the claim
DENIED_WITHIN = 3  # words after a negation that it may deny
NEARBY = 12  # words on either side of a number, of which the claim must have one

_CONTRASTS = ("and", "but", "or")  # "but not the others" denies only the others


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of a claim's words that a sentence repeats in order, and what differs.

    ``repeated`` is 0..1; a share below ``NEARLY_REPEATED`` counts as 0.  ``content`` is the share of the
    content words, 0..1.
    """

    repeated: float
    content: float
    differ: frozenset[Fact]

    @property
    def is_distortion(self) -> bool:
        """Whether the claim is a changed sentence: the same subject with another number or meaning."""
        is_changed = bool(self.differ - {"word", "denial"}) and "name" not in self.differ
        return "sides" in self.differ or (self.repeated >= REPEATED and is_changed)

    @property
    def is_about_another(self) -> bool:
        """Whether the claim is a changed sentence with another subject: another name or word."""
        return self.repeated >= REPEATED and bool(self.differ & {"name", "word"})


def compare_facts(
    claim: Facts, sentences: Sequence[Facts], context: Facts, source: Facts, window: Facts
) -> Agreement:
    """Compare ``claim`` with the sentences that it may repeat, and with their whole ``context``.

    If it repeats none of them, it may repeat the ``window`` of several; but if it repeats one, its
    neighbours do not excuse a difference.  ``source`` are the words that attribute the claim: their names
    must be in the context, too.
    """
    if not sentences:
        return Agreement(0.0, 0.0, frozenset())
    differ = _missing_facts(claim, source, context)
    if sides_swapped(claim, sentences):
        differ.add("sides")
    differ |= swapped_facts(claim, sentences)
    nearest = _nearest(claim, sentences) or _nearest(claim, [window])
    if (nearest is None or nearest.content < 1) and is_denied(claim, sentences):
        differ.add("denial")
    if nearest is None:
        return Agreement(0.0, 0.0, frozenset(differ))
    differ |= nearest.differences()
    return Agreement(nearest.repeated, nearest.content, frozenset(differ))


def _nearest(claim: Facts, sentences: Sequence[Facts]) -> Alignment | None:
    """The sentence that the claim nearly repeats; of several, the one that shares most tokens."""
    near = [facts for facts in sentences if claim.share_in(facts) >= NEARLY_REPEATED]
    aligned = [Alignment(facts, claim) for facts in near]
    best = max(aligned, key=lambda found: (found.repeated, found.n_same), default=None)
    return best if best and best.repeated >= NEARLY_REPEATED else None


def count_missing_numbers(claim: Facts, context: Facts) -> int:
    """How many numbers of the claim are not in the text."""
    there = [token for token in context.tokens if token.value is not None]
    return sum(
        not any(same_value(token, other) for other in there)
        for token in claim.tokens
        if token.value is not None
    )


def says_opposite(claim: Facts, sentence: Facts) -> bool:
    """Whether, of the words they don't share, the sentence has the opposite of one of the claim."""
    claimed, there = ({token.key for token in facts.tokens} for facts in (claim, sentence))
    ours, theirs = claimed - there, there - claimed
    return any((a, b) in OPPOSITES for a in ours for b in theirs)


def contradiction(claim: Facts, sentence: Facts) -> float:
    """How far the sentence says the reverse of the claim where they share most words, 0..1.

    Two words that reverse a statement cancel out: "its lack reduces" means "it increases".
    """
    if not sentence.reversals:
        return len(claim.reversals) % 2
    stretches = _closest_stretches(claim, sentence)
    n_denials = [len(claim.reversals) + len(REVERSALS.intersection(part)) for part in stretches]
    return sum(n % 2 for n in n_denials) / len(stretches)


def is_denied(claim: Facts, sentences: Sequence[Facts]) -> bool:
    """Whether the claim denies nothing, but the closest stretches of the sentences are denied."""
    if claim.n_negations or not any(sentence.n_negations for sentence in sentences):
        return False
    words = _content(claim)
    spans = [span for facts in sentences for span in _closest_spans(words, facts.parts)]
    most = max(n for n, _ in spans)
    return most >= MOSTLY_SHARED * len(words) and all(denies for n, denies in spans if n == most)


def _closest_spans(words: set[str], parts: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """For each stretch: how many of the words it has, and whether a negation is among or before them."""
    length = max(SHORTEST_STRETCH, 2 * len(words))
    for start in range(max(1, len(parts) - length + 1)):
        first: dict[str, int] = {}
        for i, part in enumerate(parts[start : start + length], start):
            if part in words:
                first.setdefault(part, i)
        begin, end = min(first.values(), default=0), max(first.values(), default=0)
        between = range(max(0, begin - DENIED_WITHIN), end)
        n_denials = sum(parts[i] in NEGATIONS and parts[i - 1] not in _CONTRASTS for i in between)
        yield len(first), n_denials % 2 == 1


def _closest_stretches(claim: Facts, sentence: Facts) -> list[list[str]]:
    """The stretches of the sentence, of the claim's length, that share most words with the claim."""
    parts, shared = sentence.parts, _content(claim)
    length = max(SHORTEST_STRETCH, len(claim.parts))
    stretches = [parts[i : i + length] for i in range(max(1, len(parts) - length + 1))]
    n_shared = [sum(part in shared for part in stretch) for stretch in stretches]
    most = max(n_shared)
    return [stretch for stretch, n in zip(stretches, n_shared, strict=True) if n == most]


def _content(claim: Facts) -> set[str]:
    return set(claim.parts) - STOP_WORDS


def _missing_facts(claim: Facts, source: Facts, context: Facts) -> set[Fact]:
    """The kinds of facts of the claim that are missing in the text."""
    found: set[Fact] = set()
    words = {t.key for t in claim.tokens if t.value is None} - STOP_WORDS
    for token in claim.tokens:
        if token.value is not None:
            same = [i for i, t in enumerate(context.tokens) if same_value(token, t)]
            near = [i for i in same if _shares_words(words, context.tokens, i)]
            if not near:
                found.add("number")
            elif not any(same_unit(token, context.tokens[i]) for i in near):
                found.add("unit")
    is_foreign = any(_lacks_names(facts, context) for facts in (claim, source))
    if is_foreign or count_missing_numbers(source, context):  # the year of another paper
        found.add("name")
    return found


def _lacks_names(facts: Facts, context: Facts) -> bool:
    """Whether all names are missing in the context, or one that can only be a name.

    A word that just begins with a capital may be part of a title or a translation, so a single missing
    one says little.
    """
    names = [token for token in facts.tokens if token.is_name]
    missing = [token for token in names if not context.has_name(token)]
    return bool(missing) and (len(missing) == len(names) or any(t.distinctive for t in missing))


def _shares_words(words: set[str], tokens: Sequence[Token], i: int) -> bool:
    """Whether a word of the claim is near the number ``tokens[i]``."""
    nearby = tokens[max(0, i - NEARBY) : i + NEARBY + 1]
    return not words or any(token.key in words for token in nearby)
