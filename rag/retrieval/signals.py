"""The signals that score a page against a question.

Every signal is scaled to 0..1 among the pages of one paper, so that they can be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.embed import Vectors
from ingest.indexing.index import BM25_B, BM25_K1
from rag.query.answer_types import AnswerType
from rag.retrieval.paper_view import PaperView, SentenceView, Unit
from rag.retrieval.tables import Rows

Array = NDArray[np.float32]

# Of a sentence's score (mostly 0..3):
NEIGHBOURS_WEIGHT = 0.5  # of the terms in a sentence and its neighbours, beside its own terms
DEFINITION_BONUS = 1.0  # the sentence defines the term asked about
COMPARED_NAME_BONUS = 0.8  # it names the paper's counterpart in a general comparison
ROW_PENALTY = 1.0  # it is a row of a table, and an explanation is asked for
TABLE_SHARE = 0.8  # the share of the score of its header or caption that a row gets
SIZE_BONUS = 0.6  # it is a row about the model size that is asked about
# Of a page's score (0..1):
BEST_SENTENCES = 5  # their mean shows what a page is about
PAGE_BONUS_SHARE = 0.5  # the share of ``answer_bonus`` that counts in that mean
PAGE_WEIGHTS = (0.85, 0.9, 1.2, 0.8)  # of the four signals of ``Reading.page_scores``, in order
# Of a passage:
MAX_PASSAGE_WORDS = 240
SHARPNESS = 2  # the power of sentence scores that decides where on its page a passage is
SECOND_PASSAGE_SHARE = 0.6  # the share of the best sentence's score that a second passage needs


@dataclass(frozen=True, slots=True)
class PaperQuery:
    """A question as it is asked within one paper: search terms, unit vector, expected answer types.

    ``sizes`` are the model sizes in it as search terms ("540b"), also if they are part of the paper's
    name; ``wants_explanation``: no value is asked for; ``defined`` are the search terms whose definition
    is asked for; ``others`` the names, as search terms, with which the paper is compared in general.
    """

    terms: tuple[str, ...]
    vector: Vectors
    answer_types: Sequence[AnswerType] = ()
    sizes: tuple[str, ...] = ()
    wants_explanation: bool = False
    defined: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def quantities(self) -> list[AnswerType]:
        """The answer types that are identified by a unit: a time, a price, a batch size."""
        return [answer_type for answer_type in self.answer_types if answer_type.has_unit]


def min_max_scaled(values: Sequence[float] | Array) -> Array:
    """``values`` shifted and scaled to 0..1; all zero if they don't differ."""
    array = np.asarray(values, dtype=np.float32)
    if not len(array) or np.ptp(array) <= 0:
        return np.zeros(len(array), dtype=np.float32)
    scaled: Array = (array - array.min()) / np.ptp(array)
    return scaled


