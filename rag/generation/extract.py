"""Answer without a language model: quote the sentences that answer.

They come from the best passages, not only from the first: the passages nearly always contain the
answer, and choosing is the hard part (benchmarks/ablations.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from itertools import chain

from ingest.indexing.words import terms
from rag.answer import Citation, Composed, Hit, Sentence
from rag.generation.candidates import Candidate, Confirms, candidates
from rag.generation.compose import no_answer
from rag.generation.evidence import Part, explain_refusals, named_in_passing
from rag.generation.notices import wording_for
from rag.query.question import Intent, Question
from rag.query.translate import is_chinese
from rag.retrieval.paper_queries import PaperQueries
from rag.retrieval.retrieve import Retriever

MAX_PASSAGES = 8  # from which sentences are quoted
# From this share of its terms in an earlier sentence on, a sentence is not new.
REPEATED_SHARE = 0.75
MIN_SCORE_SHARE = 0.45  # the share of the best sentence's score that a sentence needs
MAX_ENTRIES = 6  # of the list, in one answer
MIN_ENTRY_SHARE = 0.6  # the share of the best entry's score that an entry needs

# What is left out before a sentence: the mark of a footnote ("5We checked it"), a bullet.
_MARK = re.compile(r"^(?:\d{1,2}(?=[A-Z][a-z])|[•▪◦]\s)")


def extract(
    parts: Sequence[Part], retriever: Retriever, confirms: Confirms, max_words: int
) -> Composed:
    """The best sentences for each part, at most ``max_words`` words together, grouped by paper.

    If papers are named and found, only they are quoted.  ``confirms`` is called for each sentence before
    it is quoted (see ``rag.generation.second_reader``); if it confirms none, there is no
    answer.  A notice explains each part with a refusal; at least one part has none.
    """
    answered = [part for part in parts if part.refusal is None]
    room = max_words // len(answered)
    best = (_best(part.question, part.hits, retriever, confirms, room) for part in answered)
    chosen = {c.place: c for c in chain(*best)}
    if not chosen:
        return no_answer(answered[0].hits, parts[0].question.asked)
    answer = _cite(list(chosen.values()), parts[0].question.asked)
    return replace(answer, notices=answer.notices + explain_refusals(parts))


def _best(
    question: Question,
    hits: Sequence[Hit],
    retriever: Retriever,
    confirms: Confirms,
    max_words: int,
) -> list[Candidate]:
    """The best sentences of ``hits``, in reading order."""
    queries = PaperQueries(question, retriever)
    drawn = _drawn_from(question, hits)
    if drawn and drawn[0].source == "list" and _is_for_entries(question):
        return _choose_notes(question, drawn, retriever, max_words)
    top = max((hit.scores.fused for hit in drawn), default=0.0)
    pool = [c for hit in drawn[:MAX_PASSAGES] for c in candidates(hit, queries, top)]
    pool = [c for c in pool if c.hit.source == "paper" or _is_shown(question, c)]
    sides = question.sides if question.compares else ()
    chosen = _choose_of_sides(pool, max_words, sides, lambda c: c.confirmed(confirms))
    return _with_headers(_in_reading_order(chosen))


def _is_for_entries(question: Question) -> bool:
    """Whether the list's entries can answer: which papers, by whom, or what one is about."""
    return question.intent.is_to_find_papers or question.entries_can_answer


