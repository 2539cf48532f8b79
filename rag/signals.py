"""What is measured of a page against a question, each signal alone and plain.

Every signal is stretched to 0..1 among the pages of one paper, so that they can be added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embed import Vectors
from ingest.index import BM25_B, BM25_K1
from rag.cues import fit
from rag.paper_view import PaperView, SentenceView, Unit

Array = NDArray[np.float32]

BEST_SENTENCES = 3
NEIGHBOURS = 0.5  # what the words around a sentence are worth beside its own


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked within one paper: its wording, search terms, and unit vector."""

    text: str
    terms: tuple[str, ...]
    vector: Vectors

    def weigh(self, rarity: Callable[[str], float]) -> dict[str, float]:
        """Each term once, with its rarity."""
        return {term: rarity(term) for term in self.terms}


def stretched(values: Sequence[float] | Array) -> Array:
    """``values`` moved and scaled to 0..1; all zero where they don't differ."""
    array = np.asarray(values, dtype=np.float32)
    if not len(array) or np.ptp(array) <= 0:
        return np.zeros(len(array), dtype=np.float32)
    moved: Array = (array - array.min()) / np.ptp(array)
    return moved


def read_closely(view: PaperView, asked: Asked) -> Array:
    """How well each unit of the paper answers, in 0..1: the mean of four signals."""
    similar = [np.sort(sentence_similarities(view, u, asked.vector))[::-1] for u in view.units]
    signals = (
        _best_chunk(view, asked.weigh(view.rarity)),
        [float(s.max(initial=0.0)) for s in similar],
        [float(s[:BEST_SENTENCES].mean()) if len(s) else 0.0 for s in similar],
        [float(telling(view, unit, asked).max(initial=0.0)) for unit in view.units],
    )
    mean: Array = np.mean([stretched(signal) for signal in signals], axis=0)
    return mean


def telling(view: PaperView, unit: Unit, asked: Asked) -> Array:
    """How much each sentence says of what is asked, in their order; mostly 0..3.

    The cosine to the question, the share of the question's rarity that it holds, half of what it
    holds together with its neighbours, and being of the kind that is asked for.
    """
    wanted = asked.weigh(view.rarity)
    total = sum(wanted.values()) or 1.0
    scores = sentence_similarities(view, unit, asked.vector)
    held = [wanted.keys() & sentence.terms for sentence in unit.sentences]
    for i, sentence in enumerate(unit.sentences):
        around = held[i].union(*held[max(0, i - 1) : i + 2])
        if around:
            scores[i] += sum(wanted[t] for t in held[i]) / total
            scores[i] += NEIGHBOURS * sum(wanted[t] for t in around) / total
            scores[i] += fit(asked.text, unit.text[sentence.start : sentence.end])
    return scores


def sentence_similarities(view: PaperView, unit: Unit, query: Vectors) -> Array:
    """Cosine of each sentence of ``unit`` to the question, in their order."""
    rows = [sentence.row for sentence in unit.sentences]
    similarities: Array = view.vectors[rows] @ query
    return similarities


def bm25(documents: Sequence[Counter[str]], wanted: Mapping[str, float]) -> list[float]:
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


def _best_chunk(view: PaperView, wanted: Mapping[str, float]) -> list[float]:
    chunks = [counts for unit in view.units for counts in unit.chunk_terms]
    scores = iter(bm25(chunks, wanted))
    return [max(next(scores) for _ in unit.chunk_terms) for unit in view.units]


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
