"""Find the pages that hold the answer.

    1. all passages: dense and lexical scores, each as a share of its highest, averaged
    2. papers: their best passages, whether the question names them, and what the list says of them
    3. the first papers' pages, read closely with the paper's own name taken out of the question
    4. each page shown by the run of whole sentences that says most of what was asked; the first
       pages by a second run as well, if it says nearly as much

Every score is a plain sum of signals, most of them shares in 0..1, and of what the list adds.  What the
search loses without each of them is in ``benchmarks/ablations.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, zip_longest

from ingest.embedding.embed import Embedder
from ingest.indexing.index import Index
from ingest.indexing.words import terms
from rag.answer import Hit, Scores, Turn
from rag.config import NO_FILTERS, Filters
from rag.query import cues
from rag.query.follow_up import RELATED_COSINE, is_new_subject
from rag.query.names import PaperNames
from rag.query.question import Intent, Question, read_question
from rag.query.shorthand import expand_shorthand
from rag.query.translate import append_sizes_in_words
from rag.retrieval.entries import Entries
from rag.retrieval.paper_queries import PaperQueries
from rag.retrieval.paper_view import PaperView, Unit
from rag.retrieval.passages import Passages, search_passages
from rag.retrieval.signals import common_share, passage_spans

PAPERS_READ = 6  # closely; the pages of the other papers keep the order of step 1
VIEWS_KEPT = 128
WORDINGS_KEPT = 256
# What is added to a paper's score, beside that of its best unit (0..1):
N_BEST_UNITS, BEST_UNITS_WEIGHT = 3, 0.5  # times the mean of so many best units
ENTRY_WEIGHT = 0.4  # times how well its entry matches (0..1): "DeepMind's 280B model"
NAMED_BONUS = 0.4  # the question names it,
ONLY_NAMED_BONUS = 1.0  # and says hardly anything else: "What data was GPT-1 trained on?"
SOUGHT_PAPER_BONUS = 5.0  # and that paper is the answer
# What is added to an entry's score, if papers are asked for:
TITLE_WEIGHT = 0.5  # times the share of the question's terms in the title
TOPIC_WEIGHT = 0.5  # times the share of them in its topics
AUTHOR_BONUS = 2.0  # the author who is asked for wrote it
# What is added to the score of a page's paper, or subtracted from it:
CLOSE_READING_WEIGHT = 2.0  # times the page's score in step 3 (0..1)
METADATA_ENTRY_BONUS = 2.0  # for the list's entry, if authors or year are asked for
REFERENCES_PENALTY = 0.5  # times the page's share of references (0..1)
HEADING_PENALTY, MIN_PAGE_WORDS = 0.5, 8  # it has fewer words than these: only a heading
# For the last page, and proportionally less before it: claims come before details, and are what
# comparisons and general questions are about.
LAST_PAGE_PENALTY, LAST_PAGE_PENALTY_IF_GENERAL = 0.1, 0.5

SUBJECT_PASSAGES = 3  # their papers are the subject of a question that names none
PAGES_WITH_TWO_PASSAGES = 3  # the first pages, which may show a second passage
DUPLICATE_SHARE = 0.8  # the share of common terms from which two passages are near-duplicates


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a paper (None: its entry in the list), and its score."""

    paper: str
    number: int | None
    score: float


