"""The tab that pictures the corpus: a map of the papers, and a time line by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from ingest.errors import AssistantError, NoIndex
from ingest.terminal import unexpected_logged
from rag.assistant import Assistant
from rag.ui.background import Background
from rag.ui.corpus_map.figures import map_figure, topics_of, years_figure
from rag.ui.corpus_map.landscape import Landscape
from rag.ui.markup import safe
from rag.ui.notes import told_alert
from rag.ui.reader.pane import Reader
from rag.ui.session import QUIET, Session, asset
from rag.ui.texts import Language, text


class Atlas:
    """Draws the two figures when the tab is opened; a click on a paper opens it."""

    def __init__(self, assistant: Assistant, background: Background, reader: Reader) -> None:
        self._assistant = assistant
        self._background = background
        self._reader = reader
        self._landscape = Landscape()

    def build(self) -> None:
        """Put the places for the figures on the page."""
        with gr.Column(elem_id="atlas"):
            self._about = gr.HTML(elem_id="atlas-about", js_on_load=asset("atlas.js"))
            self._map = gr.Plot(show_label=False, container=False, elem_id="map")
            self._head = gr.HTML()
            self._years = gr.Plot(show_label=False, container=False, elem_id="years")

    def wire(self, session: Session, tab: gr.Tab) -> None:
        """Draw when the tab is first opened, and again for another build or language."""
        drawn = gr.State(("", ""))
        parts = [self._about, self._map, self._head, self._years, drawn]
        drawing = (self._draw, [session.language, drawn], parts)
        tab.select(*drawing, **QUIET)
        session.language.change(self._redraw, [session.language, drawn], parts, **QUIET)
        self._about.open(self._open, session.language, self._reader.opened, **QUIET)

    def _draw(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        """Both figures with their words, or why they cannot be drawn."""
        try:
            with unexpected_logged(self._background.workspace.root):
                return self._figures(language, drawn)
        except NoIndex:
            why = f'<p class="muted">{text(language, "no map")}</p>'
        except AssistantError as error:
            why = told_alert(language, error.message, error.hint)
        return [why, *[gr.skip()] * 4]

    def _figures(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        index = self._assistant.library.retriever().index
        if drawn == (index.build, language):
            return [gr.skip()] * 5
        papers = self._background.papers()
        places = self._landscape.places(index)
        return [
            render_legend(topics_of(papers), language),
            PlotData(type="plotly", plot=map_figure(papers, places, language)),
            f"<h2>{text(language, 'time line')}</h2>",
            PlotData(type="plotly", plot=years_figure(papers, language)),
            (index.build, language),
        ]

    def _redraw(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        """In the other language, if it was drawn at all."""
        return self._draw(language, drawn) if drawn[0] else [gr.skip()] * 5

    def _open(self, language: Language, event: gr.EventData) -> Any:
        return self._reader.open_paper(str(event.paper), language)


def render_legend(colours: Mapping[str, str], language: Language) -> str:
    """What the map shows, and a button for each topic that makes the others pale."""
    buttons = "".join(
        f'<button type="button" class="plain" data-topic="{safe(topic)}" aria-pressed="false">'
        f'<span class="dot" style="background:{colour}"></span>'
        f"{safe(topic) or text(language, 'no topic')}</button>"
        for topic, colour in colours.items()
    )
    return (
        f'<h2>{text(language, "map")}</h2><p class="muted">{text(language, "map how")}</p>'
        f'<div class="legend" role="group" aria-label="{text(language, "topics")}">{buttons}</div>'
    )
