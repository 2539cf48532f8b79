"""The options above the question box: the model, and which papers to ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any

import gradio as gr

from ingest.errors import UsageError
from ingest.indexing.index import IndexedPaper
from rag.config import EXTRACTIVE
from rag.ui.alerts import render_error
from rag.ui.exchange import ShownError
from rag.ui.models import ModelChoices
from rag.ui.selection import Selection, model_or_default
from rag.ui.session import UNQUEUED, Session, read_asset
from rag.ui.texts import Language, text

# The papers that a browser searches itself.  More are searched on the server while the visitor types: with
# 10,000 choices the options take 3 s to open.
MAX_CHOICES = 500

Papers = Mapping[str, IndexedPaper]


class Options:
    """The controls, in an accordion that is closed at first.

    Only with ``allow_any_model`` can visitors name other models than those offered: a name can make the
    server load what is on its disk, or use its keys elsewhere.
    """

    def __init__(
        self, models: ModelChoices, indexed: Callable[[], Papers], allow_any_model: bool = True
    ) -> None:
        """``indexed`` gives the papers of the serving index, by id."""
        self._models = models
        self._indexed = indexed
        self._allow_any_model = allow_any_model

    def build(self) -> None:
        """Put the controls on the page."""
        with gr.Accordion(open=False, elem_id="options") as self._accordion:
            with gr.Row():
                self._llm = gr.Dropdown(
                    self._models.choices(),
                    value=self._models.configured,
                    allow_custom_value=self._allow_any_model,
                )
                self._years = gr.Textbox(max_length=9, placeholder="2020-2023")
            self._no_model_hint = gr.HTML(elem_id="no-model-hint", visible=False)
            self._model_error = gr.HTML(elem_id="model-error", visible=False)
            self._years_error = gr.HTML(elem_id="years-error", visible=False)
            self.papers = gr.Dropdown(multiselect=True)
            with gr.Row():
                self._topics = gr.Dropdown(multiselect=True)
                self._lists = gr.Dropdown(multiselect=True)
        self.scope = gr.HTML(elem_id="scope", js_on_load=read_asset("scope.js"))

    @property
    def inputs(self) -> list[Any]:
        """The controls whose values ``read_selection`` takes, in its order."""
        return [self._llm, *self.filters]

    @property
    def filters(self) -> list[Any]:
        """The controls that filter the papers."""
        return [self.papers, self._topics, self._lists, self._years]

    @property
    def localized(self) -> list[Any]:
        """The components that ``localize`` updates."""
        return [*self.inputs, self._no_model_hint, self._accordion]

    def wire(self, session: Session) -> None:
        """Connect the events: the accordion shows the chosen model; models and years are checked.

        The servers are asked for their models when the accordion is opened, without blocking the page.
        """
        model = [self._llm, session.language]
        self._llm.change(self._label_accordion, model, self._accordion, **UNQUEUED)
        self.scope.clear(self.cleared_filters, None, self.filters, **UNQUEUED)
        for event in (self._llm.change, session.language.change):
            event(self._check_model, model, self._model_error, **UNQUEUED)
        for event in (self._years.blur, self._years.submit, session.language.change):
            event(_check_years, [self._years, session.language], self._years_error, **UNQUEUED)
        offered = [self._llm, self._no_model_hint]
        # with "always_last" gradio sends an earlier key again
        typing = {**UNQUEUED, "trigger_mode": "multiple"}
        self.papers.key_up(self._find_papers, self.papers, self.papers, **typing)
        self._accordion.expand(self._refresh_models, session.language, offered, **UNQUEUED)

    def localize(self, language: Language, chosen: Collection[str] = ()) -> list[Any]:
        """Labels in ``language``, and the choices of the current index; the ``chosen`` papers stay."""
        papers = self._indexed()
        listed = [entry.paper for entry in papers.values()]
        titles = paper_choices(papers, chosen)
        topics = sorted({topic for paper in listed for topic in paper.topics})
        lists = sorted({name for paper in listed for name in paper.lists})
        info = text(language, "model how") if self._allow_any_model else ""
        models = _model_choices(self._models.choices(), language)
        return [
            gr.update(label=text(language, "model"), info=info, choices=models),
            gr.update(label=_label_with_all(language, "papers"), choices=titles),
            gr.update(label=_label_with_all(language, "topics"), choices=topics),
            gr.update(label=_label_with_all(language, "lists"), choices=lists),
            gr.update(label=_label_with_all(language, "years")),
            f'<p class="muted">{text(language, "no model found")}</p>',
            gr.update(label=text(language, "options")),
        ]

    def _find_papers(self, chosen: list[str] | None, event: gr.KeyUpData) -> Any:
        """The papers that match what the visitor types, where there are too many to send all."""
        papers = self._indexed()
        if len(papers) <= MAX_CHOICES:
            return gr.skip()
        return gr.update(choices=paper_choices(papers, chosen or (), event.input_value))

    def _refresh_models(self, language: Language) -> tuple[Any, Any]:
        """The models on offer now; where there is none, a hint how to get one, for those who may."""
        models = self._models.refresh()
        needs_hint = self._allow_any_model and models == [EXTRACTIVE]
        return gr.update(choices=_model_choices(models, language)), gr.update(visible=needs_hint)

    def _check_model(self, llm: str | None, language: Language) -> Any:
        error = self._models.check(model_or_default(llm))
        return _error_update(error, language)

    def _label_accordion(self, llm: str | None, language: Language) -> Any:
        model = model_or_default(llm)
        chosen = [] if model == EXTRACTIVE else [model]
        return gr.update(label=" · ".join([text(language, "options"), *chosen]))

    @staticmethod
    def cleared_filters() -> list[Any]:
        """The values that clear all filters."""
        return [[], [], [], ""]


def _check_years(years: str, language: Language) -> Any:
    try:
        Selection(years=years or "").filters()
    except UsageError as error:
        return _error_update(ShownError.of(error), language)
    return _error_update(None, language)


def _error_update(error: ShownError | None, language: Language) -> Any:
    html = render_error(error, language) if error else ""
    return gr.update(value=html, visible=error is not None)


def _label_with_all(language: Language, key: str) -> str:
    return text(language, "all unless chosen", label=text(language, key))


def _model_choices(models: Iterable[str], language: Language) -> list[tuple[str, str]]:
    none = text(language, "no model")
    return [(none if model == EXTRACTIVE else model, model) for model in models]


def select_only_paper(papers: Papers, paper: str) -> Any:
    """The update of the chosen papers to one alone; to all where the index does not have it."""
    chosen = [paper] if paper in papers else []
    return gr.update(value=chosen, choices=paper_choices(papers, chosen))


def paper_choices(
    papers: Papers, chosen: Collection[str] = (), typed: str = ""
) -> list[tuple[str, str]]:
    """Title and id of each paper, by title; of many, the first that match ``typed``, and the ``chosen``."""
    choices = sorted((entry.paper.title, paper) for paper, entry in papers.items())
    if len(choices) <= MAX_CHOICES:
        return choices
    searched = typed.casefold()
    matching = list(islice((c for c in choices if searched in c[0].casefold()), MAX_CHOICES))
    sent = {paper for _, paper in matching}
    return matching + [c for c in choices if c[1] in chosen and c[1] not in sent]
