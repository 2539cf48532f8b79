"""The offer under an answer from the list: to fetch the paper first, and ask the paper itself."""

from __future__ import annotations

from rag.ui.exchange import Exchange, Trouble
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.texts import Language, text


def render_offer(exchange: Exchange, language: Language, can_fetch: bool) -> str:
    """A button for each paper whose pages would say more; or the progress, or what went wrong."""
    if exchange.fetching:
        doing = text(language, "fetching", title=safe(exchange.fetching))
        return (
            '<div class="offer waiting" role="status">'
            f'<span class="dots" aria-hidden="true"></span>{doing}</div>'
        )
    why = "".join(_why(trouble, language) for trouble in exchange.in_vain)
    buttons = "".join(
        f'<button type="button" data-fetch="{safe(paper.id)}">'
        f"{text(language, 'fetch first', title=safe(paper.title))}</button>"
        for paper in (exchange.lacking() if can_fetch else ())
    )
    return f'<div class="offer">{why}{buttons}</div>' if why or buttons else ""


def _why(trouble: Trouble, language: Language) -> str:
    why = safe(told(language, trouble.message, trouble.hint))
    if trouble.title:
        why = text(language, "not fetched why", title=safe(trouble.title), why=why)
    return f'<p class="notice">{why}</p>'
