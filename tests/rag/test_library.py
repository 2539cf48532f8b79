"""The index is searched with the very model that made it."""

from __future__ import annotations

from pathlib import Path

import pytest
from model_folder import model_folder, sync_with_model
from small_library import SmallLibrary

from ingest.embed import load_embedder
from ingest.errors import IndexProblem
from rag.library import Library


def test_another_version_of_the_model_searches_nothing(
    library: SmallLibrary, tmp_path: Path
) -> None:
    """What lies under the model's name has changed: all is refused until the papers are embedded anew."""
    folder = sync_with_model(library, tmp_path / "model")
    open_before = Library(library.workspace)
    assert open_before.retriever()

    model_folder(folder, passage="passage: ")
    assert open_before.retriever(), "its vectors and its model still belong together"
    with pytest.raises(IndexProblem, match="another version"):
        Library(library.workspace).retriever()

    library.embedder = load_embedder(str(folder))
    assert library.sync().updated == ("slim",)
    for opened in (Library(library.workspace), open_before):
        index = opened.retriever().index
        assert index.meta.revision == library.embedder.revision
