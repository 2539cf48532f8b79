"""A question as it is asked within each paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from ingest.embedding.embed import Vectors
from ingest.indexing.index import Index
from ingest.indexing.words import terms
from rag.query.answer_types import PROPOSAL, asks_for_explanation, expected_answer_types
from rag.query.definitions import asks_for_definition
from rag.query.question import Question
from rag.query.translate import to_english
from rag.retrieval.paper_view import PaperView
from rag.retrieval.signals import PaperQuery, Reading

_SIZE = re.compile(r"\d+(?:\.\d+)?[bm]")  # of a model, in a search term


class PaperSource(Protocol):
    """What the papers are read from: an open index, and the embedder that made it."""

    index: Index

    @property
    def embed(self) -> Callable[[str], Vectors]:
        """The unit vector of a question."""

    @property
    def view(self) -> Callable[[str], PaperView]:
        """A paper, by its id, prepared for close reading."""


class PaperQueries:
    """The question as it is asked within each paper, and each paper's signals for it."""

    def __init__(self, question: Question, source: PaperSource) -> None:
        self._question = question
        self._source = source
        self._readings: dict[str, Reading] = {}
        self._wants_explanation = asks_for_explanation(f"{question.text} {question.english()}")

    def reading(self, paper: str) -> Reading:
        """``paper`` read for the question."""
        if paper not in self._readings:
            self._readings[paper] = Reading(self._source.view(paper), self._query_for(paper))
        return self._readings[paper]

    def _query_for(self, paper: str) -> PaperQuery:
        """The question without the paper's own names, or the whole question if nothing else is asked.

        For a general question about a paper, its note in the list is the query for its pages.
        """
        question = self._question
        wording = question.text_within(paper)
        answer_types = expected_answer_types(f"{question.text} {wording}")
        others: tuple[tuple[str, ...], ...] = ()
        if self._is_general(paper):
            others = self._others(paper) if question.compares else ()
            entry = self._source.index.papers[paper].paper
            wording = entry.note or entry.title
            if not any(answer_type.is_number for answer_type in answer_types):
                answer_types.append(PROPOSAL)
        elif not terms(wording):
            wording = question.english()
        return PaperQuery(
            terms=tuple(dict.fromkeys(terms(wording))),
            vector=self._source.embed(wording),
            answer_types=answer_types,
            sizes=tuple(term for term in terms(question.text) if _SIZE.fullmatch(term)),
            wants_explanation=self._wants_explanation,
            defined=self._defined(paper, wording),
            others=others,
        )

    def _is_general(self, paper: str) -> bool:
        """Whether ``paper`` is named, and asked about in general."""
        return self._question.is_overview and paper in self._question.papers

    def _defined(self, paper: str, wording: str) -> tuple[str, ...]:
        """The search terms whose definition is asked for: the paper's name, or the whole wording."""
        question = self._question
        if not asks_for_definition(question.text):
            return ()
        if not self._is_general(paper):
            return tuple(dict.fromkeys(terms(wording)))
        name = next(m for m in question.mentions if paper in m.papers)
        return tuple(dict.fromkeys(terms(to_english(question.text[name.start : name.end]))))

    def _others(self, paper: str) -> tuple[tuple[str, ...], ...]:
        """The names of the other papers in the question, as search terms."""
        question = self._question
        mentions = (m for m in question.mentions if paper not in m.papers)
        names = (tuple(terms(question.text[m.start : m.end])) for m in mentions)
        return tuple(name for name in names if name)
