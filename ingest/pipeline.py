"""Make the index equal to the list: plan, redo what is stale, build, swap.

One paper goes through all its stages before the next begins: arXiv's pauses are spent on embedding,
and finished papers can be used at once, because an interim build is published each time the number
of papers has grown by a quarter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.checksums import is_whole
from ingest.corpus import Paper
from ingest.download import Downloader
from ingest.embed import Embedder
from ingest.errors import ClosedDoor, DamagedFile, SyncRefused, Unreachable, UsageError
from ingest.index import IndexedPaper, indexed_papers
from ingest.manifest import read_manifest
from ingest.plan import Stage
from ingest.publish import expected_papers, publish
from ingest.recipe import Recipe
from ingest.report import SyncReport, compare, new_ids, with_pages
from ingest.stages import Tools, make_cards, run_stages
from ingest.state import Failure, PaperState, inspect_papers
from ingest.workspace import Workspace

MOST_DROPPED = 0.30  # the share of papers that a sync may drop without ``yes``
# An interim build comes when the papers have grown by a quarter: geometric, so that all of them
# together cost as much as a few.
GROWTH_TO_PUBLISH = 0.25
FEWEST_TO_PUBLISH = 4
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


class Sync:
    """One sync: what it works on, and with which options."""

    def __init__(
        self,
        manifest: Path,
        workspace: Workspace,
        recipe: Recipe,
        embedder: Embedder,
        open_downloader: Callable[[], Downloader],
        options: SyncOptions,
    ) -> None:
        self.manifest = manifest
        self.workspace = workspace
        self.recipe = recipe
        self.embedder = embedder
        self.open_downloader = open_downloader
        self.options = options

    def run(
        self, listener: Listener = lambda progress: None, stop: Stop = lambda: False
    ) -> SyncReport:
        """Make the index equal to the list and report what changed.

        With ``dry_run`` the report says what would be done if all goes well; renamed papers are not
        recognised, and nothing is refused.
        ``stop`` is called before each paper; once it returns True, what is done is published and the
        rest is left to the next sync.
        Raises ``ManifestError`` (all problems of the list), ``UsageError`` and ``SyncRefused``,
        each before anything is changed, and ``StorageError`` when the disk is full.  What goes wrong
        with individual papers is in the report.
        """
        started = time.monotonic()
        papers = read_manifest(self.manifest)
        self._check_only(papers)
        if self.options.dry_run:
            return self._forecast(papers)
        with self.workspace.locked():
            serving = self.workspace.current_build()
            before = indexed_papers(serving)
            self._refuse_big_drop(before, papers)
            n_served = len(with_pages(before)) if serving and is_whole(serving) else 0
            self._adopt_renamed(before, papers)
            unasked = self._make_equal(papers, n_served, listener, stop)
            after = indexed_papers(self.workspace.current_build())
            if before:  # otherwise nothing has checked how much would go
                self.workspace.drop_papers_but({paper.id for paper in papers} | after.keys())
        report = compare(before, after, self._inspect(papers), self.workspace.current_build())
        return replace(report, failed=report.failed + unasked, seconds=time.monotonic() - started)

    def _forecast(self, papers: Sequence[Paper]) -> SyncReport:
        before = indexed_papers(self.workspace.current_build())
        states = self._inspect(papers, self.options.retry_failed)
        todo = {state.paper.id for state in self._todo(states)}
        after = expected_papers(states, todo) or before  # no build is ever made of nothing
        return compare(before, after, states, self.workspace.current_build())

    def _make_equal(
        self, papers: Sequence[Paper], n_served: int, listener: Listener, stop: Stop
    ) -> tuple[Failure, ...]:
        """Work and publish, and again whenever a stored file proves damaged: its stage is stale."""
        damaged: set[str] = set()
        while True:
            try:
                unasked = self._work(papers, n_served, listener, stop)
                self._publish(papers)
            except DamagedFile as error:
                if error.message in damaged:  # made anew, and damaged again
                    raise
                damaged.add(error.message)
            else:
                return unasked

    def _check_only(self, papers: Sequence[Paper]) -> None:
        unknown = sorted(set(self.options.only) - {paper.id for paper in papers})
        if unknown:
            raise UsageError(
                f"Not in the list: {', '.join(unknown)}.", "`askpapers papers` shows every id."
            )

    def _refuse_big_drop(self, before: Mapping[str, IndexedPaper], papers: Sequence[Paper]) -> None:
        meant = self.options.removing | new_ids(before, papers).keys()
        dropped = before.keys() - {paper.id for paper in papers} - meant
        if before and len(dropped) / len(before) > MOST_DROPPED and not self.options.yes:
            raise SyncRefused(
                f"This would remove {len(dropped)} of {len(before)} papers from the index.",
                "If that is what you want, pass --yes; otherwise correct the list.",
            )

    def _adopt_renamed(self, before: Mapping[str, IndexedPaper], papers: Sequence[Paper]) -> None:
        """Let a paper that has a new id keep its PDF and its text."""
        for old, new in new_ids(before, papers).items():
            self.workspace.rename_paper(old, new)

    def _inspect(self, papers: Sequence[Paper], retry_failed: bool = False) -> list[PaperState]:
        dirs = self.options.pdf_dirs
        home = self.manifest.parent
        return inspect_papers(papers, home, self.workspace, self.recipe, dirs, retry_failed)

    def _publish(self, papers: Sequence[Paper]) -> None:
        publish(self.workspace, self._inspect(papers), self.embedder)

    def _work(
        self, papers: Sequence[Paper], n_served: int, listener: Listener, stop: Stop
    ) -> tuple[Failure, ...]:
        """Run every stale stage; return why servers were not asked, if any were not.

        The cards come first (of all papers, whatever ``only`` says), and on a fresh machine they
        are served at once: the list answers before the first PDF is here.  The same holds where the
        build is damaged, with all the pages that are ready.
        """
        options = self.options
        states = [s for s in self._inspect(papers, options.retry_failed) if s.stale]
        with ExitStack() as stack:
            fetch_pdf = None
            if not options.offline:
                fetch_pdf = stack.enter_context(self.open_downloader()).fetch_pdf
            tools = Tools(self.recipe, self.embedder, fetch_pdf)
            self._make_cards([s.paper for s in states if not s.has_card], tools, listener)
            if not n_served:
                self._publish(papers)
            if options.list_only:
                return ()
            return self._make_pages(papers, self._todo(states), tools, n_served, listener, stop)

    def _todo(self, states: Sequence[PaperState]) -> list[PaperState]:
        """The papers whose pages are to be worked on, according to the options.

        What failed comes last: a host that refuses one paper may serve the others.
        """
        only, offline = self.options.only, self.options.offline
        todo = [
            state
            for state in states
            if state.stale_pages
            and (not only or state.paper.id in only)
            and not (offline and state.must_fetch)
        ]
        return sorted(todo, key=lambda state: state.failure is not None)

    def _make_cards(self, papers: Sequence[Paper], tools: Tools, listener: Listener) -> None:
        for done in range(0, len(papers), CARDS_AT_ONCE):
            part = papers[done : done + CARDS_AT_ONCE]
            listener(Progress(done, len(papers), part[0].id, "card"))
            make_cards(part, [self.workspace.paper(paper.id) for paper in part], tools)

    def _make_pages(
        self,
        papers: Sequence[Paper],
        todo: Sequence[PaperState],
        tools: Tools,
        n_served: int,
        listener: Listener,
        stop: Stop,
    ) -> tuple[Failure, ...]:
        """Run the stale stages of each paper's pages, publishing as the index grows.

        Returns why servers were not asked: each reason once, however many papers it affects.
        """
        unasked: dict[str, Failure] = {}
        is_cut_off = False
        n_new = 0
        for done, state in enumerate(todo):
            if stop():
                break
            if is_cut_off and state.must_fetch:
                continue
            try:
                n_new += self._run(state, tools, listener, (done, len(todo)))
            except (Unreachable, ClosedDoor) as error:
                is_cut_off = is_cut_off or isinstance(error, Unreachable)
                unasked[error.message] = Failure(None, "fetch", error.message, error.hint)
                continue
            if n_new >= max(FEWEST_TO_PUBLISH, GROWTH_TO_PUBLISH * n_served):
                n_served, n_new = self._publish_growth(papers, n_served), 0
        return tuple(unasked.values())

    def _run(
        self,
        state: PaperState,
        tools: Tools,
        listener: Listener,
        place: tuple[int, int],
    ) -> bool:
        """Run a paper's stale stages; return whether its pages are ready now."""
        paper = state.paper
        folder = self.workspace.paper(paper.id)

        def tell(stage: Stage) -> None:
            listener(Progress(*place, paper.id, stage))

        return run_stages(paper, folder, state.local, state.stale_pages, tools, tell)

    def _publish_growth(self, papers: Sequence[Paper], n_served: int) -> int:
        """Publish an interim build if it holds more papers than the serving one.

        Returns how many papers are served with their pages afterwards.
        """
        states = self._inspect(papers)
        n_ready = sum(state.has_pages for state in states)
        if n_ready <= n_served:  # a new recipe: the old build serves until the new one is whole
            return n_served
        publish(self.workspace, states, self.embedder)
        return n_ready
