"""Hold a sentence against the passages: is it supported, and by which words?

The same check for every model and for none.  Hard facts (``rag.facts``) must agree; the words and the
meaning must be there, which a logistic model over a few plain signals weighs.  Its weights are fixed
below; ``benchmarks/verify_support.py`` fits and measures them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.embed import Vectors
from ingest.sentences import Span, split_sentences
from ingest.words import terms
from rag.answer import Hit, Support
from rag.facts import Facts, disagreements, read_facts

Embed = Callable[[Sequence[str]], Vectors]

WINDOW = 3  # sentences that may support a claim together
SECOND_SENTENCE = 0.15  # share of the claim's words that a longer quote must add for each sentence

BIAS = -4.0
WEIGHTS = {"words": 3.0, "meaning": 3.0, "phrases": 1.0}
SUPPORTED, PARTLY = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported, and the words that support it best.

    The quote is ``evidence[hit].text[start:end]``; ``hit`` is None if there is no evidence.
    ``score`` is the likelihood of support by words and meaning alone, 0..1.
    """

    support: Support
    hit: int | None
    start: int
    end: int
    score: float

    @property
    def strength(self) -> tuple[int, float]:
        """Sorts verdicts: the better supported is greater."""
        return (_ORDER.index(self.support), self.score)


_ORDER: list[Support] = ["unsupported", "partly", "supported"]
_NOTHING = Verdict("unsupported", None, 0, 0, 0.0)


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage read for the check: its sentences, their terms and vectors."""

    text: str
    title: str
    spans: tuple[Span, ...]
    terms: tuple[tuple[str, ...], ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class _Claim:
    text: str
    terms: tuple[str, ...]
    vector: Vectors
    facts: Facts


@dataclass(frozen=True, slots=True)
class _Match:
    """How a claim meets one passage: the best window of sentences ``[first, last)``, the signals."""

    passage: _Passage
    first: int
    last: int
    signals: dict[str, float]

    @property
    def window(self) -> str:
        spans = self.passage.spans[self.first : self.last]
        return self.passage.text[spans[0][0] : spans[-1][1]] if spans else ""


class Judge:
    """Judges sentences against fixed evidence; each passage is read once."""

    def __init__(self, evidence: Sequence[Hit], embed: Embed) -> None:
        self._embed = embed
        self._passages = [_read_passage(hit, embed) for hit in evidence]

    def judge(self, sentence: str, among: Sequence[int] | None = None) -> list[Verdict]:
        """The verdicts by each of the passages ``among`` (from 0; None: all), the best first.

        Where no passage supports the sentence alone, the best two may do so together.
        """
        numbers = range(len(self._passages)) if among is None else among
        claim = _read_claim(sentence, self._embed)
        matches = {i: _match(claim, self._passages[i]) for i in numbers if self._passages[i].spans}
        alone = {i: _verdict(claim, [match], i) for i, match in matches.items()}
        order = sorted(alone, key=lambda i: alone[i].strength, reverse=True)
        if len(order) > 1 and alone[order[0]].support != "supported":
            pair = order[:2]
            joint = [_verdict(claim, [matches[i] for i in pair], i, alone[i]) for i in pair]
            if joint[0].support == "supported":
                return joint + [alone[i] for i in order[2:]]
        return [alone[i] for i in order]


def judge_support(sentence: str, evidence: Sequence[Hit], embed: Embed) -> Verdict:
    """The verdict on one sentence by the best passage of ``evidence``."""
    return next(iter(Judge(evidence, embed).judge(sentence)), _NOTHING)


def likelihood(signals: dict[str, float]) -> float:
    """How likely a claim with these signals is supported, 0..1."""
    return 1 / (1 + math.exp(-(BIAS + sum(WEIGHTS[name] * signals[name] for name in WEIGHTS))))


def _read_passage(hit: Hit, embed: Embed) -> _Passage:
    spans = tuple(split_sentences(hit.text))
    texts = [hit.text[start:end] for start, end in spans]
    return _Passage(
        text=hit.text,
        title=f"{hit.paper.title} {' '.join(hit.paper.aliases)}",
        spans=spans,
        terms=tuple(tuple(terms(text)) for text in texts),
        vectors=embed(texts) if texts else np.zeros((0, 0), dtype=np.float32),
    )


def _read_claim(sentence: str, embed: Embed) -> _Claim:
    return _Claim(sentence, tuple(terms(sentence)), embed([sentence])[0], read_facts(sentence))


def _match(claim: _Claim, passage: _Passage) -> _Match:
    similar = passage.vectors @ claim.vector
    wanted = set(claim.terms)
    best = (-1.0, 0, 1)
    for first in range(len(passage.spans)):
        said: set[str] = set()
        for last in range(first + 1, min(first + WINDOW, len(passage.spans)) + 1):
            said |= wanted & set(passage.terms[last - 1])
            words = len(said) / max(1, len(wanted))
            score = words + float(similar[first:last].max()) - SECOND_SENTENCE * (last - first)
            best = max(best, (score, first, last), key=lambda found: found[0])
    _, first, last = best
    return _Match(passage, first, last, _signals(claim, passage, first, last, similar))


def _signals(
    claim: _Claim, passage: _Passage, first: int, last: int, similar: Vectors
) -> dict[str, float]:
    """What is weighed, each in 0..1 (the cosine in -1..1)."""
    wanted = set(claim.terms)
    there = {term for sentence in passage.terms[first:last] for term in sentence}
    phrases = set(pairwise(claim.terms))
    held = {pair for s in passage.terms for pair in pairwise(s)}
    return {
        "words": len(wanted & there) / max(1, len(wanted)),
        "meaning": float(similar.max()),
        "phrases": len(phrases & held) / max(1, len(phrases)),
    }


def _verdict(
    claim: _Claim, matches: Sequence[_Match], hit: int, alone: Verdict | None = None
) -> Verdict:
    """The verdict by all of ``matches`` together; its quote is of passage ``hit``."""
    signals = _joined(claim, matches)
    score = likelihood(signals)
    near = read_facts(" ".join(match.window for match in matches))
    around = read_facts(" ".join(f"{m.passage.title}. {m.passage.text}" for m in matches))
    differ = disagreements(claim.facts, near, around)
    support: Support = "unsupported"
    if score >= SUPPORTED and not differ:
        support = "supported"
    elif score >= PARTLY and differ <= {"name"}:
        support = "partly"
    if alone is not None:
        return Verdict(support, hit, alone.start, alone.end, score)
    spans = matches[0].passage.spans[matches[0].first : matches[0].last]
    return Verdict(support, hit, spans[0][0], spans[-1][1], score)


def _joined(claim: _Claim, matches: Sequence[_Match]) -> dict[str, float]:
    if len(matches) == 1:
        return matches[0].signals
    wanted = set(claim.terms)
    there = {t for m in matches for s in m.passage.terms[m.first : m.last] for t in s}
    return {name: max(m.signals[name] for m in matches) for name in WEIGHTS} | {
        "words": len(wanted & there) / max(1, len(wanted))
    }
