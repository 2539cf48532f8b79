"""One streamed reply of a LangChain model: its text in whole characters, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, cast

from rag.citations.reply import VisibleReply, is_repeating
from rag.llm.chat_model import Ending, Finish, Message
from rag.llm.stoppable import read_in_steps

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

LONGEST_REPLY_SECONDS = 600.0
FINISH_FIELDS = ("finish_reason", "stop_reason", "done_reason", "stopReason")
FINISHES: dict[str, Finish] = {  # by the provider's value; any other means "stop"
    **dict.fromkeys(("length", "max_tokens", "MAX_TOKENS", "model_length"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "SAFETY", "RECITATION"), "filtered"),
    **dict.fromkeys(("PROHIBITED_CONTENT", "BLOCKLIST"), "filtered"),
    **dict.fromkeys(("tool_calls", "tool_use", "function_call"), "tools"),
}
END_CHARS = 4_000  # of a reply, in which repetition is looked for
MAX_REPLY_CHARS = 20_000  # the request is then stopped


class Reply:
    """The reply to one request, as it is streamed."""

    def __init__(
        self, chat: BaseChatModel, messages: Sequence[Message], patience_seconds: float
    ) -> None:
        self.has_begun = False
        self._reply = VisibleReply()
        self._is_too_long = False  # the visible part; thoughts are limited by time only
        self._patience_seconds = patience_seconds
        self._chunks = cast("AsyncGenerator[AIMessageChunk]", chat.astream(list(messages)))
        self._finish: Finish = "cut"  # until the server says how it ended
        self._high_surrogate = ""
        self._end = ""
        self._counted = False
        self._prompt_tokens = self._answer_tokens = 0

    def pieces(self) -> Iterator[str]:
        """The text in pieces.  Raises ``TimeoutError`` if nothing comes for too long.

        The client's own time limit does not notice it if the server sends pings.
        """
        deadline = monotonic() + LONGEST_REPLY_SECONDS
        last_received = monotonic()
        with closing(read_in_steps(self._chunks)) as chunks:
            for chunk in chunks:
                if chunk is not None:
                    last_received = monotonic()
                    self._read_metadata(chunk)
                elif monotonic() > last_received + self._patience_seconds:
                    raise TimeoutError
                yield self._read(chunk.text) if chunk is not None else ""
                if self._is_too_long or monotonic() > deadline:
                    self._finish = "length"
                    return
                if is_repeating(self._end):
                    self._finish = "repeats"
                    return

    def _read(self, piece: str) -> str:
        """``piece`` in whole characters: a high surrogate waits for the low one."""
        piece = self._high_surrogate + piece
        self._high_surrogate = piece[-1:] if "\ud800" <= piece[-1:] < "\udc00" else ""
        piece = piece.removesuffix(self._high_surrogate)
        piece = piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.has_begun |= bool(piece)
        self._is_too_long = len(self._reply.read(piece)) > MAX_REPLY_CHARS
        self._end = (self._end + piece)[-END_CHARS:]
        return piece

    def _read_metadata(self, chunk: AIMessageChunk) -> None:
        for name in FINISH_FIELDS:
            reason = chunk.response_metadata.get(name)
            if reason and self._finish == "cut":
                self._finish = FINISHES.get(str(reason), "stop")
        if chunk.tool_call_chunks:  # Ollama does not report it as a reason
            self._finish = "tools"
        if chunk.usage_metadata:
            self._counted = True
            self._prompt_tokens += chunk.usage_metadata["input_tokens"]
            self._answer_tokens += chunk.usage_metadata["output_tokens"]

    def ending(self, finish: Finish | None = None) -> Ending:
        counts = (self._prompt_tokens, self._answer_tokens) if self._counted else (None, None)
        return Ending(finish or self._finish, *counts)
