"""A chat and its exchanges: each question with its answer, whole or in the making."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.corpus import Paper
from ingest.errors import AssistantError
from rag.answer import Answer, Citation, Turn

Rating = Literal["", "liked", "disliked"]

TITLE_CHARS = 60
MAX_NEAREST = 3  # passages of a refusal that are shown, and whose papers may know more
MAX_OFFERED = 3


@dataclass(frozen=True, slots=True)
class ShownError:
    """What went wrong and what to do about it, as in ``AssistantError``; ``title`` of the paper, if any."""

    message: str
    hint: str = ""
    title: str = ""

    @classmethod
    def of(cls, error: AssistantError) -> ShownError:
        """What to show of ``error``."""
        return cls(error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and its answer so far.

    ``progress_key`` is the key of the text that says what is being done, ``partial`` what a model has
    written so far, ``n_shown`` how many sentences of ``answer`` are shown; ``stopped`` is whether the
    visitor stopped it.  ``fetching`` is the title of the paper being fetched to ask again,
    ``action_errors`` are what went wrong when it was fetched, asked again or rated.  ``scope`` names what
    the search was limited to; empty for all papers.  ``previous`` is the exchange that this one replaces
    as soon as it is done.
    """

    question: str
    progress_key: str = ""
    partial: str = ""
    answer: Answer | None = None
    n_shown: int = 0
    error: ShownError | None = None
    stopped: bool = False
    rating: Rating = ""
    fetching: str = ""
    action_errors: tuple[ShownError, ...] = ()
    scope: tuple[str, ...] = ()
    previous: Exchange | None = None

    @property
    def done(self) -> bool:
        """Whether the whole answer is shown."""
        return self.answer is not None and self.n_shown >= len(self.answer.sentences)

    @property
    def settled(self) -> bool:
        """Whether it will not change any more."""
        return self.done or self.stopped or self.error is not None

    def papers_to_fetch(self) -> list[Paper]:
        """The papers whose pages would say more than the list does, and that can be fetched."""
        if self.answer is None:
            return []
        cited = {citation.paper.id for citation in self.answer.citations}
        nearest = self.answer.hits[:MAX_NEAREST] if self.answer.status == "no_evidence" else ()
        shown = {hit.paper.id for hit in nearest} | cited
        missing = {h.paper.id: h.paper for h in self.answer.hits if not h.has_pages}
        return [p for i, p in missing.items() if i in shown and p.pdf_url][:MAX_OFFERED]

    def stop(self) -> Exchange:
        """The exchange after Stop: the answer, or the one before it, is shown whole."""
        if self.answer is not None:
            n_sentences = len(self.answer.sentences)
            return replace(self, n_shown=n_sentences, fetching="", previous=None)
        return self.previous or (self if self.error else replace(self, stopped=True))

    def replacing(self, previous: Exchange) -> Exchange:
        """This exchange in place of ``previous``, whose answer stays until this one is done."""
        if not previous.done or self.done:
            return self
        if self.error:
            return replace(previous, action_errors=(self.error,))
        return replace(self, previous=previous)


@dataclass(frozen=True, slots=True)
class Chat:
    """What one visitor has asked so far; ``id`` distinguishes it from the browser's other chats.

    The id comes with the first question: gradio starts every visit with the same empty chat.
    ``edited`` is the exchange whose question is being edited, ``draft`` what stood in the box before.
    """

    exchanges: tuple[Exchange, ...] = ()
    id: str = ""
    edited: Exchange | None = None
    draft: str = ""

    def ready_for(self, asked: str) -> Chat:
        """The chat, with an id, to which the question ``asked`` can be added.

        What was still being answered is stopped; the same question (Enter hit twice) starts again.
        """
        chat = Chat(self.exchanges, self.id or uuid.uuid4().hex)
        last = self.exchanges[-1] if self.exchanges else None
        again = last is not None and not last.settled and last.question == asked
        return chat.without_last() if again else chat.stop()

    @property
    def title(self) -> str:
        """The first question, in short."""
        first = self.exchanges[0].question if self.exchanges else ""
        return first if len(first) <= TITLE_CHARS else f"{first[:TITLE_CHARS]}…"

    def with_last(self, exchange: Exchange) -> Chat:
        """The chat with ``exchange`` behind all others."""
        return replace(self, exchanges=(*self.exchanges, exchange))

    def without_last(self) -> Chat:
        """The chat without its last exchange, as before it was asked."""
        return replace(self, exchanges=self.exchanges[:-1])

    def edit(self, draft: str) -> Chat:
        """The chat while its last question is edited instead of the ``draft`` in the box."""
        return replace(self.without_last(), edited=self.exchanges[-1], draft=draft)

    def unedited(self) -> Chat:
        """The chat as it was before its last question was edited."""
        return Chat((*self.exchanges, self.edited), self.id) if self.edited else self

    def stop(self) -> Chat:
        """The chat when its last exchange is stopped."""
        if not self.exchanges:
            return self
        return self.without_last().with_last(self.exchanges[-1].stop())

    def turns(self) -> Sequence[Turn]:
        """The turns that the assistant gets as history."""
        return [Turn(e.question, e.answer.text) for e in self.exchanges if e.answer]


def nearest_passages(answer: Answer) -> tuple[Citation, ...]:
    """The nearest passages of a refusal, each as a citation with its rank as the marker."""
    hits = answer.hits[:MAX_NEAREST] if answer.status == "no_evidence" else ()
    return tuple(Citation(h.rank, h.source, h.paper, h.page, h.text, h.start) for h in hits)
