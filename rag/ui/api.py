"""The endpoints for other programs: ``/ask``, ``/search`` and ``/papers``, in the CLI's JSON forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from ingest.errors import AssistantError, UsageError
from ingest.terminal import unexpected_logged
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker
from rag.ui.limits import QuestionLimit
from rag.ui.messages import translate
from rag.ui.models import ModelChoices
from rag.ui.selection import Selection
from rag.user_input import TEXT_LIST, checked_items, get_turns

MAX_HITS = 50
DEFAULT_HITS = 10

Record = dict[str, Any]
Result = TypeVar("Result")


class Api:
    """The endpoints that other programs can call; the number of questions at once is limited for them, too."""

    def __init__(
        self,
        assistant: Assistant,
        background: BackgroundWorker,
        question_limit: QuestionLimit,
        models: ModelChoices,
    ) -> None:
        self._assistant = assistant
        self._background = background
        self._question_limit = question_limit
        self._models = models

    def build(self) -> None:
        """Add the endpoints to the page that is being built."""
        api(self.ask, api_name="ask")
        api(self.search, api_name="search")
        api(self.papers, api_name="papers")

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
        """Answer a question from the reading list of papers, each sentence with the page it comes from.

        Gives what `askpapers ask --json` gives: "status" ("answered" or "no_evidence"), "answer" as
        text with [1] behind each sentence, "sentences" with the support of each, and "citations"
        with title, authors, year, page, verbatim quote and link.  Use it for any question that the
        papers can answer, in English or Chinese; cite title and page.  Where a model failed,
        "failure" says why, and the answer is the one without a model.

        Args:
            question: the question, in English or Chinese, at most 4,000 characters
            history: earlier turns of the conversation, each with "question" and "answer"
            papers: ids of the only papers to ask, as the tool "papers" lists them
            topics: ask only papers with one of these topics
            lists: ask only papers of one of these lists
            years: ask only papers of these years: "2023" or "2020-2023"
            llm: "extractive" for sentences from the papers, or a model that the server has
        """

        def answer() -> Record:
            assistant = self._assistant.with_model(self._check_model(llm), fall_back=True)
            turns = get_turns({"history": history})
            selection = _make_selection(papers, topics, lists, years)
            asked = _check_text(question, "question", '"..."')
            with self._question_limit.program_slot(request)():
                return assistant.ask(asked, turns, selection.filters()).as_json()

        return self._run(answer)

    def search(
        self,
        question: str,
        request: gr.Request,
        k: int = DEFAULT_HITS,
        papers: list[str] | None = None,
        topics: list[str] | None = None,
        lists: list[str] | None = None,
        years: str = "",
    ) -> Record:
        """Find the passages of the papers that fit a question best, to read them directly.

        Gives what `askpapers search --json` gives: for each passage its rank, paper, title, year,
        pages, section, verbatim text, scores and link.  Use it to gather evidence or to see what the
        papers say in their own words; "ask" gives a finished answer.

        Args:
            question: what to look for, in English or Chinese
            k: how many passages, at most 50
            papers: ids of the only papers to search, as the tool "papers" lists them
            topics: search only papers with one of these topics
            lists: search only papers of one of these lists
            years: search only papers of these years: "2023" or "2020-2023"
        """

        def find() -> Record:
            selection = _make_selection(papers, topics, lists, years)
            asked = _check_text(question, "question", '"..."')
            n = max(1, min(_check_number(k, "k", DEFAULT_HITS), MAX_HITS))
            with self._question_limit.program_slot(request)():
                return self._assistant.search(asked, (), selection.filters(), n).as_json(asked)

        return self._run(find)

    def papers(self) -> list[Record]:
        """List every paper of the reading list, with id, title, authors, year, topics and lists.

        "status" says how far it got ("indexed", "waiting", "not fetched", "failed"), "pages" how many
        of its pages are here, "error" why it failed.  The ids can narrow "ask" and "search".
        """
        return self._run(lambda: [state.as_json() for state in self._background.paper_states()])

    def _run(self, work: Callable[[], Result]) -> Result:
        """The result of ``work``; its errors as ``gr.Error``, which gradio sends to the caller."""
        try:
            with unexpected_logged(self._background.workspace.root):
                return work()
        except AssistantError as error:
            message = translate("en", error.message, error.hint)
            raise gr.Error(message, print_exception=False) from error

    def _check_model(self, llm: str) -> str:
        """The model that was asked for.  Raises ``UsageError`` for one that the server lacks."""
        if not llm or llm in self._models.choices():
            return llm or self._models.configured
        offered = self._models.refresh()
        if llm not in offered:
            raise UsageError(
                f"{llm!r} is not a model of this server.", f"It offers {', '.join(offered)}."
            )
        return llm


def _make_selection(
    papers: list[str] | None, topics: list[str] | None, lists: list[str] | None, years: str
) -> Selection:
    """The filters as one selection.  Raises ``UsageError`` for an invalid field."""
    return Selection(
        papers=checked_items(papers, str, "papers", TEXT_LIST),
        topics=checked_items(topics, str, "topics", TEXT_LIST),
        lists=checked_items(lists, str, "lists", TEXT_LIST),
        years=_check_text(years, "years", '"2020-2023"'),
    )


def _check_text(value: object, field: str, form: str) -> str:
    """The text that was sent, "" for null.  Raises ``UsageError``, which shows the ``form`` wanted."""
    if value is not None and not isinstance(value, str):
        raise UsageError(f"`{field}` must look like `{form}`.")
    return value or ""


def _check_number(value: object, field: str, default: int) -> int:
    """The number that was sent, ``default`` for null.  Raises ``UsageError``."""
    try:
        return default if value is None else int(float(str(value)))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"`{field}` must look like `{default}`.") from error
