"""Read a reply as it is streamed: remove the model's thoughts, find its end, notice repetition."""

from __future__ import annotations

import re

# <think>, [THINK], and the channels of gpt-oss, complete or without their special tokens.
_SPEAKER = r"(?:<\|start\|>assistant)?<\|channel\|>"
_OPENING, _CLOSING = (
    rf"(?:[<◁]think(?:ing)?[>▷]|\[THINK\]|{_SPEAKER}(?:analysis|commentary))",
    rf"(?:[<◁]/think(?:ing)?[>▷]|\[/THINK\]|{_SPEAKER}final(?:<\|message\|>)?|assistantfinal)",
)
_OPENED = re.compile(rf"{_OPENING}.*", re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(_CLOSING, re.IGNORECASE)
# Empty thoughts, or an answer that mentions the tags: "between <think> and </think>".
_THOUGHTLESS = re.compile(
    rf"{_OPENING}[\s`'\"“”]*(?:and|or|to|,|/|\.\.\.|…|和|与|、)?[\s`'\"“”]*{_CLOSING}",
    re.IGNORECASE,
)
# "**Thinking:** ..., **Answer:** ..."
_ANSWER = r"^[*_# ]{0,6}(?:(?:final )?(?:answer|response)|(?:最终)?(?:回答|答案))[*_]{0,3} ?[:：][*_]{0,3}"
_IN_WORDS = re.compile(
    r"\A[*_#\s]*(?:thinking|thoughts?|thought process|reasoning|思考(?:过程)?|推理(?:过程)?)[*_]{0,3} ?[:：].*?"
    + _ANSWER,
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_TAG_OF_THOUGHTS = re.compile(f"{_OPENING}|{_CLOSING}|{_ANSWER}", re.IGNORECASE | re.MULTILINE)
_MAX_TAG = len("<|start|>assistant<|channel|>commentary")
_TAGS = (
    "<thinking>",
    "◁thinking▷",
    "[think]",
    *(
        f"{start}<|channel|>{name}"
        for start in ("", "<|start|>assistant")
        for name in ("analysis", "final")
    ),
)

# The token that ends a turn, after a sentence or at a line's end; inside a sentence it is just mentioned.
_END = r"(?:<[|｜](?:im_end|eot_id|eot|end|endoftext|end_of_text|return|end▁of▁sentence)[|｜]>|<end_of_turn>)"
_TURN_END = re.compile(rf"(?:(?<![\w,\s])\s?{_END}|{_END}(?=[ \t]*(?:\n|<|$))).*", re.DOTALL)

MAX_REPEATS = 8
MIN_REPEATED_CHARS = 400  # a table's rule is shorter
_PROBE_CHARS = 40


def without_thoughts(text: str) -> str:
    """``text`` after the last thoughts of a reasoning model, and before any that do not end.

    Many chat templates open the thoughts in the prompt, so that the reply has only their end tag.
    """
    return _OPENED.sub("", _after_thoughts(text))


def _after_thoughts(text: str) -> str:
    text = _THOUGHTLESS.sub(" ", text)
    text = text[max((match.end() for match in _CLOSED.finditer(text)), default=0) :]
    return _IN_WORDS.sub("", text)


def until_turn_end(text: str) -> str:
    """``text`` up to the end of the model's turn; some models continue with the user's next one."""
    return _TURN_END.sub("", text, count=1)


def is_repeating(text: str) -> bool:
    """Whether the end of ``text`` repeats the same words ``MAX_REPEATS`` times."""
    before = text.rfind(text[-_PROBE_CHARS:], 0, -1)
    period = len(text) - _PROBE_CHARS - before
    repeated = max(period * (MAX_REPEATS - 1), MIN_REPEATED_CHARS)
    if before < 0 or len(text) < repeated + period:
        return False
    return text[-repeated:] == text[-repeated - period : -period]


class VisibleReply:
    """The visible part of an unfinished reply: no thoughts, and not the start of their tag.

    Reading takes linear time: the reply is read again from its start only when a tag has been received.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._end = ""  # of the reply so far, where a tag may begin
        self._answer = ""
        self._is_thinking = False

    def read(self, piece: str) -> str:
        """Add ``piece``; the visible part of the reply so far."""
        self._pieces.append(piece)
        end = self._end + piece
        if _TAG_OF_THOUGHTS.search(end):
            behind = _after_thoughts("".join(self._pieces))
            self._answer = _OPENED.sub("", behind)
            self._is_thinking = len(self._answer) < len(behind)
        elif not self._is_thinking:
            self._answer += piece
        self._end = end[-_MAX_TAG:]
        return self._seen()

    def _seen(self) -> str:
        seen = self._answer.lstrip()
        may_open = any(tag.startswith(seen[:_MAX_TAG].lower()) for tag in _TAGS)
        return "" if may_open else seen
