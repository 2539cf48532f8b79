"""A library opens the newest index, with the same version of the model that made it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from model_folder import model_folder, sync_with_model
from small_library import SmallLibrary

from ingest.embedding.embed import load_embedder
from ingest.errors import IndexProblem
from ingest.indexing.index import Index, open_build
from ingest.storage.workspace import Workspace
from rag.library import Library


def test_an_index_is_not_searched_with_another_version_of_its_model(
    library: SmallLibrary, tmp_path: Path
) -> None:
    """If the model's files have changed, opening the index is an error until the papers are embedded again."""
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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The builds in the order in which they were opened."""
    builds: list[str] = []

    def note(folder: Path | None) -> Index:
        builds.append(folder.name if folder else "")
        return open_build(folder)

    monkeypatch.setattr("rag.library.open_build", note)
    return builds


def test_the_build_before_serves_while_a_new_one_is_opened(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a new build is opened, questions use the one before; only ``newest`` waits."""
    library.sync()
    begun, may_open = Event(), Event()
    serving = Library(library.workspace, library.embedder)
    old = serving.retriever()
    library.write_pdf("herd")
    library.sync()

    def open_slowly(folder: Path | None) -> Index:
        begun.set()
        assert may_open.wait(30)
        return open_build(folder)

    monkeypatch.setattr("rag.library.open_build", open_slowly)
    with ThreadPoolExecutor(3) as pool:
        opens = pool.submit(serving.retriever)
        assert begun.wait(30)
        try:
            assert pool.submit(serving.retriever).result(timeout=10) is old
            waits = pool.submit(serving.newest)
        finally:
            may_open.set()
        assert waits.result() is opens.result() is serving.retriever() is not old


def test_a_build_is_not_opened_again_after_a_newer_one(
    library: SmallLibrary, opened: list[str]
) -> None:
    """A thread that is held up after looking for the newest build does not open an older one again."""
    library.sync()
    has_looked, goes_on = Event(), Event()

    class HeldUp(Workspace):
        is_held = False

        def current_build(self) -> Path | None:
            build = super().current_build()
            if self.is_held:
                self.is_held = False
                has_looked.set()
                assert goes_on.wait(30)
            return build

    workspace = HeldUp(library.workspace.root)
    serving = Library(workspace, library.embedder)
    serving.retriever()
    workspace.is_held = True
    with ThreadPoolExecutor(1) as pool:
        held_up = pool.submit(serving.retriever)
        assert has_looked.wait(30)
        library.write_pdf("herd")
        library.sync()
        serving.retriever()
        goes_on.set()
        held_up.result()
    newest = serving.retriever().index.build
    assert opened[-1] == newest and opened.count(newest) == 1
