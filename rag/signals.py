"""What is measured of a page against a question, each signal alone and plain.

Every signal is stretched to 0..1 among the pages of one paper, so that they can be added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.embed import Vectors
from ingest.index import BM25_B, BM25_K1
from rag.paper_view import PaperView, SentenceView, Unit

Array = NDArray[np.float32]

COVER_WORDS = 60  # the stretch of text that should hold the question's words together
BEST_SENTENCES = 3


def stretched(values: Sequence[float] | Array) -> Array:
    """``values`` moved and scaled to 0..1; all zero where they don't differ."""
    array = np.asarray(values, dtype=np.float32)
    if not len(array) or np.ptp(array) <= 0:
        return np.zeros(len(array), dtype=np.float32)
    moved: Array = (array - array.min()) / np.ptp(array)
    return moved


def read_closely(view: PaperView, query_terms: Sequence[str], query: Vectors) -> Array:
    """How well each unit of the paper answers, in 0..1: the mean of five signals."""
    wanted = {term: view.rarity(term) for term in dict.fromkeys(query_terms)}
    similar = [np.sort(sentence_similarities(view, unit, query))[::-1] for unit in view.units]
    signals = (
        bm25(view.unit_terms, wanted),
        _best_chunk(view, wanted),
        [best_run(unit.sentences, wanted, COVER_WORDS)[0] for unit in view.units],
        [float(s[0]) if len(s) else 0.0 for s in similar],
        [float(s[:BEST_SENTENCES].mean()) if len(s) else 0.0 for s in similar],
    )
    mean: Array = np.mean([stretched(signal) for signal in signals], axis=0)
    return mean


def sentence_similarities(view: PaperView, unit: Unit, query: Vectors) -> Array:
    """Cosine of each sentence of ``unit`` to the question, in their order."""
    rows = [sentence.row for sentence in unit.sentences]
    similarities: Array = view.vectors[rows] @ query
    return similarities


def bm25(documents: Sequence[Counter[str]], wanted: dict[str, float]) -> list[float]:
    """BM25 of each document for terms with the given rarities (Robertson & Zaragoza 2009)."""
    lengths = [counts.total() for counts in documents]
    mean_length = sum(lengths) / len(lengths) if lengths else 1.0
    return [
        sum(
            rarity
            * counts[t]
            * (BM25_K1 + 1)
            / (counts[t] + BM25_K1 * (1 - BM25_B + BM25_B * length / (mean_length or 1.0)))
            for t, rarity in wanted.items()
            if counts[t]
        )
        for counts, length in zip(documents, lengths, strict=True)
    ]


def _best_chunk(view: PaperView, wanted: dict[str, float]) -> list[float]:
    chunks = [counts for unit in view.units for counts in unit.chunk_terms]
    scores = iter(bm25(chunks, wanted))
    return [max(next(scores) for _ in unit.chunk_terms) for unit in view.units]


def best_run(
    sentences: Sequence[SentenceView],
    wanted: Mapping[str, float],
    max_words: int,
    bonus: Sequence[float] | Array = (),
) -> tuple[float, int, int]:
    """The run ``sentences[i:j]`` of at most ``max_words`` words that covers most of the question.

    Returns ``(score, i, j)``: the share of ``wanted``'s rarity that the run holds, 0..1, plus the
    highest ``bonus`` in it.  A sentence that alone is longer makes a run by itself; a run begins
    and ends with a sentence that adds to it.
    """
    total = sum(wanted.values()) or 1.0
    hits = [wanted.keys() & s.terms for s in sentences]
    best = (0.0, 0, min(1, len(sentences)))
    for i, first in enumerate(hits):
        if not first and not len(bonus):
            continue
        missing = dict(wanted)
        covered = highest = 0.0
        n_words = 0
        for j in range(i, len(sentences)):
            n_words += sentences[j].n_words
            if n_words > max_words and j > i:
                break
            covered += sum(missing.pop(t, 0.0) for t in hits[j])
            highest = max(highest, float(bonus[j])) if len(bonus) else 0.0
            if covered / total + highest > best[0] + 1e-6:
                best = (covered / total + highest, i, j + 1)
    return best


def common_share(a: Iterable[str], b: Iterable[str]) -> float:
    """Jaccard's share of terms that two passages have in common, 0..1."""
    first, second = set(a), set(b)
    return len(first & second) / len(first | second) if first and second else 0.0
