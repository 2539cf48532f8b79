"""Refuse a question that the papers do not answer, name the nearest passage, and say how sure that is.

What can be judged without a model: how similar the best passage is to the question, which of its words
are nowhere in the papers it is about, and whether the pages of the named paper are here at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.corpus import Paper
from ingest.indexing.words import stem, terms
from rag.answer import Composed, Hit
from rag.generation.compose import no_answer
from rag.generation.evidence import Part, named_in_passing
from rag.generation.notices import wording_for
from rag.query import cues
from rag.query.answer_types import AnswerType
from rag.query.question import Intent, Question
from rag.query.translate import is_chinese
from rag.retrieval.paper_queries import PaperQueries
from rag.retrieval.paper_view import PaperView
from rag.retrieval.retrieve import Retriever
from rag.retrieval.signals import Reading
from rag.verification.facts import read_facts

HITS_WEIGHED = 5  # the first passages, which decide
_VERSION = re.compile(
    r"(?<![\w.-])([A-Z][A-Za-z]+)[ -]?(\d{1,2}(?:\.\d+)?)(?![\w%]|\.\d)"
)  # "GPT-5"

# A logistic regression, scaled so that the passage's cosine counts once; benchmarks/ablations.md.
MISSING_WORDS_COST = 0.44  # times the share of the question's words that are nowhere in the papers
EXTRA_WORDS = 1  # counted as found when that share is computed: papers may use another word
TRANSLATED_SHARE = 0.5  # of that cost in a Chinese question: the glossary has one word of several
MISSING_NAME_COST = 0.13  # one of those words is a name, such as that of a data set
NAMED_PAPER_BONUS = 0.06  # the question names a paper whose pages are here
# The papers contain no value of a type that is asked for (a time, a price).
MISSING_VALUE_COST = 0.4
UNRELATED_VALUE_SHARE = 0.4  # of that cost, if there is one, but not near words of the question
RELATED_COVERAGE = 0.15  # the share of the question's rarity near a value that makes it related
MIN_EVIDENCE = 0.34  # the score from which the papers are taken to answer
# Below SURE_EVIDENCE one of four answered questions should have been refused, above it one of 100;
# from CLOSE_EVIDENCE on one of five refused questions has an answer, below it one of 15.
SURE_EVIDENCE, CLOSE_EVIDENCE = 0.42, 0.25

MIN_TOPIC_SHARE = 0.65  # of the question's terms, by rarity, in an entry on the topic asked for
MIN_ENTRY_TERMS_SHARE = 0.5  # of the question's terms in an entry that answers


def judge(part: Part, retriever: Retriever) -> Part:
    """The part with a refusal if its evidence contains no answer, or marked as unsure if little speaks for one.

    A question about a paper whose pages are not here is answered only if its entry in the list can.
    """
    question, hits = part.question, part.hits
    wording = wording_for(question.asked)
    if cues.is_greeting(question.asked):
        return replace(part, refusal=Composed("no_evidence", notices=(wording["welcome"],)))
    if _an_entry_answers(question, hits, retriever):
        return part
    missing = _named_but_missing(question, retriever)
    if missing and not question.intent.is_to_find_papers and not named_in_passing(question, hits):
        titles = wording["titles"].join(f"“{paper.title}”" for paper in missing)
        notices = (wording["not here"].format(titles),)
        return replace(part, refusal=Composed("no_evidence", notices=notices))
    score = _answer_score(question, hits, retriever) if hits else 0.0
    if score >= MIN_EVIDENCE:
        return replace(part, is_unsure=score < SURE_EVIDENCE)
    refusal = no_answer(hits, question.asked)
    if score >= CLOSE_EVIDENCE:
        refusal = replace(refusal, notices=(*refusal.notices, wording["close"]))
    return replace(part, refusal=refusal)


def _answer_score(question: Question, hits: Sequence[Hit], retriever: Retriever) -> float:
    """How much speaks for an answer in the evidence, at most 1; there is one from ``MIN_EVIDENCE`` on."""
    intent = question.intent
    if intent is Intent.RELATED_WORK or question.is_overview:
        return 1.0
    if intent is Intent.PAPERS:
        written = retriever.entries.written_by(question.text)
        return float(bool(written) or _list_covers(question, hits, retriever))
    if intent is Intent.WHICH_PAPER and hits[0].source == "list":
        if _lacks_a_name(question, hits[0]):
            return 0.0
        if _list_covers(question, hits, retriever):
            return 1.0
    return _evidence_score(question, hits, retriever)


def _lacks_a_name(question: Question, hit: Hit) -> bool:
    """Whether the question contains a name that the entry found for it lacks."""
    held = read_facts(hit.text)
    names = [token for token in read_facts(question.asked).tokens if token.is_name]
    return not all(held.has_name(name) for name in names)


def _list_covers(question: Question, hits: Sequence[Hit], retriever: Retriever) -> bool:
    """Whether one of the first entries contains most of the terms asked."""
    asked = question.topic_terms()
    shares = [retriever.entries.entry_share(hit.paper.id, asked) for hit in hits[:HITS_WEIGHED]]
    return max(shares) >= MIN_TOPIC_SHARE


def _named_but_missing(question: Question, retriever: Retriever) -> list[Paper]:
    """The papers that the question names, if no page of any that it may mean is here."""
    papers = retriever.index.papers
    meant = list(question.papers)
    for mention in question.mentions:
        meant += retriever.entries.of_family(question.text[mention.start : mention.end])
    if any(papers[paper].n_pages for paper in meant):
        return []
    return [papers[paper].paper for paper in question.papers]


def _an_entry_answers(question: Question, hits: Sequence[Hit], retriever: Retriever) -> bool:
    """Whether a named paper's entry that was found contains what is asked besides the name.

    If a value is asked for, such as a learning rate, it must contain one.
    """
    if question.is_overview or question.intent is Intent.METADATA:
        return any(hit.paper.id in question.papers for hit in hits)
    found = {hit.paper.id for hit in hits}
    queries = PaperQueries(question, retriever)
    papers = filter(found.__contains__, question.papers)
    return any(_entry_holds(question, queries.reading(p), p) for p in papers)


def _entry_holds(question: Question, reading: Reading, paper: str) -> bool:
    view, entry = reading.view, reading.view.unit(None)
    if not all(
        view.sentences_with_answer(kind)[entry.rows].any() for kind in reading.query.quantities
    ):
        return False
    asked = set(question.terms_within(paper)) - cues.AMOUNT_TERMS
    n_held = sum(view.unit_holds(entry, term) for term in asked)
    return n_held >= MIN_ENTRY_TERMS_SHARE * len(asked)


def _evidence_score(question: Question, hits: Sequence[Hit], retriever: Retriever) -> float:
    """How well the papers match the question: the best cosine, less the cost of what they lack.

    1 if one passage of a named paper contains all terms that are asked about it.
    """
    about = () if question.intent.is_to_find_papers else question.papers
    here = [paper for paper in about if retriever.index.papers[paper].n_pages]
    papers = here or list(dict.fromkeys(hit.paper.id for hit in hits[:HITS_WEIGHED]))
    views = [retriever.view(paper) for paper in papers]

    def is_found(term: str) -> bool:
        return any(len(view.sentences_with(term)) for view in views)

    versions = (name for name in _versions(question.text) if not retriever.names.find(name))
    if any(not _is_mentioned(name, views) for name in versions):
        return 0.0
    text = question.text_within(papers[0])
    wanted = set(terms(text)) - cues.COMPARISON_TERMS
    if any(wanted <= set(terms(hit.text)) for hit in hits[:HITS_WEIGHED] if hit.paper.id in here):
        return 1.0
    near = _values_near(question, papers, retriever)
    given = (kind.question_terms(text) for kind, held in near.items() if held is not None)
    missing = [term for term in wanted.difference(cues.AMOUNT_TERMS, *given) if not is_found(term)]
    lacked = len(missing) / (len(wanted) + EXTRA_WORDS)
    if is_chinese(question.asked):
        lacked *= TRANSLATED_SHARE
    names = [token for token in read_facts(text).tokens if token.is_name]
    lacks_name = any(not all(map(is_found, terms(name.key))) for name in names)
    nearest = max(hit.scores.dense for hit in hits)
    costs = (
        MISSING_WORDS_COST * lacked
        + MISSING_NAME_COST * lacks_name
        + MISSING_VALUE_COST * _missing_value(near)
    )
    return nearest - costs + NAMED_PAPER_BONUS * bool(here)


def _versions(text: str) -> list[str]:
    """The names with a version in ``text``: "GPT-5", "LLaMA 3"."""
    names = {token.key for token in read_facts(text).tokens if token.is_name}
    found = _VERSION.finditer(text)
    return [v[0] for v in found if any(name.startswith(stem(v[1].lower())) for name in names)]


def _is_mentioned(name: str, views: Sequence[PaperView]) -> bool:
    """Whether a name with a version is in one of the papers, with or without a space or hyphen."""
    parts = (re.escape(part) for part in re.findall(r"[A-Za-z]+|[\d.]+", name))
    pattern = re.compile(r"(?<![A-Za-z])" + "[ -]?".join(parts) + r"(?!\d|\.\d)", re.IGNORECASE)
    return any(view.contains(pattern) for view in views)


def _values_near(
    question: Question, papers: Sequence[str], retriever: Retriever
) -> dict[AnswerType, float | None]:
    """The types of values that are asked for (a time, a price, a batch size).

    With each, how much of the question is near such a value in ``papers``, 0..1; None without one.
    """
    queries = PaperQueries(question, retriever)
    readings = [queries.reading(paper) for paper in papers]
    near: dict[AnswerType, float | None] = {}
    for kind in readings[0].query.quantities:
        held = [held for r in readings if (held := r.coverage_near_answer(kind)) is not None]
        near[kind] = max(held, default=None)
    return near


def _missing_value(near: Mapping[AnswerType, float | None]) -> float:
    """How far the worst value is missing, 0..1: 1 if there is none, less if one is elsewhere."""
    lacked = (
        1.0 if held is None else UNRELATED_VALUE_SHARE * max(0.0, 1 - held / RELATED_COVERAGE)
        for held in near.values()
    )
    return max(lacked, default=0.0)
