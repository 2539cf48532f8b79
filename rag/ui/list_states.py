"""The list behind the page, and how far each of its papers got; read again only when something has moved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import AssistantError
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.notes import NOTES_NAME
from ingest.recipe import Recipe
from ingest.storage.checksums import modified_ns
from ingest.storage.workspace import Workspace
from ingest.sync.state import PaperState, inspect_papers

Edited = tuple[int, ...]  # when the list and its notes were changed


class ListStates:
    """The papers of a list and their states, shared by all who look at them."""

    def __init__(self, manifest: Path, workspace: Workspace) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._read: tuple[Edited | None, tuple[Paper, ...] | AssistantError] = (None, ())
        # What they were found at, when, and the states themselves.
        self._inspected: tuple[tuple[object, ...], float, list[PaperState]] = ((), 0.0, [])

    def edited(self) -> Edited:
        """When the list and the notes were last changed, in nanoseconds; 0 for a missing file."""
        paths = self._manifest, self._manifest.with_name(NOTES_NAME)
        return tuple(map(modified_ns, paths))

    def papers(self) -> tuple[Paper, ...]:
        """The papers of the list.  Raises ``AssistantError`` if it has problems.

        Reading takes a second, so either is kept until the list is edited.
        """
        edited = self.edited()
        if edited != self._read[0]:
            self._read = (edited, _read(self._manifest))
        read = self._read[1]
        if isinstance(read, AssistantError):
            raise read.with_traceback(None)  # else it would grow each time
        return read

    @property
    def known(self) -> list[PaperState]:
        """The states as they were found last."""
        return self._inspected[2]

    def states(
        self, recipe: Recipe, pdf_dirs: Sequence[Path], sync: object, last_seconds: float
    ) -> list[PaperState]:
        """How far each paper got, found at most ``last_seconds`` ago; a look takes some seven files a paper.

        They are found again as soon as the list, the build or the state of the ``sync`` is another.
        Raises ``AssistantError`` if the list has problems.
        """
        moved = (self.edited(), self._workspace.current_build(), sync)
        before, found, states = self._inspected
        if moved != before or time.monotonic() > found + last_seconds:
            home = self._manifest.parent
            states = inspect_papers(self.papers(), home, self._workspace, recipe, pdf_dirs)
            self._inspected = (moved, time.monotonic(), states)
        return states


def _read(manifest: Path) -> tuple[Paper, ...] | AssistantError:
    try:
        return read_manifest(manifest)
    except AssistantError as error:
        return error
