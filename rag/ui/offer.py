"""What stands under an answer from the list: to fetch the paper first, and ask the paper itself."""

from __future__ import annotations

from rag.ui.exchange import Exchange
from rag.ui.markup import safe
from rag.ui.texts import Language, text


def render_offer(exchange: Exchange, language: Language, can_fetch: bool) -> str:
    """A button for each paper whose pages would say more; while one comes, that; or why it did not."""
    if exchange.fetching:
        doing = text(language, "fetching", title=safe(exchange.fetching))
        return (
            '<div class="offer waiting" role="status">'
            f'<span class="dots" aria-hidden="true"></span>{doing}</div>'
        )
    why = f'<p class="notice">{safe(exchange.not_fetched)}</p>' if exchange.not_fetched else ""
    buttons = "".join(
        f'<button type="button" data-fetch="{safe(paper.id)}">'
        f"{text(language, 'fetch first', title=safe(paper.title))}</button>"
        for paper in (exchange.lacking() if can_fetch else ())
    )
    return f'<div class="offer">{why}{buttons}</div>' if why or buttons else ""
