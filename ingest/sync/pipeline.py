"""Make the index equal to the list: plan, run stale stages, build, swap.

One paper goes through all its stages before the next begins: arXiv's pauses are used for embedding, and
finished papers can be searched at once, because an interim build is published each time the number of
papers has grown by a quarter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.corpus import Paper
from ingest.embedding.embed import Embedder, recipe_for
from ingest.errors import (
    AccessDenied,
    DamagedFile,
    SyncRefused,
    Unreachable,
    UsageError,
    did_you_mean,
)
from ingest.fetch.download import Downloader
from ingest.indexing.index import IndexedPaper, indexed_papers
from ingest.pdf.process import PdfProcess
from ingest.reading_list.manifest import read_manifest
from ingest.recipe import Recipe
from ingest.storage.atomic import discard
from ingest.storage.checksums import is_intact
from ingest.storage.workspace import Workspace
from ingest.sync.plan import Stage
from ingest.sync.publish import expected_papers, publish
from ingest.sync.report import SyncReport, compare_builds, renamed_ids, with_pages
from ingest.sync.stages import Tools, make_cards, run_stages
from ingest.sync.state import Failure, PaperState, inspect_papers

MAX_DROPPED_SHARE = 0.30  # the share of papers that a sync may drop without ``yes``
# An interim build is made when the papers have grown by a quarter: with geometric growth, all interim
# builds together cost as much as a few full ones.
GROWTH_TO_PUBLISH = 0.25
MIN_TO_PUBLISH = 4
CARDS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The options of ``askpapers sync``, and two that only the program itself sets.

    ``removing`` are papers that may leave the index however many they are (with ``yes`` all may);
    ``list_only`` indexes the entries of the list and no pages, as before the first sync.
    """

    pdf_dirs: tuple[Path, ...] = ()
    offline: bool = False
    only: tuple[str, ...] = ()
    retry_failed: bool = False
    dry_run: bool = False
    yes: bool = False
    removing: frozenset[str] = frozenset()
    list_only: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` papers with stale stages are done; ``paper`` is now in ``stage``."""

    done: int
    total: int
    paper: str
    stage: Stage


Listener = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Sync:
    """One sync of a list with a data folder."""

    manifest: Path
    workspace: Workspace
    embedder: Embedder
    open_downloader: Callable[[], Downloader]
    options: SyncOptions

    def run(
        self, listener: Listener = lambda progress: None, stop: ShouldStop = lambda: False
    ) -> SyncReport:
        """Make the index equal to the list and report what changed.

        With ``dry_run`` nothing is changed or fetched: the report says what a sync would do if nothing
        failed, and what it would refuse; renamed papers are not recognised.  ``stop`` is called before
        each paper; once it returns True, the finished papers are published and the rest is left to the
        next sync.  Failures of single papers are in the report.

        Raises ``ManifestError`` (all problems of the list), ``UsageError`` and ``SyncRefused``, each
        before anything is changed, ``EmbedderError``, and ``StorageError`` if the disk is full.
        """
        started = time.monotonic()
        papers = read_manifest(self.manifest)
        self._check_only(papers)
        if self.options.dry_run:
            return self._forecast(papers)
        if not self.embedder.revision:  # it is part of the keys of stages, so it must be known
            self.embedder.load()
        with self.workspace.locked():
            serving = self.workspace.current_build()
            before = indexed_papers(serving)
            if refusal := self._refusal(before, papers):
                raise refusal
            is_serving_intact = serving is not None and is_intact(serving)
            self._rename_papers(before, papers)
            n_served = len(with_pages(before)) if is_serving_intact else 0
            failures = _Run(self, papers, listener, stop, is_serving_intact, n_served).run()
            if before and not papers:  # the list is empty on purpose: `_refusal` has checked it
                self.workspace.stop_serving()
            after = indexed_papers(self.workspace.current_build())
            if before:  # without an index, `_refusal` cannot tell how many papers are dropped
                self.workspace.keep_only_papers({paper.id for paper in papers} | after.keys())
        states = self._selected(self.inspect(papers))
        report = compare_builds(before, after, states, self.workspace.current_build())
        seconds = time.monotonic() - started
        return replace(report, failed=report.failed + failures, seconds=seconds)

    def _forecast(self, papers: Sequence[Paper]) -> SyncReport:
        serving = self.workspace.current_build()
        before = indexed_papers(serving)
        states = self.inspect(papers, self.options.retry_failed)
        todo = {state.paper.id for state in self.todo(states) if not state.has_same_pdf()}
        after = expected_papers(states, todo)
        report = compare_builds(before, after, self._selected(states), serving)
        return replace(report, refusal=self._refusal(before, papers))

    def _selected(self, states: Sequence[PaperState]) -> list[PaperState]:
        """The papers to work on and report: those of ``only``, or all."""
        only = self.options.only
        return [state for state in states if not only or state.paper.id in only]

    def _check_only(self, papers: Sequence[Paper]) -> None:
        ids = [paper.id for paper in papers]
        if unknown := sorted(set(self.options.only).difference(ids)):
            hint = did_you_mean(unknown, ids, "`askpapers papers` shows every id.")
            raise UsageError(f"Not in the list: {', '.join(unknown)}.", hint)

    def _refusal(
        self, before: Mapping[str, IndexedPaper], papers: Sequence[Paper]
    ) -> SyncRefused | None:
        """The error if the list has lost so many papers that it may be a mistake; else None."""
        intended = self.options.removing | renamed_ids(before, papers).keys()
        dropped = before.keys() - {paper.id for paper in papers} - intended
        if not before or len(dropped) / len(before) <= MAX_DROPPED_SHARE or self.options.yes:
            return None
        return SyncRefused(
            f"This would remove {len(dropped)} of {len(before)} papers from the index.",
            "If that is what you want, pass --yes; otherwise correct the list.",
        )

    def _rename_papers(self, before: Mapping[str, IndexedPaper], papers: Sequence[Paper]) -> None:
        """Let papers with a new id keep their PDF and text."""
        for old, new in renamed_ids(before, papers).items():
            self.workspace.rename_paper(old, new)

    @property
    def recipe(self) -> Recipe:
        """The recipe that the papers are indexed with."""
        return recipe_for(self.embedder)

    def inspect(self, papers: Sequence[Paper], retry_failed: bool = False) -> list[PaperState]:
        """The state of every paper, with the PDFs of the options' folders."""
        dirs = self.options.pdf_dirs
        home = self.manifest.parent
        return inspect_papers(papers, home, self.workspace, self.recipe, dirs, retry_failed)

    def todo(self, states: Sequence[PaperState]) -> list[PaperState]:
        """The selected papers whose pages have stale stages that can be run.

        Papers that failed come last: if their host denies access again, the others have been fetched.
        """
        offline = self.options.offline
        todo = [
            state
            for state in self._selected(states)
            if state.stale_pages and not (offline and state.must_fetch)
        ]
        return sorted(todo, key=lambda state: state.failure is not None)


@dataclass
class _Run:
    """The work of a sync after it has read the list, and its progress.

    ``n_served`` papers have pages in the serving build; ``is_serving_intact`` says whether its files are
    known to be undamaged.  ``failures`` has the reasons why servers were not asked, by message:
    each once, however many papers it concerns.
    """

    sync: Sync
    papers: Sequence[Paper]
    listener: Listener
    stop: ShouldStop
    is_serving_intact: bool
    n_served: int
    n_new: int = 0  # papers that are ready, but not published
    failures: dict[str, Failure] = field(default_factory=dict)

    def run(self) -> tuple[Failure, ...]:
        """Run the stages and publish; start again when a stored file is damaged, without that file.

        Returns why servers were not asked.
        """
        damaged: set[Path] = set()
        while True:
            try:
                self._run_stages()
                self._publish(self.sync.inspect(self.papers))
            except DamagedFile as error:
                if damaged & error.faults.keys():  # made again, but still damaged
                    raise
                damaged |= error.faults.keys()
                for path in error.faults:
                    discard(path)
            else:
                return tuple(self.failures.values())

    def _run_stages(self) -> None:
        """Run every stale stage.

        The cards come first (of all papers, whatever ``only`` says).  If there is no build, or it is
        damaged, they are published at once with all pages that are ready: the list can be searched
        before the first PDF has been fetched.
        """
        sync, options = self.sync, self.sync.options
        self.failures.clear()
        states = [s for s in sync.inspect(self.papers, options.retry_failed) if s.stale]
        with ExitStack() as stack:
            fetch_pdf = None
            if not (options.offline or options.list_only):
                fetch_pdf = stack.enter_context(sync.open_downloader()).fetch_pdf
            pdfs = stack.enter_context(closing(PdfProcess()))
            tools = Tools(sync.recipe, sync.embedder, fetch_pdf, pdfs.parse, pdfs.read_again)
            self._make_cards([s.paper for s in states if not s.has_card], tools)
            if not self.n_served:
                self._publish(sync.inspect(self.papers))
            if not options.list_only:
                self._make_pages(sync.todo(states), tools)

    def _make_cards(self, papers: Sequence[Paper], tools: Tools) -> None:
        for done in range(0, len(papers), CARDS_AT_ONCE):
            batch = papers[done : done + CARDS_AT_ONCE]
            self.listener(Progress(done, len(papers), batch[0].id, "card"))
            make_cards(batch, [self.sync.workspace.paper(paper.id) for paper in batch], tools)

    def _make_pages(self, todo: Sequence[PaperState], tools: Tools) -> None:
        """Run the papers' stages, until ``stop``; once arXiv is unreachable, nothing is fetched."""
        is_offline = False
        for done, state in enumerate(todo):
            if self.stop():
                break
            if is_offline and state.must_fetch:
                continue
            try:
                self.n_new += self._make_pages_of(state, tools, (done, len(todo)))
            except (Unreachable, AccessDenied) as error:
                is_offline = is_offline or isinstance(error, Unreachable)
                self.failures[error.message] = Failure(None, "fetch", error.message, error.hint)
                continue
            if self.n_new >= max(MIN_TO_PUBLISH, GROWTH_TO_PUBLISH * self.n_served):
                self._publish_growth()

    def _make_pages_of(self, state: PaperState, tools: Tools, place: tuple[int, int]) -> bool:
        """Run one paper's stages; ``place`` is (done, total).  Whether its pages are ready now."""
        paper = state.paper

        def report_stage(stage: Stage) -> None:
            self.listener(Progress(*place, paper.id, stage))

        folder = self.sync.workspace.paper(paper.id)
        return run_stages(paper, folder, state.local, state.stale_pages, tools, report_stage)

    def _publish_growth(self) -> None:
        """Publish an interim build, if it has more papers than the serving one.

        If not, the recipe is new: then the old build serves until the new one is complete.
        """
        states = self.sync.inspect(self.papers)
        n_ready = sum(state.has_pages for state in states)
        if n_ready > self.n_served:
            self._publish(states)
            self.n_served = n_ready
        self.n_new = 0

    def _publish(self, states: Sequence[PaperState]) -> None:
        sync = self.sync
        publish(sync.workspace, states, sync.embedder, self.is_serving_intact)
        self.is_serving_intact = True  # it already was, or has just been written
