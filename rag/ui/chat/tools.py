"""The small buttons under an answer."""

from __future__ import annotations

from rag.ui.chat.export import as_bibtex, as_markdown
from rag.ui.exchange import Exchange
from rag.ui.markup import in_attribute
from rag.ui.texts import Language, text


def render_tools(number: int, exchange: Exchange, last: bool, language: Language) -> str:
    """Copy and rate what is answered; ask the last question again, or otherwise."""
    parts = []
    if exchange.answer and exchange.done:
        parts.append(_copy("copy", as_markdown(exchange.answer), language))
        if exchange.answer.citations:
            parts.append(_copy("bibtex", as_bibtex(exchange.answer), language))
        parts += [_rate(number, exchange, liked, language) for liked in ("yes", "no")]
    if last and (exchange.done or exchange.trouble or exchange.stopped):
        parts += [
            f'<button type="button" data-do="{what}">{text(language, what)}</button>'
            for what in ("retry", "edit")
        ]
    return f'<div class="tools">{"".join(parts)}</div>' if parts else ""


def _copy(what: str, words: str, language: Language) -> str:
    return (
        f'<button type="button" data-copy="{in_attribute(words)}"'
        f' data-done="{text(language, "copied")}">{text(language, what)}</button>'
    )


def _rate(number: int, exchange: Exchange, liked: str, language: Language) -> str:
    key = "liked" if liked == "yes" else "disliked"
    pressed = "true" if exchange.rated == key else "false"
    return (
        f'<button type="button" data-liked="{liked}" data-turn="{number}"'
        f' aria-pressed="{pressed}">{text(language, key)}</button>'
    )
