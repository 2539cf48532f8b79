"""The thread behind the page: it warms up the search, then keeps the index in step with the list."""

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
from rag.ui.list_states import EditTimes, ListStates

LIST_POLL_SECONDS = 3.0  # between two looks at the list
RETRY_SECONDS = 15.0  # while another process syncs: each try reads the list, which takes a second
STATES_MAX_AGE_SECONDS = (
    2.5  # below the table's refresh: nothing else tells of a new PDF in a folder
)

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

    ``report`` is that of the last complete sync, ``error`` why the last one stopped, if it did.
    """

    running: bool = False
    progress: Progress | None = None
    seconds_left: float | None = None
    report: SyncReport | None = None
    error: AssistantError | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """A sync to do; ``done`` gets its report, or what went wrong."""

    options: SyncOptions
    done: Future[SyncReport] = field(default_factory=Future)

    @property
    def is_long(self) -> bool:
        """Whether the whole list is to be done, which may take a quarter of an hour."""
        return not self.options.only


class BackgroundWorker:
    """Warms the assistant, runs ``sync`` at the start, on request, and when the list has changed.

    A sync of the whole list yields to requests that come meanwhile, and is resumed afterwards.

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
        self._postponed: list[_Job] = []  # long syncs that have yielded to requests
        self._state = SyncState(running=sync is not None)
        self._phase: tuple[int, int, float] | None = (
            None  # total; done at its start, and when that was
        )
        self._papers: tuple[str, dict[str, IndexedPaper]] = ("", {})
        self._list = ListStates(manifest, workspace, self.papers)
        self._removing: frozenset[str] = frozenset()  # what was removed on the page
        self._synced_times: EditTimes | None = None  # of the list that the last sync has read
        self._next_sync_at = 0.0  # the earliest time of the next sync that nobody requested

    def start(self) -> threading.Thread:
        """Start the thread, a daemon: it does not keep the program from ending."""
        if self.sync is not None:
            self._jobs.put(_Job(self.sync.options))
        thread = threading.Thread(target=self._run_forever, name="background-sync", daemon=True)
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
        """How many papers are listed and indexed now."""
        indexed = self.papers().items()
        by_status = self._status_counts()
        return Counts(
            sum(paper != HANDBOOK for paper in self._listed_ids()),
            sum(bool(entry.n_pages) and paper != HANDBOOK for paper, entry in indexed),
            by_status["not fetched"],
            by_status["failed"],
        )

    def paper_states(self) -> list[PaperState]:
        """How far each paper of the list got.  Raises ``ManifestError``.

        All visitors share states up to ``STATES_MAX_AGE_SECONDS`` old, unless the list or the sync has
        changed since.
        """
        return self._states(STATES_MAX_AGE_SECONDS)

    def _status_counts(self) -> Counter[Status]:
        """How many papers the last sync left in each status; none while one runs."""
        if self._state.report is None:
            return Counter()
        with suppress(AssistantError, OSError):  # the next sync says what is wrong
            self._states(math.inf)
        return self._list.counts

    def _states(self, max_age_seconds: float) -> list[PaperState]:
        pdf_dirs = self.sync.options.pdf_dirs if self.sync else ()
        sync = replace(self._state, progress=None, seconds_left=None)
        return self._list.states(self._recipe(), pdf_dirs, sync, max_age_seconds)

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

    def _inspect_early(self) -> None:
        """Find the states before anybody waits for them: the first look at 10,000 papers takes 3 s."""
        with suppress(AssistantError, OSError):  # a sync, or the table, says what is wrong
            self.paper_states()

    def _run_forever(self) -> None:
        self._catch_errors(self._warm_up)
        self._catch_errors(self._inspect_early)
        self._catch_errors(drawing.start)
        while True:
            job = self._next_job()
            error = self._catch_errors(partial(self._run, job))
            if error is not None:
                job.done.set_exception(error)

    def _next_job(self) -> _Job:
        """The next job; waits for a request, or for a change of the list."""
        with self._lock:
            if self._jobs.empty() and self._postponed:
                return self._postponed.pop()
            if self._jobs.empty():
                self.ready.set()
                self.idle.set()
        while True:
            try:
                return self._jobs.get(timeout=LIST_POLL_SECONDS)
            except queue.Empty:
                if self.sync is not None and self._is_due():
                    return _Job(self.sync.options)

    def _is_due(self) -> bool:
        """Whether the list has changed since the last sync, or another process was syncing then."""
        has_changed = self._list.edit_times() != self._synced_times
        return has_changed and time.monotonic() >= self._next_sync_at

    def _run(self, job: _Job) -> None:
        """Run one sync, then make sure that the search is warm."""
        assert self.sync is not None
        self.idle.clear()
        self._synced_times = self._list.edit_times()
        self._state, self._phase = SyncState(running=True), None
        sync = replace(self.sync, options=replace(job.options, removing=self._removing))
        try:
            report = sync.run(self._on_progress, lambda: self._must_yield(job))
        except SyncRunning:
            self._synced_times, self._next_sync_at = None, time.monotonic() + RETRY_SECONDS
            raise
        if self._must_yield(job):
            self._postponed.append(job)
            return
        self._state = SyncState(report=report)
        self._warm_up()
        with suppress(AssistantError):  # the next question reports it
            self._assistant.library.newest()  # so that whoever waits for the job finds its papers
        job.done.set_result(report)

    def _must_yield(self, job: _Job) -> bool:
        """Whether a long sync has to stop, because a request is waiting."""
        return job.is_long and not self._jobs.empty()

    def _catch_errors(self, work: Callable[[], None]) -> AssistantError | None:
        """Do ``work``; an error is shown on the page and returned, and the thread goes on."""
        try:
            with unexpected_logged(self.workspace.root):
                work()
        except AssistantError as error:
            return self._report_error(error)
        return None

    def _report_error(self, error: AssistantError) -> AssistantError:
        log.info("the background sync stopped: %s", error)
        self._state = SyncState(error=error)
        return error

    def _warm_up(self) -> None:
        """Load the model and open the index, if there is one."""
        if not self.ready.is_set() and self.workspace.current_build() is not None:
            self._assistant.search("warm up", k=1)
            self.ready.set()

    def _on_progress(self, progress: Progress) -> None:
        if progress.stage != "card":  # the list is indexed
            with suppress(IndexProblem):  # the sync will write another index
                self._warm_up()
        left = self._seconds_left(progress)
        self._state = SyncState(running=True, progress=progress, seconds_left=left)

    def _seconds_left(self, progress: Progress) -> float | None:
        """At the pace of the papers done since the number of all papers was last another."""
        now = time.monotonic()
        if self._phase is None or self._phase[0] != progress.total:
            self._phase = (progress.total, progress.done, now)
        _, n_before, started = self._phase
        n_done = progress.done - n_before
        return (now - started) / n_done * (progress.total - progress.done) if n_done > 0 else None
