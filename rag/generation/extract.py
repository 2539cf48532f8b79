"""Answer without a language model: the sentences, verbatim, that say what was asked.

Draws from the best passages, not only the first: what the passages hold is nearly always enough,
choosing is the hard part (benchmarks/ablations.md).
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

PASSAGES = 8  # drawn from
REPEATED_SHARE = 0.75  # the share of its terms in one told before from which it says nothing new
MIN_SCORE_SHARE = 0.45  # the share of the best sentence's score that a sentence needs
MAX_ENTRIES, MIN_ENTRY_SHARE = (
    6,
    0.6,
)  # entries told of, and the share of the best one's score that they need

# What is left out before a sentence: the mark of a footnote ("5We checked it"), a bullet.
_MARK = re.compile(r"^(?:\d{1,2}(?=[A-Z][a-z])|[•▪◦]\s)")


def extract(
    parts: Sequence[Part], retriever: Retriever, confirms: Confirms, max_words: int
) -> Composed:
    """The best sentences for each part, at most ``max_words`` words together, grouped by paper.

    Where papers are named and found, no other paper has a say.  ``confirms`` is asked of each
    sentence before it is quoted (see ``rag.generation.second_reader``); where it confirms none, nothing is answered.
    A part with a refusal is told in a notice; at least one has none.
    """
    held = [part for part in parts if part.refusal is None]
    room = max_words // len(held)
    best = (_best(part.question, part.hits, retriever, confirms, room) for part in held)
    chosen = {c.place: c for c in chain(*best)}
    if not chosen:
        return no_answer(held[0].hits, parts[0].question.asked)
    answer = _cite(list(chosen.values()), parts[0].question.asked)
    return replace(answer, notices=answer.notices + explain_refusals(parts))


def _best(
    question: Question,
    hits: Sequence[Hit],
    retriever: Retriever,
    confirms: Confirms,
    max_words: int,
) -> list[Candidate]:
    """The best sentences of ``hits``, as they are to be read."""
    queries = PaperQueries(question, retriever)
    drawn = _drawn_from(question, hits)
    if drawn and drawn[0].source == "list" and _is_for_entries(question):
        return _choose_notes(question, drawn, retriever, max_words)
    top = max((hit.scores.fused for hit in drawn), default=0.0)
    pool = [c for hit in drawn[:PASSAGES] for c in candidates(hit, queries, top)]
    pool = [c for c in pool if c.hit.source == "paper" or _is_shown(question, c)]
    sides = question.sides if question.compares else ()
    chosen = _choose_of_sides(pool, max_words, sides, lambda c: c.confirmed(confirms))
    return _with_headers(_in_reading_order(chosen))


def _is_for_entries(question: Question) -> bool:
    """Whether entries of the list can answer: which papers, by whom, or what one is about."""
    return question.intent.is_to_find_papers or question.entries_can_answer


def _drawn_from(question: Question, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The hits of the papers named, their pages before their entries.

    All hits, if other papers are asked for, or those named have no page and are named in passing.
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
    """What the notes say: the whole one of a paper that was named, else the first sentence of each."""
    best = hits[0].scores.fused
    told = [
        hit for hit in hits if hit.source == "list" and hit.scores.fused >= MIN_ENTRY_SHARE * best
    ]
    notes = [_note_sentences(question, hit, retriever) for hit in told[:MAX_ENTRIES]]
    if not question.entries_can_answer:
        notes = [note[:1] for note in notes]
    chosen: list[Candidate] = []
    for candidate in (c for note in notes for c in note):
        if sum(c.n_words for c in chosen) + candidate.n_words <= max_words or not chosen:
            chosen.append(candidate)
    return chosen


def _note_sentences(question: Question, hit: Hit, retriever: Retriever) -> list[Candidate]:
    """The sentences of the entry's note, in the question's language; its first line if it has none.

    Title, year and authors where those are asked for.
    """
    unit = retriever.view(hit.paper.id).unit(None)
    lines = [
        Candidate(hit, s.start, unit.text[s.start : s.end], hit.scores.fused, s.n_words)
        for s in unit.sentences
    ]
    told = [line for line in lines if _is_shown(question, line)]
    return lines[:1] + told if question.intent is Intent.METADATA else told or lines[:1]


def _is_shown(question: Question, line: Candidate) -> bool:
    """Whether a line of an entry is told: its note in the question's language, or who wrote the paper.

    Its first line, with the title, where it has no note.
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
    """The best candidates; in a comparison each side gets its part of the room.

    Of a side of which only the list speaks one sentence is told, unless there is no other.
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
    """The best candidates that fit.  The header of a table is told with its rows and takes no room."""
    chosen: list[Candidate] = []
    said: list[set[str]] = []
    told: set[str] = set()
    left = list(pool)
    while left:
        best = max(left, key=lambda c: c.marginal_score(told))
        left.remove(best)
        says = set(terms(best.text))
        is_new = not any(_is_repeated(says, other) for other in said)
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
        said.append(says)
        told.update(best.term_shares)
    return chosen


def _with_headers(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each header of a table before the first of its rows."""
    told: dict[tuple[str, int | None, int], Candidate] = {}
    for candidate in chosen:
        if candidate.header:
            told.setdefault(candidate.header.place, candidate.header)
        told.setdefault(candidate.place, candidate)
    return list(told.values())


def _is_repeated(says: Set[str], told: Set[str]) -> bool:
    """Whether a sentence told before holds what this one says: most terms, and every number."""
    if any(term[0].isdigit() for term in says - told):
        return False
    return len(says & told) >= REPEATED_SHARE * len(says)


def _in_reading_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """By paper, the best paper first; of each its best sentence, then the others as the text goes."""
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
    """What the reader should know of papers that only the list speaks of so far."""
    titles = dict.fromkeys(f"“{c.hit.paper.title}”" for c in chosen if not c.hit.has_pages)
    wording = wording_for(asked)
    return (wording["from list"].format(wording["titles"].join(titles)),) if titles else ()