class Retriever:
    """Searches one open index.  Safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        papers = [entry.paper for entry in index.papers.values()]
        self.names = PaperNames(papers)
        self.entries = Entries(papers, self.names)
        self.embed = lru_cache(maxsize=WORDINGS_KEPT)(embedder.embed_query)
        self.count_tokens = embedder.count_tokens
        self.view = lru_cache(maxsize=VIEWS_KEPT)(lambda paper: PaperView(index, paper))

    def read(self, asked: str, history: Sequence[Turn] = ()) -> Question:
        """The question as this list's retriever understands it after the turns of ``history``."""
        asked = expand_shorthand(asked)
        alone = read_question(asked, None, self.names)
        if not history or _is_of_list(alone):
            return alone
        before = self.read(history[-1].question, history[:-1])
        follow_up = read_question(asked, before, self.names)
        if follow_up.text == asked or cues.refers_back(asked) or alone.mentions:
            return follow_up
        subjects = follow_up.papers or self._papers_found_for(before)
        is_new = is_new_subject(asked, subjects, self.index, self.embed)
        return alone if is_new else follow_up

    def _papers_found_for(self, question: Question) -> tuple[str, ...]:
        """The papers that a question without names is about: those of the best related passages."""
        hits = self.find(question, k=SUBJECT_PASSAGES)
        return tuple(hit.paper.id for hit in hits if hit.scores.dense > RELATED_COSINE)

    def find(self, question: Question, filters: Filters = NO_FILTERS, k: int = 10) -> list[Hit]:
        """The ``k`` best passages, best page first, near-duplicates dropped.

        If several papers are asked for, these are the list's best entries; for a greeting there are none.
        """
        if cues.is_greeting(question.asked):
            return []
        if question.intent.is_several_papers:
            return self._find_entries(question, filters, k)
        english = append_sizes_in_words(question.english())
        passages = search_passages(
            self.index, terms(english), self.embed(english), filters, named=question.papers
        )
        ranked = self._rank_papers(question, passages)
        queries = PaperQueries(question, self)
        pages = sorted(self._pages(question, ranked, passages, queries), key=lambda p: -p.score)
        if question.compares:
            pages = _alternate_sides(pages, question.sides)
        return self._hits(pages, passages, queries, k, PAGES_WITH_TWO_PASSAGES)

    def _find_entries(self, question: Question, filters: Filters, k: int) -> list[Hit]:
        asked = question.topic_terms()
        vector = self.embed(question.english())
        passages = search_passages(self.index, sorted(asked), vector, filters, entries_only=True)
        related = question.related_work
        related_papers = self.entries.related_papers(related) if related else None
        written = self.entries.written_by(question.text)
        pages = [
            _Page(
                paper,
                None,
                max(values)
                + TITLE_WEIGHT * self.entries.title_share(paper, asked)
                + TOPIC_WEIGHT * self.entries.topic_share(paper, asked)
                + AUTHOR_BONUS * (paper in written)
                + (related_papers[paper] if related_papers else 0.0),
            )
            for paper, values in passages.of_papers().items()
            if related_papers is None or paper in related_papers
        ]
        pages.sort(key=lambda page: -page.score)
        return self._hits(pages, passages, PaperQueries(question, self), k)

    def _rank_papers(self, question: Question, passages: Passages) -> dict[str, float]:
        """Every paper with a good passage, and its score; best first."""
        named = _named_bonus(question)
        scores = {}
        for paper, values in passages.of_papers().items():
            best = values[:N_BEST_UNITS]
            scores[paper] = (
                best[0]
                + BEST_UNITS_WEIGHT * sum(best) / len(best)
                + ENTRY_WEIGHT * passages.entry_score(paper)
                + named * (paper in question.papers)
            )
        return dict(sorted(scores.items(), key=lambda item: -item[1]))

    def _pages(
        self,
        question: Question,
        ranked: dict[str, float],
        passages: Passages,
        queries: PaperQueries,
    ) -> Iterator[_Page]:
        late = (
            LAST_PAGE_PENALTY_IF_GENERAL
            if question.compares or question.is_overview
            else LAST_PAGE_PENALTY
        )
        for i, (paper, score) in enumerate(ranked.items()):
            first_look = passages.of_units(paper)
            if i >= PAPERS_READ and paper not in question.papers:
                for number, value in first_look.items():
                    yield _Page(paper, number, score + value)
                continue
            view = self.view(paper)
            scores = queries.reading(paper).page_scores(first_look)
            alone = self.index.papers[paper].n_pages == 1  # with no page to compare it with
            for place, (unit, value) in enumerate(zip(view.units, scores, strict=True)):
                if unit.number is None:
                    extra = self._entry_score(question, view, first_look)
                else:
                    closeness = first_look.get(unit.number, 0.0) if alone else float(value)
                    extra = (
                        CLOSE_READING_WEIGHT * closeness
                        - REFERENCES_PENALTY * unit.reference_share
                        - HEADING_PENALTY * (unit.n_words < MIN_PAGE_WORDS)
                        - late * place / len(view.units)
                    )
                if extra is not None:
                    yield _Page(paper, unit.number, score + extra)

    def _entry_score(
        self, question: Question, view: PaperView, first_look: dict[int | None, float]
    ) -> float | None:
        """What is added for the list's entry; None if the paper's own pages are shown instead."""
        if question.intent is Intent.METADATA:
            return METADATA_ENTRY_BONUS + first_look.get(None, 0.0)
        return CLOSE_READING_WEIGHT * first_look.get(None, 0.0) if len(view.units) == 1 else None

    def _hits(
        self,
        pages: Sequence[_Page],
        passages: Passages,
        queries: PaperQueries,
        k: int,
        shown_twice: int = 0,
    ) -> list[Hit]:
        """The first ``k`` distinct passages of ``pages``; the first ``shown_twice`` may have two."""
        hits = (
            self._hit(page, run, passages, queries)
            for place, page in enumerate(pages)
            for run in self._runs(page, queries, 2 if place < shown_twice else 1)
        )
        return [replace(hit, rank=i) for i, hit in enumerate(distinct(hits, k), start=1)]

    def _runs(self, page: _Page, queries: PaperQueries, n: int) -> Iterator[tuple[int, int]]:
        reading = queries.reading(page.paper)
        return islice(passage_spans(reading.view.unit(page.number), reading), n)

    def _hit(
        self, page: _Page, run: tuple[int, int], passages: Passages, queries: PaperQueries
    ) -> Hit:
        unit = self.view(page.paper).unit(page.number)
        start, end = run
        dense, lexical = passages.raw_scores(page.paper, unit.number)
        entry = self.index.papers[page.paper]
        return Hit(
            rank=0,
            source="list" if unit.number is None else "paper",
            paper=entry.paper,
            page=unit.number,
            section=_section_at(unit, start),
            start=start,
            text=unit.text[start:end],
            scores=Scores(dense, lexical, page.score),
            has_pages=entry.n_pages > 0,
        )


