"""Show, above the table, what became of the papers that a visitor has added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.indexing.index import IndexedPaper
from ingest.sync.state import PaperState
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.notes import alert, note
from rag.ui.texts import Language, text

MAX_NOTED = 5


def render_added(
    states: Sequence[PaperState],
    indexed: Mapping[str, IndexedPaper],
    added: Sequence[str],
    is_busy: bool,
    language: Language,
) -> str:
    """A line for each of the papers ``added`` last, the newest first: that it can be asked, or why not.

    Those that were taken off the list again have none.  ``is_busy`` while papers are still indexed.
    """
    if not added:
        return ""
    by_id = {state.paper.id: state for state in states}
    noted = [by_id[paper] for paper in added if paper in by_id][:MAX_NOTED]
    return "".join(_line(state, _has_pages(state, indexed), is_busy, language) for state in noted)


def _has_pages(state: PaperState, indexed: Mapping[str, IndexedPaper]) -> bool:
    entry = indexed.get(state.paper.id)
    return entry is not None and entry.n_pages > 0


def _line(state: PaperState, can_be_asked: bool, is_busy: bool, language: Language) -> str:
    title = safe(state.paper.title)
    if state.failure:
        why = safe(told(language, state.failure.message, state.failure.hint))
        return alert(text(language, "added failed", title=title, why=why))
    not_yet = "added coming" if is_busy else "added waits"
    key = "added indexed" if can_be_asked else not_yet
    return note(text(language, key, title=title))
