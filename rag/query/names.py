"""Which papers a question names: by nickname, title or first author, in English or Chinese.

Names are compared squashed (letters and digits alone, in lower case and without accents), word by word,
the longest first: "Video-LLaMA" names that paper and not LLaMA as well, "GPT3" and "GPT-3" are the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.corpus import Paper
from ingest.indexing.words import CJK, STOP_WORDS, folded, terms, words
from rag.query import cues

# A letter may be followed by its accent as a character of its own.
_WORD = re.compile(rf"(?:[^\W\d_{CJK}][\u0300-\u036f]*)+|\d+(?:\.\d+)?|[{CJK}]")
_CJK = re.compile(f"[{CJK}]")
_AUTHOR_CUE = re.compile(
    r"\s*(?:et al\.?|and (?:his |her |their )?(?:colleagues|co-?authors)|等)", re.I
)
# The next name in "Li & Liang", "Lou, Zhang and Yin", "李和王".
_NEXT_AUTHOR = re.compile(
    r"\s*(?:[,，、]\s*(?:and\s)?|\band\s|[&和与及])\s*([^\W\d_][\w\u0300-\u036f'’-]*?)"
    r"(?=['’]s\b|[^\w\u0300-\u036f'’-]|$)"
)
_QUOTED = re.compile(r"[‘“\"'《「](.{5,80}?)[’”\"'》」]")
_VERSION = re.compile(r"[\s-]*(?:v(?:ersion)? ?)?\d+(?:\.\d+)*\s*$", re.IGNORECASE)
# The version of another model: "LLaMA 2" is not LLaMA; "LLaMA 7B", "LLaMA 1" and "LLaMA 4 个" are.
_OTHER_VERSION = re.compile(
    r"(?<!\d)[ -]?v?[2-9](?:\.\d)?(?![\w.,%]|\s*[个种步层类次张条篇人天位轮倍年])", re.IGNORECASE
)
_LIKE_A_NAME = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d")  # "LLaMA", "BERT", "GLM-130B"
SIZE = re.compile(r"[ -]?\d+(?:\.\d+)?[bm]\b", re.IGNORECASE)  # of a model, behind its name
# What stands between two names: "opt 175b vs bloom", "bloom and LLaMA".
_LINK = re.compile(
    rf"(?:{SIZE.pattern})?\s*"
    r"(?:(?P<versus>\b(?:vs\.?|versus|compared (?:to|with))|对比)|\b(?:and|or)\b|[、和与跟])\s*",
    re.IGNORECASE,
)
_HALF_WIDTH = {0x3000: " "} | {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}  # "ＢＥＲＴ" is "BERT"

_MAX_WORDS = 24  # longer spans are not looked up
_SURNAME_WORDS = 4  # "O'Brien" has two; each Chinese character is one
_TITLE_RUN = 3  # words of a title in a row that name it, if they are in no other title

_OF_REFERENCES = frozenset({"et", "al", "s"})  # "Mikolov et al.'s" in a title names nobody else
_AFFIXES = frozenset("pre post multi non semi like".split())  # "pre-trained model" are two words

# Ordinary English words that are also somebody's nickname: they need the nickname's own capitals, a size
# ("opt 175b") or another name beside them ("bloom and LLaMA"), unless nothing else is asked ("what is clip?").
_ORDINARY = frozenset(
    "adam adapter arc bloom camel clip flamingo flan glue helm lamb lima moss opt orca palm pathways "
    "pet phi phoenix pile raft react realm retro roots rope rotary rouge sparrow squad swish zero".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A span ``text[start:end]`` that names these papers (several, if they share the name)."""

    start: int
    end: int
    papers: tuple[str, ...]


