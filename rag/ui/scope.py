"""Show what the search is limited to, above the question box and under a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ui.exchange import Exchange
from rag.ui.markup import button, safe
from rag.ui.texts import Language, text

MAX_NAMES = 2


def render_scope(scope: Sequence[str], language: Language) -> str:
    """What the search is limited to, and a button to clear that; nothing where all papers are searched."""
    if not scope:
        return ""
    all_papers = text(language, "ask all")
    clear = button("✕", aria_label=all_papers, title=all_papers)
    return (
        f'<div class="scope"><span class="muted">{text(language, "scope")}</span> '
        f'<span class="scope-names" title="{safe(" · ".join(scope))}">{scope_names(scope, language)}</span>'
        f"{clear}</div>"
    )


def render_scope_notice(exchange: Exchange, is_last: bool, language: Language) -> str:
    """Under a refusal: what the search was limited to; the last question can be asked of all papers."""
    is_refusal = exchange.answer is not None and exchange.answer.status == "no_evidence"
    if not is_refusal or not exchange.scope:
        return ""
    notice = text(language, "searched only", names=scope_names(exchange.scope, language))
    ask_all = " " + button(text(language, "ask all"), data_action="ask_all") if is_last else ""
    return f'<p class="notice scope-notice">{notice}{ask_all}</p>'


def scope_names(scope: Sequence[str], language: Language) -> str:
    """The first names of a scope, and how many more there are; "" for all papers."""
    names = " · ".join(safe(name) for name in scope[:MAX_NAMES])
    n_more = len(scope) - MAX_NAMES
    return text(language, "and more", names=names, n=n_more) if n_more > 0 else names
