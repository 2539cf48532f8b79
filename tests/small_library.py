"""A small list with real PDFs, and everything to sync and ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hashing_embedder import HashingEmbedder
from pdfs import plain_pdf

from ingest.corpus import Paper
from ingest.fetch.download import Downloader
from ingest.reading_list.edit import add_papers
from ingest.storage.workspace import Workspace
from ingest.sync.pipeline import Listener, Sync, SyncOptions
from ingest.sync.report import SyncReport
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.library import Library

LLAMA = Paper(
    id="herd",
    title="Herd: Open Language Models",
    authors=("Ada Lane", "Bo Chen"),
    year=2023,
    arxiv="2302.00001",
    topics=("foundation-models",),
    aliases=("Herd", "羊群模型"),
    lists=("mine",),
)
ADAPT = Paper(
    id="slim",
    title="Slim Adapters for Large Models",
    authors=("Cy Dorn",),
    year=2021,
    arxiv="2106.00002",
    topics=("tuning",),
    aliases=("Slim",),
    note="Slim trains two small matrices and keeps the model frozen.",
)
PAGES = {
    "herd": (
        (
            "1 Introduction",
            "We present Herd, a family of language models.",
            "The models range from 7B to 65B parameters.",
        ),
        (
            "2 Training",
            "Herd-65B was trained on 1.4 trillion tokens of public text.",
            "Training took 21 days on 2048 accelerators.",
        ),
    ),
    "slim": (
        (
            "1 Introduction",
            "Slim freezes the pretrained weights and learns low rank updates.",
            "It saves memory because optimizer states are kept for few weights.",
        ),
    ),
}

# A question about Herd, and the sentence on its second page that answers it, without the full stop.
ASKED = "How many tokens was Herd-65B trained on?"
TRUE = "Herd-65B was trained on 1.4 trillion tokens of public text"


class SmallLibrary:
    """A folder with a list, PDFs and data; ``sync`` and what it needs."""

    def __init__(self, home: Path, papers: Sequence[Paper] = (LLAMA, ADAPT)) -> None:
        self.home = home
        self.manifest = home / "corpus_manifest.yaml"
        self.pdfs = home / "pdfs"
        self.pdfs.mkdir()
        self.workspace = Workspace(home / "data")
        self.embedder = HashingEmbedder()
        self.manifest.write_text("", encoding="utf-8")
        add_papers(self.manifest, papers)

    def write_pdf(self, paper: str, pages: Sequence[Sequence[str]] | None = None) -> Path:
        path = self.pdfs / f"{paper}.pdf"
        plain_pdf(path, pages or PAGES[paper])
        return path

    def sync(
        self,
        downloader: Callable[[], Downloader] | None = None,
        listener: Listener = lambda progress: None,
        **how: object,
    ) -> SyncReport:
        options = SyncOptions(
            **{"pdf_dirs": (self.pdfs,), "offline": downloader is None, **how}  # type: ignore[arg-type]
        )
        return Sync(
            self.manifest,
            self.workspace,
            self.embedder,
            downloader or _no_downloader,
            options,
        ).run(listener)

    def open(self) -> Library:
        """The index of the last sync."""
        return Library(self.workspace, self.embedder)

    def assistant(self, **config: object) -> Assistant:
        """An assistant over the index of the last sync; ``config`` are fields of ``RagConfig``."""
        return Assistant(self.open(), RagConfig(**config))  # type: ignore[arg-type]


def _no_downloader() -> Downloader:
    raise AssertionError("an offline sync must not open a connection")