class Reading:
    """One paper read for one question; each signal is computed once."""

    def __init__(self, view: PaperView, query: PaperQuery) -> None:
        self.view = view
        self.query = query

    @cached_property
    def wanted(self) -> dict[str, float]:
        """Each term that is asked for, and how rare it is in this paper."""
        view = self.view
        return {term: view.idf(view.chunks_with(term)[0]) for term in self.query.terms}

    @cached_property
    def shares(self) -> dict[str, float]:
        """Each term that is asked for, and its share of the question's rarity, 0..1."""
        total = sum(self.wanted.values()) or 1.0
        return {term: idf / total for term, idf in self.wanted.items()}

    @cached_property
    def cosines(self) -> Array:
        """The cosine of each sentence of the paper to the question."""
        similarities: Array = self.view.vectors @ self.query.vector
        return similarities

    @cached_property
    def coverage(self) -> Array:
        """The share of the question's terms, weighted by rarity, in each sentence, 0..1."""
        held = np.zeros_like(self.cosines)
        for term, idf in self.wanted.items():
            held[self.view.sentences_with(term)] += idf
        return held / np.float32(sum(self.wanted.values()) or 1.0)

    @cached_property
    def coverage_around(self) -> Array:
        """The same for each sentence together with its neighbours, 0..1."""
        joined = self.view.joined
        held = np.zeros_like(self.cosines)
        for term, idf in self.wanted.items():
            here = np.zeros(len(held), dtype=bool)
            here[self.view.sentences_with(term)] = True
            near = here.copy()
            near[:-1] |= here[1:] & joined
            near[1:] |= here[:-1] & joined
            held += idf * near
        return held / np.float32(sum(self.wanted.values()) or 1.0)

    @cached_property
    def answer_bonus(self) -> Array:
        """The bonus of each sentence for what it contains: answers of the expected types, a definition."""
        bonus = np.zeros_like(self.cosines)
        for answer_type in self.query.answer_types:
            bonus += answer_type.bonus * self.view.sentences_with_answer(answer_type)
        bonus[self.view.definitions_of(self.query.defined)] += DEFINITION_BONUS
        for name in self.query.others:
            bonus[self.view.sentences_with_all(name)] += COMPARED_NAME_BONUS
        return bonus

    def coverage_near_answer(self, kind: AnswerType) -> float | None:
        """The highest ``coverage_around`` of a sentence with such an answer; None if there is none."""
        given = self.view.sentences_with_answer(kind)
        return float(self.coverage_around[given].max()) if given.any() else None

    @cached_property
    def lexical(self) -> Array:
        """BM25 of each chunk; each expected answer type is one more term of the question."""
        view = self.view
        of_terms = [(idf, *view.chunks_with(term)) for term, idf in self.wanted.items()]
        given = map(view.chunks_with_answer, self.query.answer_types)
        of_kinds = [(view.idf(chunks), chunks, counts) for chunks, counts in given]
        return bm25(view, of_terms + of_kinds)

    @cached_property
    def sentence_scores(self) -> Array:
        """How well each sentence of the paper answers; mostly 0..3.

        The cosine to the question, the coverage of its terms, half of that together with its
        neighbours, and the answer bonus.
        """
        lexical = self.coverage + NEIGHBOURS_WEIGHT * self.coverage_around + self.answer_bonus
        scores: Array = self.cosines + np.where(self.coverage_around > 0, lexical, 0)
        return scores

    @cached_property
    def scores_with_tables(self) -> Array:
        """``sentence_scores``, but relevant rows of a table get a share of their header's or caption's.

        A row is relevant if it contains a term of the question or the model size that the question
        names.  If an explanation is asked for, no row answers, and all of them get a penalty.
        """
        tables, own = self.view.tables, self.sentence_scores
        if self.query.wants_explanation:
            return np.where(tables.is_row, own - ROW_PENALTY, own)
        is_of_size = np.zeros_like(tables.is_row)
        for size in self.query.sizes:
            is_of_size[self.view.sentences_with(size)] = True
        is_of_size &= (tables.header >= 0) | (self.coverage > 0)
        is_relevant = tables.is_row & (is_of_size | (self.coverage > 0))
        best = np.zeros(tables.of.max(initial=-1) + 2, dtype=np.float32)
        np.maximum.at(best, tables.of, own)
        with_table = TABLE_SHARE * best[tables.of] + own - self.cosines
        scores: Array = np.where(is_relevant, np.maximum(own, with_table), own)
        scores[tables.is_row & is_of_size] += SIZE_BONUS
        return scores

    def page_scores(self, first_look: Mapping[int | None, float]) -> Array:
        """How well each page of the paper answers, in 0..1; 0 for its entry.

        The weighted mean of its score in the first look at all papers, its best passage's BM25, the mean
        of its five best sentences, and its best sentence.  The entry is not scaled together with the
        pages: as a summary it scores so high that the pages would hardly differ.
        """
        units = self.view.units
        chunks = self.lexical
        near = self.cosines + PAGE_BONUS_SHARE * self.answer_bonus
        signals = np.array(
            (
                [first_look.get(unit.number, 0.0) for unit in units],
                [chunks[unit.chunks].max(initial=0.0) for unit in units],
                [best_mean(near[unit.rows], BEST_SENTENCES) for unit in units],
                [self.sentence_scores[unit.rows].max(initial=0.0) for unit in units],
            )
        )
        is_page = np.array([unit.number is not None for unit in units])
        mean: Array = np.zeros(len(units), dtype=np.float32)
        pages = [min_max_scaled(signal) for signal in signals[:, is_page]]
        mean[is_page] = np.average(pages, axis=0, weights=PAGE_WEIGHTS)
        return mean


