"""Make the index equal to the list: plan, redo what is stale, build, swap.

One paper goes through all its stages before the next begins: arXiv's pauses are spent on embedding,
and finished papers can be used at once, because an interim build is published each time the number
of papers has grown by a quarter.
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
from ingest.sync.report import SyncReport, compare, new_ids, with_pages
from ingest.sync.stages import Tools, make_cards, run_stages
from ingest.sync.state import Failure, PaperState, inspect_papers

MAX_DROPPED = 0.30  # the share of papers that a sync may drop without ``yes``
# An interim build comes when the papers have grown by a quarter: geometric, so that all of them
# together cost as much as a few.
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
    """``done`` of ``total`` papers with work to do are done; ``paper`` is now in ``stage``."""

    done: int
    total: int
    paper: str
    stage: Stage


Listener = Callable[[Progress], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Sync:
    """One sync: what it works on, what it works with, and how it is to go about it."""

    manifest: Path
    workspace: Workspace
    embedder: Embedder
    open_downloader: Callable[[], Downloader]
    options: SyncOptions

    def run(
        self, listener: Listener = lambda progress: None, stop: Stop = lambda: False
    ) -> SyncReport:
        """Make the index equal to the list and report what changed.

        With ``dry_run`` the report tells what is to be done, and would be if all goes well; it knows
        of no papers renamed, and only tells what a sync would refuse; nothing is fetched for it.
        ``stop`` is asked before each paper; once it says so, what is done is published and the rest
        is left to the next sync.
        Raises ``ManifestError`` (all problems of the list), ``UsageError`` and ``SyncRefused``,
        each before anything is changed, ``EmbedderError``, and ``StorageError`` when the disk is full.  What goes wrong
        with single papers is in the report.
        """
        started = time.monotonic()
        papers = read_manifest(self.manifest)
        self._check_only(papers)
        if self.options.dry_run:
            return self._forecast(papers)
        if not self.embedder.revision:  # it would be known later, and make stale what is made now
            self.embedder.load()
        with self.workspace.locked():
            serving = self.workspace.current_build()
            before = indexed_papers(serving)
            if refusal := self._refusal(before, papers):
                raise refusal
            serves_whole = serving is not None and is_intact(serving)
            self._adopt_renamed(before, papers)
            n_served = len(with_pages(before)) if serves_whole else 0
            unasked = _Work(self, papers, listener, stop, serves_whole, n_served).do()
            if before and not papers:  # all of them were meant to go
                self.workspace.stop_serving()
            after = indexed_papers(self.workspace.current_build())
            if before:  # otherwise nothing has checked how much would go
                self.workspace.keep_only_papers({paper.id for paper in papers} | after.keys())
        states = self._meant(self.inspect(papers))
        report = compare(before, after, states, self.workspace.current_build())
        return replace(report, failed=report.failed + unasked, seconds=time.monotonic() - started)

    def _forecast(self, papers: Sequence[Paper]) -> SyncReport:
        before = indexed_papers(self.workspace.current_build())
        states = self.inspect(papers, self.options.retry_failed)
        todo = {state.paper.id for state in self.todo(states) if not state.has_same_pdf()}
        after = expected_papers(states, todo)
        report = compare(before, after, self._meant(states), self.workspace.current_build())
        return replace(report, refusal=self._refusal(before, papers))

    def _meant(self, states: Sequence[PaperState]) -> list[PaperState]:
        """Those that are to be worked on and reported: with ``only``, no others."""
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
        """Why the list is not followed: it has lost more papers than anybody may have meant."""
        meant = self.options.removing | new_ids(before, papers).keys()
        dropped = before.keys() - {paper.id for paper in papers} - meant
        if not before or len(dropped) / len(before) <= MAX_DROPPED or self.options.yes:
            return None
        return SyncRefused(
            f"This would remove {len(dropped)} of {len(before)} papers from the index.",
            "If that is what you want, pass --yes; otherwise correct the list.",
        )

    def _adopt_renamed(self, before: Mapping[str, IndexedPaper], papers: Sequence[Paper]) -> None:
        """Let a paper that has a new id keep its PDF and its text."""
        for old, new in new_ids(before, papers).items():
            self.workspace.rename_paper(old, new)

    @property
    def recipe(self) -> Recipe:
        """What the papers are indexed with."""
        return recipe_for(self.embedder)

    def inspect(self, papers: Sequence[Paper], retry_failed: bool = False) -> list[PaperState]:
        """The state of every paper, as the options want it."""
        dirs = self.options.pdf_dirs
        home = self.manifest.parent
        return inspect_papers(papers, home, self.workspace, self.recipe, dirs, retry_failed)

    def todo(self, states: Sequence[PaperState]) -> list[PaperState]:
        """Those whose pages are to be worked on, as the options want it.

        What failed comes last: a host that refuses one paper may serve the others.
        """
        offline = self.options.offline
        todo = [
            state
            for state in self._meant(states)
            if state.stale_pages and not (offline and state.must_fetch)
        ]
        return sorted(todo, key=lambda state: state.failure is not None)


@dataclass
class _Work:
    """What a sync does once it has read the list, and how far it is.

    ``n_served`` papers have pages in the build that serves; ``serves_whole`` tells whether its files
    are known to be as they were written.  ``unasked`` tells why servers were not asked: each reason
    once, however many papers it kept away.
    """

    sync: Sync
    papers: Sequence[Paper]
    listener: Listener
    stop: Stop
    serves_whole: bool
    n_served: int
    n_new: int = 0  # papers that are ready and not published
    unasked: dict[str, Failure] = field(default_factory=dict)

    def do(self) -> tuple[Failure, ...]:
        """Run the stages and publish, again whenever a kept file proves damaged: its stage is stale then.

        Returns why servers were not asked.
        """
        damaged: set[Path] = set()
        while True:
            try:
                self._run_stages()
                self._publish(self.sync.inspect(self.papers))
            except DamagedFile as error:
                if damaged & error.faults.keys():  # made again, and still damaged
                    raise
                damaged |= error.faults.keys()
                for path in error.faults:
                    discard(path)
            else:
                return tuple(self.unasked.values())

    def _run_stages(self) -> None:
        """Run every stale stage.

        The cards come first (of all papers, whatever ``only`` says), and on a fresh machine they
        are served at once: the list can be asked before the first PDF is here.  So they are where
        the build is damaged, with all the pages that are ready.
        """
        sync, options = self.sync, self.sync.options
        self.unasked.clear()
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
            part = papers[done : done + CARDS_AT_ONCE]
            self.listener(Progress(done, len(papers), part[0].id, "card"))
            make_cards(part, [self.sync.workspace.paper(paper.id) for paper in part], tools)

    def _make_pages(self, todo: Sequence[PaperState], tools: Tools) -> None:
        """One paper after the other, until ``stop``; none from a server once none can be reached."""
        is_cut_off = False
        for done, state in enumerate(todo):
            if self.stop():
                break
            if is_cut_off and state.must_fetch:
                continue
            try:
                self.n_new += self._make_pages_of(state, tools, (done, len(todo)))
            except (Unreachable, AccessDenied) as error:
                is_cut_off = is_cut_off or isinstance(error, Unreachable)
                self.unasked[error.message] = Failure(None, "fetch", error.message, error.hint)
                continue
            if self.n_new >= max(MIN_TO_PUBLISH, GROWTH_TO_PUBLISH * self.n_served):
                self._publish_growth()

    def _make_pages_of(self, state: PaperState, tools: Tools, place: tuple[int, int]) -> bool:
        """Whether the paper's pages are ready now."""
        paper = state.paper

        def tell(stage: Stage) -> None:
            self.listener(Progress(*place, paper.id, stage))

        folder = self.sync.workspace.paper(paper.id)
        return run_stages(paper, folder, state.local, state.stale_pages, tools, tell)

    def _publish_growth(self) -> None:
        """Publish an interim build, if it holds more papers than the serving one.

        If not, the recipe is new: the old build serves until the new one is whole.
        """
        states = self.sync.inspect(self.papers)
        n_ready = sum(state.has_pages for state in states)
        if n_ready > self.n_served:
            self._publish(states)
            self.n_served = n_ready
        self.n_new = 0

    def _publish(self, states: Sequence[PaperState]) -> None:
        sync = self.sync
        publish(sync.workspace, states, sync.embedder, self.serves_whole)
        self.serves_whole = True  # it was, or has just been written
