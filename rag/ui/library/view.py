"""Which papers of a long list a visitor sees: those that match, in the chosen order, some pages of them.

A browser searches and sorts a list that fits on one page itself (``assets/library_table.js``).
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
    """A search of the list; ``sent`` is the JSON from which it was read.

    ``words`` have to be in the paper's entry, ``filters`` are the values chosen by field; ``column`` is
    None for the list's order.
    """

    sent: str = ""
    words: tuple[str, ...] = ()
    filters: dict[str, str] = field(default_factory=dict)
    column: int | None = None
    is_ascending: bool = True
    n_pages: int = 1

    def matching(self, states: Iterable[PaperState], language: Language) -> list[PaperState]:
        """The papers that match, in the order of the view."""
        found = [state for state in states if self._matches(state)]
        if self.column is None:
            return found
        key = _sort_key(COLUMNS[self.column], language)
        with_value = [state for state in found if key(state)]
        without = [state for state in found if not key(state)]  # they come last in either order
        return sorted(with_value, key=key, reverse=not self.is_ascending) + without

    def _matches(self, state: PaperState) -> bool:
        if any(value not in filter_values(state)[name] for name, value in self.filters.items()):
            return False
        if not self.words:
            return True
        searched = search_text(state.paper)
        return all(word in searched for word in self.words)


WHOLE_LIST = View()


def read_view(sent: str) -> View:
    """The view that a browser sent as JSON; invalid fields are left out."""
    try:
        raw: Any = json.loads(sent[:MAX_SENT_CHARS])
    except ValueError:
        raw = None
    raw = raw if isinstance(raw, dict) else {}
    column, n_pages = raw.get("column"), raw.get("pages")
    return View(
        sent=sent,
        words=tuple(str(raw.get("find") or "").casefold().split()),
        filters={name: str(raw[name]) for name in FILTERS if raw.get(name)},
        column=column if column in range(len(COLUMNS)) else None,
        is_ascending=bool(raw.get("up", True)),
        n_pages=n_pages if n_pages in range(1, MAX_PAGES) else 1,
    )


def search_text(paper: Paper) -> str:
    """What a search of the list looks at, in lower case."""
    words = [paper.id, paper.title, *paper.authors, *paper.aliases, paper.arxiv or ""]
    return " ".join(words).casefold()


def filter_values(state: PaperState) -> dict[str, Sequence[str]]:
    """The values of a paper for each filter."""
    paper = state.paper
    return {
        "state": [state.status],
        "topics": paper.topics,
        "lists": paper.lists,
        "year": [str(paper.year)] if paper.year else [],
    }


def _sort_key(column: str, language: Language) -> Callable[[PaperState], list[Any]]:
    """The key by which a column is sorted; empty where a paper has nothing in it."""
    match column:
        case "year":
            return lambda state: [state.paper.year] if state.paper.year else []
        case "topics":
            return lambda state: _natural_key(" ".join(state.paper.topics))
        case "state":
            return lambda state: _natural_key(text(language, state.status))
        case _:
            return lambda state: _natural_key(state.paper.title)


def _natural_key(words: str) -> list[Any]:
    """A key with which 9 comes before 10: text and numbers by turns."""
    parts = _NUMBER.split(words.casefold()) if words else []
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]
