"""Whether a question in a conversation is a follow-up, or changes the subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ingest.embedding.embed import Vectors
from ingest.indexing.index import Index
from ingest.indexing.words import terms
from rag.query.translate import to_english

# The subject changes if other papers are closer by this cosine, and the papers of the turns before
# reach at most this share of the others' best BM25 score.
MIN_COSINE_GAP = 0.15
MAX_BM25_SHARE = 0.6
RELATED_COSINE = 0.33  # up to this cosine, a passage has nothing to do with the question


def is_new_subject(
    asked: str, before: Sequence[str], index: Index, embed: Callable[[str], Vectors]
) -> bool:
    """Whether ``asked``, which names no paper, is not about the papers of the turns ``before``.

    That is so if other papers are much closer to it, or none is close at all.
    """
    english = to_english(asked)
    if not terms(english):  # "Tell me more."
        return False
    if not before:
        return True
    of_before = np.zeros(len(index.chunks), dtype=bool)
    for rows in map(index.chunk_rows.__getitem__, before):
        of_before[rows.start : rows.stop] = True
    dense = index.dense_scores(embed(english))
    lexical = index.lexical_scores(terms(english))
    cosine_gap = dense[of_before].max() - dense[~of_before].max(initial=-1.0)
    best_lexical, best_other = lexical[of_before].max(), lexical[~of_before].max(initial=0.0)
    is_about_others = cosine_gap <= -MIN_COSINE_GAP and best_lexical <= MAX_BM25_SHARE * best_other
    return bool(is_about_others or dense.max() <= RELATED_COSINE)
