"""The tab with the conversation and the question box: asking, stopping, asking again, editing."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import gradio as gr

from rag.assistant import MAX_CHARS, Assistant
from rag.ui.background import BackgroundWorker
from rag.ui.chat.answering import answer_question, ask_again, fetch_and_ask
from rag.ui.chat.feedback import with_rating
from rag.ui.chat.history import render_history
from rag.ui.chat.render import render_chat
from rag.ui.chat.welcome import WelcomeRenderer
from rag.ui.chat_storage import chat_from_json, chat_to_json
from rag.ui.exchange import Chat, Rating
from rag.ui.limits import QuestionLimit
from rag.ui.options import Options
from rag.ui.selection import Selection, read_selection
from rag.ui.session import QUEUED, UNQUEUED, Runs, Session, number_from_browser, read_asset
from rag.ui.texts import Language, text

# the conversation as HTML, the chat behind it, the question box, the list of saved chats
ChatUpdate = tuple[Any, Any, Any, Any]

SAVE_SECONDS = 3.0  # between two times that the browser saves an unfinished answer
MAX_CONCURRENT_FETCHES = 16  # of all visitors; they wait for downloads, not for a processor
BUSY_BOX: dict[str, Any] = {"submit_btn": False, "stop_btn": True}
READY_BOX: dict[str, Any] = {"submit_btn": True, "stop_btn": False}


class ChatTab:
    """One visitor's chat as it is shown, and everything that can be done with it."""

    def __init__(
        self,
        assistant: Assistant,
        background: BackgroundWorker,
        options: Options,
        question_limit: QuestionLimit,
        read_only: bool = False,
    ) -> None:
        self._assistant = assistant
        self._question_limit = question_limit
        self._background = background
        self._options = options
        self.welcome_renderer = WelcomeRenderer(background)
        sync = background.sync
        self._can_fetch = sync is not None and not sync.options.offline and not read_only

    def build_history(self) -> None:
        """Put the list of saved chats, and the button for a new one, on the page."""
        script = read_asset("chat_history.js")
        self._history = gr.HTML(elem_id="history", js_on_load=script, chat=None, user="")

    def build(self) -> None:
        """Put the welcome, the conversation and the box on the page; the first two never both show.

        Each is a component of its own: the welcome changes by itself while the papers come in, and
        must never overwrite a question that was just asked.
        """
        self.welcome = gr.HTML(elem_id="welcome", js_on_load=read_asset("welcome.js"))
        self.conversation = gr.HTML(elem_id="conversation", js_on_load=read_asset("chat.js"))
        with gr.Column(elem_id="composer"):
            self._options.build()
            self._box = gr.Textbox(
                elem_id="question",
                submit_btn=True,
                lines=1,
                max_lines=6,
                max_length=MAX_CHARS,
                autofocus=True,
                show_label=False,
            )

    @property
    def localized(self) -> list[Any]:
        """The components that ``localize`` updates."""
        return [self.welcome, self._box, self._history]

    def localize(self, language: Language, chat: Chat, user: str) -> list[Any]:
        """The components with fixed texts, in ``language``; the list of chats is the ``user``'s."""
        label, placeholder = text(language, "question"), text(language, "placeholder")
        return [
            self.welcome_renderer.html(Selection(), language),
            gr.update(label=label, placeholder=placeholder),
            gr.update(value=render_history(chat, language), user=user),
        ]

    def render(self, chat: Chat, language: Language) -> str:
        """The conversation as HTML."""
        return render_chat(chat, language, self._can_fetch)

    def wire(self, session: Session, reader: Sequence[Any]) -> None:
        """Connect the events; another chat closes the page that is open in the ``reader``."""
        language, chat, runs = session.language, session.chat, session.runs
        state = [chat, language, runs]
        shown = [self.conversation, chat, self._box, self._history]
        self._wire_questions([*state, *self._options.inputs], shown)
        self._box.stop(self._stop, state, shown, **UNQUEUED)
        rated = [self.conversation, chat, self._history]
        self.conversation.rate(self._rate, [chat, language], rated, **UNQUEUED)
        self.conversation.edit(self._edit, [self._box, *state], shown, **UNQUEUED)
        self.conversation.cancel_edit(self._cancel_edit, state, shown, **UNQUEUED)
        switched = [*shown, *reader]
        self._history.new_chat(self._new_chat, [language, runs], switched, **UNQUEUED)
        self._history.open(self._open, state, switched, **UNQUEUED)
        self._history.reopen(self._reopen, [chat, language], shown, **UNQUEUED)

    def _wire_questions(self, inputs: list[Any], shown: list[Any]) -> None:
        """Connect everything that asks a question, or asks it again."""
        conversation, options = self.conversation, self._options
        # the box can be sent again while what it sent before has been stopped and not yet ended
        asking = {**QUEUED, "trigger_mode": "multiple"}
        self._box.submit(self._ask, [self._box, *inputs], shown, **asking)
        self.welcome.example(self._ask_example, inputs, shown, **asking)
        conversation.retry(self._retry, inputs, shown, **asking)
        conversation.ask_all(self._ask_all_papers, inputs, shown, **asking)
        conversation.ask_all(options.cleared_filters, None, options.filters, **UNQUEUED)
        if self._can_fetch:
            asking["concurrency_limit"] = MAX_CONCURRENT_FETCHES
            conversation.fetch(self._fetch, inputs, shown, **asking)

    def _ask(
        self,
        asked: str,
        chat: Chat,
        language: Language,
        runs: Runs,
        request: gr.Request,
        *options: Any,
    ) -> Iterator[ChatUpdate]:
        """Each step of the answer to the question in the box."""
        if asked.strip():
            steps = self._start_answer(chat, asked.strip(), read_selection(*options), request)
            box = {"value": chat.draft, **BUSY_BOX}
            yield from self._show_steps(chat, steps, language, runs, box)
        else:
            yield gr.skip(), gr.skip(), gr.update(value=""), gr.skip()

    def _ask_example(
        self,
        chat: Chat,
        language: Language,
        runs: Runs,
        request: gr.Request,
        event: gr.EventData,
        *options: Any,
    ) -> Iterator[ChatUpdate]:
        asked = str(event.question)[:MAX_CHARS]
        steps = self._start_answer(chat, asked, read_selection(*options), request)
        yield from self._show_steps(chat, steps, language, runs)

    def _retry(
        self, chat: Chat, language: Language, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[ChatUpdate]:
        """Ask the last question again, with the options chosen now."""
        yield from self._ask_again(chat, read_selection(*options), language, runs, request)

    def _ask_all_papers(
        self, chat: Chat, language: Language, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[ChatUpdate]:
        """Ask the last question again, of all papers."""
        all_papers = Selection(read_selection(*options).llm)
        yield from self._ask_again(chat, all_papers, language, runs, request)

    def _ask_again(
        self, chat: Chat, selection: Selection, language: Language, runs: Runs, request: gr.Request
    ) -> Iterator[ChatUpdate]:
        if not chat.exchanges:
            yield _no_update()
            return
        slot = self._question_limit.visitor_slot(request)
        steps = ask_again(self._assistant, self._background, chat.stop(), selection, slot)
        yield from self._show_steps(chat, steps, language, runs)

    def _fetch(
        self,
        chat: Chat,
        language: Language,
        runs: Runs,
        request: gr.Request,
        event: gr.EventData,
        *options: Any,
    ) -> Iterator[ChatUpdate]:
        """Fetch a paper before all others, and ask the last question again."""
        paper = str(event.paper)
        if chat.exchanges and paper in self._background.papers():
            selection, slot = read_selection(*options), self._question_limit.visitor_slot(request)
            steps = fetch_and_ask(self._assistant, self._background, chat, paper, selection, slot)
            yield from self._show_steps(chat, steps, language, runs)
        else:
            yield _no_update()

    def _start_answer(
        self, chat: Chat, asked: str, selection: Selection, request: gr.Request
    ) -> Generator[Chat]:
        slot = self._question_limit.visitor_slot(request)
        return answer_question(self._assistant, self._background, chat, asked, selection, slot)

    def _show_steps(
        self,
        chat: Chat,
        steps: Generator[Chat],
        language: Language,
        runs: Runs,
        box_update: dict[str, Any] = BUSY_BOX,
    ) -> Iterator[ChatUpdate]:
        """The update for each step; at the end, or after Stop, the box can be sent again.

        The box gets its ``box_update`` at the first step and is then left alone: the visitor may be typing.
        The browser saves the question at once, so that a reload in the middle loses little.
        """
        run, saved_at = runs.begin(), -SAVE_SECONDS
        shown, box = chat, gr.update(**box_update)
        with closing(steps):
            for step in steps:
                if runs.is_over(run):  # gradio shows the last step once more, so it must be empty
                    yield _no_update()
                    return
                if runs.is_stopped(run):
                    shown = step.stop()
                    break
                if step == shown:  # nothing new: only a chance to notice Stop
                    yield _no_update()
                else:
                    is_due = time.monotonic() >= saved_at + SAVE_SECONDS
                    saved_at = time.monotonic() if is_due else saved_at
                    history = self._save(step, language) if is_due else gr.skip()
                    yield self.render(step, language), step, box, history
                    box = gr.skip()
                shown = step
        yield self._show_settled(shown, language, READY_BOX)

    def _stop(self, chat: Chat, language: Language, runs: Runs) -> ChatUpdate:
        """Show what there is at once; the run ends at its next step."""
        runs.stop()
        return self._show_settled(chat.stop(), language, READY_BOX)

    def _edit(self, draft: str, chat: Chat, language: Language, runs: Runs) -> ChatUpdate:
        """Put the last question into the box, until it is sent or Escape is pressed."""
        if not chat.exchanges:
            return _no_update()
        runs.begin()
        edited = chat.edit(draft)
        box = gr.update(value=chat.exchanges[-1].question, **READY_BOX)
        return self.render(edited, language), edited, box, gr.skip()

    def _cancel_edit(self, chat: Chat, language: Language, runs: Runs) -> ChatUpdate:
        """Bring back the exchange as it was, and what stood in the box before."""
        if not chat.edited:
            return _no_update()
        return self._show_settled(chat.unedited(), language, {"value": chat.draft})

    def _show_settled(self, chat: Chat, language: Language, box: dict[str, Any]) -> ChatUpdate:
        history = self._save(chat, language)
        return self.render(chat, language), chat, gr.update(**box), history

    def _rate(self, chat: Chat, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        rating: Rating = "liked" if event.liked == "yes" else "disliked"
        root, turn = self._background.workspace.root, number_from_browser(event.turn)
        chat = with_rating(root, chat, turn, rating)
        return self.render(chat, language), chat, self._save(chat, language)

    def _save(self, chat: Chat, language: Language) -> Any:
        """Have the browser save the chat; what is still being answered is saved as stopped."""
        whole = chat.unedited().stop()
        saved: dict[str, Any] = {"chat": chat_to_json(whole)} if whole.exchanges else {}
        return gr.update(value=render_history(chat, language), **saved)

    def _new_chat(self, language: Language, runs: Runs) -> tuple[Any, ...]:
        return self._switch_to(Chat(), language, runs)

    def _open(
        self, chat: Chat, language: Language, runs: Runs, event: gr.EventData
    ) -> tuple[Any, ...]:
        return self._switch_to(chat_from_json(event.chat) or chat, language, runs)

    def _reopen(self, chat: Chat, language: Language, event: gr.EventData) -> ChatUpdate:
        """Show the chat that was open before a reload; what is asked or typed meanwhile stays."""
        saved = None if chat.exchanges else chat_from_json(event.chat)
        if saved is None:
            return _no_update()
        return self.render(saved, language), saved, gr.skip(), render_history(saved, language)

    def _switch_to(self, chat: Chat, language: Language, runs: Runs) -> tuple[Any, ...]:
        """Show another chat; a run of the one before shows nothing any more."""
        runs.begin()
        box, history = gr.update(value="", **READY_BOX), render_history(chat, language)
        return self.render(chat, language), chat, box, history, "", None


def _no_update() -> ChatUpdate:
    return gr.skip(), gr.skip(), gr.skip(), gr.skip()
