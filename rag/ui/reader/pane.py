"""The pane beside the chat where a paper opens, at a cited page or at its first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from rag.answer import Answer
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker
from rag.ui.exchange import Chat, nearest_passages
from rag.ui.options import Options, select_only_paper
from rag.ui.reader.page_view import OpenPage, cited_page, render_open_page, section_of_citation
from rag.ui.reader.paper_header import read_headings
from rag.ui.session import UNQUEUED, Session, number_from_browser, read_asset
from rag.ui.texts import Language

ReaderUpdate = tuple[Any, Any]  # the page as HTML, and the state behind it


class ReaderPane:
    """Opens papers, turns their pages and closes them."""

    def __init__(
        self, assistant: Assistant, background: BackgroundWorker, can_sync: bool = True
    ) -> None:
        self._assistant = assistant
        self._background = background
        self._can_sync = can_sync and background.sync is not None

    def build(self) -> None:
        """Put the empty pane on the page."""
        self._open_page = gr.State(None)
        self._html = gr.HTML(elem_id="reader", js_on_load=read_asset("reader.js"))

    @property
    def outputs(self) -> list[Any]:
        """The components that ``open_paper`` updates."""
        return [self._html, self._open_page]

    def open_paper(self, paper: str, language: Language, page: int = 1) -> ReaderUpdate:
        """Open a paper at ``page``; nothing happens where the index does not have it."""
        entry = self._background.papers().get(paper)
        if entry is None:
            return gr.skip(), gr.skip()
        return self._open(OpenPage(entry.paper, max(1, page)), language)

    def wire(
        self, session: Session, conversation: gr.HTML, tabs: gr.Tabs, options: Options
    ) -> None:
        """Citations in ``conversation`` open their page here; "Ask this paper" sets the chat's filter."""
        outputs = self.outputs
        state = [self._open_page, session.language]
        conversation.cite(
            self._open_citation, [session.chat, session.language], outputs, **UNQUEUED
        )
        # the script asks for the next page as soon as the last one has come
        self._html.navigate(self._navigate, state, outputs, trigger_mode="multiple", **UNQUEUED)
        self._html.close(lambda: ("", None), None, outputs, **UNQUEUED)
        session.language.change(self._change_language, state, self._html, **UNQUEUED)
        self._html.ask(self._ask_paper, None, [tabs, options.papers], **UNQUEUED)

    def _open_citation(self, chat: Chat, language: Language, event: gr.EventData) -> ReaderUpdate:
        turn, marker = number_from_browser(event.turn), number_from_browser(event.marker)
        answer = chat.exchanges[turn - 1].answer if 1 <= turn <= len(chat.exchanges) else None
        open_page = self._page_of_citation(answer, marker) if answer else None
        return self._open(open_page, language) if open_page else (gr.skip(), gr.skip())

    def _page_of_citation(self, answer: Answer, marker: int) -> OpenPage | None:
        pages = self._assistant.library.retriever().index.pages
        answer = replace(answer, citations=(*answer.citations, *nearest_passages(answer)))
        places = {c.marker: (c.paper.id, c.page or 0) for c in answer.citations}
        page = pages.get(places.get(marker, ("", 0)))
        return cited_page(answer, marker, page.text if page else "")

    def _navigate(
        self, open_page: OpenPage | None, language: Language, event: gr.EventData
    ) -> ReaderUpdate:
        if open_page is None:
            return gr.skip(), gr.skip()
        section = number_from_browser(event.section)
        page = number_from_browser(event.page)
        target = open_page.at_section(section) if section else open_page.at(page)
        return self._update(target, language)

    def _change_language(self, open_page: OpenPage | None, language: Language) -> Any:
        return self._update(open_page, language)[0] if open_page else gr.skip()

    def _ask_paper(self, event: gr.EventData) -> tuple[Any, Any]:
        papers = self._background.papers()
        return gr.Tabs(selected="chat"), select_only_paper(papers, str(event.paper))

    def _open(self, open_page: OpenPage, language: Language) -> ReaderUpdate:
        workspace, match = self._background.workspace, open_page.match
        if open_page.citation and match:
            section = section_of_citation(workspace, open_page.citation) or match.section
            match = replace(match, section=section)
        headings = read_headings(workspace, open_page.paper.id)
        return self._update(replace(open_page, headings=headings, match=match), language)

    def _update(self, open_page: OpenPage, language: Language) -> ReaderUpdate:
        workspace = self._background.workspace
        return render_open_page(open_page, workspace, language, self._can_sync), open_page
