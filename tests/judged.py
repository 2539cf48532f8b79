"""What the check says of a sentence against passages of text."""

from __future__ import annotations

from hashing_embedder import HashingEmbedder

from ingest.corpus import Paper
from rag.answer import Hit, Scores
from rag.verification.verify import judge_support

EMBED = HashingEmbedder().embed_passages


def hit(text: str, title: str = "Herd: Open Language Models", rank: int = 1) -> Hit:
    """A passage of a paper by Ann Cow, 2023."""
    paper = Paper(id=f"p{rank}", title=title, authors=("Ann Cow",), year=2023)
    return Hit(rank, "paper", paper, 3, "2 Training", 100, text, Scores(0.5, 1.0, 1.0))


def support(sentence: str, *passages: str) -> str:
    """Whether the passages support the sentence: "supported", "partly" or "unsupported"."""
    hits = [hit(text, rank=rank) for rank, text in enumerate(passages, start=1)]
    return judge_support(sentence, hits, EMBED).support
