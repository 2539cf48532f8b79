"""Answer single questions of a batch, for the command line (``rag/batch/batch.py``) and the page.

The result is the answer as JSON, or the error.
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

# If a model fails on this many questions and has answered none, it is not asked the others.
MAX_FIRST_FAILURES = 3

Record = dict[str, Any]


class CircuitBreaker:
    """Stops a batch whose model fails on the first questions and answers none.  Thread-safe."""

    def __init__(self) -> None:
        self._errors: list[ModelError] = []
        self._has_answered = False

    def record_success(self) -> None:
        """The model answered a question."""
        self._has_answered = True

    def record_failure(self, error: ModelError) -> None:
        """The model did not answer a question."""
        self._errors.append(error)

    def check(self, enough: int = MAX_FIRST_FAILURES) -> None:
        """Raise a copy of the last error if the model failed ``enough`` times and never answered."""
        if not self._has_answered and len(self._errors) >= enough:
            last = self._errors[-1]
            raise type(last)(last.message, last.hint)  # the same object would collect tracebacks


class ItemAnswerer:
    """Answers the questions of one batch, each with the first ``n_hits`` passages.  Thread-safe."""

    def __init__(
        self, assistant: Assistant, filters: Filters = NO_FILTERS, n_hits: int = 0
    ) -> None:
        self._assistant, self._filters, self._n_hits = assistant, filters, n_hits
        self.breaker = CircuitBreaker()

    def answer(self, item: Item) -> Record:
        """The record of the answer.  Raises ``AssistantError``."""
        *_, record = self.stream(item)
        assert record is not None
        return record

    def stream(self, item: Item) -> Iterator[Record | None]:
        """None while a model writes, so that the caller can stop; at last the form of ``ask --json``.

        Raises only ``AssistantError``; unexpected errors are logged.
        """
        self.breaker.check()
        try:
            within, k = self._within(item), self._n_hits
            with unexpected_logged(self._assistant.library.workspace.root):
                for step in self._assistant.stream(item.question, item.history, within, k):
                    yield self._record(step) if isinstance(step, Answer) else None
                    if isinstance(step, Answer) and step.run:  # otherwise the model was not asked
                        self.breaker.record_success()
        except ModelError as error:
            self.breaker.record_failure(error)
            raise

    def _within(self, item: Item) -> Filters:
        return replace(self._filters, papers=item.papers) if item.papers else self._filters

    def _record(self, answer: Answer) -> Record:
        hits = [hit.as_json() for hit in answer.hits[: self._n_hits]]
        return answer.as_json() | ({"hits": hits} if self._n_hits else {})


def failed_record(item: Item, error: AssistantError) -> Record:
    """The record of a question that could not be answered."""
    return {"question": item.question, "error": error.as_json()}
