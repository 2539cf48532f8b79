"""The buttons under an answer: copy, rate, ask again, edit."""

from __future__ import annotations

from rag.ui.chat.export import as_bibtex, as_markdown
from rag.ui.exchange import Exchange
from rag.ui.markup import button
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
            button(text(language, action), data_action=action) for action in ("retry", "edit")
        ]
    return f'<div class="answer-actions">{"".join(parts)}</div>' if parts else ""


def _copy_button(key: str, copied: str, language: Language) -> str:
    return button(text(language, key), data_copy=copied, data_copied=text(language, "copied"))


def _rating_button(number: int, exchange: Exchange, liked: str, language: Language) -> str:
    key = "liked" if liked == "yes" else "disliked"
    pressed = "true" if exchange.rating == key else "false"
    return button(text(language, key), data_liked=liked, data_turn=number, aria_pressed=pressed)
