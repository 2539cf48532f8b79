"""Project each paper to a point of the map, near those on similar topics.  Home of scikit-learn.

A paper's point comes from its entry in the list (title, topics, note), not from its pages, so that papers
without pages lie among the others.  Of five neighbours on the map three share the first topic
(.61, as many as among the vectors themselves; .22 on two principal components).
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from ingest.indexing.index import Index

PERPLEXITY = 15.0  # of t-SNE
ITERATIONS = 500
# Takes 3 s; 10,000 would take half a minute, so the others are interpolated.
MAX_PROJECTED = 2_000
N_NEIGHBOURS = 3  # projected papers between which another one is interpolated
MIN_PROJECTED = 8  # papers; fewer are put in a row

Point = tuple[float, float]


class Projection:
    """The points of a build's papers, computed once for each build."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cached: tuple[str, dict[str, Point]] = ("", {})

    def points(self, index: Index) -> dict[str, Point]:
        """Each paper's point, by id; the same for the same build."""
        with self._lock:
            if self._cached[0] != index.build:
                self._cached = (index.build, project_papers(index))
            return self._cached[1]


def project_papers(index: Index) -> dict[str, Point]:
    """A point in the plane for each paper of ``index`` that has an entry, by id."""
    vectors = {paper: _entry_vector(index, paper) for paper in index.papers}
    known = {paper: vector for paper, vector in vectors.items() if vector is not None}
    if len(known) < MIN_PROJECTED:
        return {paper: (float(i), 0.0) for i, paper in enumerate(known)}
    plane = _project_all(np.stack(list(known.values())))
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(known, plane, strict=True)}


def _entry_vector(index: Index, paper: str) -> NDArray[np.float32] | None:
    """The mean of the vectors of the entry's sentences ``(dim,)``; None where there are none."""
    rows = [r for r in index.chunk_rows.get(paper, ()) if index.chunks[r].kind == "list"]
    sentences = [vector for r in rows for vector in index.sentence_vectors(range(r, r + 1))]
    return np.mean(sentences, axis=0) if sentences else None


def _project_all(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """A point ``(n, 2)`` for each vector; of many, an even sample is projected, the rest interpolated."""
    from sklearn.neighbors import KNeighborsRegressor

    if len(vectors) <= MAX_PROJECTED:
        return _project(vectors)
    sample = vectors[np.linspace(0, len(vectors) - 1, MAX_PROJECTED).astype(int)]
    nearest = KNeighborsRegressor(N_NEIGHBOURS, weights="distance", metric="cosine")
    plane: NDArray[np.float32] = nearest.fit(sample, _project(sample)).predict(vectors)
    return plane


def _project(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """t-SNE to ``(n, 2)``; it starts from the principal components, so that it is deterministic."""
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    projection = TSNE(
        2, metric="cosine", init="pca", perplexity=perplexity, max_iter=ITERATIONS, random_state=0
    )
    plane: NDArray[np.float32] = projection.fit_transform(vectors)
    return plane
