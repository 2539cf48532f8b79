"""A chat and its exchanges: each question with its answer, at any moment while that is made."""

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
NEAREST = 3  # passages of a refusal that are shown, and whose papers may know more
MAX_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong and what to do about it, as in ``AssistantError``; ``title`` of the paper, if any."""

    message: str
    hint: str = ""
    title: str = ""

    @classmethod
    def of(cls, error: AssistantError) -> Trouble:
        """What to show of ``error``."""
        return cls(error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and its answer so far.

    ``doing`` names the text that says what is being done now, ``partial`` is what a model has written
    so far, ``n_shown`` how many sentences of ``answer`` are shown; ``stopped`` says that the visitor
    stopped it, ``rated`` how they rated it.  ``fetching`` is the title of the paper being fetched to ask
    again, ``in_vain`` why that failed, or what went wrong when it was asked again or rated.  ``scope``
    names what the search was limited to; empty for all papers.  ``before`` is the exchange that this
    one replaces as soon as it is done.
    """

    question: str
    doing: str = ""
    partial: str = ""
    answer: Answer | None = None
    n_shown: int = 0
    trouble: Trouble | None = None
    stopped: bool = False
    rated: Rating = ""
    fetching: str = ""
    in_vain: tuple[Trouble, ...] = ()
    scope: tuple[str, ...] = ()
    before: Exchange | None = None

    @property
    def done(self) -> bool:
        """Whether the whole answer is shown."""
        return self.answer is not None and self.n_shown >= len(self.answer.sentences)

    @property
    def settled(self) -> bool:
        """Whether it will not change any more."""
        return self.done or self.stopped or self.trouble is not None

    def lacking(self) -> list[Paper]:
        """The papers whose pages would say more than the list does, and that can be fetched."""
        if self.answer is None:
            return []
        cited = {citation.paper.id for citation in self.answer.citations}
        speaking = self.answer.hits if self.answer.status == "no_evidence" else ()
        told = {hit.paper.id for hit in speaking[:NEAREST]} | cited
        missing = {h.paper.id: h.paper for h in self.answer.hits if not h.has_pages}
        return [p for i, p in missing.items() if i in told and p.pdf_url][:MAX_OFFERED]

    def stop(self) -> Exchange:
        """The exchange after Stop: the answer, or the one before it, is shown whole."""
        if self.answer is not None:
            n_sentences = len(self.answer.sentences)
            return replace(self, n_shown=n_sentences, fetching="", before=None)
        return self.before or (self if self.trouble else replace(self, stopped=True))

    def in_place_of(self, before: Exchange) -> Exchange:
        """This exchange where ``before`` was: the old answer stays until this one is done."""
        if not before.done or self.done:
            return self
        if self.trouble:
            return replace(before, in_vain=(self.trouble,))
        return replace(self, before=before)


@dataclass(frozen=True, slots=True)
class Chat:
    """What one visitor has asked so far; ``id`` distinguishes it from the browser's other chats.

    The id comes with the first question: gradio starts every visit with the same empty chat.
    ``edited`` is the last exchange while its question is being edited, ``draft`` what stood in the box.
    """

    exchanges: tuple[Exchange, ...] = ()
    id: str = ""
    edited: Exchange | None = None
    draft: str = ""

    def before(self, asked: str) -> Chat:
        """The chat, with an id, just before ``asked`` is added.

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


def nearest(answer: Answer) -> tuple[Citation, ...]:
    """The nearest passages of a refusal, each as a citation with its rank as the marker."""
    hits = answer.hits[:NEAREST] if answer.status == "no_evidence" else ()
    return tuple(Citation(h.rank, h.source, h.paper, h.page, h.text, h.start) for h in hits)