def best_mean(values: Array, n: int) -> float:
    """The mean of the ``n`` highest; where there are fewer, the others count as 0."""
    return float(np.sort(values)[::-1][:n].sum()) / n


def bm25(view: PaperView, postings: Iterable[tuple[float, Rows, Rows]]) -> Array:
    """BM25 of each chunk of the paper (Robertson & Zaragoza 2009), with the paper's own rarities.

    ``postings`` has, for each term, its inverse document frequency, the chunks that contain it, and how
    often each does.
    """
    lengths = view.chunk_lengths
    scores = np.zeros_like(lengths)
    mean_length = float(lengths.mean()) if len(lengths) else 1.0
    damped = BM25_K1 * (1 - BM25_B + BM25_B * lengths / (mean_length or 1.0))
    for idf, chunks, counts in postings:
        scores[chunks] += idf * counts * (BM25_K1 + 1) / (counts + damped[chunks])
    return scores


def passage_spans(unit: Unit, reading: Reading) -> Iterator[tuple[int, int]]:
    """Start and end, in the unit's text, of its best run of whole sentences.

    Then of the best run in the rest before or after it, if that is nearly as good.
    """
    scores = np.maximum(reading.sentence_scores[unit.rows], 0)
    i, j = best_run(unit.sentences, scores**SHARPNESS, MAX_PASSAGE_WORDS)
    yield unit.sentences[i].start, unit.sentences[j - 1].end
    rest = max(slice(0, i), slice(j, None), key=lambda part: scores[part].max(initial=0.0))
    sentences = unit.sentences[rest]
    if sentences and scores[rest].max() >= SECOND_PASSAGE_SHARE * scores.max():
        i, j = best_run(sentences, scores[rest] ** SHARPNESS, MAX_PASSAGE_WORDS)
        yield sentences[i].start, sentences[j - 1].end


def best_run(sentences: Sequence[SentenceView], values: Array, max_words: int) -> tuple[int, int]:
    """The run ``sentences[i:j]`` of at most ``max_words`` words whose ``values`` (over 0) sum highest.

    A sentence that is longer by itself is a run of its own; a shorter run is filled up with the
    sentences around it, so that the evidence has its context.
    """
    n_words = [sentence.n_words for sentence in sentences]
    best, best_i, best_j = -1.0, 0, 1
    i, words, value = 0, 0, 0.0
    for j, n in enumerate(n_words):
        words += n
        value += float(values[j])
        while words > max_words and i < j:
            words -= n_words[i]
            value -= float(values[i])
            i += 1
        if value > best:
            best, best_i, best_j = value, i, j + 1
    return _fill_up(n_words, best_i, best_j, max_words)


def _fill_up(n_words: Sequence[int], i: int, j: int, max_words: int) -> tuple[int, int]:
    room = max_words - sum(n_words[i:j])
    while True:
        if j < len(n_words) and n_words[j] <= room:
            room -= n_words[j]
            j += 1
        elif i > 0 and n_words[i - 1] <= room:
            i -= 1
            room -= n_words[i]
        else:
            return i, j


def common_share(a: Iterable[str], b: Iterable[str]) -> float:
    """The Jaccard similarity of the terms of two passages, 0..1."""
    first, second = set(a), set(b)
    return len(first & second) / len(first | second) if first and second else 0.0
