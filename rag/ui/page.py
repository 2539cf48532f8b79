"""The page: its parts, its language, and what changes by itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.ui.api import Api
from rag.ui.background import Background
from rag.ui.batch.tab import Many
from rag.ui.chat.history import render_account
from rag.ui.chat.tab import Talk
from rag.ui.corpus_map.tab import Atlas
from rag.ui.exchange import Chat
from rag.ui.library.tab import Shelf
from rag.ui.limits import Turnstile
from rag.ui.models import Models
from rag.ui.options import Options
from rag.ui.reader.pane import Reader
from rag.ui.scope import render_scope
from rag.ui.selection import read_selection
from rag.ui.session import QUEUED, QUIET, Session, asset, new_session
from rag.ui.status import render_status
from rag.ui.texts import LANGUAGES, TEXTS, Language, preferred_language, text
from rag.ui.uploads import KEPT_SECONDS, LOOK_SECONDS, delete_old_uploads, keep_uploads_in

TICK_SECONDS = 1.5
ANSWERED_AT_ONCE = 4  # questions; more wait in the queue
QUEUE = 100

# Only fonts that the reader's machine has.
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif"]
STYLES = ("style.css", "talk.css", "reader.css", "shelf.css")
MONO = ["ui-monospace", "SFMono-Regular", "Consolas", "monospace"]

# The page where one logs in has the theme but not our styles.
LOGIN_COLOURS = {
    "body_background_fill": "#f7f7f5",
    "body_background_fill_dark": "#14181f",
    "background_fill_primary": "#f7f7f5",
    "background_fill_primary_dark": "#14181f",
    "background_fill_secondary": "#f7f7f5",
    "background_fill_secondary_dark": "#14181f",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#1d232c",
    "input_background_fill": "#f7f7f5",
    "input_background_fill_dark": "#14181f",
    "button_primary_background_fill": "#0f766e",
    "button_primary_background_fill_dark": "#5eead4",
    "button_primary_background_fill_hover": "#0f766e",
    "button_primary_background_fill_hover_dark": "#5eead4",
    "button_primary_text_color_dark": "#08201d",
}


class ChatPage:
    """The page over one assistant; each visitor has a chat and a language of their own.

    ``is_shared`` where people other than the machine's owner can reach it.
    """

    def __init__(
        self,
        assistant: Assistant,
        background: Background,
        read_only: bool = False,
        is_shared: bool = False,
    ) -> None:
        turnstile = Turnstile()
        self._background = background
        models = Models(assistant.config.llm)
        self._api = Api(assistant, background, turnstile, models)
        takes_any = not (read_only or is_shared)
        self._options = Options(models, background.papers, takes_any)
        self._talk = Talk(assistant, background, self._options, turnstile, read_only)
        self._reader = Reader(assistant, background, can_sync=not read_only)
        self._many = Many(assistant, background, self._options, turnstile, self._reader)
        self._shelf = Shelf(background, self._reader, read_only)
        self._atlas = Atlas(assistant, background, self._reader)

    def build(self) -> gr.Blocks:
        """All parts of the page, wired."""
        uploads = self._background.workspace.root / "uploads"
        keep_uploads_in(uploads)
        delete_old_uploads(uploads)
        blocks = gr.Blocks(
            title="askpapers",
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(LOOK_SECONDS, KEPT_SECONDS),
        )
        with blocks:
            session = new_session()
            self._build_head()
            with gr.Row(elem_id="desk"):
                with gr.Tabs(elem_id="tabs") as self._tabs:
                    with gr.Tab(id="chat", elem_id="chat") as self._chat_tab:
                        self._talk.build()
                    with gr.Tab(id="library") as self._shelf_tab:
                        self._shelf.build()
                    with gr.Tab(id="atlas") as self._atlas_tab:
                        self._atlas.build()
                    with gr.Tab(id="batch") as self._many_tab:
                        self._many.build()
                self._reader.build()
            gr.HTML(elem_id="places", js_on_load=asset("places.js"))
            self._wire(blocks, session)
            self._api.build()
        blocks.queue(max_size=QUEUE, default_concurrency_limit=ANSWERED_AT_ONCE)
        return blocks

    def _build_head(self) -> None:
        with gr.Row(elem_id="head"):
            brand = '<h1 id="brand">askpapers</h1>'
            gr.HTML(brand, elem_id="brand-box", js_on_load=asset("guard.js"))
            self._talk.build_history()
            self._status = gr.HTML(elem_id="status", js_on_load=asset("status.js"))
            self._account = gr.HTML(elem_id="account", visible=False)
            self._switch = gr.Button(TEXTS["other language"][0], elem_id="switch", size="sm")

    def _wire(self, blocks: gr.Blocks, session: Session) -> None:
        self._options.wire(session)
        self._talk.wire(session, self._reader.opened)
        self._many.wire(session, self._many_tab)
        self._reader.wire(session, self._talk.talk, self._tabs, self._options)
        self._shelf.wire(session, self._tabs, self._shelf_tab, self._options)
        self._atlas.wire(session, self._atlas_tab)
        worded = [
            *self._talk.worded,
            *self._options.worded,
            *self._shelf.worded,
            *self._many.worded,
            self._status,
            self._account,
            self._switch,
            self._chat_tab,
            self._shelf_tab,
            self._atlas_tab,
            self._many_tab,
        ]
        opening = [session.chosen_language, session.chat]
        opened = [session.language, *worded]
        blocks.load(self._open, opening, opened, **QUIET)
        switching = [session.language, session.chat, self._options.papers]
        switched = [session.language, session.chosen_language, self._talk.talk, *worded]
        # gradio notifies listeners of the language only if this waits in the queue
        self._switch.click(self._change_language, switching, switched, **QUEUED)
        seen = gr.State(("", "", ""))
        looking = [session.language, seen, *self._options.inputs]
        ticked = [self._status, self._talk.welcome, self._options.scope, seen]
        chosen = [control.change for control in self._options.filters]
        for event in (gr.Timer(TICK_SECONDS).tick, session.language.change, *chosen):
            event(self._tick, looking, ticked, **QUIET)

    def _open(self, chosen: object, chat: Chat, request: gr.Request) -> list[Any]:
        """A new visit, in the language chosen before or the browser's.

        The chat is left alone: somebody may have asked already.
        """
        accepted = request.headers.get("accept-language", "")
        language = preferred_language(chosen if chosen in LANGUAGES else accepted)
        return [language, *self._in_words(language, chat, request)]

    def _change_language(
        self, language: Language, chat: Chat, chosen: list[str] | None, request: gr.Request
    ) -> list[Any]:
        other: Language = "en" if language == "zh" else "zh"
        words = self._in_words(other, chat, request, chosen or ())
        return [other, other, self._talk.render(chat, other), *words]

    def _in_words(
        self, language: Language, chat: Chat, request: gr.Request, chosen: Collection[str] = ()
    ) -> list[Any]:
        user = request.username or ""
        return [
            *self._talk.in_words(language, chat, user),
            *self._options.in_words(language, chosen),
            *self._shelf.in_words(language),
            *self._many.in_words(language),
            self._render_status(language),
            gr.update(value=render_account(user, language), visible=bool(user)),
            gr.update(value=text(language, "other language")),
            gr.update(label=text(language, "chat")),
            gr.update(label=text(language, "library")),
            gr.update(label=text(language, "atlas")),
            gr.update(label=text(language, "batch")),
        ]

    def _tick(self, language: Language, seen: tuple[str, ...], *options: Any) -> tuple[Any, ...]:
        """What has changed: the state of the sync, the example questions and the filters."""
        selection = read_selection(*options)
        now = (
            self._render_status(language),
            self._talk.greeting.html(selection, language),
            render_scope(selection.scope(self._background.papers()), language),
        )
        changed = (new if new != old else gr.skip() for new, old in zip(now, seen, strict=True))
        return *changed, now

    def _render_status(self, language: Language) -> str:
        return render_status(self._background.counts(), self._background.state, language)


def looks() -> dict[str, Any]:
    """The arguments of ``launch`` for the page's looks; nothing is loaded from elsewhere."""
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONO)
    theme.set(**LOGIN_COLOURS)
    styles = "\n".join(asset(name) for name in STYLES)
    return {"theme": theme, "css": styles, "footer_links": [], "auth_message": "askpapers"}
