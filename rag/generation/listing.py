"""Answer questions about the list itself: how many papers it has, which are of a year, the oldest one.

A search cannot count.  Such a question is answered from the list's entries, whichever model is
configured: how many papers there are, and the first of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.corpus import HANDBOOK
from ingest.indexing.chunk import render_entry
from ingest.indexing.index import IndexedPaper
from ingest.indexing.words import terms
from rag.answer import Citation, Composed, Hit, Scores, Sentence
from rag.config import Filters
from rag.generation.notices import wording_for
from rag.query import cues
from rag.query.question import Intent, Question
from rag.query.years import years_asked

# Wordings about a single paper, or only about the surveys.
_OF_A_PAPER = re.compile(
    r"\b(?:this|that|the) (?:paper|study|work|survey|article|authors?)\b|\bthey\b|\bit\b|\bauthors?\b"
    r"|\bsurveys?\b|该|这篇|那篇|作者|综述|它",
    re.I,
)

MAX_PAPERS = 6  # papers
MAX_TOPICS = 12


@dataclass(frozen=True, slots=True)
class Listing:
    """The papers that a question about the list means; those in most lists come first.

    What they have in common: ``topic`` is one of the list's, ``years`` are the first and the last,
    ``end`` is "newest" or "oldest"; ``is_named``: the question names them.  With ``by_topic``, the
    question asks for their topics.
    """

    papers: tuple[IndexedPaper, ...]
    topic: str = ""
    years: tuple[int, int] | None = None
    end: str = ""
    is_named: bool = False
    by_topic: bool = False

    def hits(self, k: int) -> tuple[Hit, ...]:
        """The first lines of the first ``k`` entries: title, first author, year."""
        return tuple(
            Hit(
                rank=rank,
                source="list",
                paper=entry.paper,
                page=None,
                section="",
                start=0,
                text=render_entry(entry.paper).partition("\n")[0],
                scores=Scores(0, 0, 0),
                has_pages=entry.n_pages > 0,
            )
            for rank, entry in enumerate(self.papers[:k], start=1)
        )


def read_listing(
    question: Question, papers: Iterable[IndexedPaper], filters: Filters
) -> Listing | None:
    """The papers that a question about the list means; None if the papers or a search must answer."""
    allowed = [entry for entry in papers if filters.allow(entry.paper)]
    if question.mentions and cues.asks_if_listed(question.text):
        return _named(question, allowed)
    if filters.papers or _OF_A_PAPER.search(question.asked) or not _asks_about_list(question):
        return None
    subject = question.topic_terms() - cues.LIST_TERMS
    end = cues.asks_for_newest_or_oldest(question.text)
    picks = end or cues.asks_how_many_papers(question.text)
    topic = _topic_of(subject, allowed) if picks else ""
    if (subject or question.mentions) and not topic:
        return None
    meant = Filters(topics=(topic,) if topic else (), years=question.years)
    found = [entry for entry in allowed if meant.allow(entry.paper) and entry.paper.id != HANDBOOK]
    found.sort(key=lambda entry: -len(entry.paper.lists))
    years, at_end = question.years, _at_end(found, end)
    if years and end and at_end:  # the newest of those before 2020 are not the newest of the list
        year, end = at_end[0].paper.year or 0, ""
        years = (year, year)
    by_topic = cues.asks_for_topics(question.text)
    return Listing(at_end, topic, years, end, by_topic=by_topic)


def _named(question: Question, papers: Iterable[IndexedPaper]) -> Listing | None:
    """The named papers, if nothing is asked but whether they are in the list."""
    if not cues.LIST_TERMS.issuperset(chain(*map(question.terms_within, question.papers))):
        return None
    named = tuple(entry for entry in papers if entry.paper.id in question.papers)
    return Listing(named, is_named=True)


def _asks_about_list(question: Question) -> bool:
    """Whether this turn is about the list, not only the previous one; "And from 2021?" counts too."""
    if not (cues.asks_about_list(question.text) or question.intent is Intent.PAPERS):
        return False
    asked = question.asked
    again = cues.asks_about_list(asked) or cues.asks_for_several_papers(asked) or years_asked(asked)
    return asked == question.text or bool(again)


def _topic_of(subject: set[str], papers: Iterable[IndexedPaper]) -> str:
    """The topic with exactly these terms, or ""."""
    topics = {topic for entry in papers for topic in entry.paper.topics}
    return next((topic for topic in sorted(topics) if set(terms(topic)) == subject), "")


def _at_end(papers: Sequence[IndexedPaper], end: str) -> tuple[IndexedPaper, ...]:
    """The papers of the last or the first year; all papers if neither is asked for."""
    years = [entry.paper.year for entry in papers if entry.paper.year]
    if not end or not years:
        return tuple(papers)
    wanted = max(years) if end == "newest" else min(years)
    return tuple(entry for entry in papers if entry.paper.year == wanted)


def compose_listing(listing: Listing, asked: str) -> Composed:
    """The count, and the first of the papers, each with its entry."""
    shown = listing.hits(MAX_PAPERS)
    if not shown:
        return compose_count(listing, asked)
    wording = wording_for(asked)
    among = wording["among"] if len(shown) < len(listing.papers) else ""
    lead = _head(listing, wording) + among + wording["colon"]
    sentences = (
        Sentence(hit.text, (hit.rank,), "supported", lead if hit.rank == 1 else "") for hit in shown
    )
    citations = (
        Citation(hit.rank, hit.source, hit.paper, hit.page, hit.text, hit.start) for hit in shown
    )
    return Composed("answered", tuple(sentences), tuple(citations))


def compose_count(listing: Listing, asked: str) -> Composed:
    """The count alone, as a notice."""
    wording = wording_for(asked)
    return Composed("no_evidence", notices=(_head(listing, wording) + wording["stop"],))


def _head(listing: Listing, wording: dict[str, str]) -> str:
    """How many papers there are, and how many of them are indexed; without a full stop."""
    n = len(listing.papers)
    head = wording["end" if listing.end and n else "count"].format(
        n=n,
        some="" if n == 1 else f"{n} ",
        s="" if n == 1 else "s",
        are="is" if n == 1 else "are",
        end=wording[listing.end] if listing.end else "",
        topic=wording["topic"].format(_readable(listing.topic)) if listing.topic else "",
        years=_years(listing, wording),
        named=wording["named"] if listing.is_named else "",
    )
    if listing.by_topic:
        counts = Counter(topic for entry in listing.papers for topic in entry.paper.topics)
        most = (f"{_readable(topic)} ({k})" for topic, k in counts.most_common(MAX_TOPICS))
        head += wording["topics"].format(wording["titles"].join(most))
    n_here = sum(entry.n_pages > 0 for entry in listing.papers)
    return head + (wording["here"].format(n_here) if n else "")


def _years(listing: Listing, wording: dict[str, str]) -> str:
    first, last = listing.years or (0, 9999)
    if listing.end and listing.papers:
        return wording["end year"].format(listing.papers[0].paper.year)
    if first == last:
        return wording["year"].format(first)
    span_wordings = {(True, True): "between", (True, False): "from", (False, True): "until"}
    form = span_wordings.get((first > 0, last < 9999))
    return wording[form].format(first=first, last=last) if form else ""


def _readable(topic: str) -> str:
    return topic.replace("-", " ")
