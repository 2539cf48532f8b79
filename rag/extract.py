"""Answer without a language model: the sentences, verbatim, that say what was asked.

Draws from the best passages, not only the first: what the passages hold is nearly always enough,
choosing is the hard part (benchmarks/ablations.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain

from ingest.words import terms
from rag.answer import Citation, Composed, Hit, Sentence
from rag.evidence import Part, named_in_passing, untold
from rag.question import Question
from rag.retrieve import Queries, Retriever
from rag.translate import is_chinese

PASSAGES = 8  # drawn from
FEWEST_WORDS, MOST_WORDS = 5, 70  # of a sentence that reads well
PAGE = 0.5  # what a sentence loses for each point that its page scores below the best
TOLD = 0.3  # what it loses if a sentence chosen before has all of the question's words that it has
SAID_AGAIN = 0.75  # the share of its terms in one told before from which it says nothing new
WORTH_TELLING = 0.45  # the share of the best sentence's score that a sentence needs
MOST_TOLD, ENOUGH = 6, 0.6  # entries told of, and the share of the best one's score that they need
HEADING_WORDS = 12  # a fragment of fewer is a heading rather than a caption
ROW_NUMBERS = 3  # a fragment with as many is a row of a table
UNREADABLE, HEADING, FORMULA = 0.8, 2.0, 0.1  # see _hard_to_read

_WHOLE = re.compile(r"[.?!:;][\"'”’)\]]*\d{0,3}\s*$")
_NUMBER = re.compile(r"(?<![\w.])[-+±−]?\d[\d.,]*%?(?!\w)")  # not the 7 of "7B"
_NUMBERED = re.compile(r"\s*(?:\d+|[A-Z])(?:\.\d+)+\.?\s")  # "4.2 Results." is a heading
_CAPTION = re.compile(r"\s*(?:Fig(?:ure|\.)|Tab(?:le|\.))\s*\d", re.IGNORECASE)
_FOOTNOTE_MARK = re.compile(r"^\d{1,2}(?=[A-Z][a-z])")  # "5We checked it by hand."
_MATHS = re.compile(r"[^\x20-\x7e\s‘’“”–—…•·×±≤≥≈%α-ωé-ü]|\n\S{1,3}(?=\n)")


Confirms = Callable[[str, int, str], bool]  # of paper id, page and quote


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that could be shown: where it stands, and how much speaks for it.

    ``asked`` holds the question's terms in it, each with its share of the question's rarity.
    """

    hit: Hit
    start: int
    text: str
    score: float
    n_words: int
    asked: Mapping[str, float] = field(default_factory=dict)

    def news(self, told: Container[str]) -> float:
        """Its score where the question's terms in ``told`` have been spoken of."""
        return self.score - TOLD * sum(share for t, share in self.asked.items() if t in told)

    def is_confirmed(self, confirms: Confirms) -> bool:
        page = self.hit.page
        return page is None or confirms(self.hit.paper.id, page, self.text)


def extract(
    parts: Sequence[Part], retriever: Retriever, confirms: Confirms, max_words: int
) -> Composed:
    """The best sentences for each part, at most ``max_words`` words together, grouped by paper.

    Where papers are named and found, no other paper has a say.  ``confirms`` is asked of each
    sentence before it is quoted (see ``rag.second_look``).  A part with a refusal is told in a notice;
    at least one has none.
    """
    held = [part for part in parts if part.refusal is None]
    room = max_words // len(held)
    best = (_best(part.question, part.hits, retriever, confirms, room) for part in held)
    chosen = {(c.hit.paper.id, c.hit.page, c.start): c for c in chain(*best)}
    answer = _cite(list(chosen.values()), is_chinese(parts[0].question.asked))
    return replace(answer, notices=answer.notices + untold(parts))


def _best(
    question: Question,
    hits: Sequence[Hit],
    retriever: Retriever,
    confirms: Confirms,
    max_words: int,
) -> list[_Candidate]:
    """The best sentences of ``hits``, as they are to be read."""
    queries = Queries(question, retriever)
    drawn = _drawn_from(question, hits)
    if drawn and drawn[0].source == "list" and question.asks_of_list:
        return _tell_entries(question, drawn, retriever, max_words)
    top = max((hit.scores.fused for hit in drawn), default=0.0)
    pool = [c for hit in drawn[:PASSAGES] for c in _candidates(hit, queries, top)]
    pool = [c for c in pool if c.hit.source == "paper" or _is_told(question, c)]
    sides = question.sides if question.compares else ()
    chosen = _choose(pool, max_words, sides, lambda c: c.is_confirmed(confirms))
    return _in_reading_order(chosen)


