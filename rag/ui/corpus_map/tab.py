"""The tab with a map of the papers and a timeline by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from ingest.errors import AssistantError, NoIndex
from ingest.terminal import unexpected_logged
from rag.assistant import Assistant
from rag.ui.alerts import render_error
from rag.ui.background import BackgroundWorker
from rag.ui.corpus_map.figures import map_figure, topic_colours, years_figure
from rag.ui.corpus_map.projection import Projection
from rag.ui.markup import button, safe
from rag.ui.reader.pane import ReaderPane
from rag.ui.session import UNQUEUED, Session, read_asset
from rag.ui.texts import Language, text


class CorpusMapTab:
    """Draws the two figures when the tab is opened; a click on a paper opens it."""

    def __init__(
        self, assistant: Assistant, background: BackgroundWorker, reader: ReaderPane
    ) -> None:
        self._assistant = assistant
        self._background = background
        self._reader = reader
        self._projection = Projection()

    def build(self) -> None:
        """Put the figures, still empty, on the page."""
        with gr.Column(elem_id="corpus-map"):
            self._legend = gr.HTML(elem_id="map-legend", js_on_load=read_asset("corpus_map.js"))
            self._map = gr.Plot(show_label=False, container=False, elem_id="map")
            self._timeline_title = gr.HTML()
            self._years = gr.Plot(show_label=False, container=False, elem_id="years")

    def wire(self, session: Session, tab: gr.Tab) -> None:
        """Draw when the tab is first opened, and again for another build or language."""
        drawn = gr.State(("", ""))
        parts = [self._legend, self._map, self._timeline_title, self._years, drawn]
        state = [session.language, drawn]
        tab.select(self._draw, state, parts, **UNQUEUED)
        session.language.change(self._redraw, state, parts, **UNQUEUED)
        self._legend.open(self._open_paper, session.language, self._reader.outputs, **UNQUEUED)

    def _draw(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        """Both figures with their texts, or why they cannot be drawn."""
        try:
            with unexpected_logged(self._background.workspace.root):
                return self._update_figures(language, drawn)
        except NoIndex:
            why = f'<p class="muted">{text(language, "no map")}</p>'
        except AssistantError as error:
            why = render_error(error, language)
        return [why, *[gr.skip()] * 4]

    def _update_figures(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        index = self._assistant.library.retriever().index
        if drawn == (index.build, language):
            return [gr.skip()] * 5
        papers = self._background.papers()
        points = self._projection.points(index)
        return [
            render_legend(topic_colours(papers), language),
            PlotData(type="plotly", plot=map_figure(papers, points, language)),
            f"<h2>{text(language, 'time line')}</h2>",
            PlotData(type="plotly", plot=years_figure(papers, language)),
            (index.build, language),
        ]

    def _redraw(self, language: Language, drawn: tuple[str, str]) -> list[Any]:
        """Draw in the other language, if anything was drawn yet."""
        return self._draw(language, drawn) if drawn[0] else [gr.skip()] * 5

    def _open_paper(self, language: Language, event: gr.EventData) -> Any:
        return self._reader.open_paper(str(event.paper), language)


def render_legend(colours: Mapping[str, str], language: Language) -> str:
    """What the map shows, and a button for each topic that fades the others."""
    buttons = ""
    for topic, colour in colours.items():
        dot = f'<span class="legend-dot" style="background:{colour}"></span>'
        label = dot + (safe(topic) or text(language, "no topic"))
        buttons += button(label, "plain-button", data_topic=topic, aria_pressed="false")
    return (
        f'<h2>{text(language, "map")}</h2><p class="muted">{text(language, "map how")}</p>'
        f'<div class="legend" role="group" aria-label="{text(language, "topics")}">{buttons}</div>'
    )
