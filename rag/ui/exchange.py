"""One question of a chat and what came of it, at any moment while the answer is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answer import Answer, Turn


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer; ``log_id`` is set where nobody foresaw it."""

    message: str = ""
    hint: str = ""
    log_id: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and its answer as far as it is.

    ``doing`` names the text that tells what is being done now ("" when all is done), ``partial`` is
    what a model has written so far, ``n_shown`` how many sentences of ``answer`` are to be seen.
    """

    question: str
    doing: str = ""
    partial: str = ""
    answer: Answer | None = None
    n_shown: int = 0
    trouble: Trouble | None = None

    @property
    def done(self) -> bool:
        """Whether the whole answer is to be seen."""
        return self.answer is not None and self.n_shown >= len(self.answer.sentences)


@dataclass(frozen=True, slots=True)
class Chat:
    """What one visitor asked so far."""

    exchanges: tuple[Exchange, ...] = field(default=())

    def with_last(self, exchange: Exchange) -> Chat:
        """The chat with ``exchange`` behind all others."""
        return Chat((*self.exchanges, exchange))

    def turns(self) -> Sequence[Turn]:
        """What the assistant is told of the chat."""
        return [Turn(e.question, e.answer.text) for e in self.exchanges if e.answer]
