"""Gather what the stages made of every paper, and make it the serving build."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ingest.corpus import Chunk
from ingest.embedding.embed import Embedder
from ingest.errors import DamagedFile, IndexProblem
from ingest.indexing.index import FORMAT, Content, IndexedPaper, PageText, read_meta, write_build
from ingest.recipe import digest
from ingest.storage.workspace import PassageSource, PassageVectors, Workspace
from ingest.sync.state import PaperState


def publish(
    workspace: Workspace, states: Sequence[PaperState], embedder: Embedder, serves_whole: bool
) -> None:
    """Make a build of all that is ready, and let it serve.

    Nothing is written when the serving build is whole and already holds exactly this, or when
    nothing at all is ready.  Raises ``DamagedFile``
    and ``StorageError``.
    """
    papers = tuple(_indexed(state) for state in states if state.has_card)
    content = digest(FORMAT, [entry.digest for entry in papers])
    if not papers or (serves_whole and _holds(workspace.current_build(), content)):
        return
    gathered = _gather(workspace, states, papers)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{content[:8]}"
    with workspace.new_build(name) as folder:
        write_build(
            folder,
            gathered,
            digest=content,
            embedder=embedder.name,
            revision=embedder.revision,
        )


def _indexed(state: PaperState) -> IndexedPaper:
    stamp = state.stamp
    pages = stamp["embed"].result if state.has_pages else ""
    n_pages = int(stamp["parse"].detail["pages"]) if state.has_pages else 0
    version = stamp["fetch"].detail.get("version", "") if state.has_pages else ""
    return IndexedPaper(state.paper, n_pages, digest(stamp["card"].key, pages, version))


def expected_papers(states: Sequence[PaperState], todo: Collection[str]) -> dict[str, IndexedPaper]:
    """What a build holds once the pages of ``todo`` are made, by paper id.

    What is yet to be made has no digest, and ``n_pages`` is 1 for pages yet to be read.
    """
    expected = {}
    for state in states:
        paper_id = state.paper.id
        if state.has_card and paper_id not in todo:
            expected[paper_id] = _indexed(state)
        else:
            has_pages = state.has_pages or paper_id in todo
            expected[paper_id] = IndexedPaper(state.paper, int(has_pages), digest="")
    return expected


def _holds(build: Path | None, content: str) -> bool:
    try:
        return read_meta(build).content == content
    except IndexProblem:  # there is none, or it has another format
        return False


def _gather(
    workspace: Workspace, states: Sequence[PaperState], papers: tuple[IndexedPaper, ...]
) -> Content:
    """All that is ready.  Every file is tried, so that all damaged ones are remade at once."""
    chunks: list[Chunk] = []
    pages: list[PageText] = []
    vectors: list[PassageVectors] = []
    damaged: dict[Path, object] = {}
    for state in states:
        folder = workspace.paper(state.paper.id)
        try:
            pages += _pages(workspace, state)
            for part in _ready(state):
                chunks += folder.read_chunks(part)
                vectors.append(folder.read_vectors(part))
        except DamagedFile as error:
            damaged |= error.faults
    if damaged:
        raise DamagedFile(damaged)
    return Content(
        papers,
        tuple(pages),
        tuple(chunks),
        np.concatenate([part.chunks for part in vectors]),
        np.concatenate([part.sentences for part in vectors]),
    )


def _ready(state: PaperState) -> Iterator[PassageSource]:
    if state.has_card:
        yield "card"
        if state.has_pages:
            yield "pages"


def _pages(workspace: Workspace, state: PaperState) -> Iterator[PageText]:
    if state.has_card and state.has_pages:
        folder = workspace.paper(state.paper.id)
        folder.read_second_texts()  # no part of a build; but this is where damaged files are found
        text = folder.read_text()
        for page in text.pages:
            page_text = text.page_text(page.number)
            yield PageText(state.paper.id, page.number, page.start, page_text)
