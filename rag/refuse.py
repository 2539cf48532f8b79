"""Know when the list does not hold the answer, and say what is nearest.

What can be known without a model: how near the best sentence comes, how much of the question's
rare words the best passages cover, and whether the paper that is asked about is here at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ingest.corpus import Paper
from ingest.words import terms
from rag.answer import Composed, Hit
from rag.question import Question
from rag.retrieve import Queries, Retriever
from rag.signals import sentence_similarities
from rag.translate import is_chinese

LOOKED_AT = 5  # passages

# A logistic regression over the signals below; its figures are in benchmarks/ablations.md.
BIAS, SIMILARITY, COVERAGE = -4.15, 4.3, 5.6
CONFIDENT = 0.5

ENTRY_COVERS = 0.6  # the share of the words asked from which an entry is taken to answer


def refuse(question: Question, hits: Sequence[Hit], retriever: Retriever) -> Composed | None:
    """The refusal, if the evidence does not hold an answer; None if it may.

    A named paper that is not here yet gets an answer only if its entry in the list can give it.
    """
    say = _CHINESE if is_chinese(question.asked) else _ENGLISH
    if hits and _an_entry_answers(question, retriever):
        return None
    missing = _named_but_missing(question, retriever)
    if missing and not question.asks_for_paper:
        titles = ", ".join(f"“{paper.title}”" for paper in missing)
        return Composed("no_evidence", notices=(say["not here"].format(titles),))
    if not hits:
        return Composed("no_evidence", notices=(say["nothing"],))
    if confidence(question, hits, retriever) < CONFIDENT:
        return Composed("no_evidence", notices=(say["nothing"], _nearest(hits[0], say)))
    return None


_ENGLISH = {
    "nothing": "No evidence: the papers that are here do not answer this.",
    "not here": "No evidence: {} is in the list, but its pages are not here yet. "
    "`askpapers sync` fetches them.",
    "nearest": "Nearest: “{}”, {}.",
    "page": "page {}",
    "list": "its entry in the list",
}
_CHINESE = {
    "nothing": "没有找到证据：现有论文没有回答这个问题。",
    "not here": "没有找到证据：{} 在列表中，但正文尚未下载；运行 `askpapers sync` 可以获取。",
    "nearest": "最接近的是：“{}”，{}。",
    "page": "第 {} 页",
    "list": "列表条目",
}


def _nearest(hit: Hit, say: dict[str, str]) -> str:
    place = say["page"].format(hit.page) if hit.page else say["list"]
    return say["nearest"].format(hit.paper.title, place)


def _named_but_missing(question: Question, retriever: Retriever) -> list[Paper]:
    """The papers that the question names, if no page of any of them is here."""
    named = [retriever.index.papers[paper] for paper in question.papers]
    return [] if any(entry.n_pages for entry in named) else [entry.paper for entry in named]


def _an_entry_answers(question: Question, retriever: Retriever) -> bool:
    """Whether the entry of a named paper holds what is asked beside the name."""
    for paper in question.papers:
        asked = terms(question.inside(paper))
        held = retriever.view(paper).unit(None).terms()
        n_held = sum(term in held for term in asked)
        if question.asks_for_entry or len(asked) <= 1 or n_held >= ENTRY_COVERS * len(asked):
            return True
    return False


def confidence(question: Question, hits: Sequence[Hit], retriever: Retriever) -> float:
    """How likely the passages hold an answer, 0..1."""
    similarity, coverage = signals(question, hits, retriever)
    return 1 / (1 + math.exp(-(BIAS + SIMILARITY * similarity + COVERAGE * coverage)))


def signals(question: Question, hits: Sequence[Hit], retriever: Retriever) -> tuple[float, float]:
    """Cosine of the nearest sentence, and the share of the question's rarity that is covered."""
    queries = Queries(question, retriever)
    nearest, covered = 0.0, 0.0
    for hit in hits[:LOOKED_AT]:
        view = retriever.view(hit.paper.id)
        asked = queries.inside(hit.paper.id)
        similar = sentence_similarities(view, view.unit(hit.page), asked.vector)
        nearest = max(nearest, float(similar.max(initial=0.0)))
        held = set(terms(hit.text))
        weigh = asked.weigh(retriever.index.rarity)
        share = sum(w for t, w in weigh.items() if t in held) / (sum(weigh.values()) or 1.0)
        covered = max(covered, share)
    return nearest, covered
