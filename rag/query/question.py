"""Read a question: the papers it names, what kind of answer it wants, and its words in English."""

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
from rag.query.names import SIZE, Mention, PaperNames, remove_mentions, remove_names_of
from rag.query.parts import split_questions
from rag.query.translate import to_english
from rag.query.years import years_asked

# What may come between two names that are compared: "A and B", "A-65B and B", "A's 7B model
# and the B paper", "A、B".
_LINK = re.compile(
    rf"(?:{SIZE.pattern})?"
    r"(?:['’]s)?(?:[\s\"'”’]+[\w.-]+){0,2}[\s,，\"'”’]*(?:\b(?:and|or|versus|vs\.?|than)\b|[&/和与跟同及])"
    r"[\s,\"'“‘]*(?:(?:the|of|in|by|for|from)\s){0,2}[\s\"'“‘]*|[\s\"'”’]*[,，、][\s\"'“‘]*",
    re.IGNORECASE,
)
# "LoRA on GPT-3 175B versus QLoRA on a 65B LLaMA": what follows "on" is not compared.
_ON = re.compile(rf"\s+on\s+(?:an?\s+|the\s+)?(?:{SIZE.pattern}\s+)?", re.IGNORECASE)
_PARENTHESES = re.compile(r"\s*[(（][^()（）]*[)）]")
_ALL_OF_THEM = re.compile(r"\b(?:both|each|respectively)\b|都|分别|各自")
_YEAR = re.compile(r"(?:19|20)\d\d年?")

FEW_TERMS = 3  # up to so many terms besides names, a question fits any paper
MAX_LINK_CHARS = 40  # between two names that are compared


class Intent(Enum):
    """What kind of answer a question wants."""

    DETAIL = auto()  # something that papers say
    OVERVIEW = auto()  # what the papers named are about
    METADATA = auto()  # authors or year
    NAMED_PAPER = auto()  # the paper that introduced what is named: "Which paper introduced BERT?"
    WHICH_PAPER = auto()  # the paper that matches a description
    PAPERS = auto()  # several papers, on a topic or by an author
    RELATED_WORK = auto()  # the predecessors or successors of a paper

    @property
    def is_several_papers(self) -> bool:
        """Whether the answer is a list of papers."""
        return self in (Intent.PAPERS, Intent.RELATED_WORK)

    @property
    def is_to_find_papers(self) -> bool:
        """Whether the answer is one paper or several, other than those that the question names."""
        return self.is_several_papers or self is Intent.WHICH_PAPER


