"""The buttons under an answer: copy, rate, ask again, edit."""

from __future__ import annotations

from rag.ui.chat.export import as_bibtex, as_markdown
from rag.ui.exchange import Exchange
from rag.ui.markup import in_attribute
from rag.ui.texts import Language, text


def render_answer_actions(
    number: int, exchange: Exchange, is_last: bool, language: Language
) -> str:
    """Buttons to copy and rate an answer, and to ask the last question again or edit it."""
    parts = []
    if exchange.answer and exchange.done:
        parts.append(_copy_button("copy", as_markdown(exchange.answer), language))
        if exchange.answer.citations:
            parts.append(_copy_button("bibtex", as_bibtex(exchange.answer), language))
        parts += [_rating_button(number, exchange, liked, language) for liked in ("yes", "no")]
    if is_last and (exchange.done or exchange.error or exchange.stopped):
        parts += [
            f'<button type="button" data-action="{action}">{text(language, action)}</button>'
            for action in ("retry", "edit")
        ]
    return f'<div class="answer-actions">{"".join(parts)}</div>' if parts else ""


def _copy_button(key: str, copied: str, language: Language) -> str:
    return (
        f'<button type="button" data-copy="{in_attribute(copied)}"'
        f' data-copied="{text(language, "copied")}">{text(language, key)}</button>'
    )


def _rating_button(number: int, exchange: Exchange, liked: str, language: Language) -> str:
    key = "liked" if liked == "yes" else "disliked"
    pressed = "true" if exchange.rating == key else "false"
    return (
        f'<button type="button" data-liked="{liked}" data-turn="{number}"'
        f' aria-pressed="{pressed}">{text(language, key)}</button>'
    )
