"""What every language model offers, whether it runs here or behind an API."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Message = tuple[str, str]  # role ("system" or "user") and text
Finish = Literal["stop", "length", "cut", "filtered", "tools", "repeats"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a reply ended; tokens where they are counted.

    By itself ("stop"), at a limit ("length"), broken off ("cut"), withheld by the provider's filter, with
    a call for tools, or stopped because it repeated itself.
    """

    finish: Finish = "stop"
    prompt_tokens: int | None = None
    answer_tokens: int | None = None


class ChatModel(Protocol):
    """A model that answers messages with text, piece by piece."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Ending]:
        """The reply in pieces; closing the generator stops the request.

        Pieces are empty, a few a second, while the model says nothing.  Raises ``ModelError``, unless
        part of the reply has come: then it ends as "cut".
        """
        ...
