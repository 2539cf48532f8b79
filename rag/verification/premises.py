"""Prepare what is compared: a passage, sentence by sentence, and a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from ingest.corpus import Paper
from ingest.embedding.embed import Vectors
from ingest.indexing.sentences import Span, split_sentences
from rag.answer import Hit
from rag.verification.attribution import split_attribution, split_citation
from rag.verification.facts import Facts, read_facts
from rag.verification.injection import may_be_evidence

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Premise:
    """A text that may support a claim: its sentences with their facts, words and vectors.

    ``context`` are the facts of everything that a claim may use, including the paper's title, names,
    authors and section; ``text`` is the same as text.
    """

    spans: tuple[Span, ...]
    facts: tuple[Facts, ...]
    words: tuple[frozenset[str], ...]
    vectors: Vectors
    context: Facts
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to check: its facts, its words, and its unit vector, float32 ``(dim,)``.

    All are without its attribution ("The authors report that ..."), whose facts are ``source``.
    """

    text: str
    source: Facts
    facts: Facts
    words: frozenset[str]
    vector: Vectors


def read_passage(hit: Hit, embed: Embed) -> Premise:
    """Prepare a passage; a claim may also use its paper's title, names and authors."""
    spans = evidence_spans(hit.text)
    texts = [hit.text[start:end] for start, end in spans]
    facts = tuple(read_facts(text) for text in texts)
    paper = hit.paper
    context = ". ".join((paper.dated_title, *paper.aliases, *paper.authors, hit.section, *texts))
    return Premise(
        spans=spans,
        facts=facts,
        words=tuple(sentence.words for sentence in facts),
        vectors=embed(texts) if texts else np.zeros((0, 0), dtype=np.float32),
        context=read_facts(context),
        text=context,
    )


def evidence_spans(text: str) -> tuple[Span, ...]:
    """The sentences that may be evidence: not those addressed to the model."""
    spans = split_sentences(text)
    return tuple(compress(spans, may_be_evidence([text[start:end] for start, end in spans])))


def read_claim(sentence: str, embed: Embed, papers: Iterable[Paper] = ()) -> Claim:
    """Prepare a claim; a citation of one of ``papers`` at its end is part of its attribution."""
    citation, uncited = split_citation(sentence, papers)
    source, statement = split_attribution(uncited)
    facts = read_facts(statement)
    return Claim(
        statement, read_facts(source + citation), facts, facts.words, embed([statement])[0]
    )


def join_quotes(quotes: Sequence[tuple[Premise, int, int]]) -> Premise:
    """One premise made of the sentences of several quotes ``(premise, start, end)``."""
    chosen = [
        (premise, i)
        for premise, start, end in quotes
        for i, span in enumerate(premise.spans)
        if start <= span[0] and span[1] <= end
    ]
    return Premise(
        spans=tuple(premise.spans[i] for premise, i in chosen),
        facts=tuple(premise.facts[i] for premise, i in chosen),
        words=tuple(premise.words[i] for premise, i in chosen),
        vectors=np.array([premise.vectors[i] for premise, i in chosen], dtype=np.float32),
        context=Facts(tuple(t for premise, _, _ in quotes for t in premise.context.tokens)),
        text=" ".join(premise.text for premise, _, _ in quotes),
    )


def coverage(claim: Claim, premise: Premise, first: int, last: int) -> float:
    """The share of the claim's words that the sentences ``[first, last)`` have, 0..1."""
    there = frozenset().union(*premise.words[first:last])
    return len(claim.words & there) / max(1, len(claim.words))
