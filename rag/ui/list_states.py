"""The papers of the list and how far each got; only what has changed is read again."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ingest.corpus import Paper, Status
from ingest.indexing.index import IndexedPaper
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.notes import NOTES_NAME
from ingest.recipe import Recipe
from ingest.storage.checksums import modified_ns
from ingest.storage.workspace import Workspace
from ingest.sync.state import PaperState, inspect_papers
from rag.ui.slow_value import SlowValue

# A list of 10,000 papers takes half a minute to read; the papers of the index serve meanwhile.
LIST_WAIT_SECONDS = 1.0
# Papers inspected each time though nothing in their folders has changed: a PDF may have come into another
# folder.  10,000 take 3 s; these take 0.1 s.
INSPECTED_AT_ONCE = 400

EditTimes = tuple[int, ...]  # when the list and its notes were changed


class ListStates:
    """The papers of a list and their states, shared by all visitors.  Safe to use from several threads."""

    def __init__(
        self,
        manifest: Path,
        workspace: Workspace,
        indexed: Callable[[], Mapping[str, IndexedPaper]],
    ) -> None:
        """``indexed`` gives the papers of the serving index."""
        self._manifest = manifest
        self._workspace = workspace
        self._indexed = indexed
        self._papers: SlowValue[tuple[Paper, ...]] = SlowValue()
        self._lock = threading.Lock()
        self._states: list[PaperState] = []
        self._counts: Counter[Status] = Counter()
        self._folders: dict[
            str, int
        ] = {}  # when each was last changed, as of its paper's inspection
        self._state_key: tuple[object, ...] = ()
        self._inspected_at = 0.0
        self._recipe: object = None
        self._due_from = 0  # the first paper to inspect next, in turn

    def edit_times(self) -> EditTimes:
        """When the list and the notes were last changed, in nanoseconds; 0 for a missing file."""
        paths = self._manifest, self._manifest.with_name(NOTES_NAME)
        return tuple(map(modified_ns, paths))

    def papers(self) -> tuple[Paper, ...]:
        """The papers of the list.  Raises ``AssistantError`` if it has problems.

        While a long list is being read, these are the papers as last read, or else those of the index.
        """
        read = partial(read_manifest, self._manifest)
        papers = self._papers.get(self.edit_times(), read, LIST_WAIT_SECONDS)
        if papers is None:
            return tuple(entry.paper for entry in self._indexed().values())
        return papers

    @property
    def counts(self) -> Counter[Status]:
        """How many papers had each status at the last inspection."""
        return self._counts

    def states(
        self, recipe: Recipe, pdf_dirs: Sequence[Path], sync: object, max_age_seconds: float
    ) -> list[PaperState]:
        """How far each paper got, found at most ``max_age_seconds`` ago.

        The papers are inspected again as soon as the list, the build or the state of the ``sync`` changes.
        Raises ``AssistantError`` if the list has problems.
        """
        papers = self.papers()
        state_key = (papers, self._workspace.current_build(), sync)
        with self._lock:
            is_old = time.monotonic() > self._inspected_at + max_age_seconds
            if is_old or state_key != self._state_key:
                self._inspect(papers, recipe, pdf_dirs)
                self._state_key, self._inspected_at = state_key, time.monotonic()
            return self._states

    def _inspect(self, papers: Sequence[Paper], recipe: Recipe, pdf_dirs: Sequence[Path]) -> None:
        """Inspect the papers that are new or have changed, and some of the others in turn."""
        folders = self._folder_times()
        is_same_recipe = recipe == self._recipe
        known = {state.paper.id: state for state in self._states} if is_same_recipe else {}
        due = {paper.id for paper in self._next_due(papers)}
        stale = [
            paper
            for paper in papers
            if paper.id in due
            or paper.id not in known
            or known[paper.id].paper != paper
            or folders.get(paper.id) != self._folders.get(paper.id)
        ]
        list_folder = self._manifest.parent
        fresh = inspect_papers(stale, list_folder, self._workspace, recipe, pdf_dirs)
        known |= {state.paper.id: state for state in fresh}
        self._states = [known[paper.id] for paper in papers]
        self._counts = Counter(state.status for state in self._states)
        self._folders, self._recipe = folders, recipe

    def _next_due(self, papers: Sequence[Paper]) -> Sequence[Paper]:
        """The papers whose turn it is: all of a short list."""
        start = self._due_from if self._due_from < len(papers) else 0
        self._due_from = start + INSPECTED_AT_ONCE
        return papers[start : self._due_from]

    def _folder_times(self) -> dict[str, int]:
        """When something was last put into the folder of each paper, or taken out, in nanoseconds."""
        try:
            with os.scandir(self._workspace.paper(".").path) as folders:
                return {folder.name: folder.stat().st_mtime_ns for folder in folders}
        except OSError:
            return {}
