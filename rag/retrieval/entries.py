"""Answer from the list alone: which papers are on a topic, and what came before and after one.

Entries are related if the note of one names the other, or if they belong to one family of models
("BLIP", "BLIP-2"); the years show which came first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from functools import cached_property

from ingest.corpus import Paper
from ingest.indexing.chunk import render_entry
from ingest.indexing.words import terms
from rag.query.names import PaperNames, family, name_words, normalize_name
from rag.query.question import RelatedWork

# The weights of what relates two papers:
SAME_FAMILY_WEIGHT = 1.5  # they belong to one family
MENTIONS_EARLIER_WEIGHT = 1.0  # the later one's note names the earlier one
MENTIONS_LATER_WEIGHT = 0.5  # the earlier one's note names the later one
NEXT_YEAR_WEIGHT = 0.8  # they are related and one year apart; divided by the number of years

MAX_AUTHOR_WORDS = 6  # of an author's name


class Entries:
    """The list's entries, and how they are related; time and memory are linear in their notes."""

    def __init__(self, papers: Iterable[Paper], names: PaperNames) -> None:
        self._papers = {paper.id: paper for paper in papers}
        self._names = names

    def related_papers(self, related: RelatedWork) -> dict[str, float]:
        """The papers before or after those of ``related``, and how closely they are related (from 0.5)."""
        found: dict[str, float] = {}
        for paper in related.papers:
            for other in self._papers:
                relatedness = self._relatedness(other, paper, related)
                if relatedness and other not in related.papers:
                    found[other] = max(relatedness, found.get(other, 0.0))
        return found

    def _relatedness(self, other: str, paper: str, related: RelatedWork) -> float:
        earlier, later = (other, paper) if related.direction == "earlier" else (paper, other)
        years = (self._papers[later].year or 0) - (self._papers[earlier].year or 0)
        relation = (
            SAME_FAMILY_WEIGHT * bool(self._families[other] & self._families[paper])
            + MENTIONS_EARLIER_WEIGHT * (earlier in self._named_in[later])
            + MENTIONS_LATER_WEIGHT * (later in self._named_in[earlier])
        )
        if not relation or years < 0:
            return 0.0
        return relation + (NEXT_YEAR_WEIGHT / years if years else 0.0)

    def written_by(self, text: str) -> set[str]:
        """The papers of each author whose full name, as the list writes it, is in ``text``."""
        found = name_words(text)
        spans = {
            "".join(found[i : i + n])
            for n in range(2, MAX_AUTHOR_WORDS + 1)
            for i in range(len(found) - n + 1)
        }
        return {paper for span in spans for paper in self._by_author.get(span, ())}

    @cached_property
    def _by_author(self) -> dict[str, list[str]]:
        by_author: dict[str, list[str]] = {}
        for paper in self._papers.values():
            for author in paper.authors:
                by_author.setdefault(normalize_name(author), []).append(paper.id)
        return by_author

    def of_family(self, written: str) -> list[str]:
        """The papers of the family that a name without a version may mean: "ERNIE" for ERNIE 3.0."""
        name = family(written)
        if name != normalize_name(written):
            return []
        return [paper for paper, names in self._families.items() if name in names]

    @cached_property
    def _named_in(self) -> dict[str, frozenset[str]]:
        """The other papers that each paper's note names."""
        return {
            paper.id: frozenset(p for m in self._names.find(paper.note) for p in m.papers)
            for paper in self._papers.values()
        }

    @cached_property
    def _families(self) -> dict[str, frozenset[str]]:
        return {paper.id: frozenset(_families(paper)) for paper in self._papers.values()}

    def topic_share(self, paper: str, asked: set[str]) -> float:
        """The share of the terms asked that are among the paper's topics, 0..1."""
        topics = {term for topic in self._papers[paper].topics for term in terms(topic)}
        return len(asked & topics) / (len(asked) or 1)

    def entry_share(self, paper: str, asked: set[str]) -> float:
        """The share of the terms asked that the paper's entry contains, weighted by rarity; 0..1."""
        n = len(self._papers)
        wanted = {t: math.log(1 + n / (0.5 + self._n_with[t])) for t in asked}
        return _share_held(wanted, self._terms[paper])

    def title_share(self, paper: str, asked: set[str]) -> float:
        """The share of the terms asked that the title contains, weighted by rarity in titles; 0..1."""
        n = len(self._papers)
        wanted = {t: math.log(1 + n / (1 + self._n_titles_with[t])) for t in asked}
        return _share_held(wanted, self._titles[paper])

    @cached_property
    def _titles(self) -> dict[str, frozenset[str]]:
        return {i: frozenset(terms(paper.title)) for i, paper in self._papers.items()}

    @cached_property
    def _n_titles_with(self) -> Counter[str]:
        return Counter(term for title in self._titles.values() for term in title)

    @cached_property
    def _terms(self) -> dict[str, frozenset[str]]:
        return {i: frozenset(terms(render_entry(paper))) for i, paper in self._papers.items()}

    @cached_property
    def _n_with(self) -> Counter[str]:
        return Counter(term for held in self._terms.values() for term in held)


def _share_held(wanted: Mapping[str, float], held: Container[str]) -> float:
    """The share of the weight of ``wanted`` whose terms are among ``held``, 0..1."""
    return sum(w for t, w in wanted.items() if t in held) / (sum(wanted.values()) or 1.0)


def _families(paper: Paper) -> Iterable[str]:
    head, colon, _ = paper.title.partition(":")
    for name in (*paper.aliases, head if colon else ""):
        if len(family(name)) > 2:
            yield family(name)
