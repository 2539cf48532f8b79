"""The page: its parts, its language, and what is refreshed while it is open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.ui.api import Api
from rag.ui.background import BackgroundWorker
from rag.ui.batch.tab import BatchTab
from rag.ui.chat.history import render_account
from rag.ui.chat.tab import ChatTab
from rag.ui.corpus_map.tab import CorpusMapTab
from rag.ui.exchange import Chat
from rag.ui.library.tab import LibraryTab
from rag.ui.limits import QuestionLimit
from rag.ui.models import ModelChoices
from rag.ui.options import Options
from rag.ui.reader.pane import ReaderPane
from rag.ui.scope import render_scope
from rag.ui.selection import read_selection
from rag.ui.session import QUEUED, UNQUEUED, Session, new_session, read_asset, skip_unchanged
from rag.ui.status import render_status
from rag.ui.texts import LANGUAGES, Language, preferred_language, text
from rag.ui.uploads import CLEANUP_SECONDS, MAX_AGE_SECONDS, delete_old_uploads, keep_uploads_in

REFRESH_SECONDS = 1.5
MAX_CONCURRENT_ANSWERS = 4  # of all visitors; further questions wait in the queue
MAX_QUEUED = 100

# Only fonts that the reader's machine has.
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif"]
MONO_FONTS = ["ui-monospace", "SFMono-Regular", "Consolas", "monospace"]
# In the order in which they are joined.
STYLES = ("base.css", "chat.css", "reader.css", "library.css", "corpus_map.css", "batch.css")

# The login page has the theme but not our styles.
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

    ``is_shared`` is whether people other than the machine's owner can reach it.
    """

    def __init__(
        self,
        assistant: Assistant,
        background: BackgroundWorker,
        read_only: bool = False,
        is_shared: bool = False,
    ) -> None:
        question_limit = QuestionLimit()
        self._background = background
        models = ModelChoices(assistant.config.llm)
        self._api = Api(assistant, background, question_limit, models)
        allow_any_model = not (read_only or is_shared)
        self._options = Options(models, background.papers, allow_any_model)
        self._chat = ChatTab(assistant, background, self._options, question_limit, read_only)
        self._reader = ReaderPane(assistant, background, can_sync=not read_only)
        self._batch = BatchTab(assistant, background, self._options, question_limit, self._reader)
        self._library = LibraryTab(background, self._reader, read_only)
        self._corpus_map = CorpusMapTab(assistant, background, self._reader)

    def build(self) -> gr.Blocks:
        """Build all parts of the page and connect them."""
        uploads = self._background.workspace.root / "uploads"
        keep_uploads_in(uploads)
        delete_old_uploads(uploads)
        blocks = gr.Blocks(
            title="askpapers",
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(CLEANUP_SECONDS, MAX_AGE_SECONDS),
        )
        with blocks:
            session = new_session()
            self._build_header()
            with gr.Row(elem_id="main-row"):
                with gr.Tabs(elem_id="tabs") as self._tabs:
                    with gr.Tab(id="chat", elem_id="chat") as self._chat_tab:
                        self._chat.build()
                    with gr.Tab(id="library") as self._library_tab:
                        self._library.build()
                    with gr.Tab(id="map") as self._map_tab:
                        self._corpus_map.build()
                    with gr.Tab(id="batch") as self._batch_tab:
                        self._batch.build()
                self._reader.build()
            gr.HTML(elem_id="tab-state", js_on_load=read_asset("tab_state.js"))
            self._wire(blocks, session)
            self._api.build()
        blocks.queue(max_size=MAX_QUEUED, default_concurrency_limit=MAX_CONCURRENT_ANSWERS)
        return blocks

    def _build_header(self) -> None:
        with gr.Row(elem_id="page-header"):
            brand = '<h1 id="brand">askpapers</h1>'
            gr.HTML(brand, elem_id="brand-box", js_on_load=read_asset("block_drops.js"))
            self._chat.build_history()
            self._status = gr.HTML(elem_id="status", js_on_load=read_asset("status.js"))
            self._account = gr.HTML(elem_id="account", visible=False)
            other_language = text("en", "other language")
            self._language_button = gr.Button(other_language, elem_id="language-button", size="sm")

    def _wire(self, blocks: gr.Blocks, session: Session) -> None:
        self._options.wire(session)
        self._chat.wire(session, self._reader.outputs)
        self._batch.wire(session, self._batch_tab)
        self._reader.wire(session, self._chat.conversation, self._tabs, self._options)
        self._library.wire(session, self._tabs, self._library_tab, self._options)
        self._corpus_map.wire(session, self._map_tab)
        localized = [
            *self._chat.localized,
            *self._options.localized,
            *self._library.localized,
            *self._batch.localized,
            self._status,
            self._account,
            self._language_button,
            self._chat_tab,
            self._library_tab,
            self._map_tab,
            self._batch_tab,
        ]
        self._wire_language(blocks, session, localized)
        self._wire_refresh(session)

    def _wire_language(self, blocks: gr.Blocks, session: Session, localized: Sequence[Any]) -> None:
        """Choose the language when the page is opened, and change it by the button."""
        loading = [session.chosen_language, session.chat]
        blocks.load(self._load, loading, [session.language, *localized], **UNQUEUED)
        changing = [session.language, session.chat, self._options.papers]
        changed = [session.language, session.chosen_language, self._chat.conversation, *localized]
        # gradio notifies listeners of the language only if this waits in the queue
        self._language_button.click(self._change_language, changing, changed, **QUEUED)

    def _wire_refresh(self, session: Session) -> None:
        """Refresh what changes by itself, and what depends on the filters."""
        shown = gr.State(("", "", ""))
        inputs = [session.language, shown, *self._options.inputs]
        outputs = [self._status, self._chat.welcome, self._options.scope, shown]
        filtered = [control.change for control in self._options.filters]
        for event in (gr.Timer(REFRESH_SECONDS).tick, session.language.change, *filtered):
            event(self._refresh, inputs, outputs, **UNQUEUED)

    def _load(self, chosen: object, chat: Chat, request: gr.Request) -> list[Any]:
        """The texts of a new visit, in the language chosen before or else the browser's.

        The chat is left alone: the visitor may have asked already.
        """
        accepted = request.headers.get("accept-language", "")
        language = preferred_language(chosen if chosen in LANGUAGES else accepted)
        return [language, *self._localize(language, chat, request)]

    def _change_language(
        self, language: Language, chat: Chat, chosen: list[str] | None, request: gr.Request
    ) -> list[Any]:
        other: Language = "en" if language == "zh" else "zh"
        updates = self._localize(other, chat, request, chosen or ())
        return [other, other, self._chat.render(chat, other), *updates]

    def _localize(
        self, language: Language, chat: Chat, request: gr.Request, chosen: Collection[str] = ()
    ) -> list[Any]:
        user = request.username or ""
        return [
            *self._chat.localize(language, chat, user),
            *self._options.localize(language, chosen),
            *self._library.localize(language),
            *self._batch.localize(language),
            self._render_status(language),
            gr.update(value=render_account(user, language), visible=bool(user)),
            gr.update(value=text(language, "other language")),
            gr.update(label=text(language, "chat")),
            gr.update(label=text(language, "library")),
            gr.update(label=text(language, "map tab")),
            gr.update(label=text(language, "batch")),
        ]

    def _refresh(
        self, language: Language, shown: tuple[str, ...], *options: Any
    ) -> tuple[Any, ...]:
        """The status, the welcome and the scope, as far as they have changed."""
        selection = read_selection(*options)
        now = (
            self._render_status(language),
            self._chat.welcome_renderer.html(selection, language),
            render_scope(selection.scope(self._background.papers()), language),
        )
        return *skip_unchanged(now, shown), now

    def _render_status(self, language: Language) -> str:
        return render_status(self._background.counts(), self._background.state, language)


def appearance() -> dict[str, Any]:
    """The theme and styles, as arguments of ``launch``; nothing is loaded from elsewhere."""
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONO_FONTS
    )
    theme.set(**LOGIN_COLOURS)
    styles = "\n".join(read_asset(name) for name in STYLES)
    return {"theme": theme, "css": styles, "footer_links": [], "auth_message": "askpapers"}
