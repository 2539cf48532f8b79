"""Whether a question after others is a follow-up, or changes the subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ingest.embedding.embed import Vectors
from ingest.indexing.index import Index
from ingest.indexing.words import terms
from rag.query.translate import to_english

# A question that leans on nothing is a new one where other papers are nearer by so much cosine, and
# those before have no more than this share of the others' best BM25; or where no paper comes nearer
# than this.
FARTHER, FEWER, STRANGE = 0.15, 0.6, 0.33


def is_new_subject(
    asked: str, before: Sequence[str], index: Index, embed: Callable[[str], Vectors]
) -> bool:
    """Whether ``asked``, which names no paper, is not about the papers spoken of ``before``.

    Other papers come much nearer to it, or none comes near at all.
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
    farther = dense[of_before].max() - dense[~of_before].max(initial=-1.0) <= -FARTHER
    fewer = lexical[of_before].max() <= FEWER * lexical[~of_before].max(initial=0.0)
    return bool(farther and fewer) or bool(dense.max() <= STRANGE)