def _drawn_from(question: Question, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The hits of the papers named, their pages before their entries.

    All hits, if other papers are asked for, or those named have no page and are named in passing.
    """
    if question.wants_several or (question.asks_for_paper and not question.is_for_named):
        return hits
    named = [hit for hit in hits if hit.paper.id in question.papers]
    pages = [hit for hit in named if hit.source == "paper"]
    if pages and question.compares:
        return [hit for hit in named if hit.source == "paper" or not hit.has_pages]
    if pages and not question.asks_for_entry:
        return pages
    in_passing = not pages and named_in_passing(question, hits)
    return hits if in_passing else named or hits


def _tell_entries(
    question: Question, hits: Sequence[Hit], retriever: Retriever, max_words: int
) -> list[_Candidate]:
    """What the notes say: the whole one of a paper that was named, else the first sentence of each."""
    best = hits[0].scores.fused
    told = [hit for hit in hits if hit.source == "list" and hit.scores.fused >= ENOUGH * best]
    notes = [_note_sentences(question, hit, retriever) for hit in told[:MOST_TOLD]]
    if not question.names_the_answer:
        notes = [note[:1] for note in notes]
    chosen: list[_Candidate] = []
    for candidate in (c for note in notes for c in note):
        if sum(c.n_words for c in chosen) + candidate.n_words <= max_words or not chosen:
            chosen.append(candidate)
    return chosen


def _note_sentences(question: Question, hit: Hit, retriever: Retriever) -> list[_Candidate]:
    """The sentences of the entry's note, in the question's language; its first line if it has none.

    Title, year and authors where those are asked for.
    """
    unit = retriever.view(hit.paper.id).unit(None)
    lines = [
        _Candidate(hit, s.start, unit.text[s.start : s.end], hit.scores.fused, s.n_words)
        for s in unit.sentences
    ]
    told = [line for line in lines if _is_told(question, line)]
    return lines[:1] + told if question.asks_for_entry else told or lines[:1]


def _is_told(question: Question, line: _Candidate) -> bool:
    """Whether a line of an entry is told: its note in the question's language, or who wrote the paper.

    Its first line, with the title, where it has no note.
    """
    paper = line.hit.paper
    if question.asks_for_entry:
        return line.text in "Authors: " + ", ".join(paper.authors)
    note = (is_chinese(question.asked) and paper.note_zh) or paper.note
    return line.text in note if note else line.start == 0


def _candidates(hit: Hit, queries: Queries, top: float) -> list[_Candidate]:
    """The sentences of a passage; ``top`` is the score of the best page."""
    reading = queries.reading(hit.paper.id)
    unit = reading.view.unit(hit.page)
    scores = reading.with_tables[unit.rows]
    end = hit.start + len(hit.text)
    wants_number = any(kind.is_number for kind in reading.asked.kinds)
    found = []
    for sentence, score in zip(unit.sentences, scores, strict=True):
        shown = hit.start <= sentence.start and sentence.end <= end
        if shown and sentence.kind != "references":
            text = unit.text[sentence.start : sentence.end]
            value = float(score)
            if hit.source == "paper":  # the entry's lines are short and meant to be read
                value -= _hard_to_read(text, sentence.n_words, wants_number)
            value -= PAGE * (top - hit.scores.fused)
            asked = {t: reading.shares[t] for t in terms(text) if t in reading.shares}
            found.append(_Candidate(hit, sentence.start, text, value, sentence.n_words, asked))
    return found


def _hard_to_read(text: str, n_words: int, wants_number: bool) -> float:
    """What a sentence loses for being over-long, cut at either end, or full of broken formulas.

    A question answers none.  A heading is told only where there is nothing else, as in slides.  A caption says
    what is shown, not what was found.  A table's row is no sentence either, but where a number is
    asked for it may be the answer.
    """
    loss = FORMULA * min(len(_MATHS.findall(text)), 5)
    is_row = wants_number and len(_NUMBER.findall(text)) >= ROW_NUMBERS
    is_cut = not is_row and not _WHOLE.search(text)
    may_be_heading = is_cut or bool(_NUMBERED.match(text))
    if n_words < FEWEST_WORDS or (may_be_heading and n_words < HEADING_WORDS):
        loss += HEADING
    faults = (
        n_words > MOST_WORDS,
        is_cut,
        text.rstrip().endswith("?"),
        text.lstrip()[:1].islower(),  # the rest of a sentence that a figure or column parts
        bool(_CAPTION.match(text)),
    )
    return loss + UNREADABLE * sum(faults)


def _choose(
    pool: Sequence[_Candidate],
    max_words: int,
    sides: Sequence[tuple[str, ...]],
    is_confirmed: Callable[[_Candidate], bool],
) -> list[_Candidate]:
    """The best candidates that fit; in a comparison each side gets its part of the room."""
    if sides:
        room = max_words // len(sides)
        pools = [[c for c in pool if c.hit.paper.id in side] for side in sides]
        return [c for part in pools for c in _choose(part, room, (), is_confirmed)]
    chosen: list[_Candidate] = []
    said: list[set[str]] = []
    told: set[str] = set()
    n_words = 0
    best = max((c.score for c in pool), default=0.0)
    least = best - (1 - WORTH_TELLING) * abs(best)
    left = [c for c in pool if c.score >= least]
    while left:
        candidate = max(left, key=lambda c: c.news(told))
        left.remove(candidate)
        says = set(terms(candidate.text))
        fits = n_words + candidate.n_words <= max_words or not chosen
        is_new = not any(_is_held(says, other) for other in said)
        if fits and is_new and is_confirmed(candidate):
            chosen.append(candidate)
            said.append(says)
            told.update(candidate.asked)
            n_words += candidate.n_words
    return chosen


def _is_held(says: Set[str], told: Set[str]) -> bool:
    """Whether a sentence told before holds what this one says: most terms, and every number."""
    if any(term[0].isdigit() for term in says - told):
        return False
    return len(says & told) >= SAID_AGAIN * len(says)


def _in_reading_order(chosen: Sequence[_Candidate]) -> list[_Candidate]:
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


def _cite(chosen: Sequence[_Candidate], chinese: bool) -> Composed:
    sentences, citations = [], []
    last = None
    for marker, candidate in enumerate(chosen, start=1):
        paper = candidate.hit.paper
        lead = f"{paper.title} ({paper.year}):" if paper.id != last else ""
        last = paper.id
        text = _FOOTNOTE_MARK.sub("", " ".join(candidate.text.split()))
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
    titles = dict.fromkeys(f"“{c.hit.paper.title}”" for c in chosen if not c.hit.has_pages)
    form = (
        "以上来自列表条目，而非论文正文；{}的正文尚未下载。"
        if chinese
        else "From the list, not from the paper: the pages of {} are not here yet."
    )
    return (form.format(", ".join(titles)),) if titles else ()
