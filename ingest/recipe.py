"""The settings of an index: changing one means re-indexing what it affects."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"

# Increased by hand when the code of a stage changes its results, so that old ones are made again.
PARSE_VERSION = 3
CHUNK_VERSION = 2
CARD_VERSION = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of an index.

    ``revision`` is the embedder's version (see ``Embedder.revision``).  ``chunk_tokens`` is the most
    tokens of a chunk, including the title and section before it, in the embedder's own tokenizer; the
    embedder's limit may be lower.
    """

    embedder: str = DEFAULT_EMBEDDER
    revision: str = ""
    chunk_tokens: int = 256

    def parse_key(self) -> str:
        """Fingerprint of everything that changes the text of a PDF."""
        return digest("parse", PARSE_VERSION)

    def chunk_key(self) -> str:
        """Fingerprint of everything that changes the chunks of a text."""
        choices = {"embedder": self._model, "chunk_tokens": self.chunk_tokens}
        return digest("chunk", CHUNK_VERSION, choices)

    def embed_key(self) -> str:
        """Fingerprint of everything that changes the vectors of the chunks."""
        return digest("embed", self._model)

    def card_key(self) -> str:
        """Fingerprint of everything that changes the chunks and vectors of the list's entries."""
        return digest("card", CARD_VERSION, self.chunk_key(), self.embed_key())

    @property
    def _model(self) -> str:
        """The model that embeds, with its revision; the packaged model has only one."""
        is_packaged = self.embedder == DEFAULT_EMBEDDER
        return self.embedder if is_packaged else f"{self.embedder} {self.revision}"


def digest(*parts: object) -> str:
    """Sixteen hex digits that identify ``parts`` (anything JSON can hold); order counts."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
