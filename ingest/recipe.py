"""The settings that an index is made with: changing one means re-indexing what it affects."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"

# Raised by hand when a change of the code changes a stage's output, so that old results are remade.
PARSE_VERSION = 2
CHUNK_VERSION = 1
CARD_VERSION = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices behind an index.

    ``chunk_tokens`` bounds a chunk (title and section in front included) in the embedder's own
    tokens; the embedder's limit bounds it further.
    """

    embedder: str = DEFAULT_EMBEDDER
    chunk_tokens: int = 256

    def parse_key(self) -> str:
        """Fingerprint of everything that changes the text of a PDF."""
        return digest("parse", PARSE_VERSION)

    def chunk_key(self) -> str:
        """Fingerprint of everything that changes the chunks of a text."""
        return digest("chunk", CHUNK_VERSION, asdict(self))

    def embed_key(self) -> str:
        """Fingerprint of everything that changes the vectors of the chunks."""
        return digest("embed", self.embedder)

    def card_key(self) -> str:
        """Fingerprint of everything that changes the chunks and vectors of the list's entries."""
        return digest("card", CARD_VERSION, self.chunk_key(), self.embed_key())


def digest(*parts: object) -> str:
    """Sixteen hex digits that identify ``parts`` (anything JSON can hold); order counts."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
