"""What is measured of a page against a question, each signal alone and plain.

Every signal is stretched to 0..1 among the pages of one paper, so that they can be added.
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

BEST_SENTENCES = 5  # whose mean tells what a page is about
DEFINES = 1.0  # what a sentence gains that says what the term asked about means
NAMES_OTHER = (
    0.8  # what one gains that names what its paper is compared with, where nothing more is asked
)
ROW_FOR_WORDS = 1.0  # what a row of a table loses where words are asked for
GIVES = 0.5  # the share of what a sentence gains by what it gives that counts among those
NEIGHBOURS = 0.5  # what the words around a sentence are worth beside its own
OF_TABLE = 0.8  # the share that a row has of what its header or caption is worth
OF_SIZE = 0.6  # what a row gains that tells of the size of model that is asked about
SHOWN_WORDS = 240  # the most words of a passage
SHARPNESS = 2  # the power that lets the most telling sentences decide where a passage lies
SECOND_TELLS = 0.6  # the share of what the first tells that a second passage must tell
WEIGHTS = (0.85, 0.9, 1.2, 0.8)  # of a page's signals, as ``Reading.page_scores`` names them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked within one paper.

    Its search terms and unit vector, the kinds of things that it asks for, and the sizes of models in it
    as search terms ("540b"), also where they are part of the paper's name.  ``for_words`` tells that no
    value is asked for, ``defined`` are the search terms of which it is asked what they mean, ``others`` the names,
    as search terms, that the paper is compared with and nothing more.
    """

    terms: tuple[str, ...]
    vector: Vectors
    kinds: Sequence[AnswerType] = ()
    sizes: tuple[str, ...] = ()
    for_words: bool = False
    defined: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def values(self) -> list[AnswerType]:
        """The kinds that are told by their unit: a time, a price, a batch size."""
        return [kind for kind in self.kinds if kind.has_unit]


def min_max_scaled(values: Sequence[float] | Array) -> Array:
    """``values`` moved and scaled to 0..1; all zero where they don't differ."""
    array = np.asarray(values, dtype=np.float32)
    if not len(array) or np.ptp(array) <= 0:
        return np.zeros(len(array), dtype=np.float32)
    moved: Array = (array - array.min()) / np.ptp(array)
    return moved


class Reading:
    """One paper read with one question in mind; each signal is worked out once."""

    def __init__(self, view: PaperView, asked: Asked) -> None:
        self.view = view
        self.asked = asked

    @cached_property
    def wanted(self) -> dict[str, float]:
        """Each term that is asked for, and how rare it is in this paper."""
        view = self.view
        return {term: view.idf(view.chunks_with(term)[0]) for term in self.asked.terms}

    @cached_property
    def shares(self) -> dict[str, float]:
        """Each term that is asked for, and its share of the question's rarity, 0..1."""
        total = sum(self.wanted.values()) or 1.0
        return {term: idf / total for term, idf in self.wanted.items()}

    @cached_property
    def similar(self) -> Array:
        """The cosine of each sentence of the paper to the question."""
        similarities: Array = self.view.vectors @ self.asked.vector
        return similarities

    @cached_property
    def coverage(self) -> Array:
        """The share of the question's rarity that each sentence holds, 0..1."""
        held = np.zeros_like(self.similar)
        for term, idf in self.wanted.items():
            held[self.view.sentences_with(term)] += idf
        return held / np.float32(sum(self.wanted.values()) or 1.0)

    @cached_property
    def coverage_around(self) -> Array:
        """The share that each sentence holds together with its neighbours, 0..1."""
        joined = self.view.joined
        held = np.zeros_like(self.similar)
        for term, idf in self.wanted.items():
            here = np.zeros(len(held), dtype=bool)
            here[self.view.sentences_with(term)] = True
            near = here.copy()
            near[:-1] |= here[1:] & joined
            near[1:] |= here[:-1] & joined
            held += idf * near
        return held / np.float32(sum(self.wanted.values()) or 1.0)

    @cached_property
    def kind_bonus(self) -> Array:
        """What each sentence gains by giving things of the kinds that are asked for."""
        gained = np.zeros_like(self.similar)
        for kind in self.asked.kinds:
            gained += kind.bonus * self.view.giving(kind)
        gained[self.view.defining(self.asked.defined)] += DEFINES
        for name in self.asked.others:
            gained[self.view.sentences_with_all(name)] += NAMES_OTHER
        return gained

    def coverage_near(self, kind: AnswerType) -> float | None:
        """The most that ``coverage_around`` is of a sentence that gives such a thing; None where none does."""
        given = self.view.giving(kind)
        return float(self.coverage_around[given].max()) if given.any() else None

    @cached_property
    def lexical(self) -> Array:
        """BM25 of each chunk; a kind of thing that is asked for is one more term of the question."""
        view = self.view
        of_terms = [(idf, *view.chunks_with(term)) for term, idf in self.wanted.items()]
        given = map(view.chunks_giving, self.asked.kinds)
        of_kinds = [(view.idf(chunks), chunks, counts) for chunks, counts in given]
        return bm25(view, of_terms + of_kinds)

    @cached_property
    def sentence_scores(self) -> Array:
        """How much each sentence of the paper says of what is asked; mostly 0..3.

        The cosine to the question, the share of the question's rarity that it holds, half of what it
        holds together with its neighbours, and being of the kind that is asked for.
        """
        says = self.coverage + NEIGHBOURS * self.coverage_around + self.kind_bonus
        scores: Array = self.similar + np.where(self.coverage_around > 0, says, 0)
        return scores

    @cached_property
    def with_tables(self) -> Array:
        """``sentence_scores``, but header and caption speak for the rows of a table that are asked for.

        A row is, if it holds a term of the question, or the size of the model that is named in it: then it
        is most likely the one that is meant.  Where words are asked for, no row answers.
        """
        tables, telling = self.view.tables, self.sentence_scores
        if self.asked.for_words:
            return np.where(tables.is_row, telling - ROW_FOR_WORDS, telling)
        is_of_size = np.zeros_like(tables.is_row)
        for size in self.asked.sizes:
            is_of_size[self.view.sentences_with(size)] = True
        is_of_size &= (tables.header >= 0) | (self.coverage > 0)
        is_asked = tables.is_row & (is_of_size | (self.coverage > 0))
        best = np.zeros(tables.of.max(initial=-1) + 2, dtype=np.float32)
        np.maximum.at(best, tables.of, telling)
        of_table = OF_TABLE * best[tables.of] + telling - self.similar
        scores: Array = np.where(is_asked, np.maximum(telling, of_table), telling)
        scores[tables.is_row & is_of_size] += OF_SIZE
        return scores

    def page_scores(self, first_look: Mapping[int | None, float]) -> Array:
        """How well each page of the paper answers, in 0..1; 0 for its entry.

        The weighted mean of what the first look at all papers gave it, its best passage's words, its
        five best sentences, and its most telling one.  An entry sums the paper up in the question's own
        words: were it stretched among the pages, they would all lie close together.
        """
        units = self.view.units
        chunks = self.lexical
        near = self.similar + GIVES * self.kind_bonus
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
        mean[is_page] = np.average(pages, axis=0, weights=WEIGHTS)
        return mean


