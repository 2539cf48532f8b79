"""The serving index, opened once, and reopened when a sync has replaced it."""

from __future__ import annotations

import threading

from ingest.embedding.embed import Embedder, load_embedder
from ingest.errors import IndexProblem
from ingest.indexing.index import Meta, open_build, read_meta
from ingest.storage.workspace import Workspace
from rag.generation.second_reader import SecondReader
from rag.retrieval.retrieve import Retriever


class Library:
    """Opens the retriever over the current build.  Safe to use from several threads."""

    def __init__(self, workspace: Workspace, embedder: Embedder | None = None) -> None:
        self.workspace = workspace
        self.second_reader = SecondReader(workspace)
        self._embedder = embedder
        self._opening = threading.Lock()
        self._opened: Retriever | None = None

    def retriever(self) -> Retriever:
        """The retriever over the build that serves now; while that is opened, over the one before.

        A query is embedded by the model that made the index, whatever the settings say.  Raises
        ``NoIndex``, ``IndexProblem`` and ``EmbedderError``.
        """
        if self._opened is not None and self._opening.locked():
            return self._opened
        return self.newest()

    def newest(self) -> Retriever:
        """As ``retriever``, but waits where another thread is opening the build."""
        with self._opening:
            folder = self.workspace.current_build()
            if self._opened is None or folder is None or self._opened.index.build != folder.name:
                meta = read_meta(folder)
                self._embedder = self._embedder_of(meta)
                self._opened = Retriever(open_build(folder), self._embedder)
            return self._opened

    def _embedder_of(self, meta: Meta) -> Embedder:
        """The model that made the index, kept if it is the one at hand."""
        kept = self._embedder
        if kept and (kept.name, kept.revision) == (meta.embedder, meta.revision):
            return kept
        embedder = load_embedder(meta.embedder)
        if not embedder.revision:
            embedder.load()
        if embedder.revision != meta.revision:
            raise IndexProblem(
                f"The index was made with another version of the model {meta.embedder}.",
                "Run `askpapers sync` to embed the papers again.",
            )
        return embedder
