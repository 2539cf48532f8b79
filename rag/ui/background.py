"""The thread behind the page: it warms the search up, then makes the index equal to the list."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import AssistantError
from ingest.index import IndexedPaper, indexed_papers
from ingest.manifest import read_manifest
from ingest.pipeline import Progress, Sync, SyncReport
from ingest.workspace import Workspace
from rag.assistant import Assistant

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counts:
    """Papers in the list, and those of them whose pages can be asked."""

    listed: int
    indexed: int


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the background work is; ``seconds_left`` is None where nothing can be said yet.

    ``report`` is that of the last whole sync, ``trouble`` why the last one stopped ("" if it did
    not).
    """

    running: bool = False
    progress: Progress | None = None
    seconds_left: float | None = None
    report: SyncReport | None = None
    trouble: str = ""


class Background:
    """Warms the assistant and runs ``sync`` (None: there is nothing to run) in one thread.

    ``ready`` is set as soon as questions can be answered without a wait, or never can be.
    """

    def __init__(
        self, assistant: Assistant, manifest: Path, workspace: Workspace, sync: Sync | None
    ) -> None:
        self.ready = threading.Event()
        self._assistant = assistant
        self._manifest = manifest
        self.workspace = workspace
        self._sync = sync
        self._state = SyncState(running=sync is not None)
        self._phase: tuple[int, int, float] | None = None  # total, first done, its time
        self._papers: tuple[str, dict[str, IndexedPaper]] = ("", {})
        self._listed = (0, 0)  # when the list was changed last, and its papers

    def start(self) -> threading.Thread:
        """Begin; the thread that is given back never keeps the program from ending."""
        thread = threading.Thread(target=self._work, name="background-sync", daemon=True)
        thread.start()
        return thread

    @property
    def state(self) -> SyncState:
        """A snapshot that no thread changes."""
        return self._state

    def papers(self) -> dict[str, IndexedPaper]:
        """The papers of the build that serves, by id; read anew only when there is another."""
        build = self.workspace.current_build()
        if build is not None and build.name != self._papers[0]:
            self._papers = (build.name, indexed_papers(build))
        return self._papers[1]

    def counts(self) -> Counts:
        """What is here now."""
        papers = self.papers()
        return Counts(self._n_listed(), sum(entry.n_pages > 0 for entry in papers.values()))

    def _n_listed(self) -> int:
        """Papers in the list; those of the index while the list has problems."""
        try:
            changed = self._manifest.stat().st_mtime_ns
            if changed != self._listed[0]:
                self._listed = (changed, len(read_manifest(self._manifest)))
            return self._listed[1]
        except (AssistantError, OSError):
            return len(self._papers[1])

    def _work(self) -> None:
        try:
            self._warm()
            if self._sync is not None:
                report = self._sync.run(self._listen)
                self._state = SyncState(report=report)
            self._warm()
        except AssistantError as error:
            self._stop(str(error))
        except Exception:
            self._stop(f"something unforeseen (id {log_unforeseen('the background sync')})")
        finally:
            self._state = replace(self._state, running=False, progress=None)
            self.ready.set()

    def _stop(self, why: str) -> None:
        log.info("the background sync stopped: %s", why)
        self._state = SyncState(trouble=why)

    def _warm(self) -> None:
        """Load the model and open the index, if there is one."""
        if not self.ready.is_set() and self.workspace.current_build() is not None:
            self._assistant.search("warm up", k=1)
            self.ready.set()

    def _listen(self, progress: Progress) -> None:
        if progress.stage != "card":  # the list can be asked now
            self._warm()
        left = self._seconds_left(progress)
        self._state = SyncState(running=True, progress=progress, seconds_left=left)

    def _seconds_left(self, progress: Progress) -> float | None:
        now = time.monotonic()
        if self._phase is None or self._phase[0] != progress.total:
            self._phase = (progress.total, progress.done, now)
        _, first, began = self._phase
        n_done = progress.done - first
        return (now - began) / n_done * (progress.total - progress.done) if n_done > 0 else None


def log_unforeseen(what: str) -> str:
    """Log the exception at hand; the short id it is logged under."""
    short_id = uuid.uuid4().hex[:8]
    log.exception("%s failed (id %s)", what, short_id)
    return short_id