def _is_of_list(question: Question) -> bool:
    """Whether the question asks for papers of the list, and itself says which."""
    if cues.asks_about_list(question.text):
        return not cues.has_pronoun(question.text)
    says_which = bool(question.topic_terms() - cues.LIST_TERMS)
    return question.intent.is_to_find_papers and says_which and not cues.refers_back(question.text)


def _named_bonus(question: Question) -> float:
    if question.intent is Intent.NAMED_PAPER:
        return SOUGHT_PAPER_BONUS
    if question.intent is Intent.WHICH_PAPER:  # and what is named is not that paper
        return 0.0
    return ONLY_NAMED_BONUS if question.is_mostly_names else NAMED_BONUS


def _section_at(unit: Unit, start: int) -> str:
    return next((s.section for s in unit.sentences if s.end > start), "")


def _alternate_sides(pages: Sequence[_Page], sides: Sequence[tuple[str, ...]]) -> list[_Page]:
    """The pages of the compared papers, one of each side in turn, then all others.

    A side that only has an entry comes after those with pages.
    """
    of_sides = [[p for p in pages if p.paper in side] for side in sides]
    of_sides.sort(key=lambda side: all(p.number is None for p in side))
    turns = [p for turn in zip_longest(*of_sides) for p in turn if p]
    return list(dict.fromkeys((*turns, *pages)))


def distinct(hits: Iterable[Hit], k: int) -> list[Hit]:
    """The first ``k`` hits that are no near-duplicates of earlier ones."""
    kept: list[tuple[Hit, set[str]]] = []
    for hit in hits:
        if len(kept) == k:
            break
        hit_terms = set(terms(hit.text))
        if all(common_share(hit_terms, other) < DUPLICATE_SHARE for _, other in kept):
            kept.append((hit, hit_terms))
    return [hit for hit, _ in kept]
