"""What errors say on the page, in the reader's language.

Errors are raised, logged and stored in English, with advice for the command line.  Here a message is
recognised by its words, whatever fills its blanks, so that one stored on disk or in a browser is
translated like a new one.  ``messages_zh.txt`` holds the words; what it lacks stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ingest.errors import as_sentences
from rag.ui.texts import Language

CATALOGUE = Path(__file__).with_name("messages_zh.txt")
BLANK = re.compile(r"\{(\w+)\}")
# What refusals say of papers that are not here, and what the page says instead.
_ADVICE = {
    "`askpapers sync` fetches them.": "The next sync fetches them.",
    "；运行 `askpapers sync` 可以获取。": "；下次同步时会下载。",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in both languages; a blank in capitals holds words that are looked up as well.

    ``here`` is what the page says in English, where ``english`` speaks of the command line.
    """

    english: str
    chinese: str
    here: str = ""

    @property
    def n_words_chars(self) -> int:
        """How much of it is fixed: the characters outside the blanks."""
        return len(BLANK.sub("", self.english))

    def words(self, language: Language) -> str:
        """What the page says."""
        return self.chinese if language == "zh" else self.here or self.english

    def pattern(self) -> re.Pattern[str]:
        """A pattern that matches the message with any values in its blanks."""
        between = BLANK.split(self.english)
        words = [re.escape(part) for part in between[::2]]
        blanks = [f"(?P<{name}>.*?)" for name in between[1::2]]
        return re.compile("".join(a + b for a, b in zip(words, [*blanks, ""], strict=True)))


def told(language: Language, *said: str) -> str:
    """Messages and hints as one text in ``language``, each ended as a sentence; empty ones left out."""
    texts = [_by_lines(language, text) for text in said]
    if language == "zh":
        return as_sentences(*texts, stop="。", space="")
    return as_sentences(*texts)


def told_here(notice: str) -> str:
    """An answer's notice, in its own language, without advice for the command line."""
    for advice, here in _ADVICE.items():
        notice = notice.replace(advice, here)
    return notice


def read_catalogue() -> list[Message]:
    """The messages of the catalogue, in its order."""
    blocks = CATALOGUE.read_text(encoding="utf-8").split("\n\n")
    lines = [[line for line in b.splitlines() if not line.startswith("#")] for b in blocks]
    return [Message(*pair) for pair in lines if pair]


def _by_lines(language: Language, text: str) -> str:
    """``text`` line by line; white space before a line stays."""
    lines = text.split("\n")
    starts = [line[: len(line) - len(line.lstrip())] for line in lines]
    told_lines = [_line(language, line.strip()) for line in lines]
    return "\n".join(a + b for a, b in zip(starts, told_lines, strict=True))


@lru_cache(maxsize=2_000)
def _line(language: Language, line: str) -> str:
    for message, pattern in _patterns():
        if found := pattern.fullmatch(line):
            blanks = found.groupdict().items()
            filled = {name: _filled(language, name, value) for name, value in blanks}
            return message.words(language).format(**filled)
    return line


def _filled(language: Language, blank: str, value: str) -> str:
    return _line(language, value) if blank.isupper() else value


@cache
def _patterns() -> list[tuple[Message, re.Pattern[str]]]:
    """Every message with its pattern; those with the most fixed text come first."""
    messages = sorted(read_catalogue(), key=lambda message: -message.n_words_chars)
    return [(message, message.pattern()) for message in messages]
