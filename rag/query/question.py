"""What a question says: the papers that it names, and its words in the papers' language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise, starmap
from typing import Literal

from ingest.indexing.words import terms
from rag.query import cues
from rag.query.names import SIZE, Mention, PaperNames, cut_out, without
from rag.query.parts import split_questions
from rag.query.translate import to_english
from rag.query.years import years_asked

# What may stand between two names that are compared: "A and B", "A-65B and B", "A's 7B model
# and the B paper", "A、B".
_LINK = re.compile(
    rf"(?:{SIZE.pattern})?"
    r"(?:['’]s)?(?:[\s\"”’]+[\w.-]+){0,2}[\s,，\"”’]*(?:\b(?:and|or|versus|vs\.?|than)\b|[&/和与跟同及])"
    r"[\s,\"“‘]*(?:(?:the|of|in|by|for|from)\s){0,2}[\s\"“‘]*|[\s\"”’]*[,，、][\s\"“‘]*",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[(（][^()（）]*[)）]")
_OF_ALL = re.compile(r"\b(?:both|each|respectively)\b|都|分别|各自")
_YEAR = re.compile(r"(?:19|20)\d\d年?")

FEW_TERMS = 3
MAX_BETWEEN = 40  # characters between two names that are compared


class Intent(Enum):
    """What kind of answer a question wants."""

    DETAIL = auto()  # something that papers say
    OVERVIEW = auto()  # what the papers named are about
    METADATA = auto()  # authors or year
    NAMED_PAPER = auto()  # the paper that a name stands for: "Which paper introduced BERT?"
    WHICH_PAPER = auto()  # a paper, by what it says
    PAPERS = auto()  # several papers, on a topic or by an author
    RELATED_WORK = auto()  # the predecessors or successors of a paper

    @property
    def is_several_papers(self) -> bool:
        """Whether the answer is a list of papers."""
        return self in (Intent.PAPERS, Intent.RELATED_WORK)

    @property
    def is_to_find_papers(self) -> bool:
        """Whether the answer is one paper or several, not those that the question names."""
        return self.is_several_papers or self is Intent.WHICH_PAPER


@dataclass(frozen=True, slots=True)
class RelatedWork:
    """The papers whose predecessors ("earlier") or successors ("later") are asked for."""

    direction: Literal["earlier", "later"]
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question as it is searched.

    ``text`` begins with the earlier questions that it refers to; ``mentions`` are the papers named in
    it.  ``parts`` are the questions it consists of, if there are several.
    """

    asked: str
    text: str
    mentions: tuple[Mention, ...]
    parts: tuple[Question, ...] = ()

    @cached_property
    def intent(self) -> Intent:
        """What kind of answer it wants; the first that fits, in the order below."""
        if self.related_work:
            return Intent.RELATED_WORK
        if cues.asks_for_list(self.text):
            return Intent.PAPERS
        if self._asks_for_metadata:
            return Intent.METADATA
        if cues.asks_for_paper(self.text):
            return Intent.NAMED_PAPER if self._is_hardly_more_than_a_name else Intent.WHICH_PAPER
        return Intent.OVERVIEW if self._asks_nothing_in_particular else Intent.DETAIL

    @property
    def _asks_for_metadata(self) -> bool:
        """Whether authors or year are asked for, and nothing else of the papers named."""
        if cues.asks_for_paper(self.text) and self._is_hardly_more_than_a_name:
            return cues.asks_who(self.text) or cues.asks_for_entry(self.text)
        if not cues.asks_for_entry(self.text):
            return False
        asked = [set(self.terms_inside(paper)) for paper in self.papers]
        return not asked or min(asked, key=len) <= cues.OF_THE_ENTRY

    @property
    def _is_hardly_more_than_a_name(self) -> bool:
        """Whether one paper is named, and at most one word is said of what it is about."""
        if len(self.mentions) != 1:
            return False
        return len(set(self.terms_inside(self.papers[0])) - cues.OF_ANY_PAPER) <= 1

    @property
    def _asks_nothing_in_particular(self) -> bool:
        """Whether all that is asked of a paper named is what it is about."""
        general = cues.OF_THE_WHOLE
        if self.compares:
            general |= cues.OF_COMPARING | cues.OF_ANY_METHOD
        return any(general.issuperset(self.terms_inside(paper)) for paper in self.papers)

    @property
    def is_overview(self) -> bool:
        """Whether what the papers named say at large is the answer, also where one is asked for by name."""
        return self.intent in (Intent.OVERVIEW, Intent.NAMED_PAPER)

    @property
    def wants_what_it_names(self) -> bool:
        """Whether the entries of the papers named can answer: what they are about, their authors or year."""
        if self.intent in (Intent.NAMED_PAPER, Intent.METADATA):
            return True
        asks_about = bool(self.mentions) and cues.asks_about(self.text)
        return asks_about and not self.intent.is_to_find_papers

    @property
    def asks_little(self) -> bool:
        """Whether so little is said beside the papers named that any paper could answer it."""
        return any(len(self.terms_inside(paper)) <= FEW_TERMS for paper in self.papers)

    @cached_property
    def papers(self) -> tuple[str, ...]:
        """The papers named, each once, in order."""
        return tuple(dict.fromkeys(p for m in self.mentions for p in m.papers))

    @cached_property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """The papers of each name that a comparison compares.

        Names that stand together ("A, B and C") are compared; otherwise the first two are.
        """
        together: list[Mention] = []
        mentions = [m for m in self.mentions if not self._is_aside(m)] or self.mentions
        for mention in mentions:
            if together and not self._linked(together[-1], mention):
                if len(together) > 1:
                    break
                together.clear()
            together.append(mention)
        named = together if len(together) > 1 else mentions
        sides = tuple(dict.fromkeys(mention.papers for mention in named))
        return sides if len(together) > 1 else sides[:2]

    def _linked(self, left: Mention, right: Mention) -> bool:
        between = _ASIDE.sub("", self.text[left.end : right.start])
        return bool(_LINK.fullmatch(between)) or _compares_neighbours(between)

    def _is_aside(self, mention: Mention) -> bool:
        """Whether the name stands in parentheses: "PET (on SuperGLUE)"."""
        asides = (aside.span() for aside in _ASIDE.finditer(self.text))
        return any(start < mention.start and mention.end < end for start, end in asides)

    @cached_property
    def compares(self) -> bool:
        """Whether two papers or more are compared.

        They are where all that are named stand together: "Which encodings do A and B use?"
        """
        if len(self.sides) < 2 or cues.asks_for_paper(self.text):
            return False
        return cues.compares(self.text) or all(starmap(self._linked, pairwise(self.mentions)))

    @cached_property
    def related_work(self) -> RelatedWork | None:
        """The paper whose predecessors or successors are asked for, and which of the two."""
        for mention in self.mentions:
            direction = cues.asks_for_related_work(self.text, mention.start, mention.end)
            if direction:
                return RelatedWork(direction, mention.papers)
        return None

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the papers, where several are asked for."""
        if self.intent is not Intent.PAPERS and not cues.asks_of_whole(self.text):
            return None
        return years_asked(self.asked) or years_asked(self.text)

    def within(self, is_asked: Callable[[str], bool]) -> Question:
        """The question put to some papers alone: the name of another is a word like any other."""
        mentions = (replace(m, papers=tuple(filter(is_asked, m.papers))) for m in self.mentions)
        return replace(self, mentions=tuple(m for m in mentions if m.papers))

    def topic_terms(self) -> set[str]:
        """The terms of the question less those that ask for any paper, or for those of some years."""
        found = set(terms(self.english())) - cues.OF_ANY_PAPER
        return {t for t in found if not _YEAR.fullmatch(t)} if self.years else found

    def english(self) -> str:
        """The whole question in the papers' language."""
        return to_english(self.text)

    def inside(self, paper: str) -> str:
        """The question as it is asked within ``paper``: its names taken out, in English.

        In a comparison the names of all sides are taken out: the other's name only misleads.  Where
        nothing but names was asked, nothing is left.
        """
        mentions = self.mentions
        if self.compares:
            compared = {p for side in self.sides for p in side}
            mentions = tuple(
                Mention(m.start, m.end, (*m.papers, paper)) if compared & set(m.papers) else m
                for m in mentions
            )
        return to_english(without(self.text, mentions, paper))

    def terms_inside(self, paper: str) -> tuple[str, ...]:
        """The terms of ``inside``, each once."""
        return tuple(dict.fromkeys(terms(self.inside(paper))))


