"""Which papers a question names: by nickname, title or first author, in English or Chinese.

Names are compared in a normal form (letters and digits alone, in lower case and without accents), word
by word, the longest first: "Video-LLaMA" is not also LLaMA, and "GPT3" and "GPT-3" are the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
_PAPER_CUE = re.compile(r"['’\"”》」]?\s*(?:paper\b|论文|一文|[这那]篇)", re.IGNORECASE)
_QUOTED = re.compile(r"[‘“\"'《「](.{5,80}?)[’”\"'》」]")
_VERSION = re.compile(r"[\s-]*(?:v(?:ersion)? ?)?\d+(?:\.\d+)*\s*$", re.IGNORECASE)
# The version of another model: "LLaMA 2" is not LLaMA; "LLaMA 7B", "LLaMA 1" and "LLaMA 4 个" are.
_OTHER_VERSION = re.compile(
    r"(?<!\d)[ -]?v?[2-9](?:\.\d)?(?![\w.,%]|\s*[个种步层类次张条篇人天位轮倍年])", re.IGNORECASE
)
_LIKE_A_NAME = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d")  # "LLaMA", "BERT", "GLM-130B"
SIZE = re.compile(r"[ -]?\d+(?:\.\d+)?[bm]\b", re.IGNORECASE)  # of a model, after its name
# What links two names: "opt 175b vs bloom", "bloom and LLaMA".
_LINK = re.compile(
    rf"(?:{SIZE.pattern})?\s*"
    r"(?:(?P<versus>\b(?:vs\.?|versus|compared (?:to|with))|对比)|\b(?:and|or)\b|[、和与跟])\s*",
    re.IGNORECASE,
)
# What is before and behind the subject of a question: a common noun would have an article ("did the palm").
_BEFORE_SUBJECT = re.compile(r"\bd(?:o|oes|id)\s+$", re.IGNORECASE)
_BEHIND_SUBJECT = re.compile(r"\s+(?!shot)[a-z]", re.IGNORECASE)  # not "does zero shot work"
_HALF_WIDTH = {0x3000: " "} | {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}  # "ＢＥＲＴ" is "BERT"

_MAX_WORDS = 24  # longer spans are not looked up
_MAX_SURNAME_WORDS = 4  # "O'Brien" has two; each Chinese character is one
# Content words in a row that name a title, if no other title contains them; before "paper" fewer do.
_TITLE_PHRASE_WORDS, _TITLE_PHRASE_WORDS_BEFORE_PAPER = 3, 2
_REFERENCE_WORDS = frozenset({"et", "al", "s"})  # "Mikolov et al.'s" in a title
_AFFIXES = frozenset("pre post multi non semi like".split())  # "pre-trained model" are two words

# English words that are nicknames of papers, too: they need the nickname's capitals, a size ("opt 175b"), a name
# beside them ("bloom and LLaMA") or "did" before them ("did lima need"), unless nothing else is asked.
_ORDINARY_WORDS = frozenset(
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
    """Finds the papers that a text names; building it is linear in the length of all names."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._names: dict[str, list[str]] = defaultdict(list)
        self._capitals: dict[str, set[str]] = defaultdict(set)
        self._first_authors: dict[str, list[str]] = defaultdict(list)
        self._authors: dict[str, frozenset[str]] = {}
        self._titles = {paper.id: normalize_name(paper.title) for paper in papers}
        for paper in papers:
            for name in (*paper.aliases, paper.title):
                self._add(name, paper)
            surnames = [_surname(author) for author in paper.authors]
            self._authors[paper.id] = frozenset(surnames)
            if surnames:
                self._first_authors[surnames[0]].append(paper.id)
        for paper, head in _heads(papers):
            if (
                _key(head) not in self._names
            ):  # "P-Tuning: ..." of version 2 is the nickname of version 1
                self._add(head, paper)
        for phrase, owners in _phrases_of_titles(papers, _TITLE_PHRASE_WORDS).items():
            if len(owners) == 1:
                self._names.setdefault(phrase, owners)
        self._phrases = _phrases_of_titles(papers, _TITLE_PHRASE_WORDS_BEFORE_PAPER)

    def _add(self, name: str, paper: Paper) -> None:
        key = _key(name)
        if key and paper.id not in self._names[key]:
            self._names[key].append(paper.id)
            self._capitals[key].add(name)

    def find(self, text: str) -> list[Mention]:
        """The mentions in ``text``, in order and not overlapping; longer names take precedence.

        If nothing else is named, words in quotation marks may name the one title that contains them.
        """
        text = text.translate(_HALF_WIDTH)
        return _disambiguated(self._names_in(text)) or self._quoted_in(text)

    def _quoted_in(self, text: str) -> list[Mention]:
        mentions = []
        for match in _QUOTED.finditer(text):
            phrase = normalize_name(match[1])
            owners = [paper for paper, title in self._titles.items() if phrase in title]
            if phrase and len(owners) == 1:
                mentions.append(Mention(match.start(), match.end(), tuple(owners)))
        return mentions

    def _names_in(self, text: str) -> list[Mention]:
        tokens = list(_WORD.finditer(text))
        mentions, uncertain = list[Mention](), list[Mention]()
        end = 0
        for i, token in enumerate(tokens):
            if token.start() < end:
                continue
            named = self._named_at(text, tokens[i : i + _MAX_WORDS])
            if named and not self._is_name(text, named):
                uncertain.append(named)
                named = None
            named = named or self._author_at(text, tokens[i : i + _MAX_SURNAME_WORDS])
            if named:
                mentions.append(named)
                end = named.end
        return _with_linked_names(mentions, uncertain, text)

    def _named_at(self, text: str, tokens: Sequence[re.Match[str]]) -> Mention | None:
        """The longest name that begins at the first token and is not followed by another version."""
        name = ""
        longest: Mention | None = None
        for token in tokens:
            name += normalize_name(token[0])
            papers = self._names.get(name) or self._before_paper(name, text, token.end())
            if papers and not _OTHER_VERSION.match(text, token.end()):
                longest = Mention(tokens[0].start(), token.end(), tuple(papers))
        return longest

    def _before_paper(self, phrase: str, text: str, end: int) -> list[str]:
        """The one paper that has the phrase in its title, or begins with it, if "paper" follows at ``end``."""
        owners = self._phrases.get(phrase)
        if not owners or not _PAPER_CUE.match(text, end):
            return []
        first = [paper for paper in owners if self._titles[paper].startswith(phrase)]
        return next((only for only in (owners, first) if len(only) == 1), [])

    def _is_name(self, text: str, named: Mention) -> bool:
        """Whether the word is meant as a nickname and not as an ordinary word."""
        written = text[named.start : named.end]
        name = normalize_name(written)
        is_unusual = name not in _ORDINARY_WORDS and len(name) > 2
        if is_unusual or written in self._capitals[name] or SIZE.match(text, named.end):
            return True
        if _BEFORE_SUBJECT.search(text[: named.start]) and _BEHIND_SUBJECT.match(text, named.end):
            return True
        return not self._asks_more(text, name)

    def _asks_more(self, text: str, name: str) -> bool:
        """Whether ``text`` asks more than what ``name`` is, or how it compares with other names."""
        asked = set(terms(text)) - cues.OVERVIEW_TERMS - cues.COMPARISON_TERMS
        return not {term for term in asked if term not in self._names} <= set(terms(name))

    def _author_at(self, text: str, tokens: Sequence[re.Match[str]]) -> Mention | None:
        """A first author, followed by "et al." or by other authors of the same paper."""
        start = tokens[0].start()
        ends = {token.end(): normalize_name(text[start : token.end()]) for token in tokens}
        surname_end = max(
            (end for end, name in ends.items() if name in self._first_authors), default=0
        )
        if not surname_end:
            return None
        papers, end = self._first_authors[ends[surname_end]], surname_end
        while found := _NEXT_AUTHOR.match(text, end):
            name = normalize_name(found[1])
            wrote = [paper for paper in papers if name in self._authors[paper]]
            if not wrote:
                break
            papers, end = wrote, found.end()
        cue = _AUTHOR_CUE.match(text, end)
        if cue:
            end = cue.end()
        return Mention(start, end, tuple(papers)) if end > surname_end else None


