"""Which papers of a long list a visitor sees: those that match, in the chosen order, page by page.

A browser searches and sorts a list that fits on one page itself (``assets/shelf.js``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.corpus import Paper
from ingest.sync.state import PaperState
from rag.ui.texts import Language, text

MAX_PAGES = 1_000
MAX_SENT_CHARS = 2_000
COLUMNS = ("title", "year", "topics", "state")
FILTERS = ("state", "topics", "lists", "year")

_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class View:
    """What a visitor is looking for; ``sent`` is the JSON from which it was read.

    ``wanted`` are words, ``filters`` the values chosen by field; ``column`` is None for the list's
    order.
    """

    sent: str = ""
    wanted: tuple[str, ...] = ()
    filters: dict[str, str] = field(default_factory=dict)
    column: int | None = None
    goes_up: bool = True
    n_pages: int = 1

    def matching(self, states: Iterable[PaperState], language: Language) -> list[PaperState]:
        """The papers that match, in order."""
        found = [state for state in states if self._fits(state)]
        if self.column is None:
            return found
        key = _sort_key(COLUMNS[self.column], language)
        with_value = [state for state in found if key(state)]
        without = [state for state in found if not key(state)]  # they come last either way
        return sorted(with_value, key=key, reverse=not self.goes_up) + without

    def _fits(self, state: PaperState) -> bool:
        if any(value not in values_of(state)[name] for name, value in self.filters.items()):
            return False
        if not self.wanted:
            return True
        words = words_of(state.paper)
        return all(word in words for word in self.wanted)


EVERYTHING = View()


def read_view(sent: str) -> View:
    """The view that a browser sent as JSON; fields that make no sense are left out."""
    try:
        raw: Any = json.loads(sent[:MAX_SENT_CHARS])
    except ValueError:
        raw = None
    raw = raw if isinstance(raw, dict) else {}
    column, n_pages = raw.get("column"), raw.get("pages")
    return View(
        sent=sent,
        wanted=tuple(str(raw.get("find") or "").casefold().split()),
        filters={name: str(raw[name]) for name in FILTERS if raw.get(name)},
        column=column if column in range(len(COLUMNS)) else None,
        goes_up=bool(raw.get("up", True)),
        n_pages=n_pages if n_pages in range(1, MAX_PAGES) else 1,
    )


def words_of(paper: Paper) -> str:
    """What is searched of a paper, in lower case."""
    words = [paper.id, paper.title, *paper.authors, *paper.aliases, paper.arxiv or ""]
    return " ".join(words).casefold()


def values_of(state: PaperState) -> dict[str, Sequence[str]]:
    """The values of a paper for each filter."""
    paper = state.paper
    return {
        "state": [state.status],
        "topics": paper.topics,
        "lists": paper.lists,
        "year": [str(paper.year)] if paper.year else [],
    }


def _sort_key(column: str, language: Language) -> Callable[[PaperState], list[Any]]:
    """What the states are sorted by; empty where a paper has nothing in that column."""
    match column:
        case "year":
            return lambda state: [state.paper.year] if state.paper.year else []
        case "topics":
            return lambda state: _natural(" ".join(state.paper.topics))
        case "state":
            return lambda state: _natural(text(language, state.status))
        case _:
            return lambda state: _natural(state.paper.title)


def _natural(words: str) -> list[Any]:
    """``words`` for a comparison in which 9 comes before 10; numbers are in every second place."""
    parts = _NUMBER.split(words.casefold()) if words else []
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]
