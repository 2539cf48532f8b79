"""The thread behind the page: it warms up the search, then keeps the index equal to the list."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ingest.corpus import HANDBOOK, Status
from ingest.errors import AssistantError, IndexProblem, SyncRunning, UsageError
from ingest.indexing.index import IndexedPaper, indexed_papers, read_meta
from ingest.pdf.process import drawing
from ingest.recipe import Recipe
from ingest.storage.workspace import Workspace
from ingest.sync.pipeline import Progress, Sync, SyncOptions
from ingest.sync.report import SyncReport
from ingest.sync.state import PaperState
from ingest.terminal import unexpected_logged
from rag.assistant import Assistant
from rag.ui.list_states import Edited, ListStates

WATCH_SECONDS = 3.0  # between two looks at the list
RETRY_SECONDS = 15.0  # after another sync was met: each try reads the list, which takes a second
STATES_LAST_SECONDS = 2.5  # less than the table's timer: a PDF may come into a folder unseen

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of papers in the list, and of those whose pages are indexed, without the handbook.

    ``not_fetched`` and ``failed`` are numbers of the whole list as the last sync left it, 0 while one runs.
    """

    listed: int
    indexed: int
    not_fetched: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the background work is; ``seconds_left`` is None where it cannot be estimated yet.

    ``report`` is that of the last complete sync, ``trouble`` why the last one stopped, if it did.
    """

    running: bool = False
    progress: Progress | None = None
    seconds_left: float | None = None
    report: SyncReport | None = None
    trouble: AssistantError | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """A sync to do; ``done`` gets its report, or what went wrong."""

    options: SyncOptions
    done: Future[SyncReport] = field(default_factory=Future)

    @property
    def is_long(self) -> bool:
        """Whether the whole list is to be done, which may take a quarter of an hour."""
        return not self.options.only


class Background:
    """Warms the assistant, runs ``sync`` at the start, on request, and when the list has changed.

    A sync of the whole list makes way for requests that come meanwhile, and is resumed afterwards.

    Without a ``sync`` it only warms up.  ``ready`` is set as soon as questions can be answered
    without a wait, or never can be; ``idle`` while there is nothing to do.
    """

    def __init__(
        self, assistant: Assistant, manifest: Path, workspace: Workspace, sync: Sync | None
    ) -> None:
        self.ready = threading.Event()
        self.idle = threading.Event()
        self.manifest = manifest
        self.workspace = workspace
        self.sync = sync
        self._assistant = assistant
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._put_off: list[_Job] = []  # what made way; nothing makes way for it
        self._state = SyncState(running=sync is not None)
        self._phase: tuple[int, int, float] | None = None  # total, first done, its time
        self._papers: tuple[str, dict[str, IndexedPaper]] = ("", {})
        self._list = ListStates(manifest, workspace, self.papers)
        self._removing: frozenset[str] = frozenset()  # what was removed on the page
        self._synced: Edited | None = None  # what the last sync has read
        self._not_before = 0.0  # when the list may be synced again of itself

    def start(self) -> threading.Thread:
        """Begin; the thread never keeps the program from ending."""
        if self.sync is not None:
            self._jobs.put(_Job(self.sync.options))
        thread = threading.Thread(target=self._work, name="background-sync", daemon=True)
        thread.start()
        return thread

    def request(
        self,
        only: tuple[str, ...] = (),
        retry_failed: bool = False,
        removing: Collection[str] = (),
    ) -> Future[SyncReport]:
        """Request a sync, to be run before the rest of a sync of the whole list.

        Options as in ``SyncOptions``; what is ``removing`` here, later syncs may remove as well.
        The future gets the report, or the error.  Raises ``UsageError`` where there is no sync.
        """
        if self.sync is None:
            raise UsageError("Papers are not fetched here.", "Start the chat without --no-sync.")
        job = _Job(replace(self.sync.options, only=only, retry_failed=retry_failed))
        with self._lock:
            self._removing |= frozenset(removing)
            self.idle.clear()
            self._jobs.put(job)
        return job.done

    @property
    def state(self) -> SyncState:
        """A snapshot that no thread changes."""
        return self._state

    def papers(self) -> dict[str, IndexedPaper]:
        """The papers of the serving build, by id; reread only when the build changes."""
        build = self.workspace.current_build()
        name = build.name if build else ""
        if name != self._papers[0]:
            self._papers = (name, indexed_papers(build))
        return self._papers[1]

    def counts(self) -> Counts:
        """What is here now."""
        indexed = self.papers().items()
        by_status = self._settled_counts()
        return Counts(
            sum(paper != HANDBOOK for paper in self._listed_ids()),
            sum(bool(entry.n_pages) and paper != HANDBOOK for paper, entry in indexed),
            by_status["not fetched"],
            by_status["failed"],
        )

    def paper_states(self) -> list[PaperState]:
        """How far each paper of the list got.  Raises ``ManifestError``.

        All who look at the list share what was found ``STATES_LAST_SECONDS`` ago, where neither the
        list nor the sync has moved since.
        """
        return self._states(STATES_LAST_SECONDS)

    def _settled_counts(self) -> Counter[Status]:
        """How many papers the last sync left in each status; none while one runs."""
        if self._state.report is None:
            return Counter()
        with suppress(AssistantError, OSError):  # the next sync says what is wrong
            self._states(math.inf)
        return self._list.counts

    def _states(self, last_seconds: float) -> list[PaperState]:
        pdf_dirs = self.sync.options.pdf_dirs if self.sync else ()
        sync = replace(self._state, progress=None, seconds_left=None)
        return self._list.states(self._recipe(), pdf_dirs, sync, last_seconds)

    def _recipe(self) -> Recipe:
        """What papers are indexed with; without a sync, what the serving index was made with."""
        if self.sync is not None:
            return self.sync.recipe
        build = self.workspace.current_build()
        if build is None:
            return Recipe()
        meta = read_meta(build)
        return Recipe(meta.embedder, meta.revision)

    def _listed_ids(self) -> list[str]:
        """Papers in the list; those of the index while the list has problems."""
        try:
            return [paper.id for paper in self._list.papers()]
        except (AssistantError, OSError):
            return list(self._papers[1])

    def _look_early(self) -> None:
        """Find the states before anybody waits for them: the first look at 10,000 papers takes 3 s."""
        with suppress(AssistantError, OSError):  # a sync, or the table, says what is wrong
            self.paper_states()

    def _work(self) -> None:
        self._guarded(self._warm)
        self._guarded(self._look_early)
        self._guarded(drawing.start)
        while True:
            job = self._next_job()
            error = self._guarded(partial(self._run, job))
            if error is not None:
                job.done.set_exception(error)

    def _next_job(self) -> _Job:
        """The next job; waits for a request, or for a change of the list."""
        with self._lock:
            if self._jobs.empty() and self._put_off:
                return self._put_off.pop()
            if self._jobs.empty():
                self.ready.set()
                self.idle.set()
        while True:
            try:
                return self._jobs.get(timeout=WATCH_SECONDS)
            except queue.Empty:
                if self.sync is not None and self._is_due():
                    return _Job(self.sync.options)

    def _is_due(self) -> bool:
        """Whether the list has changed since the last sync, or that met another one."""
        return self._list.edited() != self._synced and time.monotonic() >= self._not_before

    def _run(self, job: _Job) -> None:
        """Run one sync, then make sure that the search is warm."""
        assert self.sync is not None
        self.idle.clear()
        self._synced = self._list.edited()
        self._state, self._phase = SyncState(running=True), None
        sync = replace(self.sync, options=replace(job.options, removing=self._removing))
        try:
            report = sync.run(self._listen, lambda: self._makes_way(job))
        except SyncRunning:
            self._synced, self._not_before = None, time.monotonic() + RETRY_SECONDS
            raise
        if self._makes_way(job):
            self._put_off.append(job)
            return
        self._state = SyncState(report=report)
        self._warm()
        with suppress(AssistantError):  # which a question then meets, too
            self._assistant.library.newest()  # those who wait for the job find its papers
        job.done.set_result(report)

    def _makes_way(self, job: _Job) -> bool:
        return job.is_long and not self._jobs.empty()

    def _guarded(self, work: Callable[[], None]) -> AssistantError | None:
        """Do ``work``; an error is shown on the page and returned, and the thread goes on."""
        try:
            with unexpected_logged(self.workspace.root):
                work()
        except AssistantError as error:
            return self._stop(error)
        return None

    def _stop(self, why: AssistantError) -> AssistantError:
        log.info("the background sync stopped: %s", why)
        self._state = SyncState(trouble=why)
        return why

    def _warm(self) -> None:
        """Load the model and open the index, if there is one."""
        if not self.ready.is_set() and self.workspace.current_build() is not None:
            self._assistant.search("warm up", k=1)
            self.ready.set()

    def _listen(self, progress: Progress) -> None:
        if progress.stage != "card":  # the list can be asked now
            with suppress(IndexProblem):  # the sync makes another index
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
