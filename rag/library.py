"""The serving index, opened once, and reopened when a sync has replaced it."""

from __future__ import annotations

import threading

from ingest.embed import Embedder, load_embedder
from ingest.errors import IndexProblem
from ingest.index import Meta, open_build, read_meta
from ingest.workspace import Workspace
from rag.retrieve import Retriever
from rag.second_look import SecondLook


class Library:
    """Gives the retriever over the current build.  Safe to use from several threads."""

    def __init__(self, workspace: Workspace, embedder: Embedder | None = None) -> None:
        self.workspace = workspace
        self.second_look = SecondLook(workspace)
        self._embedder = embedder
        self._lock = threading.Lock()
        self._open: Retriever | None = None

    def retriever(self) -> Retriever:
        """The retriever over the build that serves now.

        A query is embedded by the model that made the index, whatever the settings say.  Raises
        ``NoIndex``, ``IndexProblem`` and ``EmbedderError``.
        """
        folder = self.workspace.current_build()
        with self._lock:
            if self._open is None or folder is None or self._open.index.build != folder.name:
                meta = read_meta(folder)
                self._embedder = self._embedder_of(meta)
                self._open = Retriever(open_build(folder), self._embedder)
            return self._open

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
                "Run `askpapers sync` to embed the papers anew.",
            )
        return embedder
