"""The first look: score every passage of the index against the question, dense and lexical.

Scores are averaged, each kind as a share of its highest among the passages that may be searched,
which beats fusing ranks on nearly every public set (Bruch, Gai & Ingber 2023, and SciFact here).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.embed import Vectors
from ingest.indexing.index import Index
from rag.config import NO_FILTERS, Filters
from rag.retrieval.signals import Array

BEST_PASSAGES = 1000  # kept besides all passages of named papers; worse ones change no result
DENSE_SHARE = 0.5  # the weight of the dense score, 0..1; the rest is the lexical score's
REFERENCES_KEEP = 0.5  # the share of its score that a passage of a reference list keeps


class Passages:
    """The best passages for one question, by paper and by unit (page number, None: the entry)."""

    def __init__(
        self,
        index: Index,
        rows: NDArray[np.int64],
        dense: Array,
        lexical: Array,
        named: Collection[str],
    ) -> None:
        self._index = index
        self._dense = dense
        self._lexical = lexical
        fused = DENSE_SHARE * _relative_to_best(dense[rows]) + (
            1 - DENSE_SHARE
        ) * _relative_to_best(lexical[rows])
        fused[index.is_reference[rows]] *= REFERENCES_KEEP
        best = np.argsort(-fused, kind="stable")
        is_kept = np.zeros(len(index.chunks), dtype=bool)
        is_kept[rows[best[:BEST_PASSAGES]]] = True
        for paper in named:
            is_kept[index.chunk_rows[paper].start : index.chunk_rows[paper].stop] = True
        best = best[is_kept[rows[best]]]
        self._of_entries = _relative_to_best(np.where(index.is_entry, lexical, 0))
        self._units: dict[str, dict[int | None, float]] = defaultdict(dict)
        for row, score in zip(rows[best].tolist(), fused[best].tolist(), strict=True):
            chunk = index.chunks[row]
            self._units[chunk.paper].setdefault(chunk.page, score)

    def of_papers(self) -> dict[str, list[float]]:
        """The scores of each paper's units, best first."""
        return {paper: list(units.values()) for paper, units in self._units.items()}

    def entry_score(self, paper: str) -> float:
        """BM25 of the paper's entry in the list, as a share of the best entry's, 0..1."""
        rows = self._index.chunk_rows[paper]
        return float(self._of_entries[rows.start : rows.stop].max())

    def of_units(self, paper: str) -> dict[int | None, float]:
        """The score of the best passage of each unit of ``paper``, for those that have one."""
        return self._units.get(paper, {})

    def raw_scores(self, paper: str, number: int | None) -> tuple[float, float]:
        """Cosine and BM25 of the unit's best passage."""
        rows = [r for r in self._index.chunk_rows[paper] if self._index.chunks[r].page == number]
        return float(self._dense[rows].max()), float(self._lexical[rows].max())


def _relative_to_best(values: Array) -> Array:
    """``values`` as shares of the highest, 0..1; negative ones count as 0."""
    shares = np.maximum(values, 0)
    shares /= shares.max(initial=0.0) or 1.0
    return shares


def search_passages(
    index: Index,
    query_terms: Sequence[str],
    query: Vectors,
    filters: Filters,
    *,
    named: Collection[str] = (),
    entries_only: bool = False,
) -> Passages:
    """Score every passage of the papers that ``filters`` allow, or of their entries alone.

    Those of the papers ``named`` are all kept.
    """
    is_searched = index.is_entry.copy() if entries_only else np.ones(len(index.chunks), dtype=bool)
    if filters != NO_FILTERS:
        for paper, rows in index.chunk_rows.items():
            if not filters.allow(index.papers[paper].paper):
                is_searched[rows.start : rows.stop] = False
    dense = index.dense_scores(query)
    lexical = index.lexical_scores(query_terms)
    return Passages(index, np.flatnonzero(is_searched), dense, lexical, named)
