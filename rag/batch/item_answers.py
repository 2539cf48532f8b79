"""One line of a file of questions after another, each to its answer as JSON, or to what went wrong.

The command line runs them from ``rag/batch/batch.py``, the page from ``rag/ui/many/tab.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.errors import AssistantError, ModelError
from ingest.terminal import unexpected_logged
from rag.answer import Answer
from rag.assistant import Assistant
from rag.batch.items import Item
from rag.config import NO_FILTERS, Filters

# So many questions a model may leave without an answer; if it answered none, it is not asked the rest.
GIVE_UP_AFTER = 3

Record = dict[str, Any]


class Replies:
    """Whether a model answers at all: one that answers none of the first questions is given up.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._errors: list[ModelError] = []
        self._has_answered = False

    def answered(self) -> None:
        """It answered a question."""
        self._has_answered = True

    def failed(self, error: ModelError) -> None:
        """It left a question without an answer."""
        self._errors.append(error)

    def check(self, enough: int = GIVE_UP_AFTER) -> None:
        """Raises the like of the last ``ModelError`` where it failed ``enough`` times and never answered."""
        if not self._has_answered and len(self._errors) >= enough:
            last = self._errors[-1]
            raise type(last)(last.message, last.hint)  # raised again and again, one would grow


class ItemAnswers:
    """Answers the questions of one batch, each with the first ``n_hits`` passages, if any.

    Safe to use from several threads.
    """

    def __init__(
        self, assistant: Assistant, filters: Filters = NO_FILTERS, n_hits: int = 0
    ) -> None:
        self._assistant, self._filters, self._n_hits = assistant, filters, n_hits
        self.replies = Replies()

    def whole(self, item: Item) -> Record:
        """The last of the ``steps``."""
        *_, record = self.steps(item)
        assert record is not None
        return record

    def steps(self, item: Item) -> Iterator[Record | None]:
        """None while a model writes, so that it can be stopped; at last the form of ``ask --json``.

        Raises only ``AssistantError``: the log has an unexpected error.
        """
        self.replies.check()
        try:
            within, k = self._within(item), self._n_hits
            with unexpected_logged(self._assistant.library.workspace.root):
                for step in self._assistant.stream(item.question, item.history, within, k):
                    yield self._record(step) if isinstance(step, Answer) else None
                    if isinstance(step, Answer) and step.run:  # else the model was not asked
                        self.replies.answered()
        except ModelError as error:
            self.replies.failed(error)
            raise

    def _within(self, item: Item) -> Filters:
        return replace(self._filters, papers=item.papers) if item.papers else self._filters

    def _record(self, answer: Answer) -> Record:
        hits = [hit.as_json() for hit in answer.hits[: self._n_hits]]
        return answer.as_json() | ({"hits": hits} if self._n_hits else {})


def failed_record(item: Item, error: AssistantError) -> Record:
    """What stands in the place of an answer."""
    return {"question": item.question, "error": error.as_json()}
