"""How questions are answered; no setting here changes the index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import UsageError, did_you_mean

EXTRACTIVE = "extractive"
BUILT_IN = "built-in"
CROSS_ENCODER = "cross-encoder:"  # in front of a model's name

_YEARS = re.compile(r"(\d{4})?\s*(-)?\s*(\d{4})?")


@dataclass(frozen=True, slots=True)
class RagConfig:
    """``llm`` is "extractive" or LangChain's ``provider:model``; ``n_passages`` go to the answer.

    With ``fall_back``, a model that fails is replaced by the answer without a model.  ``strict`` leaves out a
    model's unsupported sentences; ``verifier`` is "built-in" or ``cross-encoder:name``; ``trace`` is a
    file that gets one JSON line per answer.
    """

    llm: str = EXTRACTIVE
    fall_back: bool = False
    n_passages: int = 10
    max_words: int = 120
    strict: bool = False
    verifier: str = BUILT_IN
    trace: Path | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which papers to search: those that meet every condition given; all, if none is."""

    papers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    years: tuple[int, int] | None = None

    def allow(self, paper: Paper) -> bool:
        """Whether ``paper`` may be searched."""
        return (
            (not self.papers or paper.id in self.papers)
            and (not self.topics or bool(set(self.topics) & set(paper.topics)))
            and (not self.lists or bool(set(self.lists) & set(paper.lists)))
            and (self.years is None or self._in_years(paper.year))
        )

    def of_years(self, first: int, last: int) -> Filters:
        """These filters, limited to papers of the years ``first`` to ``last``, both included."""
        earliest, latest = self.years or (first, last)
        return replace(self, years=(max(first, earliest), min(last, latest)))

    def check(self, papers: Sequence[Paper]) -> None:
        """Raises ``UsageError`` if no paper can meet the filters; the hint says what there is to choose from."""
        if self == NO_FILTERS:
            return
        ids = [paper.id for paper in papers]
        topics = sorted({topic for paper in papers for topic in paper.topics})
        lists = sorted({name for paper in papers for name in paper.lists})
        years = sorted(paper.year for paper in papers if paper.year)
        if unknown := [paper for paper in self.papers if paper not in ids]:
            how = "`askpapers papers` shows every id; `askpapers sync` adds what is new."
            hint = did_you_mean(unknown, ids, how)
            raise UsageError(f"Not in the index: {', '.join(unknown)}.", hint)
        if unknown := [topic for topic in self.topics if topic not in topics]:
            hint = did_you_mean(unknown, topics, f"Choose from {', '.join(topics)}.")
            raise UsageError(f"No paper has the topic {', '.join(unknown)}.", hint)
        if unknown := [name for name in self.lists if name not in lists]:
            hint = did_you_mean(unknown, lists, f"Choose from {', '.join(lists)}.")
            raise UsageError(f"No paper is in the list {', '.join(unknown)}.", hint)
        if self.years and years and not any(map(self._in_years, years)):
            hint = f"The papers date from {years[0]} to {years[-1]}."
            raise UsageError("No paper is from these years.", hint)
        if not any(map(self.allow, papers)):
            raise UsageError("No paper meets all of these filters.", "Leave one of them out.")

    def _in_years(self, year: int | None) -> bool:
        assert self.years is not None
        return year is not None and self.years[0] <= year <= self.years[1]


NO_FILTERS = Filters()


def verifier_name(spec: str) -> str | None:
    """The model of a ``cross-encoder:name``; None for "built-in".  Raises ``UsageError`` for anything else."""
    if spec == BUILT_IN:
        return None
    name = spec.removeprefix(CROSS_ENCODER)
    if name == spec or not name:
        raise UsageError(
            f"{spec!r} is not the name of a verifier.", f"Write {BUILT_IN} or {CROSS_ENCODER}NAME."
        )
    return name


def parse_years(text: str) -> tuple[int, int]:
    """First and last year of ``2020``, ``2020-2023``, ``2020-`` or ``-2023``.

    Raises ``UsageError`` for anything else.
    """
    match = _YEARS.fullmatch(text.strip())
    if match and (match[1] or match[3]) and (match[2] or not match[3]):
        first = int(match[1] or 0)
        last = int(match[3]) if match[3] else (9999 if match[2] else first)
        if first <= last:
            return first, last
    raise UsageError(f"{text!r} is not a range of years.", "Write 2020, 2020-2023, 2020- or -2023.")