@dataclass(frozen=True, slots=True)
class RelatedWork:
    """The papers whose predecessors ("earlier") or successors ("later") are asked for."""

    direction: Literal["earlier", "later"]
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question as it is searched.

    ``asked`` is what was typed; ``text`` puts the earlier questions that it refers to in front, and
    ``mentions`` are the papers named in ``text``.  ``parts`` are its questions, if there are several.
    """

    asked: str
    text: str
    mentions: tuple[Mention, ...]
    parts: tuple[Question, ...] = ()

    @cached_property
    def intent(self) -> Intent:
        """What kind of answer it wants: the first that fits, in this order."""
        if self.related_work:
            return Intent.RELATED_WORK
        if cues.asks_for_several_papers(self.text):
            return Intent.PAPERS
        if self._asks_for_metadata:
            return Intent.METADATA
        if cues.asks_for_paper(self.text):
            return Intent.NAMED_PAPER if self._is_barely_more_than_a_name else Intent.WHICH_PAPER
        return Intent.OVERVIEW if self._is_general else Intent.DETAIL

    @property
    def _asks_for_metadata(self) -> bool:
        """Whether authors or year are asked for, and nothing else of the papers named."""
        if cues.asks_for_paper(self.text) and self._is_barely_more_than_a_name:
            return cues.asks_who(self.text) or cues.asks_for_metadata(self.text)
        if not cues.asks_for_metadata(self.text):
            return False
        asked = [set(self.terms_within(paper)) for paper in self.papers]
        return not asked or min(asked, key=len) <= cues.METADATA_TERMS

    @property
    def _is_barely_more_than_a_name(self) -> bool:
        """Whether one paper is named, and at most one other word describes it."""
        if len(self.mentions) != 1:
            return False
        return len(set(self.terms_within(self.papers[0])) - cues.PAPER_TERMS) <= 1

    @property
    def _is_general(self) -> bool:
        """Whether all that is asked about a named paper is what it is about."""
        general = cues.OVERVIEW_TERMS
        if self.compares:
            general |= cues.COMPARISON_TERMS | cues.METHOD_TERMS
        return any(general.issuperset(self.terms_within(paper)) for paper in self.papers)

    @property
    def is_overview(self) -> bool:
        """Whether the answer is what the named papers are about, also where one is asked for by name."""
        return self.intent in (Intent.OVERVIEW, Intent.NAMED_PAPER)

    @property
    def entries_can_answer(self) -> bool:
        """Whether the list's entries of the named papers can answer: their subject, authors or year."""
        if self.intent in (Intent.NAMED_PAPER, Intent.METADATA):
            return True
        asks_for_overview = bool(self.mentions) and cues.asks_for_overview(self.text)
        return asks_for_overview and not self.intent.is_to_find_papers

    @property
    def is_mostly_names(self) -> bool:
        """Whether it has so few words besides the names of papers that any paper could answer it."""
        return any(len(self.terms_within(paper)) <= FEW_TERMS for paper in self.papers)

    @cached_property
    def papers(self) -> tuple[str, ...]:
        """The named papers, each once, in order."""
        return tuple(dict.fromkeys(p for m in self.mentions for p in m.papers))

    @cached_property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """The papers of each name in a comparison.

        Names that are linked ("A, B and C") are compared; otherwise the first two are.
        """
        linked: list[Mention] = []
        for mention in self._comparable:
            if linked and not self._are_linked(linked[-1], mention):
                if len(linked) > 1:
                    break
                linked.clear()
            linked.append(mention)
        compared = linked if len(linked) > 1 else self._comparable
        sides = tuple(dict.fromkeys(mention.papers for mention in compared))
        return sides if len(linked) > 1 else sides[:2]

    @cached_property
    def _comparable(self) -> list[Mention]:
        """The names that can be sides of a comparison; neighbours that name the same paper are one.

        Not those in parentheses, and not those that say on what a paper's method is used.
        """
        mentions = [m for m in self.mentions if not self._is_in_parentheses(m)] or self.mentions
        merged: list[Mention] = []
        for mention in mentions:
            last = merged[-1] if merged else None
            if last and last.papers == mention.papers:
                merged[-1] = replace(last, end=mention.end)
            elif not (last and _ON.fullmatch(self.text[last.end : mention.start])):
                merged.append(mention)
        return merged

    def _are_linked(self, left: Mention, right: Mention) -> bool:
        between = _PARENTHESES.sub("", self.text[left.end : right.start])
        return bool(_LINK.fullmatch(between)) or _compares_neighbours(between)

    def _is_in_parentheses(self, mention: Mention) -> bool:
        """Whether the name is in parentheses: "PET (on SuperGLUE)"."""
        spans = (match.span() for match in _PARENTHESES.finditer(self.text))
        return any(start < mention.start and mention.end < end for start, end in spans)

    @cached_property
    def compares(self) -> bool:
        """Whether two papers or more are compared.

        They also are if all names are linked: "Which encodings do A and B use?"
        """
        if len(self.sides) < 2 or cues.asks_for_paper(self.text):
            return False
        return cues.compares(self.text) or all(
            starmap(self._are_linked, pairwise(self._comparable))
        )

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
        """The first and the last year of publication, if several papers are asked for."""
        if self.intent is not Intent.PAPERS and not cues.asks_about_list(self.text):
            return None
        return years_asked(self.asked) or years_asked(self.text)

    def restricted_to(self, is_allowed: Callable[[str], bool]) -> Question:
        """The question asked of some papers only: the name of another one is an ordinary word."""
        mentions = (replace(m, papers=tuple(filter(is_allowed, m.papers))) for m in self.mentions)
        return replace(self, mentions=tuple(m for m in mentions if m.papers))

    def topic_terms(self) -> set[str]:
        """The terms of the question except those that only ask for papers, or for papers of some years."""
        found = set(terms(self.english())) - cues.PAPER_TERMS
        return {t for t in found if not _YEAR.fullmatch(t)} if self.years else found

    def english(self) -> str:
        """The whole question in the papers' language."""
        return to_english(self.text)

    def text_within(self, paper: str) -> str:
        """The question as it is asked within ``paper``: without the paper's names, in English.

        In a comparison the names of all sides are removed: another side's name only misleads.  If the
        question has nothing but names, nothing is left.
        """
        mentions = self.mentions
        if self.compares:
            compared = {p for side in self.sides for p in side}
            mentions = tuple(
                Mention(m.start, m.end, (*m.papers, paper)) if compared & set(m.papers) else m
                for m in mentions
            )
        return to_english(remove_names_of(self.text, mentions, paper))

    def terms_within(self, paper: str) -> tuple[str, ...]:
        """The terms of ``text_within``, each once."""
        return tuple(dict.fromkeys(terms(self.text_within(paper))))


def _compares_neighbours(between: str) -> bool:
    """Whether the words between two names compare them: "compared to", "more than".

    "both" and the like do not count: they refer to the names before.
    """
    return len(between) <= MAX_LINK_CHARS and cues.compares(_ALL_OF_THEM.sub("", between))


def read_question(asked: str, before: Question | None, names: PaperNames) -> Question:
    """What ``asked`` means after ``before``: a follow-up is about the papers of the previous turn."""
    text = _add_context(asked, before, names) if before else asked
    question = Question(asked, text, tuple(names.find(text)))
    parts = split_questions(asked, names, compares=question.compares)
    if len(parts) == 1:
        return question
    read: list[Question] = []
    for part in parts:
        if read and cues.asks_the_same(remove_mentions(part, names.find(part))):
            text = _repeat_for(part, read[-1])
            read.append(Question(part, text, tuple(names.find(text))))
        else:
            read.append(read_question(part, before, names))
    return replace(question, parts=tuple(read))


def _repeat_for(asked: str, before: Question) -> str:
    """The question ``before``, asked about the papers that ``asked`` names: "and which in BERT?"."""
    return f"{remove_mentions(before.text, before.mentions)} {asked}"


def _add_context(asked: str, before: Question, names: PaperNames) -> str:
    """``asked`` with the context that it depends on in front.

    A name alone ("and BERT?") replaces the names before.  "it" means the papers before, and so does
    the missing side of a comparison ("than BERT?"), although another paper is named.
    """
    named = names.find(asked)
    if named and cues.is_ellipsis(remove_mentions(asked, named)):
        return _repeat_for(asked, before)
    if named:
        to_name = asked[: named[0].start]
        is_one = len({mention.papers for mention in named}) == 1
        if not cues.has_pronoun(to_name) and not (
            is_one and cues.compares_with_name(to_name, asked)
        ):
            return asked
    repeated = {paper for mention in names.find(before.asked) for paper in mention.papers}
    missing = [
        before.text[m.start : m.end] for m in before.mentions if not repeated & set(m.papers)
    ]
    return " ".join((*missing, before.asked, asked))
