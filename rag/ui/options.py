"""The choices above the question: the model, and which papers to ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any

import gradio as gr

from ingest.errors import UsageError
from ingest.indexing.index import IndexedPaper
from rag.config import EXTRACTIVE
from rag.ui.exchange import Trouble
from rag.ui.models import Models
from rag.ui.notes import told_alert
from rag.ui.selection import Selection, as_model
from rag.ui.session import QUIET, Session, asset
from rag.ui.texts import Language, text

# So many papers a browser searches itself.  More are searched here, as they are typed: with 10,000
# choices it takes 3 s to unfold the options.
MAX_CHOICES = 500

Papers = Mapping[str, IndexedPaper]


class Options:
    """The controls, folded away until they are needed.

    Models other than those offered can be named only with ``takes_any``: a name can make the server
    load what is on its disk, or spend its keys elsewhere.
    """

    def __init__(
        self, models: Models, indexed: Callable[[], Papers], takes_any: bool = True
    ) -> None:
        """``indexed`` gives the papers of the serving index, by id."""
        self._models = models
        self._indexed = indexed
        self._takes_any = takes_any

    def build(self) -> None:
        """Put the controls on the page."""
        with gr.Accordion(open=False, elem_id="options") as self._fold:
            with gr.Row():
                self._llm = gr.Dropdown(
                    self._models.known(),
                    value=self._models.configured,
                    allow_custom_value=self._takes_any,
                )
                self._years = gr.Textbox(max_length=9, placeholder="2020-2023")
            self._none = gr.HTML(elem_id="no-model", visible=False)
            self._trouble = gr.HTML(elem_id="model-trouble", visible=False)
            self._no_years = gr.HTML(elem_id="years-trouble", visible=False)
            self.papers = gr.Dropdown(multiselect=True)
            with gr.Row():
                self._topics = gr.Dropdown(multiselect=True)
                self._lists = gr.Dropdown(multiselect=True)
        self.scope = gr.HTML(elem_id="scope", js_on_load=asset("options.js"))

    @property
    def inputs(self) -> list[Any]:
        """The controls whose values ``read_selection`` takes, in its order."""
        return [self._llm, *self.filters]

    @property
    def filters(self) -> list[Any]:
        """The controls that narrow the papers down."""
        return [self.papers, self._topics, self._lists, self._years]

    @property
    def worded(self) -> list[Any]:
        """The parts that ``in_words`` gives updates for."""
        return [*self.inputs, self._none, self._fold]

    def wire(self, session: Session) -> None:
        """Show on the fold which model is chosen in it, and what is wrong with a model that was named.

        The servers are asked for their models when the fold is opened, without blocking the page.
        """
        told = [self._llm, session.language]
        self._llm.change(self._told, told, self._fold, **QUIET)
        self.scope.clear(self.unfiltered, None, self.filters, **QUIET)
        for event in (self._llm.change, session.language.change):
            event(self._checked, told, self._trouble, **QUIET)
        for event in (self._years.blur, self._years.submit, session.language.change):
            event(_checked_years, [self._years, session.language], self._no_years, **QUIET)
        offered = [self._llm, self._none]
        finding = {**QUIET, "trigger_mode": "multiple"}  # "always_last" sends an earlier key again
        self.papers.key_up(self._find_papers, self.papers, self.papers, **finding)
        self._fold.expand(self._offered, session.language, offered, **QUIET)

    def in_words(self, language: Language, chosen: Collection[str] = ()) -> list[Any]:
        """Labels in ``language``, and the choices that the index has now; papers ``chosen`` stay."""
        papers = self._indexed()
        known = [entry.paper for entry in papers.values()]
        topics = _distinct(topic for paper in known for topic in paper.topics)
        lists = _distinct(name for paper in known for name in paper.lists)
        how = text(language, "model how") if self._takes_any else ""
        choices = _labelled(self._models.known(), language)
        return [
            gr.update(label=text(language, "model"), info=how, choices=choices),
            gr.update(label=_or_all(language, "papers"), choices=paper_choices(papers, chosen)),
            gr.update(label=_or_all(language, "topics"), choices=topics),
            gr.update(label=_or_all(language, "lists"), choices=lists),
            gr.update(label=_or_all(language, "years")),
            f'<p class="muted">{text(language, "none found")}</p>',
            gr.update(label=text(language, "options")),
        ]

    def _find_papers(self, chosen: list[str] | None, event: gr.KeyUpData) -> Any:
        """The papers that match what is typed, where there are too many to send all of them."""
        papers = self._indexed()
        if len(papers) <= MAX_CHOICES:
            return gr.skip()
        return gr.update(choices=paper_choices(papers, chosen or (), event.input_value))

    def _offered(self, language: Language) -> tuple[Any, Any]:
        """The models that can be chosen; where there is none, how to get one, for those who may."""
        models = self._models.asked()
        is_lacking = self._takes_any and models == [EXTRACTIVE]
        return gr.update(choices=_labelled(models, language)), gr.update(visible=is_lacking)

    def _checked(self, llm: str | None, language: Language) -> Any:
        trouble = self._models.trouble_with(as_model(llm))
        return _told_if(trouble, language)

    def _told(self, llm: str | None, language: Language) -> Any:
        model = as_model(llm)
        chosen = [] if model == EXTRACTIVE else [model]
        return gr.update(label=" · ".join([text(language, "options"), *chosen]))

    @staticmethod
    def unfiltered() -> list[Any]:
        """The values that clear all filters."""
        return [[], [], [], ""]


def _checked_years(years: str, language: Language) -> Any:
    try:
        Selection(years=years or "").filters()
    except UsageError as error:
        return _told_if(Trouble.of(error), language)
    return _told_if(None, language)


def _told_if(trouble: Trouble | None, language: Language) -> Any:
    said = told_alert(language, trouble.message, trouble.hint) if trouble else ""
    return gr.update(value=said, visible=trouble is not None)


def _or_all(language: Language, key: str) -> str:
    return text(language, "unless chosen", label=text(language, key))


def _labelled(models: Iterable[str], language: Language) -> list[tuple[str, str]]:
    none = text(language, "no model")
    return [(none if model == EXTRACTIVE else model, model) for model in models]


def only_paper(papers: Papers, paper: str) -> Any:
    """The update that limits the choice of papers to one."""
    chosen = [paper] if paper in papers else []
    return gr.update(value=chosen, choices=paper_choices(papers, chosen))


def paper_choices(
    papers: Papers, chosen: Collection[str] = (), typed: str = ""
) -> list[tuple[str, str]]:
    """Title and id of each paper, by title; of many papers, the first with ``typed``, and the ``chosen``."""
    choices = sorted((entry.paper.title, paper) for paper, entry in papers.items())
    if len(choices) <= MAX_CHOICES:
        return choices
    wanted = typed.casefold()
    matching = list(islice((c for c in choices if wanted in c[0].casefold()), MAX_CHOICES))
    sent = {paper for _, paper in matching}
    return matching + [c for c in choices if c[1] in chosen and c[1] not in sent]


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
