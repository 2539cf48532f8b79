"""Text to HTML, safely: the only way any text from elsewhere gets into the page."""

from __future__ import annotations

import html


def safe(value: object) -> str:
    """``value`` as text that no browser takes for markup, in an element or a quoted attribute."""
    return html.escape(" ".join(str(value).split()), quote=True)


def verbatim(value: str) -> str:
    """``value`` as ``safe`` has it, with its white space, for an element that shows that."""
    return html.escape(value, quote=True)


def in_attribute(value: str) -> str:
    """``value`` for a quoted attribute, line ends kept."""
    return html.escape(value, quote=True).replace("\n", "&#10;")


def link(url: str | None, label: str) -> str:
    """A link that opens in a new tab; nothing for what is not an https address."""
    if not url or not url.startswith("https://"):
        return ""
    return f'<a class="out" href="{safe(url)}" target="_blank" rel="noopener noreferrer">{label}&nbsp;↗</a>'
