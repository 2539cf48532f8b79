"""A list of thousands is looked at by what has changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from pdfs import plain_pdf
from small_library import SmallLibrary

from ingest.corpus import Paper
from ingest.embedding.embed import recipe_for
from ingest.reading_list.edit import add_papers, remove_papers
from ingest.reading_list.manifest import read_manifest
from ingest.sync.state import PaperState, inspect_papers
from rag.ui.list_states import ListStates

PAPERS = [Paper(f"p{i}", f"Paper {i}", arxiv=f"2401.0000{i}") for i in range(6)]


@pytest.fixture
def long_list(library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> SmallLibrary:
    """A list that is longer than what is inspected at every look."""
    monkeypatch.setattr("rag.ui.list_states.INSPECTED_AT_ONCE", 3)
    add_papers(library.manifest, PAPERS)
    library.sync()
    return library


@pytest.fixture
def inspected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The papers inspected since this list was cleared."""
    names: list[str] = []

    def inspect(papers: Sequence[Paper], *rest: object) -> list[PaperState]:
        names.extend(paper.id for paper in papers)
        return inspect_papers(papers, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("rag.ui.list_states.inspect_papers", inspect)
    return names


def _look(states: ListStates, library: SmallLibrary) -> dict[str, str]:
    """The status of each paper at a new look."""
    found = states.states(recipe_for(library.embedder), (library.pdfs,), None, -1.0)
    return {state.paper.id: state.status for state in found}


def test_only_what_has_changed_and_some_in_turn_are_inspected(
    long_list: SmallLibrary, inspected: list[str]
) -> None:
    """A paper that was synced or added is seen at once, a PDF in another folder when its turn comes."""
    library = long_list
    states = ListStates(library.manifest, library.workspace, dict)
    first = _look(states, library)
    assert len(inspected) == len(first) == 8
    inspected.clear()
    plain_pdf(library.pdfs / "2401.00005.pdf", [["A quokka smiles."]])
    library.sync(only=("p5",))
    add_papers(library.manifest, [Paper("new", "A New Paper", arxiv="2401.00009")])
    remove_papers(library.manifest, ["p0"])
    now = _look(states, library)
    assert now["p5"] == "indexed" and now["new"] == "not fetched" and "p0" not in now
    assert len(inspected) < 8
    plain_pdf(library.pdfs / "2401.00004.pdf", [["Quokkas eat leaves."]])
    looks = [_look(states, library)["p4"] for _ in range(3)]
    assert looks[-1] == "waiting"
    assert states.counts["indexed"] == list(_look(states, library).values()).count("indexed")


def test_the_papers_of_the_index_serve_while_a_long_list_is_read(
    long_list: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the list as it was read last, while it is read again."""
    go = threading.Event()

    def slow(path: object) -> tuple[Paper, ...]:
        go.wait(30)
        return read_manifest(path)  # type: ignore[arg-type]

    monkeypatch.setattr("rag.ui.list_states.read_manifest", slow)
    monkeypatch.setattr("rag.ui.list_states.LIST_WAIT_SECONDS", 0.0)
    library = long_list
    states = ListStates(library.manifest, library.workspace, dict)
    assert states.papers() == ()
    go.set()
    monkeypatch.setattr("rag.ui.list_states.LIST_WAIT_SECONDS", 30.0)
    whole = states.papers()
    assert len(whole) == 8
    go.clear()
    monkeypatch.setattr("rag.ui.list_states.LIST_WAIT_SECONDS", 0.0)
    remove_papers(library.manifest, ["p0"])
    assert states.papers() == whole
    go.set()
    monkeypatch.setattr("rag.ui.list_states.LIST_WAIT_SECONDS", 30.0)
    assert len(states.papers()) == 7
