"""One paper prepared for close reading: its units, their sentences, terms and vectors.

A unit is what is ranked and cited: a page, or (number None) the paper's entry in the list.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.corpus import Chunk
from ingest.indexing.index import Index
from ingest.indexing.words import terms
from rag.query.answer_types import AnswerType
from rag.query.definitions import defines
from rag.retrieval.tables import Rows, Tables, find_tables


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence of a unit: ``unit.text[start:end]``."""

    start: int
    end: int
    section: str
    kind: str
    n_words: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A page, or the entry in the list (``number`` None), with its sentences in order.

    ``rows`` are the indices of its sentences, and ``chunks`` those of its chunks, in the whole paper.
    ``reference_share`` is the share of its chunks from a list of references, 0..1.
    """

    number: int | None
    text: str
    sentences: tuple[SentenceView, ...]
    rows: slice
    chunks: slice
    reference_share: float

    @property
    def n_words(self) -> int:
        """The number of words of all its sentences."""
        return sum(sentence.n_words for sentence in self.sentences)


class PaperView:
    """All units of one paper; cached, since making it takes some milliseconds.

    ``vectors`` are the unit vectors of its sentences, float32 ``(n_sentences, dim)``; ``joined``, bool
    ``(n_sentences - 1,)``, whether the next sentence is in the same unit; ``tables`` its tables.
    """

    def __init__(self, index: Index, paper: str) -> None:
        rows = index.chunk_rows.get(paper, range(0))
        chunks = [index.chunks[row] for row in rows]
        self.vectors = index.sentence_vectors(rows)
        self.units = tuple(_units(index, paper, chunks))
        texts = [chunk.text[s:e] for chunk in chunks for s, e in chunk.sentences]
        self._texts = texts
        self._with_answer: dict[AnswerType, NDArray[np.bool_]] = {}
        self.tables = _tables(self.units, texts)
        self.joined = np.ones(max(len(texts) - 1, 0), dtype=bool)
        self.joined[[unit.rows.stop - 1 for unit in self.units[:-1]]] = False
        self._read_terms([terms(text) for text in texts], [len(c.sentences) for c in chunks])

    def _read_terms(self, of_sentences: Sequence[list[str]], per_chunk: Sequence[int]) -> None:
        in_sentences: dict[str, list[int]] = defaultdict(list)
        for row, found in enumerate(of_sentences):
            for term in set(found):
                in_sentences[term].append(row)
        self._in_sentences = {t: np.array(at, dtype=np.int32) for t, at in in_sentences.items()}
        in_chunks: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = []
        start = 0
        for chunk, n in enumerate(per_chunk):
            counts = Counter(term for found in of_sentences[start : start + n] for term in found)
            lengths.append(counts.total())
            for term, count in counts.items():
                in_chunks[term].append((chunk, count))
            start += n
        self._in_chunks = {t: np.array(at, dtype=np.int32) for t, at in in_chunks.items()}
        self.chunk_lengths = np.array(lengths, dtype=np.float32)
        self._chunk_of = np.repeat(np.arange(len(lengths), dtype=np.int32), per_chunk)
        ends = np.array([unit.chunks.stop for unit in self.units], dtype=np.int32)
        self._unit_of_chunk = np.searchsorted(ends, np.arange(len(lengths)), side="right")

    def unit(self, number: int | None) -> Unit:
        """The page ``number``, or the entry (None)."""
        return next(unit for unit in self.units if unit.number == number)

    def sentences_with_answer(self, kind: AnswerType) -> NDArray[np.bool_]:
        """Which sentences contain an answer of that type, bool ``(n_sentences,)``."""
        if kind not in self._with_answer:
            matches = (kind.in_answer.search(text) is not None for text in self._texts)
            self._with_answer[kind] = np.fromiter(matches, dtype=bool, count=len(self._texts))
        return self._with_answer[kind]

    def contains(self, pattern: re.Pattern[str]) -> bool:
        """Whether ``pattern`` is found in a sentence."""
        return any(map(pattern.search, self._texts))

    def definitions_of(self, term: Sequence[str]) -> list[int]:
        """The rows of the sentences that define ``term``, which is given as search terms."""
        return [row for row in self.sentences_with_all(term) if defines(self._texts[row], term)]

    def sentences_with_all(self, terms: Sequence[str]) -> list[int]:
        """The rows of the sentences that contain all ``terms``, ascending; none for no terms."""
        holding = [set(self.sentences_with(term).tolist()) for term in terms]
        return sorted(set.intersection(*holding)) if holding else []

    def sentences_with(self, term: str) -> Rows:
        """The rows of the sentences that contain ``term``, ascending."""
        return self._in_sentences.get(term, np.zeros(0, dtype=np.int32))

    def chunks_with(self, term: str) -> tuple[Rows, Rows]:
        """The chunks that contain ``term``, ascending, and how often each does."""
        found = self._in_chunks.get(term, np.zeros((0, 2), dtype=np.int32))
        return found[:, 0], found[:, 1]

    def chunks_with_answer(self, kind: AnswerType) -> tuple[Rows, Rows]:
        """The chunks that contain an answer of that type, ascending, and in how many sentences each."""
        chunks, counts = np.unique(
            self._chunk_of[self.sentences_with_answer(kind)], return_counts=True
        )
        return chunks, counts.astype(np.int32)

    def unit_holds(self, unit: Unit, term: str) -> bool:
        """Whether ``term`` is in ``unit``."""
        rows = self.sentences_with(term)
        return bool(np.any((rows >= unit.rows.start) & (rows < unit.rows.stop)))

    def idf(self, chunks: Rows) -> float:
        """BM25's inverse document frequency, above 0, of a term that these chunks contain.

        The documents are the units of this paper.
        """
        n, n_with = len(self.units), len(np.unique(self._unit_of_chunk[chunks]))
        return math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))


def _tables(units: Sequence[Unit], texts: Sequence[str]) -> Tables:
    """The tables of all units, as if they were one."""
    found = [find_tables(texts[unit.rows]) for unit in units]
    n_before = np.cumsum([0, *(tables.of.max(initial=-1) + 1 for tables in found)])
    starts = [unit.rows.start for unit in units]

    def joined(parts: Iterable[Rows], moved_by: Iterable[int]) -> Rows:
        moved = (
            np.where(part < 0, -1, part + by) for part, by in zip(parts, moved_by, strict=False)
        )
        return np.concatenate([np.zeros(0, dtype=np.int32), *moved]).astype(np.int32)

    return Tables(
        of=joined((tables.of for tables in found), n_before),
        is_row=np.concatenate([np.zeros(0, dtype=bool), *(tables.is_row for tables in found)]),
        header=joined((tables.header for tables in found), starts),
    )


def _units(index: Index, paper: str, chunks: Sequence[Chunk]) -> Iterable[Unit]:
    """The units; the chunks of one are contiguous, in the order of the text."""
    first_chunk = first_row = 0
    while first_chunk < len(chunks):
        number = chunks[first_chunk].page
        end = first_chunk
        while end < len(chunks) and chunks[end].page == number:
            end += 1
        part = chunks[first_chunk:end]
        n_rows = sum(len(chunk.sentences) for chunk in part)
        text, sentences = _text_of(index, paper, number, part)
        yield Unit(
            number=number,
            text=text,
            sentences=tuple(sentences),
            rows=slice(first_row, first_row + n_rows),
            chunks=slice(first_chunk, end),
            reference_share=sum(chunk.kind == "references" for chunk in part) / len(part),
        )
        first_chunk, first_row = end, first_row + n_rows


def _text_of(
    index: Index, paper: str, number: int | None, part: Sequence[Chunk]
) -> tuple[str, list[SentenceView]]:
    """The unit's text, and its sentences with their places in it."""
    sentences: list[SentenceView] = []
    if number is not None:
        page = index.pages[paper, number]
        for chunk in part:
            sentences += _sentences(chunk, chunk.start - page.start)
        return page.text, sentences
    base = 0
    for chunk in part:
        sentences += _sentences(chunk, base)
        base += len(chunk.text) + 1
    return "\n".join(chunk.text for chunk in part), sentences


def _sentences(chunk: Chunk, start: int) -> list[SentenceView]:
    return [
        SentenceView(
            start=start + s,
            end=start + e,
            section=chunk.section,
            kind=chunk.kind,
            n_words=len(chunk.text[s:e].split()),
        )
        for s, e in chunk.sentences
    ]
