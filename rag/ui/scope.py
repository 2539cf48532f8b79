"""Show what the search is limited to: above the box while it is, and under a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ui.exchange import Exchange
from rag.ui.markup import safe
from rag.ui.texts import Language, text

MAX_NAMES = 2


def render_scope(scope: Sequence[str], language: Language) -> str:
    """What is chosen, and a button to clear it; nothing where all papers are searched."""
    if not scope:
        return ""
    all_papers = text(language, "ask all")
    return (
        f'<div class="scope"><span class="muted">{text(language, "only")}</span> '
        f'<span class="names" title="{safe(" · ".join(scope))}">{names_of(scope, language)}</span>'
        f'<button type="button" aria-label="{all_papers}" title="{all_papers}">✕</button></div>'
    )


def render_narrow(exchange: Exchange, last: bool, language: Language) -> str:
    """Under a refusal: what the search was limited to; the ``last`` can be asked of all papers."""
    refused = exchange.answer is not None and exchange.answer.status == "no_evidence"
    if not refused or not exchange.scope:
        return ""
    said = text(language, "only asked", names=names_of(exchange.scope, language))
    again = (
        f' <button type="button" data-do="everywhere">{text(language, "ask all")}</button>'
        if last
        else ""
    )
    return f'<p class="notice narrow">{said}{again}</p>'


def names_of(scope: Sequence[str], language: Language) -> str:
    """The first of what is chosen, and how many more; "" for all papers."""
    names = " · ".join(safe(name) for name in scope[:MAX_NAMES])
    n_more = len(scope) - MAX_NAMES
    return text(language, "and more", names=names, n=n_more) if n_more > 0 else names
