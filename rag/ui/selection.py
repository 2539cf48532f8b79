"""A visitor's selection: which model answers from which papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.errors import UsageError
from ingest.indexing.index import IndexedPaper
from rag.config import EXTRACTIVE, Filters, parse_years


@dataclass(frozen=True, slots=True)
class Selection:
    """The values of the options; ``years`` as it was typed."""

    llm: str = EXTRACTIVE
    papers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    years: str = ""

    def filters(self) -> Filters:
        """Which papers to search.  Raises ``UsageError`` for an invalid range of years."""
        years = parse_years(self.years) if self.years.strip() else None
        return Filters(self.papers, self.topics, self.lists, years)

    def without_missing(self, papers: Mapping[str, IndexedPaper]) -> Selection:
        """The selection without papers that are not in the list any more."""
        return replace(self, papers=tuple(paper for paper in self.papers if paper in papers))

    def scope(self, papers: Mapping[str, IndexedPaper]) -> tuple[str, ...]:
        """What the search is limited to: titles, topics, lists, years; empty for all papers."""
        titles = [papers[paper].paper.title for paper in self.papers if paper in papers]
        years = [self.years.strip()] if self.years.strip() else []
        return (*titles, *self.topics, *self.lists, *years)

    def selected_papers(self, papers: Mapping[str, IndexedPaper]) -> dict[str, IndexedPaper]:
        """Those of ``papers`` that are chosen; none for an invalid range of years."""
        try:
            filters = self.without_missing(papers).filters()
        except UsageError:
            return {}
        return {name: entry for name, entry in papers.items() if filters.allow(entry.paper)}


def read_selection(
    llm: str | None,
    papers: list[str] | None,
    topics: list[str] | None,
    lists: list[str] | None,
    years: str | None,
) -> Selection:
    """The values of the controls as one selection."""
    return Selection(
        model_or_default(llm),
        tuple(papers or ()),
        tuple(topics or ()),
        tuple(lists or ()),
        years or "",
    )


def model_or_default(written: str | None) -> str:
    """The model that was chosen or typed; ``EXTRACTIVE`` where none was."""
    return (written or "").strip() or EXTRACTIVE
