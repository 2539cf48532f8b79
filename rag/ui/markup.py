"""Text to HTML, safely, and small elements that several parts of the page have in common.

No text from elsewhere gets into the page but through these functions.
"""

from __future__ import annotations

import html
from collections.abc import Iterable


def safe(value: object) -> str:
    """``value`` as text that no browser takes for markup, in an element or a quoted attribute."""
    return html.escape(" ".join(str(value).split()), quote=True)


def verbatim(value: str) -> str:
    """``value`` escaped with its white space kept, for an element that shows it."""
    return html.escape(value, quote=True)


def in_attribute(value: str) -> str:
    """``value`` escaped for a quoted attribute, line ends kept."""
    return html.escape(value, quote=True).replace("\n", "&#10;")


def link(url: str | None, label: str) -> str:
    """A link that opens in a new tab; nothing for what is not an https address."""
    if not url or not url.startswith("https://"):
        return ""
    return f'<a class="external-link" href="{safe(url)}" target="_blank" rel="noopener noreferrer">{label}&nbsp;↗</a>'


def tags(names: Iterable[str]) -> str:
    """Names, such as a paper's topics, each in a small box."""
    return "".join(f'<span class="topic">{safe(name)}</span>' for name in names)


def progress_bar(label: str, percent: int) -> str:
    """A bar that shows how much is done; ``label`` is HTML."""
    return (
        f'<div class="progress-track" role="progressbar" aria-label="{label}" aria-valuenow="{percent}"'
        f' aria-valuemin="0" aria-valuemax="100"><span style="width:{percent}%"></span></div>'
    )


def button(content: str, css_class: str = "", **attributes: str | int | bool) -> str:
    """A button around ``content``, which is HTML.

    Attributes are escaped: ``data_paper="a"`` gives ``data-paper="a"``.  True gives an attribute without a
    value, False none.
    """
    attributes = {"class": css_class or False, **attributes}
    written = "".join(
        f" {_attribute(name, value)}" for name, value in attributes.items() if value is not False
    )
    return f'<button type="button"{written}>{content}</button>'


def icon_button(sign: str, label: str, css_class: str = "", **attributes: str | int | bool) -> str:
    """A small button with a ``sign`` on it, and its ``label`` as a tooltip and for screen readers."""
    css_classes = f"small-button {css_class}".rstrip()
    return button(sign, css_classes, **attributes, aria_label=label, title=label)


def _attribute(name: str, value: str | int | bool) -> str:
    name = name.replace("_", "-")
    return name if value is True else f'{name}="{in_attribute(str(value))}"'
