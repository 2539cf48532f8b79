"""Check a sentence against the passages: is it supported, and by which words?

The check is the same for every model, and for answers without a model.  Hard facts must agree
(``rag.verification.agreement``); how well words and meaning agree is scored by a logistic model over four
simple signals.  Its weights are below; ``benchmarks/verify_support.py`` fits and evaluates them.  An
entailment model (``rag.verification.entailment``) can be used instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ingest.indexing.sentences import Span
from rag.answer import Hit, Support
from rag.verification.agreement import (
    Agreement,
    compare_facts,
    contradiction,
    count_missing_numbers,
    says_opposite,
)
from rag.verification.alignment import REPEATED, Fact
from rag.verification.facts import Facts, read_facts
from rag.verification.premises import (
    Claim,
    Embed,
    FindNames,
    Premise,
    coverage,
    is_about_another_paper,
    join_quotes,
    no_names,
    read_claim,
    read_passage,
)

Entails = Callable[[Sequence[str], str], Sequence[float]]  # texts, claim -> how likely each, 0..1

WINDOW = 3  # adjacent sentences that may support a claim together
LONGER_QUOTE = 0.15  # share of the claim's words that each further sentence of a quote must add
NEAREST = 3  # most similar sentences whose mean cosine counts
SHARPNESS = 8.0  # of the softmax over sentences when looking for a contradiction
MAX_NUMBERS = 3

# Fitted by benchmarks/verify_support.py.
BIAS = -1.98
WEIGHTS = {"support": 6.21, "numbers": -3.03, "opposite": -2.86, "contradicted": -2.57}
SUPPORTED, PARTLY = 0.48, 0.3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported, and the words that support it best.

    The quote is ``evidence[hit].text[start:end]``.  ``score`` is the likelihood of support, 0..1, without
    regard to hard facts.  ``joint``: this passage supports the sentence only together with another one.
    """

    support: Support
    hit: int
    start: int
    end: int
    score: float
    joint: bool = False

    @property
    def strength(self) -> tuple[int, float]:
        """Sorts verdicts: the better supported is greater."""
        return (_ORDER.index(self.support), self.score)


_ORDER: list[Support] = ["unsupported", "partly", "supported"]


class Judge:
    """Judges sentences against fixed evidence; each passage is prepared once.

    ``entails``, if given, replaces the built-in likelihood of support; hard facts must still agree.
    With ``find_names`` a passage supports no sentence about another paper of the list.
    """

    def __init__(
        self,
        evidence: Sequence[Hit],
        embed: Embed,
        entails: Entails | None = None,
        find_names: FindNames = no_names,
    ) -> None:
        self._embed = embed
        self._entails = entails
        self._find_names = find_names
        self._papers = [hit.paper for hit in evidence]
        self._premises = [read_passage(hit, embed) for hit in evidence]
        self._read = lru_cache(maxsize=1)(self._read_claim)  # one claim is often judged twice

    def judge(self, sentence: str, among: Sequence[int] | None = None) -> list[Verdict]:
        """The verdicts by each of the passages ``among`` (from 0; None: all), the best first.

        If no passage supports the sentence alone, the best two may do so together, unless it is a changed
        version of one of their sentences.  A sentence that distorts one passage is supported by another
        only if that repeats it word by word.
        """
        numbers = range(len(self._premises)) if among is None else among
        numbers = [i for i in numbers if self._premises[i].spans]
        claim, agreements = self._read(sentence)
        likely = self._likely(claim, [self._premises[i] for i in numbers])
        is_distorted = any(agreement.is_distortion for agreement in agreements)
        alone = [
            _verdict(claim, self._premises[i], i, score)
            if agreements[i].repeated >= REPEATED or not is_distorted
            else Verdict("unsupported", i, 0, 0, 0.0)
            for i, score in zip(numbers, likely, strict=True)
        ]
        alone.sort(key=lambda verdict: verdict.strength, reverse=True)
        is_whole = any(a.is_distortion or a.is_about_another for a in agreements)
        if len(alone) < 2 or is_whole or alone[0].support == "supported":
            return alone
        return self._together(claim, alone[0], alone[1]) + alone[2:]

    def _read_claim(self, sentence: str) -> tuple[Claim, list[Agreement]]:
        """The claim, and how it agrees with each passage."""
        claim = read_claim(sentence, self._embed, self._papers, self._find_names)
        return claim, [_agreement(claim, premise) for premise in self._premises]

    def has_words(self, verdict: Verdict, text: str) -> bool:
        """Whether ``text`` is not empty, and all its words are in the passage of ``verdict``."""
        tokens = read_facts(text).tokens
        words = {word for token in tokens if token.value is None for word in token.words}
        there = frozenset().union(*self._premises[verdict.hit].words)
        return bool(tokens) and words <= there

    def denies_alike(self, verdict: Verdict, text: str) -> bool:
        """Whether ``text`` and a sentence of the verdict's quote both deny, or both do not."""
        premise = self._premises[verdict.hit]
        quoted = (
            facts
            for facts, (start, _) in zip(premise.facts, premise.spans, strict=True)
            if verdict.start <= start < verdict.end
        )
        n_negations = read_facts(text).n_negations
        return any((n_negations - facts.n_negations) % 2 == 0 for facts in quoted)

    def _together(self, claim: Claim, *pair: Verdict) -> list[Verdict]:
        """The two verdicts, both "supported" if their quotes together support the claim."""
        both = join_quotes([(self._premises[v.hit], v.start, v.end) for v in pair])
        score, differ = weigh(claim, both, 0, len(both.spans), *self._likely(claim, [both]))
        if score < SUPPORTED or differ:
            return list(pair)
        return [replace(v, support="supported", score=score, joint=True) for v in pair]

    def _likely(self, claim: Claim, premises: Sequence[Premise]) -> Sequence[float | None]:
        """The likelihood of each premise by the entailment model; None without such a model."""
        if self._entails is None or not premises:
            return [None] * len(premises)
        return self._entails([premise.text for premise in premises], claim.text)


