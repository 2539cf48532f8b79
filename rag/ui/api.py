"""The page for other programs: ``/ask``, ``/search`` and ``/papers``, in the command line's forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from ingest.errors import AssistantError, UsageError
from rag.answer import Turn
from rag.assistant import Assistant
from rag.ui.background import Background, log_unforeseen
from rag.ui.limits import Turnstile, visitor_of
from rag.ui.options import Wish, models
from rag.ui.texts import text

MOST_HITS = 50

Record = dict[str, Any]
Result = TypeVar("Result")


class Api:
    """What other programs can ask of the page; questions take their places like everybody's."""

    def __init__(self, assistant: Assistant, background: Background, turnstile: Turnstile) -> None:
        self._assistant = assistant
        self._background = background
        self._turnstile = turnstile

    def build(self) -> None:
        """Add the endpoints to the page that is being built."""
        api(self.ask, api_name="ask", api_description=self.ask.__doc__)
        api(self.search, api_name="search", api_description=self.search.__doc__)
        api(self.papers, api_name="papers", api_description=self.papers.__doc__)

    def ask(  # noqa: PLR0913, PLR0917 - each is a parameter of the endpoint
        self,
        question: str,
        request: gr.Request,
        history: list[dict[str, str]] | None = None,
        papers: list[str] | None = None,
        topics: list[str] | None = None,
        lists: list[str] | None = None,
        years: str = "",
        llm: str = "",
    ) -> Record:
        """Answer a question from the papers, each sentence with the page it stands on.

        The answer has the form of `askpapers ask --json`: status, sentences with their support,
        citations with title, page, verbatim quote and link.  `history` holds earlier turns, each
        with "question" and "answer"; papers (ids), topics, lists and years ("2020-2023") narrow the
        search; `llm` is "extractive" or a model that the server has.
        """

        def answer() -> Record:
            asked_model = self._model(llm)
            assistant = Assistant(
                self._assistant.library, replace(self._assistant.config, llm=asked_model)
            )
            turns = [Turn(str(t["question"]), str(t.get("answer", ""))) for t in history or ()]
            wish = _wish(papers, topics, lists, years)
            with self._turnstile.passed(visitor_of(request)):
                return assistant.ask(question, turns, wish.filters()).as_json()

        return _told(answer)

    def search(
        self,
        question: str,
        k: int = 10,
        papers: list[str] | None = None,
        topics: list[str] | None = None,
        lists: list[str] | None = None,
        years: str = "",
    ) -> Record:
        """Find the k passages (at most 50) that fit a question best, without an answer.

        The form is that of `askpapers search --json`: rank, paper, title, pages, section, text and
        scores of each passage.
        """

        def find() -> Record:
            wish = _wish(papers, topics, lists, years)
            n = max(1, min(int(k), MOST_HITS))
            found = self._assistant.search(question, (), wish.filters(), n)
            return {
                "question": question,
                "hits": [hit.as_json() for hit in found.hits],
                "index": found.index,
                "timings_ms": found.timings_ms,
            }

        return _told(find)

    def papers(self) -> list[Record]:
        """List every paper of the reading list, and how far it got: its state and its pages."""
        return _told(self._list)

    def _list(self) -> list[Record]:
        indexed = self._background.papers()
        return [
            {
                "id": state.paper.id,
                "title": state.paper.title,
                "authors": list(state.paper.authors),
                "year": state.paper.year,
                "topics": list(state.paper.topics),
                "lists": list(state.paper.lists),
                "url": state.paper.page_url,
                "status": state.status,
                "pages": indexed[state.paper.id].n_pages if state.paper.id in indexed else 0,
                "error": state.failure.message if state.failure else None,
            }
            for state in self._background.paper_states()
        ]

    def _model(self, llm: str) -> str:
        """The model that was asked for.  Raises ``UsageError`` for one that the server has not."""
        known = models(self._assistant.config.llm)
        if llm and llm not in known:
            raise UsageError(f"{llm!r} is no model of this server.", f"It has {', '.join(known)}.")
        return llm or self._assistant.config.llm


def _wish(
    papers: list[str] | None, topics: list[str] | None, lists: list[str] | None, years: str
) -> Wish:
    return Wish("", tuple(papers or ()), tuple(topics or ()), tuple(lists or ()), years)


def _told(work: Callable[[], Result]) -> Result:
    """What ``work`` gives; its errors as words for the one who called."""
    try:
        return work()
    except AssistantError as error:
        raise gr.Error(f"{error.message} {error.hint}".strip()) from error
    except Exception as error:
        raise gr.Error(text("en", "unforeseen", id=log_unforeseen("the API"))) from error
