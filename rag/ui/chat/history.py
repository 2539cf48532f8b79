"""The buttons in the head: a new chat, the earlier ones, which the browser keeps, and logging out."""

from __future__ import annotations

from rag.ui.exchange import Chat
from rag.ui.markup import safe
from rag.ui.texts import Language, text

CHATS_KEPT = 20


def render_history(chat: Chat, language: Language) -> str:
    """A button for a new chat, and another behind which the script lists the earlier ones."""
    new = text(language, "new chat")
    label = f'＋<span class="roomy"> {new}</span>'
    return (
        f'<div class="chats" data-now="{safe(chat.id)}" data-kept="{CHATS_KEPT}">'
        f'<button type="button" class="plain fresh" aria-label="{new}">{label}</button>'
        f'<details class="earlier" hidden><summary class="plain">{text(language, "history")}'
        f'</summary><div class="sheet-of-chats"><p class="muted">'
        f"{text(language, 'kept here', n=CHATS_KEPT)}</p>"
        f"<ul></ul></div></details>{_undo(language)}{_row(language)}</div>"
    )


def _undo(language: Language) -> str:
    """What the script shows for a moment when a chat has been deleted."""
    return (
        f'<p class="undo" role="status" hidden>{text(language, "chat deleted")} '
        f'<button type="button" class="plain">{text(language, "undo")}</button></p>'
    )


def _row(language: Language) -> str:
    """The template from which the script makes an entry of the list."""
    forget = text(language, "forget chat")
    return (
        '<template><li><button type="button" class="open"></button><button type="button"'
        f' class="round forget" aria-label="{forget}" title="{forget}">✕</button></li></template>'
    )


def render_account(user: str, language: Language) -> str:
    """Who is logged in, and a link that logs out of this browser alone."""
    out = text(language, "log out")
    return (
        f'<span class="muted roomy">{safe(user)}</span> '
        f'<a class="plain" href="logout?all_session=false" title="{out} ({safe(user)})">{out}</a>'
    )
