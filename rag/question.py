"""What a question says: the papers that it names, and its words in the papers' language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Turn
from rag.names import Mention, PaperNames, without
from rag.translate import to_english

_COMPARES = re.compile(
    r"\b(?:versus|vs\.?|both|each|differ\w*|compar\w+|contrast\w*|opposed to|unlike|than|respectively"
    r"|instead|in common|between)\b|不同|区别|相比|对比|比较|分别|各自|差异|异同|都|与.{1,30}和|和.{1,30}哪",
    re.IGNORECASE,
)
_ASKS_FOR_ENTRY = re.compile(
    r"\bwho (?:wrote|are the authors|is the (?:first )?author|authored)\b|\bauthors? of\b"
    r"|\b(?:which|what) year\b|\bwhen (?:was|were) .{0,60}(?:published|released|written)\b"
    r"|作者是谁|谁写|哪年|哪一年|什么时候(?:发表|发布)",
    re.IGNORECASE,
)
_ASKS_FOR_PAPER = re.compile(
    r"\b(?:which|what|whose) (?:paper|papers|study|work|article|survey)\b|\bwhat'?s the paper\b"
    r"|\bwho (?:introduced|proposed|invented|came up)\b|\bwhere was\b|\bin which paper\b"
    r"|哪篇|哪些论文|哪一篇|哪个论文|谁提出",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched.

    ``text`` holds the questions before it in front, as far as it leans on them; ``mentions`` are the
    papers named in it.
    """

    asked: str
    text: str
    mentions: tuple[Mention, ...]

    @property
    def papers(self) -> tuple[str, ...]:
        """The papers named, each once, in order."""
        return tuple(dict.fromkeys(p for m in self.mentions for p in m.papers))

    @property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """The papers of each name, each name once: what a comparison holds against each other."""
        return tuple(dict.fromkeys(mention.papers for mention in self.mentions))

    @property
    def compares(self) -> bool:
        """Whether two papers or more are named to be held against each other."""
        return len(self.sides) > 1 and bool(_COMPARES.search(self.text))

    @property
    def asks_for_entry(self) -> bool:
        """Whether authors or year are asked for, which the list knows best."""
        return bool(_ASKS_FOR_ENTRY.search(self.text))

    @property
    def asks_for_paper(self) -> bool:
        """Whether the answer is a paper, so that naming it is enough."""
        return bool(_ASKS_FOR_PAPER.search(self.text))

    def english(self) -> str:
        """The whole question in the papers' language."""
        return to_english(self.text)

    def inside(self, paper: str) -> str:
        """The question as it is asked within ``paper``: its names taken out, in English.

        In a comparison every named paper is taken out: the other's name only misleads.  Where
        nothing but names was asked, nothing is left.
        """
        mentions = self.mentions
        if self.compares:
            mentions = tuple(Mention(m.start, m.end, (*m.papers, paper)) for m in mentions)
        return to_english(without(self.text, mentions, paper))


def read_question(asked: str, history: Sequence[Turn], names: PaperNames) -> Question:
    """What ``asked`` means after ``history``: a follow-up speaks of the paper of the turn before."""
    text = asked
    if history and (not names.find(asked) or _COMPARES.search(asked)):
        text = f"{history[-1].question} {asked}"
    return Question(asked, text, tuple(names.find(text)))
