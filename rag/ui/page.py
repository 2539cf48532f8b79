"""The page: its parts, and what each click and tick does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from ingest.index import IndexedPaper
from rag.answer import Answer
from rag.assistant import MOST_CHARS, Assistant
from rag.ui.background import Background
from rag.ui.chat import converse
from rag.ui.examples import example_questions
from rag.ui.exchange import Chat
from rag.ui.pages import Reading, reading_of, render_reading
from rag.ui.render import render_chat, render_welcome
from rag.ui.status import render_status
from rag.ui.texts import TEXTS, Language, preferred_language, text

HERE = Path(__file__).parent
TICK_SECONDS = 1.5
ANSWERED_AT_ONCE = 4  # questions; more wait in the queue
QUEUE = 100

# Only fonts that the reader's machine has.
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Consolas", "monospace"]


class Page:
    """The page over one assistant; each visitor has a chat and a language of their own."""

    def __init__(self, assistant: Assistant, background: Background) -> None:
        self._assistant = assistant
        self._background = background

    def build(self) -> gr.Blocks:
        """All parts of the page, wired."""
        blocks = gr.Blocks(title="askpapers", analytics_enabled=False, fill_width=True)
        with blocks:
            language, chat, seen = gr.State("en"), gr.State(Chat()), gr.State(("", ""))
            reading = gr.State(None)
            with gr.Row(elem_id="head"):
                gr.HTML('<h1 id="brand">askpapers</h1>', elem_id="brand-box")
                status = gr.HTML(elem_id="status")
                switch = gr.Button(TEXTS["other language"][0], elem_id="switch", size="sm")
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="chat"):
                    talk = gr.HTML(elem_id="talk", js_on_load=_script("chat.js"))
                    box = gr.Textbox(**_box("en"), **_BOX)
                reader = gr.HTML(elem_id="reader", js_on_load=_script("reader.js"))
            timer = gr.Timer(TICK_SECONDS)
            words = [language, talk, status, box, switch]
            blocks.load(self._open, chat, words, **_QUIET)
            switch.click(self._switch, [language, chat], words, **_QUIET)
            timer.tick(self._tick, [language, chat, seen], [status, talk, seen], **_QUIET)
            asking = [talk, chat, box]
            box.submit(self._ask, [box, chat, language], asking, **_ASKING)
            talk.example(self._ask_example, [chat, language], asking, **_ASKING)
            opened = [reader, reading]
            talk.cite(self._cite, [chat, language], opened, **_QUIET)
            reader.step(self._step, [reading, language], opened, **_QUIET)
            reader.close(lambda: ("", None), None, opened, **_QUIET)
        blocks.queue(max_size=QUEUE, default_concurrency_limit=ANSWERED_AT_ONCE)
        return blocks

    def _open(self, chat: Chat, request: gr.Request) -> tuple[Any, ...]:
        return self._in(preferred_language(request.headers.get("accept-language", "")), chat)

    def _switch(self, language: Language, chat: Chat) -> tuple[Any, ...]:
        return self._in("en" if language == "zh" else "zh", chat)

    def _in(self, language: Language, chat: Chat) -> tuple[Any, ...]:
        """Every part that holds words, in ``language``."""
        return (
            language,
            self._talk(chat, language),
            self._status(language),
            gr.update(**_box(language)),
            gr.update(value=text(language, "other language")),
        )

    def _tick(self, language: Language, chat: Chat, seen: tuple[str, str]) -> tuple[Any, ...]:
        """What has changed by itself: the state of the sync, and what a new visitor can ask."""
        welcome = "" if chat.exchanges else self._talk(chat, language)
        now = (self._status(language), welcome)
        status, talk = (
            new if new != old else gr.skip() for new, old in zip(now, seen, strict=True)
        )
        return status, talk if welcome else gr.skip(), now

    def _status(self, language: Language) -> str:
        return render_status(self._background.counts(), self._background.state, language)

    def _talk(self, chat: Chat, language: Language) -> str:
        if chat.exchanges:
            return render_chat(chat, language)
        return render_welcome(example_questions(self._papers(), language), language)

    def _papers(self) -> dict[str, IndexedPaper]:
        return self._background.papers()

    def _ask(self, asked: str, chat: Chat, language: Language) -> Iterator[tuple[str, Chat, Any]]:
        """Each step of the answer, with an empty box to ask on."""
        if not asked.strip():
            yield self._talk(chat, language), chat, ""
            return
        for step in converse(self._assistant, self._background, chat, asked.strip()):
            yield render_chat(step, language), step, ""

    def _ask_example(
        self, chat: Chat, language: Language, event: gr.EventData
    ) -> Iterator[tuple[str, Chat, Any]]:
        yield from self._ask(str(event.question), chat, language)

    def _cite(self, chat: Chat, language: Language, event: gr.EventData) -> tuple[Any, Any]:
        """Open the page of a citation that was clicked."""
        turn, marker = _number(event.turn), _number(event.marker)
        answer = chat.exchanges[turn - 1].answer if 1 <= turn <= len(chat.exchanges) else None
        reading = self._reading(answer, marker) if answer else None
        return self._opened(reading, language) if reading else (gr.skip(), gr.skip())

    def _reading(self, answer: Answer, marker: int) -> Reading | None:
        pages = self._assistant.library.retriever().index.pages
        places = {c.marker: (c.paper.id, c.page or 0) for c in answer.citations}
        page = pages.get(places.get(marker, ("", 0)))
        return reading_of(answer, marker, page.text if page else "")

    def _step(
        self, reading: Reading | None, language: Language, event: gr.EventData
    ) -> tuple[Any, Any]:
        """Leaf to another page of the open paper."""
        if reading is None:
            return gr.skip(), gr.skip()
        return self._opened(reading.step(_number(event.by)), language)

    def _opened(self, reading: Reading, language: Language) -> tuple[str, Reading]:
        return render_reading(reading, self._background.workspace, language), reading


def _number(sent: object) -> int:
    """What the browser sent, as a number; 0 if it is none."""
    digits = str(sent)
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 9 else 0


def _script(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_ASKING: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_BOX: dict[str, Any] = {
    "elem_id": "question",
    "submit_btn": True,
    "lines": 1,
    "max_lines": 6,
    "max_length": MOST_CHARS,
    "autofocus": True,
    "show_label": False,
}


def _box(language: Language) -> dict[str, Any]:
    return {"label": text(language, "question"), "placeholder": text(language, "placeholder")}


def looks() -> dict[str, Any]:
    """What ``launch`` is told of the page's looks; nothing comes from outside the machine."""
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONO)
    return {"theme": theme, "css": _script("style.css"), "footer_links": []}
