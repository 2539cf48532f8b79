"""Gather the results of all papers' stages, and make a build of them that serves."""

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
    workspace: Workspace, states: Sequence[PaperState], embedder: Embedder, is_serving_intact: bool
) -> None:
    """Make a build of everything that is ready, and let it serve.

    Nothing is written if the serving build is intact and has the same content, or if nothing is ready.
    Raises ``DamagedFile`` and ``StorageError``.
    """
    papers = tuple(_indexed(state) for state in states if state.has_card)
    content = digest(FORMAT, [entry.digest for entry in papers])
    if not papers or (is_serving_intact and _has_content(workspace.current_build(), content)):
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
    """The content of a build after the papers of ``todo`` have been processed, by paper id.

    What has not been made yet has no digest, and ``n_pages`` is 1 for a paper that has not been read.
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


def _has_content(build: Path | None, content: str) -> bool:
    try:
        return read_meta(build).content == content
    except IndexProblem:  # there is no build, or it has another format
        return False


def _gather(
    workspace: Workspace, states: Sequence[PaperState], papers: tuple[IndexedPaper, ...]
) -> Content:
    """Everything that is ready.  All files are read, so that ``DamagedFile`` names all damaged ones."""
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
        folder.read_second_texts()  # not part of a build, but damage must be found here
        text = folder.read_text()
        for page in text.pages:
            page_text = text.page_text(page.number)
            yield PageText(state.paper.id, page.number, page.start, page_text)
