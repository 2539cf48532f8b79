"""Messages in a paragraph of their own: how something progresses, or what went wrong."""

from __future__ import annotations

from typing import Protocol

from rag.ui.markup import safe
from rag.ui.messages import translate
from rag.ui.texts import Language


class Explained(Protocol):
    """An error, or what is stored of one."""

    @property
    def message(self) -> str:
        """What went wrong."""

    @property
    def hint(self) -> str:
        """What to do about it; "" where nothing helps."""


def render_notice(html: str) -> str:
    """How something progresses; a screen reader reads it out when it is idle."""
    return f'<p class="notice" role="status">{html}</p>'


def render_alert(html: str) -> str:
    """What went wrong; a screen reader reads it out at once."""
    return f'<p class="error-message" role="alert">{html}</p>'


def render_error(error: Explained, language: Language) -> str:
    """The message and hint of an error, as an alert."""
    return render_alert(explain(error, language))


def explain(error: Explained, language: Language) -> str:
    """The message and hint of an error as HTML, in ``language``."""
    return safe(translate(language, error.message, error.hint))
