"""Notes on a line of their own: how something progresses, or what went wrong."""

from __future__ import annotations

from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.texts import Language


def note(html: str) -> str:
    """How something goes on; a screen reader reads it out in passing."""
    return f'<p class="notice" role="status">{html}</p>'


def alert(html: str) -> str:
    """What went wrong; a screen reader reads it out at once."""
    return f'<p class="trouble" role="alert">{html}</p>'


def told_alert(language: Language, message: str, hint: str) -> str:
    """An error's message and hint."""
    return alert(safe(told(language, message, hint)))
