"""The list of chats that the browser keeps."""

from __future__ import annotations

from rag.ui.exchange import Chat
from rag.ui.keep import chats_in
from rag.ui.markup import safe
from rag.ui.texts import Language, text


def render_history(store: object, chat: Chat, language: Language) -> str:
    """A button for a new chat, and the earlier ones behind another."""
    new = text(language, "new chat")
    label = f'＋<span class="roomy"> {new}</span>'
    return (
        f'<div class="chats"><button type="button" class="plain fresh" aria-label="{new}">{label}'
        f"</button>{_earlier(store, chat, language)}</div>"
    )


def _earlier(store: object, chat: Chat, language: Language) -> str:
    records = chats_in(store)
    if not records:
        return ""
    forget = text(language, "forget chat")
    rows = "".join(
        f"<li{' class=now' if record['id'] == chat.id else ''}>"
        f'<button type="button" class="open" data-id="{safe(record["id"])}">'
        f"{safe(record.get('title') or '…')}</button>"
        f'<button type="button" class="round" data-forget="{safe(record["id"])}"'
        f' aria-label="{forget}" title="{forget}">✕</button></li>'
        for record in records
    )
    return (
        f'<details class="earlier"><summary class="plain">{text(language, "history")}</summary>'
        f'<div class="sheet-of-chats"><p class="muted">{text(language, "kept here")}</p>'
        f"<ul>{rows}</ul></div></details>"
    )
