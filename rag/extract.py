"""Answer without a language model: the sentences, verbatim, that say what was asked.

Draws from the best passages, not only the first: what the passages hold is nearly always enough,
choosing is the hard part (benchmarks/ablations.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.words import terms
from rag.answer import Citation, Composed, Hit, Sentence
from rag.question import Question
from rag.retrieve import Queries, Retriever
from rag.signals import sentence_similarities
from rag.translate import is_chinese

PASSAGES = 8  # drawn from
FEWEST_WORDS, MOST_WORDS = 5, 70  # of a sentence that is shown

_NUMBER = re.compile(r"\d")
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|big|large|often|far)\b|\b(?:what|which) (?:\w+ ){0,3}"
    r"(?:number|size|rate|share|percent\w*|score|accuracy|value|length|fraction|threshold|year)\b"
    r"|%|多少|几个|多大|多长|多久|比例|得分|分数|准确率|大小",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(r"\bwhy\b|\breasons?\b|为什么|为何|原因", re.IGNORECASE)
_GIVES_REASON = re.compile(
    r"\b(?:because|since|due to|reason|therefore|so that|in order to|as a result|thus|hypothesi[sz]e)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that could be shown: where it stands, and how much speaks for it."""

    hit: Hit
    start: int
    text: str
    score: float
    n_words: int


def extract(
    question: Question, hits: Sequence[Hit], retriever: Retriever, max_words: int
) -> Composed:
    """The best sentences of ``hits``, at most ``max_words`` words together, grouped by paper."""
    queries = Queries(question, retriever)
    pool = [c for hit in hits[:PASSAGES] for c in _candidates(question, hit, retriever, queries)]
    pool.sort(key=lambda c: -c.score)
    chosen = _choose(pool, max_words, question.sides if question.compares else ())
    return _cite(_in_reading_order(chosen), is_chinese(question.asked))


def _candidates(
    question: Question, hit: Hit, retriever: Retriever, queries: Queries
) -> list[_Candidate]:
    view = retriever.view(hit.paper.id)
    unit = view.unit(hit.page)
    query_terms, query = queries.inside(hit.paper.id)
    wanted = {term: view.rarity(term) for term in query_terms}
    total = sum(wanted.values()) or 1.0
    similar = sentence_similarities(view, unit, query)
    end = hit.start + len(hit.text)
    found = []
    for i, sentence in enumerate(unit.sentences):
        if not (hit.start <= sentence.start and sentence.end <= end):
            continue
        around = {t for s in unit.sentences[max(0, i - 1) : i + 2] for t in s.terms}
        cover = sum(wanted[t] for t in wanted.keys() & set(sentence.terms)) / total
        near = sum(wanted[t] for t in wanted.keys() & around) / total
        text = unit.text[sentence.start : sentence.end]
        score = float(similar[i]) + cover + 0.5 * near + 0.3 / hit.rank + _fits(question, text)
        if sentence.n_words < FEWEST_WORDS or sentence.n_words > MOST_WORDS:
            score -= 0.5
        found.append(_Candidate(hit, sentence.start, text, score, sentence.n_words))
    return found


def _fits(question: Question, text: str) -> float:
    """What a sentence gains by being of the kind that is asked for."""
    gain = 0.0
    if _ASKS_NUMBER.search(question.text) and _NUMBER.search(text):
        gain += 0.3
    if _ASKS_WHY.search(question.text) and _GIVES_REASON.search(text):
        gain += 0.3
    return gain


def _choose(
    pool: Sequence[_Candidate], max_words: int, sides: Sequence[tuple[str, ...]]
) -> list[_Candidate]:
    """The best candidates that fit; in a comparison each side gets its part of the room."""
    if sides:
        room = max_words // len(sides)
        parts = [_choose([c for c in pool if c.hit.paper.id in s], room, ()) for s in sides]
        return [candidate for part in parts for candidate in part]
    chosen: list[_Candidate] = []
    said: set[str] = set()
    n_words = 0
    for candidate in pool:
        if n_words + candidate.n_words > max_words and chosen:
            continue
        text = " ".join(terms(candidate.text))
        if text in said or candidate.score < 0.5 * pool[0].score:
            continue
        said.add(text)
        chosen.append(candidate)
        n_words += candidate.n_words
    return chosen


def _in_reading_order(chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """By paper, the best paper first; within a paper as the best page, then as the text goes."""
    papers = list(dict.fromkeys(c.hit.paper.id for c in chosen))
    return sorted(chosen, key=lambda c: (papers.index(c.hit.paper.id), c.hit.rank, c.start))


def _cite(chosen: Sequence[_Candidate], chinese: bool) -> Composed:
    sentences, citations = [], []
    last = None
    for marker, candidate in enumerate(chosen, start=1):
        paper = candidate.hit.paper
        lead = f"{paper.title} ({paper.year}):" if paper.id != last else ""
        last = paper.id
        text = " ".join(candidate.text.split())
        sentences.append(Sentence(text, (marker,), "supported", lead))
        citations.append(
            Citation(
                marker=marker,
                source=candidate.hit.source,
                paper=paper,
                page=candidate.hit.page,
                quote=candidate.text,
                start=candidate.start,
            )
        )
    return Composed("answered", tuple(sentences), tuple(citations), _notices(chosen, chinese))


def _notices(chosen: Sequence[_Candidate], chinese: bool) -> tuple[str, ...]:
    """What the reader should know of papers that only the list speaks of so far."""
    titles = dict.fromkeys(c.hit.paper.title for c in chosen if not c.hit.has_pages)
    form = (
        "以上来自列表条目，而非论文正文；“{}”的正文尚未下载。"
        if chinese
        else "From the list, not from the paper: the pages of “{}” are not here yet."
    )
    return tuple(form.format(title) for title in titles)