def _compares_neighbours(between: str) -> bool:
    """Whether the words between two names compare them: "compared to", "more than".

    What is said of "both" is said of the names before.
    """
    return len(between) <= MAX_BETWEEN and cues.compares(_OF_ALL.sub("", between))


def read_question(asked: str, before: Question | None, names: PaperNames) -> Question:
    """What ``asked`` means after ``before``: a follow-up speaks of the papers of the turn before."""
    text = _in_context(asked, before, names) if before else asked
    question = Question(asked, text, tuple(names.find(text)))
    parts = split_questions(asked, names, compares=question.compares)
    if len(parts) == 1:
        return question
    read: list[Question] = []
    for part in parts:
        leans = bool(read) and cues.repeats(cut_out(part, names.find(part)))
        if leans:
            text = _asked_again(part, read[-1])
            read.append(Question(part, text, tuple(names.find(text))))
        else:
            read.append(read_question(part, before, names))
    return replace(question, parts=tuple(read))


def _asked_again(asked: str, before: Question) -> str:
    """What was asked ``before``, of the papers that ``asked`` names: "and which in BERT?"."""
    return f"{cut_out(before.text, before.mentions)} {asked}"


def _in_context(asked: str, before: Question, names: PaperNames) -> str:
    """``asked`` with what it leans on in front.

    A name alone ("and BERT?") takes the place of those before.  What is said of "it" is said of the
    papers before, and so is what is compared with one ("than BERT?"), though they name another.
    """
    named = names.find(asked)
    if named and cues.is_ellipsis(cut_out(asked, named)):
        return _asked_again(asked, before)
    if named:
        to_name = asked[: named[0].start]
        is_one = len({mention.papers for mention in named}) == 1
        if not cues.says_it(to_name) and not (is_one and cues.holds_against(to_name, asked)):
            return asked
    said = {paper for mention in names.find(before.asked) for paper in mention.papers}
    unsaid = [before.text[m.start : m.end] for m in before.mentions if not said & set(m.papers)]
    return " ".join((*unsaid, before.asked, asked))