class PaperNames:
    """The names of all papers, ready to be looked up; building it is linear in their length."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._names: dict[str, list[str]] = defaultdict(list)
        self._capitals: dict[str, set[str]] = defaultdict(set)
        self._first_authors: dict[str, list[str]] = defaultdict(list)
        self._authors: dict[str, frozenset[str]] = {}
        self._titles: dict[str, str] = {}
        runs: dict[str, set[str]] = defaultdict(set)
        n_titles = Counter(word for paper in papers for word in set(name_words(paper.title)))
        for paper in papers:
            self._titles[paper.id] = squash(paper.title)
            for run in _title_runs(paper.title):
                runs[run].add(paper.id)
            for name in _names_of(paper, n_titles):
                key = _key(name)
                if key and paper.id not in self._names[key]:
                    self._names[key].append(paper.id)
                    self._capitals[key].add(name)
            surnames = [_surname(author) for author in paper.authors]
            self._authors[paper.id] = frozenset(surnames)
            if surnames:
                self._first_authors[surnames[0]].append(paper.id)
        for run, owners in runs.items():
            if len(owners) == 1 and run not in self._names:
                self._names[run] = list(owners)

    def find(self, text: str) -> list[Mention]:
        """The mentions in ``text``, in order, not overlapping, the longest first choice.

        If nothing else is named, words in quotation marks may name the one title that holds them.
        """
        text = text.translate(_HALF_WIDTH)
        return _narrowed(self._names_in(text)) or self._quoted_in(text)

    def _quoted_in(self, text: str) -> list[Mention]:
        mentions = []
        for match in _QUOTED.finditer(text):
            phrase = squash(match[1])
            owners = [paper for paper, title in self._titles.items() if phrase in title]
            if phrase and len(owners) == 1:
                mentions.append(Mention(match.start(), match.end(), tuple(owners)))
        return mentions

    def _names_in(self, text: str) -> list[Mention]:
        tokens = list(_WORD.finditer(text))
        mentions, maybe = list[Mention](), list[Mention]()
        end = 0
        for i, token in enumerate(tokens):
            if token.start() < end:
                continue
            named = self._named_at(text, tokens[i : i + _MAX_WORDS])
            if named and not self._is_meant(text, named):
                maybe.append(named)
                named = None
            named = named or self._author_at(text, tokens[i : i + _SURNAME_WORDS])
            if named:
                mentions.append(named)
                end = named.end
        return _with_linked(mentions, maybe, text)

    def _named_at(self, text: str, tokens: Sequence[re.Match[str]]) -> Mention | None:
        """The longest name that begins with the first of the tokens, and is not another version's."""
        squashed = ""
        longest: Mention | None = None
        for token in tokens:
            squashed += squash(token[0])
            papers = self._names.get(squashed)
            if papers and not _OTHER_VERSION.match(text, token.end()):
                longest = Mention(tokens[0].start(), token.end(), tuple(papers))
        return longest

    def _is_meant(self, text: str, named: Mention) -> bool:
        """Whether the nickname is one, and no ordinary word."""
        written = text[named.start : named.end]
        name = squash(written)
        if name not in _ORDINARY and len(name) > 2:
            return True
        is_sized = SIZE.match(text, named.end) is not None
        return written in self._capitals[name] or is_sized or not self._asks_beside(text, name)

    def _asks_beside(self, text: str, name: str) -> bool:
        """Whether anything else is asked than what ``name`` is, or how it compares with other names."""
        asked = set(terms(text)) - cues.OF_THE_WHOLE - cues.OF_COMPARING
        return not {term for term in asked if term not in self._names} <= set(terms(name))

    def _author_at(self, text: str, tokens: Sequence[re.Match[str]]) -> Mention | None:
        """A first author, with "et al." or with others who wrote the same paper."""
        start = tokens[0].start()
        ends = {token.end(): squash(text[start : token.end()]) for token in tokens}
        surname_end = max(
            (end for end, name in ends.items() if name in self._first_authors), default=0
        )
        if not surname_end:
            return None
        papers, end = self._first_authors[ends[surname_end]], surname_end
        while found := _NEXT_AUTHOR.match(text, end):
            name = squash(found[1])
            wrote = [paper for paper in papers if name in self._authors[paper]]
            if not wrote:
                break
            papers, end = wrote, found.end()
        cue = _AUTHOR_CUE.match(text, end)
        if cue:
            end = cue.end()
        return Mention(start, end, tuple(papers)) if end > surname_end else None


