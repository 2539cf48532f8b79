"""Place each paper on the map, near those on similar topics.  Home of scikit-learn.

A paper's place comes from its entry in the list (title, topics, note), not from its pages: so those
that are not fetched lie among the others.  Of five neighbours on the map three share the first topic
(.61, as many as among the vectors themselves; .22 on two principal components).
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from ingest.indexing.index import Index

NEIGHBOURS = 15.0  # t-SNE's perplexity
STEPS = 500
# Takes 3 s; 10,000 would take half a minute, so the others join their nearest.
MAX_PROJECTED = 2_000
JOINED = 3  # nearest papers between which one of the others is put
FEWEST = 8  # fewer papers are put in a row: there is nothing to project

Place = tuple[float, float]


class Landscape:
    """The places of a build's papers, computed once for each build."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[str, dict[str, Place]] = ("", {})

    def places(self, index: Index) -> dict[str, Place]:
        """Each paper's place, by id; the same for the same build."""
        with self._lock:
            if self._known[0] != index.build:
                self._known = (index.build, find_places(index))
            return self._known[1]


def find_places(index: Index) -> dict[str, Place]:
    """A place in the plane for each paper of ``index`` that has an entry."""
    vectors = {paper: _vector(index, paper) for paper in index.papers}
    known = {paper: vector for paper, vector in vectors.items() if vector is not None}
    if len(known) < FEWEST:
        return {paper: (float(i), 0.0) for i, paper in enumerate(known)}
    plane = _place(np.stack(list(known.values())))
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(known, plane, strict=True)}


def _vector(index: Index, paper: str) -> NDArray[np.float32] | None:
    """The mean of the vectors of the entry's sentences ``(dim,)``; None where there are none."""
    rows = [r for r in index.chunk_rows.get(paper, ()) if index.chunks[r].kind == "list"]
    sentences = [vector for r in rows for vector in index.sentence_vectors(range(r, r + 1))]
    return np.mean(sentences, axis=0) if sentences else None


def _place(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """A place ``(n, 2)`` for each vector; of many, an even sample is projected, the others put between."""
    from sklearn.neighbors import KNeighborsRegressor

    if len(vectors) <= MAX_PROJECTED:
        return _project(vectors)
    sample = vectors[np.linspace(0, len(vectors) - 1, MAX_PROJECTED).astype(int)]
    nearest = KNeighborsRegressor(JOINED, weights="distance", metric="cosine")
    plane: NDArray[np.float32] = nearest.fit(sample, _project(sample)).predict(vectors)
    return plane


def _project(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """t-SNE to ``(n, 2)``, from the principal components, so that it is the same each time."""
    from sklearn.manifold import TSNE

    perplexity = min(NEIGHBOURS, (len(vectors) - 1) / 3)
    projection = TSNE(
        2, metric="cosine", init="pca", perplexity=perplexity, max_iter=STEPS, random_state=0
    )
    plane: NDArray[np.float32] = projection.fit_transform(vectors)
    return plane
