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
from rag.query.names import Mention, normalize_name
from rag.verification.attribution import split_attribution, split_citation
from rag.verification.facts import Facts, read_facts
from rag.verification.injection import may_be_evidence

Embed = Callable[[Sequence[str]], Vectors]
FindNames = Callable[[str], Sequence[Mention]]  # the papers of the list that a text names

SUBJECT_WORDS = 2  # at most so many words stand before the name that a statement is about


@dataclass(frozen=True, slots=True)
class Premise:
    """A text that may support a claim: its sentences with their facts, words and vectors.

    ``context`` are the facts of everything that a claim may use, including the paper's title, names,
    authors and section; ``text`` is the same as text; ``papers`` are the ids of the papers it is from.
    """

    spans: tuple[Span, ...]
    facts: tuple[Facts, ...]
    words: tuple[frozenset[str], ...]
    vectors: Vectors
    context: Facts
    text: str
    papers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to check: its facts, its words, and its unit vector, float32 ``(dim,)``.

    All are without its attribution ("The authors report that ..."), whose facts are ``source``; ``subject``
    is the name of a paper that ``text`` begins with.
    """

    text: str
    source: Facts
    facts: Facts
    words: frozenset[str]
    vector: Vectors
    subject: Mention | None


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
        papers=frozenset((paper.id,)),
    )


def evidence_spans(text: str) -> tuple[Span, ...]:
    """The sentences that may be evidence: not those addressed to the model."""
    spans = split_sentences(text)
    return tuple(compress(spans, may_be_evidence([text[start:end] for start, end in spans])))


def no_names(text: str) -> Sequence[Mention]:
    """Where no list is at hand."""
    return ()


def read_claim(
    sentence: str, embed: Embed, papers: Iterable[Paper] = (), find_names: FindNames = no_names
) -> Claim:
    """Prepare a claim; a citation of one of ``papers`` at its end is part of its attribution."""
    citation, uncited = split_citation(sentence, papers)
    source, statement = split_attribution(uncited)
    facts = read_facts(statement)
    return Claim(
        text=statement,
        source=read_facts(source + citation),
        facts=facts,
        words=facts.words,
        vector=embed([statement])[0],
        subject=_subject(statement, find_names),
    )


def _subject(statement: str, find_names: FindNames) -> Mention | None:
    """The name of a paper, or of its authors, with which the statement begins."""
    first = next(iter(find_names(statement)), None)
    if first is None or len(statement[: first.start].split()) > SUBJECT_WORDS:
        return None
    return first


def is_about_another_paper(claim: Claim, premise: Premise) -> bool:
    """Whether the claim is about a paper of the list that the premise is not from and does not name.

    Hard facts miss that where the name is an ordinary word: any sentence may begin with a capital.
    """
    subject = claim.subject
    if subject is None or not premise.papers.isdisjoint(subject.papers):
        return False
    written = claim.text[subject.start : subject.end]
    return normalize_name(written) not in normalize_name(premise.text)


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
        papers=frozenset().union(*(premise.papers for premise, _, _ in quotes)),
    )


def coverage(claim: Claim, premise: Premise, first: int, last: int) -> float:
    """The share of the claim's words that the sentences ``[first, last)`` have, 0..1."""
    there = frozenset().union(*premise.words[first:last])
    return len(claim.words & there) / max(1, len(claim.words))
