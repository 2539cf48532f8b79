"""Report what a sync changed, by comparing the builds before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import SyncRefused
from ingest.indexing.index import IndexedPaper
from ingest.sync.plan import source_of
from ingest.sync.state import Failure, PaperState


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, by paper id.

    ``added``, ``updated`` and ``unchanged`` are papers by what happened to their pages in the index; pages
    that were lost although the paper is still listed count as updated.  ``removed`` are papers that left
    the list, with or without pages; of ``not_fetched`` only the entry in the list is known so far.
    ``failed`` also has the reasons why servers were not asked; ``index`` names the serving build.  With
    ``only``, ``not_fetched`` and ``failed`` are limited to these papers.  ``refusal`` is the error that a
    sync would raise, in the report of a dry run.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    not_fetched: tuple[str, ...]
    failed: tuple[Failure, ...]
    index: str | None
    seconds: float
    refusal: SyncRefused | None = None


def compare_builds(
    before: Mapping[str, IndexedPaper],
    after: Mapping[str, IndexedPaper],
    states: Sequence[PaperState],
    serving: Path | None,
) -> SyncReport:
    """The report of a sync, with ``seconds`` 0; ``serving`` is the build that serves now."""
    missing = (s.paper.id for s in states if s.status == "not fetched")
    old, new = with_pages(before), with_pages(after)
    kept = old & new
    lost_pages = (old - new) & after.keys()
    changed = {i for i in kept if before[i].digest != after[i].digest} | lost_pages
    return SyncReport(
        added=tuple(sorted(new - old)),
        updated=tuple(sorted(changed)),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=tuple(sorted(kept - changed)),
        not_fetched=tuple(paper_id for paper_id in missing if paper_id not in new),
        failed=tuple(state.failure for state in states if state.failure),
        index=serving.name if serving else None,
        seconds=0.0,
    )


def with_pages(papers: Mapping[str, IndexedPaper]) -> set[str]:
    """The ids of the papers whose pages are in the build."""
    return {paper_id for paper_id, entry in papers.items() if entry.n_pages}


def renamed_ids(before: Mapping[str, IndexedPaper], papers: Sequence[Paper]) -> dict[str, str]:
    """The new id, by the old one, of every paper whose id has changed but whose source has not."""
    gone = before.keys() - {paper.id for paper in papers}
    fresh = {source_of(paper): paper.id for paper in papers if paper.id not in before}
    sources = {old: source_of(before[old].paper) for old in sorted(gone)}
    return {old: fresh[source] for old, source in sources.items() if source in fresh}