def _with_linked_names(
    mentions: Sequence[Mention], uncertain: Sequence[Mention], text: str
) -> list[Mention]:
    """The mentions, and the ``uncertain`` ones that are linked with one of them, in order.

    Two that are compared with each other are both names: "opt vs bloom".
    """
    found = sorted([*mentions, *uncertain], key=lambda mention: mention.start)
    sure = set(mentions)
    pairs = list(pairwise(found))
    for left, right in (*pairs, *reversed(pairs)):
        link = _LINK.fullmatch(text, left.end, right.start)
        if link and (link["versus"] or not sure.isdisjoint((left, right))):
            sure |= {left, right}
    return [mention for mention in found if mention in sure]


def _disambiguated(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions; an ambiguous one keeps only the papers that another one names too, if there are any."""
    narrowed = []
    for mention in mentions:
        elsewhere = {p for other in mentions if other is not mention for p in other.papers}
        shared = tuple(paper for paper in mention.papers if paper in elsewhere)
        narrowed.append(replace(mention, papers=shared or mention.papers))
    return narrowed


def remove_names_of(text: str, mentions: Iterable[Mention], paper: str) -> str:
    """``text`` without the spans that name ``paper``: within a paper its own name is uninformative."""
    return remove_mentions(text, (mention for mention in mentions if paper in mention.papers))


def remove_mentions(text: str, mentions: Iterable[Mention]) -> str:
    """``text`` with each of these mentions replaced by a space."""
    for mention in sorted(mentions, key=lambda m: -m.start):
        text = f"{text[: mention.start]} {text[mention.end :]}"
    return text


def _heads(papers: Sequence[Paper]) -> Iterator[tuple[Paper, str]]:
    """Each paper with the part of its title before the colon, if that is a name.

    Such a part has more than three words, is written like a name, or has a word that no other title has.
    """
    n_titles = Counter(word for paper in papers for word in set(name_words(paper.title)))
    for paper in papers:
        head, colon, _ = paper.title.partition(":")
        is_unique = any(n_titles[word] == 1 for word in name_words(head))
        if colon and (len(head.split()) > 3 or is_unique or _LIKE_A_NAME.search(head)):
            yield paper, head


def _phrases_of_titles(papers: Sequence[Paper], n_words: int) -> dict[str, list[str]]:
    """The titles with each span of ``n_words`` content words."""
    owners: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        for phrase in dict.fromkeys(_title_phrases(paper.title, n_words)):
            owners[phrase].append(paper.id)
    return owners


def _title_phrases(title: str, n_words: int) -> Iterator[str]:
    """Every span of the title that has ``n_words`` content words, normalized."""
    title_words = words(title)
    ignored = STOP_WORDS | _REFERENCE_WORDS | _AFFIXES
    content = [i for i, word in enumerate(title_words) if word not in ignored]
    for first, last in zip(content, content[n_words - 1 :], strict=False):
        yield "".join(title_words[first : last + 1])


def _surname(author: str) -> str:
    return normalize_name(author.rsplit(maxsplit=1)[-1])


def normalize_name(text: str) -> str:
    """Letters and digits alone, in lower case and without accents.

    >>> normalize_name("Video-LLaMA 2")
    'videollama2'
    """
    return "".join(name_words(text))


def name_words(text: str) -> list[str]:
    """The words of a name as they are compared: folded; each number and Chinese character is one word."""
    return _WORD.findall(folded(text))


def family(name: str) -> str:
    """The normalized name without its version.

    >>> family("ERNIE 3.0"), family("BEiT v2"), family("BERT")
    ('ernie', 'beit', 'bert')
    """
    return normalize_name(_VERSION.sub("", name))


def _key(name: str) -> str:
    """The normalized name, or "" if it is too short to identify a paper."""
    key = normalize_name(name)
    min_chars = 2 if _CJK.search(key) or any(char.isdigit() for char in key) else 3
    return key if len(key) >= min_chars else ""
