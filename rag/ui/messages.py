"""Translate what errors say, for the page.

Errors are raised, logged and stored in English, with advice for the command line.  Here a message is
recognised by its words, whatever values fill its blanks, so that one stored on disk or in a browser is
translated like a new one.  ``messages_zh.txt`` holds the translations; what it lacks stays English.
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
# Advice in refusals about papers without pages, and what the page says instead.
_CLI_ADVICE = {
    "`askpapers sync` fetches them.": "The next sync fetches them.",
    "；运行 `askpapers sync` 可以获取。": "；下次同步时会下载。",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in both languages; a blank in capitals holds words that are translated as well.

    ``on_page`` is what the page says in English, where ``english`` is about the command line.
    """

    english: str
    chinese: str
    on_page: str = ""

    @property
    def n_fixed_chars(self) -> int:
        """The number of characters outside the blanks."""
        return len(BLANK.sub("", self.english))

    def words(self, language: Language) -> str:
        """The message as the page shows it, with its blanks."""
        return self.chinese if language == "zh" else self.on_page or self.english

    def pattern(self) -> re.Pattern[str]:
        """A pattern that matches the message with any values in its blanks."""
        parts = BLANK.split(self.english)  # fixed text and names of blanks by turns
        fixed = [re.escape(part) for part in parts[::2]]
        blanks = [f"(?P<{name}>.*?)" for name in parts[1::2]]
        return re.compile("".join(a + b for a, b in zip(fixed, [*blanks, ""], strict=True)))


def translate(language: Language, *messages: str) -> str:
    """Messages and hints as one text in ``language``, each ended as a sentence; empty ones are left out."""
    texts = [_translate_lines(language, message) for message in messages]
    if language == "zh":
        return as_sentences(*texts, stop="。", space="")
    return as_sentences(*texts)


def without_cli_advice(notice: str) -> str:
    """An answer's notice, in its own language, without advice for the command line."""
    for advice, on_page in _CLI_ADVICE.items():
        notice = notice.replace(advice, on_page)
    return notice


def read_catalogue() -> list[Message]:
    """The messages of the catalogue, in its order."""
    blocks = CATALOGUE.read_text(encoding="utf-8").split("\n\n")
    lines = [[line for line in b.splitlines() if not line.startswith("#")] for b in blocks]
    return [Message(*pair) for pair in lines if pair]


def _translate_lines(language: Language, text: str) -> str:
    """Translate line by line; the indentation of a line stays."""
    lines = text.split("\n")
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    translated = [_translate_line(language, line.strip()) for line in lines]
    return "\n".join(a + b for a, b in zip(indents, translated, strict=True))


@lru_cache(maxsize=2_000)
def _translate_line(language: Language, line: str) -> str:
    for message, pattern in _patterns():
        if found := pattern.fullmatch(line):
            values = {
                name: _translate_line(language, value) if name.isupper() else value
                for name, value in found.groupdict().items()
            }
            return message.words(language).format(**values)
    return line


@cache
def _patterns() -> list[tuple[Message, re.Pattern[str]]]:
    """Every message with its pattern; those with the most fixed text come first."""
    messages = sorted(read_catalogue(), key=lambda message: -message.n_fixed_chars)
    return [(message, message.pattern()) for message in messages]
