"""Show how much is indexed, and what the background sync is doing, as one line and a bar."""

from __future__ import annotations

from ingest.sync.report import SyncReport
from rag.ui.background import Counts, SyncState
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.texts import Language, text


def render_status(counts: Counts, state: SyncState, language: Language) -> str:
    """One line of counts, and under it the progress or what went wrong."""
    key = "one here" if counts.listed == 1 else "here"
    here = text(language, key, listed=counts.listed, indexed=counts.indexed)
    return f'<div class="status" role="status"><p class="here">{here}</p>{_activity(counts, state, language)}</div>'


def _activity(counts: Counts, state: SyncState, language: Language) -> str:
    if state.trouble:
        why = safe(told(language, state.trouble.message, state.trouble.hint))
        return f'<p class="warning">{text(language, "sync stopped", why=why)}</p>'
    if state.progress:
        return _progress(state, language)
    if state.running:
        return f'<p class="muted">{text(language, "starting")}</p>'
    return _outcome(counts, state.report, language) if state.report else ""


def _progress(state: SyncState, language: Language) -> str:
    progress = state.progress
    assert progress is not None
    share = round(100 * progress.done / max(1, progress.total))
    doing = text(
        language,
        progress.stage,
        paper=safe(progress.paper),
        done=progress.done,
        total=progress.total,
    )
    left = time_left(state.seconds_left, language)
    return (
        f'<p class="muted">{doing}{left}</p>'
        f'<div class="bar" role="progressbar" aria-label="{doing}" aria-valuenow="{share}"'
        f' aria-valuemin="0" aria-valuemax="100"><span style="width:{share}%"></span></div>'
    )


def time_left(seconds: float | None, language: Language) -> str:
    """About how long something will take, to be put behind how far it is; "" if unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f" · {text(language, 'seconds left')}"
    return f" · {text(language, 'minutes left', minutes=round(seconds / 60))}"


def _outcome(counts: Counts, report: SyncReport, language: Language) -> str:
    """What is left undone, and why, as far as the last sync says; it may have been of one paper.

    An unreachable server is mentioned once, not per paper.
    """
    n_missing, n_failed = counts.not_fetched, counts.failed
    unasked = [failure for failure in report.failed if failure.paper is None]
    if unasked:
        why = safe(told(language, *(said for f in unasked for said in (f.message, f.hint))))
        return f'<p class="warning">{why} {text(language, "rest can be asked", n=n_missing)}</p>'
    parts = [_those("not fetched", n_missing, language)] if n_missing else []
    parts += [_those("failed", n_failed, language)] if n_failed else []
    return f'<p class="muted">{" · ".join(parts) or text(language, "up to date")}</p>'


def _those(state: str, n: int, language: Language) -> str:
    """How many papers are in ``state``; a click shows them in the list."""
    words = text(language, f"n {state}", n=n)
    return f'<button type="button" class="plain" data-state="{state}">{words}</button>'
