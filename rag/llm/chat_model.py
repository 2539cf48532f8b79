"""The interface of every language model, whether it runs in this process or behind an API."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Message = tuple[str, str]  # role ("system" or "user") and text
Finish = Literal["stop", "length", "cut", "filtered", "tools", "repeats"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a reply ended, and the numbers of tokens if they are known.

    "stop": by itself; "length": at a limit; "cut": the connection broke; "filtered": withheld by the
    provider's filter; "tools": with a call of a tool; "repeats": stopped because it repeated itself.
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

        While there is no text, empty pieces come a few times a second.  Raises ``ModelError``, unless part
        of the reply has been received: then it ends as "cut".
        """
        ...