def _drawn_from(question: Question, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The hits of the papers named, their pages before their entries.

    All hits, if other papers are asked for, or the named ones have no page and are named in passing.
    """
    if question.intent.is_to_find_papers:
        return hits
    named = [hit for hit in hits if hit.paper.id in question.papers]
    pages = [hit for hit in named if hit.source == "paper"]
    if pages and question.compares and question.intent is not Intent.METADATA:
        return [hit for hit in named if hit.source == "paper" or not hit.has_pages]
    if pages and question.intent is not Intent.METADATA:
        return pages
    in_passing = not pages and named_in_passing(question, hits)
    return hits if in_passing else named or hits


def _choose_notes(
    question: Question, hits: Sequence[Hit], retriever: Retriever, max_words: int
) -> list[Candidate]:
    """The whole note of a named paper, else the first sentence of each note."""
    least = MIN_ENTRY_SHARE * hits[0].scores.fused
    entries = [hit for hit in hits if hit.source == "list" and hit.scores.fused >= least]
    notes = [_note_sentences(question, hit, retriever) for hit in entries[:MAX_ENTRIES]]
    if not question.entries_can_answer:
        notes = [note[:1] for note in notes]
    chosen: list[Candidate] = []
    for candidate in (c for note in notes for c in note):
        if sum(c.n_words for c in chosen) + candidate.n_words <= max_words or not chosen:
            chosen.append(candidate)
    return chosen


def _note_sentences(question: Question, hit: Hit, retriever: Retriever) -> list[Candidate]:
    """The sentences of the entry's note, in the question's language; its first line if it has no note.

    Title, year and authors if those are asked for.
    """
    unit = retriever.view(hit.paper.id).unit(None)
    lines = [
        Candidate(hit, s.start, unit.text[s.start : s.end], hit.scores.fused, s.n_words)
        for s in unit.sentences
    ]
    shown = [line for line in lines if _is_shown(question, line)]
    return lines[:1] + shown if question.intent is Intent.METADATA else shown or lines[:1]


def _is_shown(question: Question, line: Candidate) -> bool:
    """Whether a line of an entry is shown: its note in the question's language, or the authors.

    Its first line, with the title, if it has no note.
    """
    paper = line.hit.paper
    if question.intent is Intent.METADATA:
        return line.text in "Authors: " + ", ".join(paper.authors)
    note = (is_chinese(question.asked) and paper.note_zh) or paper.note
    return line.text in note if note else line.start == 0


def _choose_of_sides(
    pool: Sequence[Candidate],
    max_words: int,
    sides: Sequence[tuple[str, ...]],
    confirmed: Callable[[Candidate], Candidate | None],
) -> list[Candidate]:
    """The best candidates; in a comparison each side gets an equal share of the words.

    A side that only has an entry gets one sentence, unless all sides are like that.
    """
    pools = [[c for c in pool if c.hit.paper.id in side] for side in sides] or [list(pool)]
    pools = [own for own in pools if own]
    listed = [own for own in pools if all(c.hit.source == "list" for c in own)]
    if len(listed) < len(pools):
        pools = [[max(own, key=lambda c: c.score)] if own in listed else own for own in pools]
    n_words = sum(own[0].n_words for own in pools if len(own) == 1)
    n_sides = sum(len(own) > 1 for own in pools)
    room = (max_words - n_words) // max(1, n_sides)
    return [c for own in pools for c in _choose(own, room, confirmed)]


def _choose(
    pool: Sequence[Candidate],
    max_words: int,
    confirmed: Callable[[Candidate], Candidate | None],
) -> list[Candidate]:
    """The best candidates that fit.  A table's header is added to its rows and does not count as words."""
    chosen: list[Candidate] = []
    chosen_terms: list[set[str]] = []
    covered: set[str] = set()
    left = list(pool)
    while left:
        best = max(left, key=lambda c: c.marginal_score(covered))
        left.remove(best)
        best_terms = set(terms(best.text))
        is_new = not any(_is_repeated(best_terms, other) for other in chosen_terms)
        n_words = sum(c.n_words for c in (*chosen, best))
        if chosen and not (is_new and n_words <= max_words):
            continue
        candidate = confirmed(best)
        if candidate is None:
            continue
        if not chosen:
            least = best.score - (1 - MIN_SCORE_SHARE) * abs(best.score)
            left = [c for c in left if c.score >= least]
        chosen.append(candidate)
        chosen_terms.append(best_terms)
        covered.update(best.term_shares)
    return chosen


def _with_headers(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each header of a table before the first of its rows."""
    shown: dict[tuple[str, int | None, int], Candidate] = {}
    for candidate in chosen:
        if candidate.header:
            shown.setdefault(candidate.header.place, candidate.header)
        shown.setdefault(candidate.place, candidate)
    return list(shown.values())


def _is_repeated(new: Set[str], earlier: Set[str]) -> bool:
    """Whether a sentence with the terms ``earlier`` has most of the ``new`` ones, and every number."""
    if any(term[0].isdigit() for term in new - earlier):
        return False
    return len(new & earlier) >= REPEATED_SHARE * len(new)


def _in_reading_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """By paper, the best first; of each its best sentence, then the others in the order of the text."""
    best = {c.hit.paper.id: c for c in reversed(chosen)}
    papers = list(dict.fromkeys(c.hit.paper.id for c in chosen))
    return sorted(
        chosen,
        key=lambda c: (
            papers.index(c.hit.paper.id),
            c is not best[c.hit.paper.id],
            c.hit.rank,
            c.start,
        ),
    )


def _cite(chosen: Sequence[Candidate], asked: str) -> Composed:
    sentences, citations = [], []
    last = None
    for marker, candidate in enumerate(chosen, start=1):
        paper = candidate.hit.paper
        lead = f"{paper.dated_title}:" if paper.id != last else ""
        last = paper.id
        text = _MARK.sub("", " ".join(candidate.text.split())) + " …" * candidate.is_cut
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
    return Composed("answered", tuple(sentences), tuple(citations), _notices(chosen, asked))


def _notices(chosen: Sequence[Candidate], asked: str) -> tuple[str, ...]:
    """A notice that names the quoted papers whose pages are not here yet."""
    titles = dict.fromkeys(f"“{c.hit.paper.title}”" for c in chosen if not c.hit.has_pages)
    wording = wording_for(asked)
    return (wording["from list"].format(wording["titles"].join(titles)),) if titles else ()
