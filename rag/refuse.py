"""Know when the list does not hold the answer, and say what is nearest.

What can be known without a model: how near passages and sentences come to the question, whether the
name it is about stands in them, and whether the paper that is asked about is here at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.corpus import Paper
from ingest.words import terms
from rag.answer import Composed, Hit
from rag.facts import read_facts
from rag.question import Question
from rag.retrieve import Queries, Retriever
from rag.signals import share_held
from rag.translate import is_chinese

LOOKED_AT = 5  # passages

# A logistic regression, scaled so that the passage counts once; figures in benchmarks/ablations.md.
SENTENCE = 0.54  # what the best sentence's cosine is worth beside the best passage's,
COVERED = 0.25  # and the share of the question's words that one passage holds
WHOLLY = 0.99  # the share that is answer enough in a paper that is named
NEAR = 0.79  # the sum from which the papers are taken to answer

TOPIC_COVERS = 0.65  # the share from which an entry is taken to be on the topic asked for
ENTRY_COVERS = 0.6  # the share of the words asked from which an entry is taken to answer


def refuse(question: Question, hits: Sequence[Hit], retriever: Retriever) -> Composed | None:
    """The refusal, if the evidence does not hold an answer; None if it may.

    A named paper that is not here yet gets an answer only if its entry in the list can give it.
    """
    say = _CHINESE if is_chinese(question.asked) else _ENGLISH
    if hits and _an_entry_answers(question, retriever):
        return None
    missing = _named_but_missing(question, retriever)
    if missing and not question.wants_papers:
        titles = ", ".join(f"“{paper.title}”" for paper in missing)
        return Composed("no_evidence", notices=(say["not here"].format(titles),))
    if hits and _holds_answer(question, hits, retriever):
        return None
    nearest = (_nearest(hits[0], say),) if hits else ()
    return Composed("no_evidence", notices=(say["nothing"], *nearest))


def _holds_answer(question: Question, hits: Sequence[Hit], retriever: Retriever) -> bool:
    """Whether the evidence that was found may answer the question."""
    if question.kin:
        return True
    if question.asks_for_list:
        written = retriever.entries.written_by(question.text)
        return bool(written) or _list_covers(question, hits, retriever)
    is_entry = question.asks_for_paper and hits[0].source == "list" and not question.is_for_named
    if _lacks_subject(question, hits, retriever) or (is_entry and _lacks_name(question, hits[0])):
        return False
    if is_entry and _list_covers(question, hits, retriever):
        return True
    queries = Queries(question, retriever)
    covered = _covered(hits, queries, retriever.index.rarity)
    wholly = bool(question.papers) and covered >= WHOLLY
    return wholly or _nearness(hits, queries) + COVERED * covered >= NEAR


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


def _lacks_name(question: Question, hit: Hit) -> bool:
    """Whether the question gives a name that the entry found for it does not have."""
    held = read_facts(hit.text)
    names = [token for token in read_facts(question.asked).tokens if token.is_name]
    return not all(held.has_name(name) for name in names)


def _list_covers(question: Question, hits: Sequence[Hit], retriever: Retriever) -> bool:
    """Whether one of the first entries holds most of what was asked."""
    asked = question.topic_terms()
    shares = [retriever.entries.entry_share(hit.paper.id, asked) for hit in hits[:LOOKED_AT]]
    return max(shares) >= TOPIC_COVERS


def _named_but_missing(question: Question, retriever: Retriever) -> list[Paper]:
    """The papers that the question names, if no page of any that it may mean is here."""
    papers = retriever.index.papers
    meant = list(question.papers)
    for mention in question.mentions:
        meant += retriever.entries.of_family(question.text[mention.start : mention.end])
    if any(papers[paper].n_pages for paper in meant):
        return []
    return [papers[paper].paper for paper in question.papers]


def _an_entry_answers(question: Question, retriever: Retriever) -> bool:
    """Whether the entry of a named paper holds what is asked beside the name."""
    for paper in question.papers:
        if question.names_the_answer and not retriever.index.papers[paper].n_pages:
            return True
        asked = terms(question.inside(paper))
        view = retriever.view(paper)
        entry = view.unit(None)
        n_held = sum(view.unit_holds(entry, term) for term in asked)
        if question.asks_for_entry or len(asked) <= 1 or n_held >= ENTRY_COVERS * len(asked):
            return True
    return False


def _nearness(hits: Sequence[Hit], queries: Queries) -> float:
    """The cosines to the question of the nearest passage and, weighted, of the nearest sentence."""
    sentence = 0.0
    for hit in hits[:LOOKED_AT]:
        reading = queries.reading(hit.paper.id)
        similar = reading.similar[reading.view.unit(hit.page).rows]
        sentence = max(sentence, float(similar.max(initial=0.0)))
    return max(hit.scores.dense for hit in hits) + SENTENCE * sentence


def _covered(hits: Sequence[Hit], queries: Queries, rarity: Callable[[str], float]) -> float:
    """The share of what is asked that the best passage holds, rare words counting more; 0..1."""
    return max(
        share_held(queries.reading(hit.paper.id).asked.weigh(rarity), set(terms(hit.text)))
        for hit in hits[:LOOKED_AT]
    )


def _lacks_subject(question: Question, hits: Sequence[Hit], retriever: Retriever) -> bool:
    """Whether the question is about a name that none of the papers found has anywhere."""
    if question.mentions:
        return False
    views = [retriever.view(hit.paper.id) for hit in hits[:LOOKED_AT]]
    names = [token for token in read_facts(question.english()).tokens if token.is_name]
    return any(
        not any(all(len(view.sentences_with(term)) for term in terms(name.key)) for view in views)
        for name in names
    )
