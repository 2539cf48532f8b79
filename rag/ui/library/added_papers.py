"""Show, above the table, how far the papers are that a visitor has added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.indexing.index import IndexedPaper
from ingest.sync.state import PaperState
from rag.ui.alerts import explain, render_alert, render_notice
from rag.ui.markup import safe
from rag.ui.texts import Language, text

MAX_SHOWN = 5


def render_added(
    states: Sequence[PaperState],
    indexed: Mapping[str, IndexedPaper],
    added: Sequence[str],
    is_busy: bool,
    language: Language,
) -> str:
    """A message for each of the papers ``added`` last, the newest first: can it be asked, or why not.

    Papers that were taken off the list again have none.  ``is_busy`` is whether a sync is running.
    """
    if not added:
        return ""
    by_id = {state.paper.id: state for state in states}
    shown = [by_id[paper] for paper in added if paper in by_id][:MAX_SHOWN]
    return "".join(
        _render_line(state, _has_pages(state, indexed), is_busy, language) for state in shown
    )


def _has_pages(state: PaperState, indexed: Mapping[str, IndexedPaper]) -> bool:
    entry = indexed.get(state.paper.id)
    return entry is not None and entry.n_pages > 0


def _render_line(state: PaperState, can_be_asked: bool, is_busy: bool, language: Language) -> str:
    title = safe(state.paper.title)
    if state.failure:
        why = explain(state.failure, language)
        return render_alert(text(language, "added failed", title=title, why=why))
    missing = "added coming" if is_busy else "added waits"
    key = "added indexed" if can_be_asked else missing
    return render_notice(text(language, key, title=title))
