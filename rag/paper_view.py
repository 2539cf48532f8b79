"""One paper made ready for close reading: its units, their sentences, terms and vectors.

A unit is what is ranked and cited: a page, or (number None) the paper's entry in the list.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.corpus import Chunk
from ingest.index import Index
from ingest.words import terms


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence of a unit: ``unit.text[start:end]``; ``row`` is its row among the paper's vectors."""

    start: int
    end: int
    row: int
    section: str
    kind: str
    n_words: int
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A page, or the entry in the list (``number`` None), with its sentences in order."""

    number: int | None
    text: str
    sentences: tuple[SentenceView, ...]
    chunk_terms: tuple[Counter[str], ...]
    reference_share: float

    def terms(self) -> Counter[str]:
        """How often each term stands on it."""
        return sum(self.chunk_terms, Counter())


class PaperView:
    """All units of one paper; made once a paper and kept, since it takes some milliseconds."""

    def __init__(self, index: Index, paper: str) -> None:
        rows = index.chunk_rows.get(paper, range(0))
        self.vectors = index.sentence_vectors(rows)
        self.units = tuple(_units(index, paper, rows))

    def unit(self, number: int | None) -> Unit:
        """The page ``number``, or the entry (None)."""
        return next(unit for unit in self.units if unit.number == number)

    @cached_property
    def unit_terms(self) -> list[Counter[str]]:
        return [unit.terms() for unit in self.units]

    @cached_property
    def _n_with(self) -> Counter[str]:
        return Counter(term for counts in self.unit_terms for term in counts)

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency of ``term`` among the units of this paper; over 0."""
        n, n_with = len(self.units), self._n_with[term]
        return math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))


def _units(index: Index, paper: str, rows: range) -> list[Unit]:
    by_number: dict[int | None, list[tuple[Chunk, int]]] = {}
    first_sentence = 0
    for row in rows:
        chunk = index.chunks[row]
        by_number.setdefault(chunk.page, []).append((chunk, first_sentence))
        first_sentence += len(chunk.sentences)
    return [_unit(index, paper, number, part) for number, part in by_number.items()]


def _unit(index: Index, paper: str, number: int | None, part: Sequence[tuple[Chunk, int]]) -> Unit:
    if number is None:
        text, offset = "\n".join(chunk.text for chunk, _ in part), None
    else:
        page = index.pages[paper, number]
        text, offset = page.text, page.start
    sentences: list[SentenceView] = []
    base = 0
    for chunk, first_row in part:
        start = chunk.start - offset if offset is not None else base
        sentences += _sentences(chunk, start, first_row)
        base += len(chunk.text) + 1
    n_references = sum(chunk.kind == "references" for chunk, _ in part)
    chunk_terms = tuple(Counter(terms(chunk.text)) for chunk, _ in part)
    return Unit(number, text, tuple(sentences), chunk_terms, n_references / len(part))


def _sentences(chunk: Chunk, start: int, first_row: int) -> list[SentenceView]:
    views = []
    for i, (s, e) in enumerate(chunk.sentences):
        text = chunk.text[s:e]
        views.append(
            SentenceView(
                start=start + s,
                end=start + e,
                row=first_row + i,
                section=chunk.section,
                kind=chunk.kind,
                n_words=len(text.split()),
                terms=frozenset(terms(text)),
            )
        )
    return views
