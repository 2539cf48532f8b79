"""A real, tiny embedder: words hashed into a vector, so that shared words mean similar texts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from ingest.embedding.embed import Vectors
from ingest.indexing.words import words


class HashingEmbedder:
    """Deterministic, offline, instant; one token a word."""

    revision = "1"
    dim = 256
    max_tokens = 64

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.n_embedded = 0

    def load(self) -> None:
        """It is always here."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.n_embedded += len(texts)
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                row[zlib.crc32(word.encode()) % self.dim] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(norms, 1e-12)
        return unit

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_passages([text])[0]
        return row
