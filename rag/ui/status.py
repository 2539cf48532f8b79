"""Show how many papers are indexed, and how far the background sync is, in the header."""

from __future__ import annotations

from ingest.sync.pipeline import Progress
from ingest.sync.report import SyncReport
from rag.ui.alerts import explain
from rag.ui.background import Counts, SyncState
from rag.ui.markup import button, progress_bar, safe
from rag.ui.messages import translate
from rag.ui.texts import Language, text


def render_status(counts: Counts, state: SyncState, language: Language) -> str:
    """One line of counts, and under it the progress or what went wrong."""
    key = "one paper indexed" if counts.listed == 1 else "papers indexed"
    count = text(language, key, listed=counts.listed, indexed=counts.indexed)
    activity = _render_activity(counts, state, language)
    return f'<div class="status" role="status"><p class="paper-counts">{count}</p>{activity}</div>'


def _render_activity(counts: Counts, state: SyncState, language: Language) -> str:
    if state.error:
        why = explain(state.error, language)
        return f'<p class="warning">{text(language, "sync stopped", why=why)}</p>'
    if state.progress:
        return _render_progress(state.progress, state.seconds_left, language)
    if state.running:
        return f'<p class="muted">{text(language, "starting")}</p>'
    return _render_outcome(counts, state.report, language) if state.report else ""


def _render_progress(progress: Progress, seconds_left: float | None, language: Language) -> str:
    percent = round(100 * progress.done / max(1, progress.total))
    stage = text(
        language,
        progress.stage,
        paper=safe(progress.paper),
        done=progress.done,
        total=progress.total,
    )
    left = time_left(seconds_left, language)
    return f'<p class="muted">{stage}{left}</p>' + progress_bar(stage, percent)


def time_left(seconds: float | None, language: Language) -> str:
    """About how long something still takes, to be shown behind its progress; "" if unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f" · {text(language, 'seconds left')}"
    return f" · {text(language, 'minutes left', minutes=round(seconds / 60))}"


def _render_outcome(counts: Counts, report: SyncReport, language: Language) -> str:
    """What the last sync has left undone, and why.

    An unreachable server is mentioned once, not for each paper.
    """
    n_missing, n_failed = counts.not_fetched, counts.failed
    of_servers = [failure for failure in report.failed if failure.paper is None]
    if of_servers:
        why = safe(translate(language, *(said for f in of_servers for said in (f.message, f.hint))))
        return f'<p class="warning">{why} {text(language, "rest can be asked", n=n_missing)}</p>'
    parts = [_render_state_button("not fetched", n_missing, language)] if n_missing else []
    parts += [_render_state_button("failed", n_failed, language)] if n_failed else []
    return f'<p class="muted">{" · ".join(parts) or text(language, "up to date")}</p>'


def _render_state_button(state: str, n: int, language: Language) -> str:
    """How many papers are in ``state``, as a button that shows them in the list."""
    return button(text(language, f"n {state}", n=n), "plain-button", data_state=state)
