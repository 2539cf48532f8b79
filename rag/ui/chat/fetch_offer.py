"""The offer under an answer from the list: to fetch the paper, and ask the paper itself."""

from __future__ import annotations

from rag.ui.alerts import explain
from rag.ui.exchange import Exchange, ShownError
from rag.ui.markup import button, safe
from rag.ui.texts import Language, text


def render_offer(exchange: Exchange, language: Language, can_fetch: bool) -> str:
    """A button for each paper whose pages would say more; what went wrong; or the progress of a fetch."""
    if exchange.fetching:
        progress = text(language, "fetching", title=safe(exchange.fetching))
        return (
            '<div class="fetch-offer waiting" role="status">'
            f'<span class="pulse" aria-hidden="true"></span>{progress}</div>'
        )
    errors = "".join(_render_error(error, language) for error in exchange.action_errors)
    buttons = "".join(
        button(text(language, "fetch first", title=safe(paper.title)), data_fetch=paper.id)
        for paper in (exchange.papers_to_fetch() if can_fetch else ())
    )
    return f'<div class="fetch-offer">{errors}{buttons}</div>' if errors or buttons else ""


def _render_error(error: ShownError, language: Language) -> str:
    why = explain(error, language)
    if error.title:
        why = text(language, "not fetched why", title=safe(error.title), why=why)
    return f'<p class="notice">{why}</p>'
