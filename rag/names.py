"""Which papers a question names: by nickname, title or first author, in English or Chinese.

Names are compared squashed (lower case, letters and digits alone), word by word, the longest first:
"Video-LLaMA" names that paper and not LLaMA as well, "GPT3" and "GPT-3" are the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.corpus import Paper

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[㐀-䶿一-鿿]", re.IGNORECASE)
_CJK = re.compile(r"[㐀-䶿一-鿿]")
_AUTHOR_CUE = re.compile(
    r"\s*(?:et al\.?|and (?:his |her |their )?(?:colleagues|co-?authors)|等)", re.I
)
_MOST_WORDS = 24  # longer spans are not looked up

# Ordinary English words that are also somebody's nickname: they need the nickname's own capitals.
_ORDINARY = frozenset(
    "adam arc bloom camel flamingo flan helm lamb lima moss opt orca palm pet phi pile react retro "
    "rope sparrow".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A span ``text[start:end]`` that names these papers (several, if they share the name)."""

    start: int
    end: int
    papers: tuple[str, ...]


class PaperNames:
    """The names of all papers, ready to be looked up; building it is linear in their length."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self._names: dict[str, list[str]] = defaultdict(list)
        self._capitals: dict[str, set[str]] = defaultdict(set)
        self._authors: dict[str, list[str]] = defaultdict(list)
        for paper in papers:
            for name in _names_of(paper):
                key = _key(name)
                if key and paper.id not in self._names[key]:
                    self._names[key].append(paper.id)
                    self._capitals[key].add(name)
            if paper.authors:
                self._authors[paper.authors[0].split()[-1].lower()].append(paper.id)

    def find(self, text: str) -> list[Mention]:
        """The mentions in ``text``, in order, not overlapping, the longest first choice."""
        tokens = list(_WORD.finditer(text))
        mentions = []
        i = 0
        while i < len(tokens):
            mention, n = self._longest_from(text, tokens, i)
            if mention:
                mentions.append(mention)
            i += n
        return mentions

    def _longest_from(
        self, text: str, tokens: Sequence[re.Match[str]], i: int
    ) -> tuple[Mention | None, int]:
        squashed = ""
        best: Mention | None = None
        n_best = 1
        for n, token in enumerate(tokens[i : i + _MOST_WORDS], start=1):
            squashed += token[0].lower()
            papers = self._names.get(squashed)
            if papers and self._is_meant(text[tokens[i].start() : token.end()], squashed):
                best = Mention(tokens[i].start(), token.end(), tuple(papers))
                n_best = n
        return best or self._author_at(text, tokens[i]), n_best

    def _is_meant(self, written: str, squashed: str) -> bool:
        """An ordinary word must be written as the nickname is."""
        if squashed not in _ORDINARY and len(squashed) > 2:
            return True
        return written in self._capitals[squashed]

    def _author_at(self, text: str, token: re.Match[str]) -> Mention | None:
        papers = self._authors.get(token[0].lower())
        cue = _AUTHOR_CUE.match(text, token.end()) if papers else None
        return Mention(token.start(), cue.end(), tuple(papers)) if papers and cue else None


def without(text: str, mentions: Iterable[Mention], paper: str) -> str:
    """``text`` less the spans that name ``paper``: inside a paper its own name says nothing."""
    for mention in sorted(mentions, key=lambda m: -m.start):
        if paper in mention.papers:
            text = f"{text[: mention.start]} {text[mention.end :]}"
    return text


def _names_of(paper: Paper) -> list[str]:
    """Aliases, the whole title, and what stands before its colon if that is a name."""
    head, colon, _ = paper.title.partition(":")
    short = [head] if colon and len(head.split()) <= 3 else []
    return [*paper.aliases, paper.title, *short]


def _key(name: str) -> str:
    """The squashed name, or "" where it is too short to mean anything."""
    squashed = "".join(_WORD.findall(unicodedata.normalize("NFKC", name))).lower()
    enough = 2 if _CJK.search(squashed) or any(c.isdigit() for c in squashed) else 3
    return squashed if len(squashed) >= enough else ""
