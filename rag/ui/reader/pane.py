"""The pane beside the chat where a paper opens, at a cited page or at its first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from rag.answer import Answer
from rag.assistant import Assistant
from rag.ui.background import Background
from rag.ui.exchange import Chat, nearest
from rag.ui.options import Options, only_paper
from rag.ui.reader.pages import OpenPage, reading_of, render_reading, section_at
from rag.ui.reader.paper_head import headings_of
from rag.ui.session import QUIET, Session, asset, sent_number
from rag.ui.texts import Language

Opened = tuple[Any, Any]  # the page as HTML, and the reading behind it


class Reader:
    """Opens papers, turns their pages and closes them."""

    def __init__(self, assistant: Assistant, background: Background, can_sync: bool = True) -> None:
        self._assistant = assistant
        self._background = background
        self._can_sync = can_sync and background.sync is not None

    def build(self) -> None:
        """Put the empty place on the page."""
        self._reading = gr.State(None)
        self._place = gr.HTML(elem_id="reader", js_on_load=asset("reader.js"))

    @property
    def opened(self) -> list[Any]:
        """The parts that ``open_paper`` gives updates for."""
        return [self._place, self._reading]

    def open_paper(self, paper: str, language: Language, page: int = 1) -> Opened:
        """A paper of the index at ``page``; nothing for any other."""
        entry = self._background.papers().get(paper)
        if entry is None:
            return gr.skip(), gr.skip()
        return self._opened(OpenPage(entry.paper, max(1, page)), language)

    def wire(self, session: Session, talk: gr.HTML, tabs: gr.Tabs, options: Options) -> None:
        """Citations in ``talk`` open their page here; "Ask this paper" sets the chat's filter."""
        opened = self.opened
        shown = [self._reading, session.language]
        talk.cite(self._cite, [session.chat, session.language], opened, **QUIET)
        # the script asks for the next page as soon as one is there
        self._place.go(self._go, shown, opened, trigger_mode="multiple", **QUIET)
        self._place.close(lambda: ("", None), None, opened, **QUIET)
        session.language.change(self._reworded, shown, self._place, **QUIET)
        self._place.ask(self._ask, None, [tabs, options.papers], **QUIET)

    def _cite(self, chat: Chat, language: Language, event: gr.EventData) -> Opened:
        turn, marker = sent_number(event.turn), sent_number(event.marker)
        answer = chat.exchanges[turn - 1].answer if 1 <= turn <= len(chat.exchanges) else None
        reading = self._reading_of(answer, marker) if answer else None
        return self._opened(reading, language) if reading else (gr.skip(), gr.skip())

    def _reading_of(self, answer: Answer, marker: int) -> OpenPage | None:
        pages = self._assistant.library.retriever().index.pages
        answer = replace(answer, citations=(*answer.citations, *nearest(answer)))
        places = {c.marker: (c.paper.id, c.page or 0) for c in answer.citations}
        page = pages.get(places.get(marker, ("", 0)))
        return reading_of(answer, marker, page.text if page else "")

    def _go(self, reading: OpenPage | None, language: Language, event: gr.EventData) -> Opened:
        if reading is None:
            return gr.skip(), gr.skip()
        section = sent_number(event.section)
        to = reading.at_section(section) if section else reading.at(sent_number(event.page))
        return self._shown(to, language)

    def _reworded(self, reading: OpenPage | None, language: Language) -> Any:
        return self._shown(reading, language)[0] if reading else gr.skip()

    def _ask(self, event: gr.EventData) -> tuple[Any, Any]:
        papers = self._background.papers()
        return gr.Tabs(selected="chat"), only_paper(papers, str(event.paper))

    def _opened(self, reading: OpenPage, language: Language) -> Opened:
        workspace, why = self._background.workspace, reading.why
        if reading.citation and why:
            section = section_at(workspace, reading.citation) or why.section
            why = replace(why, section=section)
        headings = headings_of(workspace, reading.paper.id)
        return self._shown(replace(reading, headings=headings, why=why), language)

    def _shown(self, reading: OpenPage, language: Language) -> Opened:
        workspace = self._background.workspace
        return render_reading(reading, workspace, language, self._can_sync), reading