def best_mean(values: Array, n: int) -> float:
    """The mean of the ``n`` highest; where there are fewer, the others count as 0."""
    return float(np.sort(values)[::-1][:n].sum()) / n


def bm25(view: PaperView, postings: Iterable[tuple[float, Rows, Rows]]) -> Array:
    """BM25 of each chunk of the paper (Robertson & Zaragoza 2009), what is rare in it counting more.

    ``postings`` tell of each term how rare it is, which chunks hold it, and how often.
    """
    lengths = view.chunk_lengths
    scores = np.zeros_like(lengths)
    mean_length = float(lengths.mean()) if len(lengths) else 1.0
    damped = BM25_K1 * (1 - BM25_B + BM25_B * lengths / (mean_length or 1.0))
    for idf, chunks, counts in postings:
        scores[chunks] += idf * counts * (BM25_K1 + 1) / (counts + damped[chunks])
    return scores


def shown_runs(unit: Unit, reading: Reading) -> Iterator[tuple[int, int]]:
    """Start and end, in the unit's text, of the run of whole sentences that stands for it.

    Then of the best run that is left before it or behind it, if that tells nearly as much.
    """
    telling = np.maximum(reading.sentence_scores[unit.rows], 0)
    i, j = best_run(unit.sentences, telling**SHARPNESS, SHOWN_WORDS)
    yield unit.sentences[i].start, unit.sentences[j - 1].end
    left = max(slice(0, i), slice(j, None), key=lambda part: telling[part].max(initial=0.0))
    sentences = unit.sentences[left]
    if sentences and telling[left].max() >= SECOND_TELLS * telling.max():
        i, j = best_run(sentences, telling[left] ** SHARPNESS, SHOWN_WORDS)
        yield sentences[i].start, sentences[j - 1].end


def best_run(sentences: Sequence[SentenceView], values: Array, max_words: int) -> tuple[int, int]:
    """The run ``sentences[i:j]`` of at most ``max_words`` words whose ``values`` (over 0) sum highest.

    A sentence that alone is longer makes a run by itself; a run that is short is filled up with the
    sentences around it, so that the proof stands whole.
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
    return _filled(n_words, best_i, best_j, max_words)


def _filled(n_words: Sequence[int], i: int, j: int, max_words: int) -> tuple[int, int]:
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
    """Jaccard's share of terms that two passages have in common, 0..1."""
    first, second = set(a), set(b)
    return len(first & second) / len(first | second) if first and second else 0.0