def _with_linked(mentions: Sequence[Mention], maybe: Sequence[Mention], text: str) -> list[Mention]:
    """The mentions, and those that are names only ``maybe`` but linked with a name, in order.

    Where two are compared, that shows that both are names: "opt vs bloom".
    """
    found = sorted([*mentions, *maybe], key=lambda mention: mention.start)
    sure = set(mentions)
    pairs = list(pairwise(found))
    for left, right in (*pairs, *reversed(pairs)):
        link = _LINK.fullmatch(text, left.end, right.start)
        if link and (link["versus"] or not sure.isdisjoint((left, right))):
            sure |= {left, right}
    return [mention for mention in found if mention in sure]


def _narrowed(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions; one that may mean several papers means those that another one names as well."""
    narrowed = []
    for mention in mentions:
        elsewhere = {p for other in mentions if other is not mention for p in other.papers}
        both = tuple(paper for paper in mention.papers if paper in elsewhere)
        narrowed.append(replace(mention, papers=both or mention.papers))
    return narrowed


def without(text: str, mentions: Iterable[Mention], paper: str) -> str:
    """``text`` less the spans that name ``paper``: inside a paper its own name says nothing."""
    return cut_out(text, (mention for mention in mentions if paper in mention.papers))


def cut_out(text: str, mentions: Iterable[Mention]) -> str:
    """``text`` less these spans of it."""
    for mention in sorted(mentions, key=lambda m: -m.start):
        text = f"{text[: mention.start]} {text[mention.end :]}"
    return text


def _names_of(paper: Paper, n_titles: Mapping[str, int]) -> list[str]:
    """Aliases, the whole title, and what stands before its colon if that is a name.

    A name is short, and written like one or unlike any other title: "Stem cells: ..." has none.
    """
    head, colon, _ = paper.title.partition(":")
    own = any(n_titles[word] == 1 for word in name_words(head))
    is_name = colon and len(head.split()) <= 3 and (own or _LIKE_A_NAME.search(head))
    return [*paper.aliases, paper.title, *([head] if is_name else [])]


def _title_runs(title: str) -> Iterator[str]:
    """Every run of the title that has ``_TITLE_RUN`` words that say something, squashed."""
    title_words = words(title)
    dull = STOP_WORDS | _OF_REFERENCES | _AFFIXES
    telling = [i for i, word in enumerate(title_words) if word not in dull]
    for first, last in zip(telling, telling[_TITLE_RUN - 1 :], strict=False):
        yield "".join(title_words[first : last + 1])


def _surname(author: str) -> str:
    return squash(author.rsplit(maxsplit=1)[-1])


def squash(text: str) -> str:
    """Letters and digits alone, in lower case and without accents.

    >>> squash("Video-LLaMA 2")
    'videollama2'
    """
    return "".join(name_words(text))


def name_words(text: str) -> list[str]:
    """The words of a name as they are compared: folded, numbers and Chinese characters alone."""
    return _WORD.findall(folded(text))


def family(name: str) -> str:
    """The squashed name less its version.

    >>> family("ERNIE 3.0"), family("BEiT v2"), family("BERT")
    ('ernie', 'beit', 'bert')
    """
    return squash(_VERSION.sub("", name))


def _key(name: str) -> str:
    """The squashed name, or "" where it is too short to mean anything."""
    squashed = squash(name)
    enough = 2 if _CJK.search(squashed) or any(c.isdigit() for c in squashed) else 3
    return squashed if len(squashed) >= enough else ""
