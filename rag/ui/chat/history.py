"""The buttons in the header: a new chat, the chats that the browser has saved, and logging out."""

from __future__ import annotations

from rag.ui.exchange import Chat
from rag.ui.markup import button, icon_button, safe
from rag.ui.texts import Language, text

MAX_CHATS = 20


def render_history(chat: Chat, language: Language) -> str:
    """A button for a new chat, and a menu in which the script lists the saved ones."""
    new = text(language, "new chat")
    label = f'＋<span class="wide-only"> {new}</span>'
    new_chat = button(label, "plain-button new-chat", aria_label=new)
    return (
        f'<div class="chat-history" data-chat="{safe(chat.id)}" data-max-chats="{MAX_CHATS}">'
        f'{new_chat}<details class="saved-chats" hidden><summary class="plain-button">{text(language, "history")}'
        f'</summary><div class="saved-chats-panel"><p class="muted">'
        f"{text(language, 'chats kept', n=MAX_CHATS)}</p>"
        f"<ul></ul></div></details>{_render_undo(language)}{_render_row_template(language)}</div>"
    )


def _render_undo(language: Language) -> str:
    """The notice that the script shows for a moment when a chat has been deleted."""
    undo = button(text(language, "undo"), "plain-button")
    return f'<p class="undo" role="status" hidden>{text(language, "chat deleted")} {undo}</p>'


def _render_row_template(language: Language) -> str:
    """The template of an entry in the list of saved chats."""
    delete = icon_button("✕", text(language, "delete chat"), "delete-chat")
    return f"<template><li>{button('', 'open')}{delete}</li></template>"


def render_account(user: str, language: Language) -> str:
    """The user's name, and a link that logs out in this browser alone."""
    log_out = text(language, "log out")
    return (
        f'<span class="muted wide-only">{safe(user)}</span> '
        f'<a class="plain-button" href="logout?all_session=false" title="{log_out} ({safe(user)})">{log_out}</a>'
    )
