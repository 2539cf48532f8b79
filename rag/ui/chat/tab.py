"""The conversation and the input box: asking, stopping, asking again, editing."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import gradio as gr

from rag.assistant import MAX_CHARS, Assistant
from rag.ui.background import Background
from rag.ui.chat.answering import ask_again, converse, fetch_and_ask
from rag.ui.chat.feedback import rated
from rag.ui.chat.history import render_history
from rag.ui.chat.render import render_chat
from rag.ui.chat.welcome import Welcome
from rag.ui.chat_storage import chat_from_json, chat_to_json
from rag.ui.exchange import Chat, Rating
from rag.ui.limits import Turnstile
from rag.ui.options import Options
from rag.ui.selection import Selection, read_selection
from rag.ui.session import QUEUED, QUIET, Runs, Session, asset, sent_number
from rag.ui.texts import Language, text

# the conversation as HTML, the chat behind it, the box, the list of earlier chats
Seen = tuple[Any, Any, Any, Any]

KEEP_SECONDS = 3.0  # between two times that the browser keeps an answer while it is written
FETCHED_FOR = 16  # visitors at once; they wait for a download, not for a processor
WRITING: dict[str, Any] = {"submit_btn": False, "stop_btn": True}
WAITING: dict[str, Any] = {"submit_btn": True, "stop_btn": False}


class Talk:
    """One visitor's chat as it is shown, and everything that can be done with it."""

    def __init__(
        self,
        assistant: Assistant,
        background: Background,
        options: Options,
        turnstile: Turnstile,
        read_only: bool = False,
    ) -> None:
        self._assistant = assistant
        self._turnstile = turnstile
        self._background = background
        self._options = options
        self.greeting = Welcome(background)
        sync = background.sync
        self._can_fetch = sync is not None and not sync.options.offline and not read_only

    def build_history(self) -> None:
        """Put the list of earlier chats, and the way to a new one, on the page."""
        script = asset("history.js")
        self._history = gr.HTML(elem_id="history", js_on_load=script, chat=None, user="")

    def build(self) -> None:
        """Put the welcome, the conversation and the box on the page; the first two never both show.

        Each is a component of its own: the welcome changes by itself while the papers come in, and
        must never overwrite a question that was just asked.
        """
        self.welcome = gr.HTML(elem_id="welcome", js_on_load=asset("welcome.js"))
        self.talk = gr.HTML(elem_id="talk", js_on_load=asset("chat.js"))
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
    def worded(self) -> list[Any]:
        """The parts that ``in_words`` gives updates for."""
        return [self.welcome, self._box, self._history]

    def in_words(self, language: Language, chat: Chat, user: str) -> list[Any]:
        """Every part with fixed words, in ``language``; the list of chats is the ``user``'s."""
        label, placeholder = text(language, "question"), text(language, "placeholder")
        return [
            self.greeting.html(Selection(), language),
            gr.update(label=label, placeholder=placeholder),
            gr.update(value=render_history(chat, language), user=user),
        ]

    def render(self, chat: Chat, language: Language) -> str:
        """The conversation as HTML."""
        return render_chat(chat, language, self._can_fetch)

    def wire(self, session: Session, reader: Sequence[Any]) -> None:
        """Connect every button to what it does; another chat closes the ``reader``'s page."""
        language, chat, runs = session.language, session.chat, session.runs
        seen = [self.talk, chat, self._box, self._history]
        now = [chat, language, runs]
        how = [*now, *self._options.inputs]
        # the box can be sent again while what it sent before has been stopped and not yet ended
        asking = {**QUEUED, "trigger_mode": "multiple"}
        self._box.submit(self._ask, [self._box, *how], seen, **asking)
        self.welcome.example(self._ask_example, how, seen, **asking)
        self.talk.retry(self._retry, how, seen, **asking)
        self.talk.everywhere(self._retry_everywhere, how, seen, **asking)
        self.talk.everywhere(self._options.unfiltered, None, self._options.filters, **QUIET)
        if self._can_fetch:
            self.talk.fetch(self._fetch, how, seen, **asking, concurrency_limit=FETCHED_FOR)
        self._box.stop(self._stop, now, seen, **QUIET)
        self.talk.rate(self._rate, [chat, language], [self.talk, chat, self._history], **QUIET)
        self.talk.edit(self._edit, [self._box, *now], seen, **QUIET)
        self.talk.restore(self._restore, now, seen, **QUIET)
        opened = [*seen, *reader]
        self._history.fresh(self._fresh, [language, runs], opened, **QUIET)
        self._history.open(self._open, now, opened, **QUIET)
        self._history.reopen(self._reopen, [chat, language], seen, **QUIET)

    def _ask(
        self,
        asked: str,
        chat: Chat,
        language: Language,
        runs: Runs,
        request: gr.Request,
        *options: Any,
    ) -> Iterator[Seen]:
        """Each step of the answer to what was written."""
        if asked.strip():
            steps = self._answer(chat, asked.strip(), read_selection(*options), request)
            yield from self._seen(chat, steps, language, runs, {"value": chat.draft, **WRITING})
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
    ) -> Iterator[Seen]:
        asked = str(event.question)[:MAX_CHARS]
        steps = self._answer(chat, asked, read_selection(*options), request)
        yield from self._seen(chat, steps, language, runs)

    def _retry(
        self, chat: Chat, language: Language, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[Seen]:
        """Ask the last question again, with the options chosen now."""
        yield from self._again(chat, read_selection(*options), language, runs, request)

    def _retry_everywhere(
        self, chat: Chat, language: Language, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[Seen]:
        """Ask the last question again, of all papers."""
        everywhere = Selection(read_selection(*options).llm)
        yield from self._again(chat, everywhere, language, runs, request)

    def _again(
        self, chat: Chat, selection: Selection, language: Language, runs: Runs, request: gr.Request
    ) -> Iterator[Seen]:
        if not chat.exchanges:
            yield _nothing_new()
            return
        place = self._turnstile.place_of(request)
        steps = ask_again(self._assistant, self._background, chat.stop(), selection, place)
        yield from self._seen(chat, steps, language, runs)

    def _fetch(
        self,
        chat: Chat,
        language: Language,
        runs: Runs,
        request: gr.Request,
        event: gr.EventData,
        *options: Any,
    ) -> Iterator[Seen]:
        """Fetch a paper before all others, and ask the last question again."""
        paper = str(event.paper)
        if chat.exchanges and paper in self._background.papers():
            selection, place = read_selection(*options), self._turnstile.place_of(request)
            steps = fetch_and_ask(self._assistant, self._background, chat, paper, selection, place)
            yield from self._seen(chat, steps, language, runs)
        else:
            yield _nothing_new()

    def _answer(
        self, chat: Chat, asked: str, selection: Selection, request: gr.Request
    ) -> Generator[Chat]:
        place = self._turnstile.place_of(request)
        return converse(self._assistant, self._background, chat, asked, selection, place)

    def _seen(
        self,
        chat: Chat,
        steps: Generator[Chat],
        language: Language,
        runs: Runs,
        begun: dict[str, Any] = WRITING,
    ) -> Iterator[Seen]:
        """Each step as it is shown; at the end, or after Stop, the box is free again.

        The box is set to ``begun`` at the first step and then left alone: the visitor may be typing.
        The browser keeps the question at once, so that a reload in the middle loses little.
        """
        run, kept_at = runs.begin(), -KEEP_SECONDS
        shown, box = chat, gr.update(**begun)
        with closing(steps):
            for step in steps:
                if runs.is_over(run):  # gradio shows the last step once more, so it must be empty
                    yield _nothing_new()
                    return
                if runs.is_stopped(run):
                    shown = step.stop()
                    break
                if step == shown:  # nothing new: only a chance to notice Stop
                    yield _nothing_new()
                else:
                    is_due = time.monotonic() >= kept_at + KEEP_SECONDS
                    kept_at = time.monotonic() if is_due else kept_at
                    history = self._kept(step, language) if is_due else gr.skip()
                    yield self.render(step, language), step, box, history
                    box = gr.skip()
                shown = step
        yield self._settled(shown, language, WAITING)

    def _stop(self, chat: Chat, language: Language, runs: Runs) -> Seen:
        """Show at once what there is; the run ends as soon as it notices."""
        runs.stop()
        return self._settled(chat.stop(), language, WAITING)

    def _edit(self, draft: str, chat: Chat, language: Language, runs: Runs) -> Seen:
        """Put the last question into the box, until it is sent or Escape is pressed."""
        if not chat.exchanges:
            return _nothing_new()
        runs.begin()
        edited = chat.edit(draft)
        box = gr.update(value=chat.exchanges[-1].question, **WAITING)
        return self.render(edited, language), edited, box, gr.skip()

    def _restore(self, chat: Chat, language: Language, runs: Runs) -> Seen:
        """Leave the question as it was; what stood in the box before comes back."""
        if not chat.edited:
            return _nothing_new()
        return self._settled(chat.unedited(), language, {"value": chat.draft})

    def _settled(self, chat: Chat, language: Language, box: dict[str, Any]) -> Seen:
        kept = self._kept(chat, language)
        return self.render(chat, language), chat, gr.update(**box), kept

    def _rate(self, chat: Chat, language: Language, event: gr.EventData) -> tuple[Any, ...]:
        said: Rating = "liked" if event.liked == "yes" else "disliked"
        root, turn = self._background.workspace.root, sent_number(event.turn)
        chat = rated(root, chat, turn, said)
        return self.render(chat, language), chat, self._kept(chat, language)

    def _kept(self, chat: Chat, language: Language) -> Any:
        """Have the browser keep the chat as it is, what is still being answered as stopped."""
        whole = chat.unedited().stop()
        kept: dict[str, Any] = {"chat": chat_to_json(whole)} if whole.exchanges else {}
        return gr.update(value=render_history(chat, language), **kept)

    def _fresh(self, language: Language, runs: Runs) -> tuple[Any, ...]:
        return self._shown(Chat(), language, runs)

    def _open(
        self, chat: Chat, language: Language, runs: Runs, event: gr.EventData
    ) -> tuple[Any, ...]:
        return self._shown(chat_from_json(event.chat) or chat, language, runs)

    def _reopen(self, chat: Chat, language: Language, event: gr.EventData) -> Seen:
        """Show the chat that was open before a reload; what is asked or typed meanwhile stays."""
        kept = None if chat.exchanges else chat_from_json(event.chat)
        if kept is None:
            return _nothing_new()
        return self.render(kept, language), kept, gr.skip(), render_history(kept, language)

    def _shown(self, chat: Chat, language: Language, runs: Runs) -> tuple[Any, ...]:
        """Show another chat; what still runs in the one before shows nothing any more."""
        runs.begin()
        box, history = gr.update(value="", **WAITING), render_history(chat, language)
        return self.render(chat, language), chat, box, history, "", None


def _nothing_new() -> Seen:
    return gr.skip(), gr.skip(), gr.skip(), gr.skip()