def judge_support(sentence: str, evidence: Sequence[Hit], embed: Embed) -> Verdict | None:
    """The verdict on one sentence by the best passage of ``evidence``; None if there is no text."""
    return next(iter(Judge(evidence, embed).judge(sentence)), None)


def best_window(claim: Claim, premise: Premise) -> Span:
    """The adjacent sentences ``[first, last)`` that agree best with the claim."""
    similar = premise.vectors @ claim.vector
    best = (-math.inf, 0, 1)
    for first in range(len(premise.spans)):
        for last in range(first + 1, min(first + WINDOW, len(premise.spans)) + 1):
            words = coverage(claim, premise, first, last)
            score = words + float(similar[first:last].max()) - LONGER_QUOTE * (last - first)
            best = max(best, (score, first, last), key=lambda found: found[0])
    return best[1], best[2]


def signals(claim: Claim, premise: Premise) -> dict[str, float]:
    """The inputs of the logistic model: the support for the claim, and three doubts multiplied by it.

    ``support``: the share of the claim's words that the best window has, times the mean cosine of the
    nearest sentences.  ``numbers``: how many numbers of the claim are missing, at most 3.  ``opposite``:
    whether the nearest sentence has the opposite of a word of the claim.  ``contradicted``: how far the
    sentences nearest to the claim say the reverse, 0..1.
    """
    similar = premise.vectors @ claim.vector
    meaning = float(np.sort(similar)[-NEAREST:].mean())
    shared = [coverage(claim, premise, i, i + 1) for i in range(len(premise.spans))]
    weights = np.exp(SHARPNESS * (similar + np.array(shared)))
    weights /= weights.sum()
    contradicted = [contradiction(claim.facts, facts) for facts in premise.facts]
    ends = range(1, len(premise.spans) + 1)
    words = max(coverage(claim, premise, max(0, end - WINDOW), end) for end in ends)
    support = words * meaning
    doubts = {
        "numbers": min(MAX_NUMBERS, count_missing_numbers(claim.facts, premise.context)),
        "opposite": says_opposite(claim.facts, premise.facts[int(weights.argmax())]),
        "contradicted": float(weights @ contradicted),
    }
    return {"support": support} | {name: support * doubt for name, doubt in doubts.items()}


def _agreement(claim: Claim, premise: Premise, first: int = 0, last: int = 0) -> Agreement:
    """The agreement of hard facts with the premise, of which the sentences ``[first, last)`` are quoted."""
    window = Facts(tuple(t for facts in premise.facts[first:last] for t in facts.tokens))
    return compare_facts(claim.facts, premise.facts, premise.context, claim.source, window)


def likelihood(values: dict[str, float]) -> float:
    """How likely a claim with these ``signals`` is supported, 0..1."""
    return 1 / (1 + math.exp(-(BIAS + sum(WEIGHTS[name] * values[name] for name in WEIGHTS))))


def _verdict(claim: Claim, premise: Premise, hit: int, likely: float | None) -> Verdict:
    first, last = best_window(claim, premise)
    score, differ = weigh(claim, premise, first, last, likely)
    support: Support = "unsupported"
    if score >= SUPPORTED and not differ:
        support = "supported"
    elif score >= PARTLY and differ <= {"name", "word", "denial"}:
        support = "partly"
    return Verdict(support, hit, premise.spans[first][0], premise.spans[last - 1][1], score)


def weigh(
    claim: Claim, premise: Premise, first: int, last: int, likely: float | None = None
) -> tuple[float, frozenset[Fact]]:
    """The likelihood of support (``likely`` if it is known), and the kinds of hard facts that differ."""
    agreement = _agreement(claim, premise, first, last)
    differ = agreement.differ
    if is_about_another_paper(claim, premise):
        differ |= {"paper"}
    if likely is not None:
        return likely, differ
    score = likelihood(signals(claim, premise))
    if min(agreement.repeated, agreement.content) >= REPEATED:
        score = max(score, agreement.repeated)
    return score, differ
