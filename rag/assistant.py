"""Answer one question, from its wording to the checked answer.

question + history  ->  a question that stands alone: by the language model, if there is one
                        (rag.generation.generate), else by rule (rag.query.question)
                    ->  evidence (rag.retrieval.retrieve), for each of several questions
                        (rag.generation.evidence)
                    ->  about the list itself?  its entries, counted (rag.generation.listing)
                    ->  enough evidence?  else a refusal with the nearest passage (rag.generation.refuse)
                    ->  sentences, each with its page: verbatim ones (rag.generation.extract), or a
                        language model's (rag.generation.generate), each checked against the pages
                        (rag.verification.check, rag.verification.verify)
                    ->  a model that fails: the same without one, and why (where the caller wants it)
                    ->  the answer, and a line of the trace, if one is kept (rag.trace)
"""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.errors import ModelError, StorageError, UsageError
from rag.answer import Answer, Composed, Hit, ModelFailure, Piece, Turn
from rag.config import EXTRACTIVE, NO_FILTERS, Filters, RagConfig
from rag.generation.evidence import (
    Part,
    all_hits,
    answer_from_list,
    find_parts,
    refuse_whole,
    with_doubt,
)
from rag.generation.extract import extract
from rag.generation.generate import generate, stand_alone
from rag.generation.listing import read_listing
from rag.generation.refuse import judge
from rag.library import Library
from rag.llm.errors import hint_without_fallback
from rag.query import cues
from rag.query.question import Question
from rag.retrieval.retrieve import Retriever
from rag.trace import answer_record, append_record
from rag.user_input import find_broken_character

_log = logging.getLogger(__name__)

MAX_CHARS = 4_000  # of a question; longer ones are a mistake or an attack
MAX_TURNS = 3  # of the conversation before it that are used


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, and which build they come from."""

    hits: tuple[Hit, ...]
    index: str
    timings_ms: dict[str, float]

    def as_json(self, question: str) -> dict[str, Any]:
        """The form of ``search --json``."""
        return {
            "question": question,
            "hits": [hit.as_json() for hit in self.hits],
            "index": self.index,
            "timings_ms": self.timings_ms,
        }


class Assistant:
    """Answers questions from the index that serves.  Safe to use from several threads."""

    def __init__(self, library: Library, config: RagConfig) -> None:
        self.library = library
        self.config = config

    def with_model(self, llm: str, fall_back: bool = False) -> Assistant:
        """The same assistant with another model; ``fall_back`` as in ``RagConfig``."""
        return Assistant(self.library, replace(self.config, llm=llm, fall_back=fall_back))

    def retriever(self, filters: Filters = NO_FILTERS) -> Retriever:
        """The retriever over the index that serves now.

        Raises ``NoIndex``, and ``UsageError`` for filters that no paper meets.
        """
        retriever = self.library.retriever()
        filters.check([entry.paper for entry in retriever.index.papers.values()])
        return retriever

    def search(
        self,
        asked: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int = 10,
    ) -> Found:
        """The ``k`` best passages.  Raises ``UsageError`` and, before the first sync, ``NoIndex``."""
        if k < 1:
            raise UsageError(f"{k} passages cannot be found.", "Ask for 1 or more.")
        clock = _Clock()
        retriever = self.retriever(filters)
        clock.lap("open")
        history = _recent(history)
        question = retriever.read(check_question(asked, history), history)
        hits = all_hits(find_parts(question, retriever, filters, k), k)
        clock.lap("search")
        return Found(hits, retriever.index.build, clock.laps)

    def ask(
        self,
        asked: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int = 0,
    ) -> Answer:
        """The answer to ``asked`` after ``history``, from the papers that ``filters`` allow.

        Its ``hits`` are the ``k`` best passages, where that is more than the answer is made from.
        Raises ``UsageError``, ``NoIndex`` and ``ModelError``; "no evidence" is an answer.
        """
        *_, answer = self.stream(asked, history, filters, k)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        asked: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int = 0,
    ) -> Iterator[Piece | Answer]:
        """What ``ask`` does, step by step: a model's text as it comes, at last the ``Answer``.

        Pieces may be empty: the model thinks.  A ``Replacement`` replaces those before it.  Closing
        the generator stops the model's request.  An answer that bears a ``failure`` takes the place of
        all text that came before it.
        """
        try:
            answer = yield from self._steps(asked, history, filters, k)
        except ModelError as error:
            if not self.config.fall_back:
                raise
            without = self.with_model(EXTRACTIVE)
            answer = yield from without._steps(asked, history, filters, k)
            failed = self.config.llm, error.message, hint_without_fallback(error), error.exit_code
            answer = replace(answer, failure=ModelFailure(*failed))
        if self.config.trace:
            _keep_record(self.config.trace, answer)
        yield answer

    def _steps(
        self, asked: str, history: Sequence[Turn], filters: Filters, k: int
    ) -> Generator[Piece, None, Answer]:
        clock = _Clock()
        retriever = self.retriever(filters)
        clock.lap("open")
        history = _recent(history)
        asked = check_question(asked, history)
        alone, question = yield from self._read(asked, history, filters, retriever)
        clock.lap("read")
        n = self.config.n_passages
        found = find_parts(question, retriever, filters, max(n, k))
        parts = [replace(part, hits=part.hits[:n]) for part in found]
        clock.lap("search")
        composed = yield from self._compose(alone, history, parts, retriever)
        clock.lap("answer")
        return Answer(
            question=asked,
            status=composed.status,
            sentences=composed.sentences,
            citations=composed.citations,
            llm=self.config.llm,
            index=retriever.index.build,
            hits=all_hits(found, max(n, k)),
            notices=composed.notices,
            timings_ms=clock.laps,
            run=composed.run,
            compares=any(part.question.compares for part in parts),
        )

    def _read(
        self, asked: str, history: Sequence[Turn], filters: Filters, retriever: Retriever
    ) -> Generator[Piece, None, tuple[str, Question]]:
        """The question as it stands alone, as text and as it is read; the model is asked if need be."""
        question = retriever.read(asked, history)
        if _is_answered_by_rule(question, filters, retriever):
            return asked, question
        alone = yield from stand_alone(asked, history, self.config.llm)
        return alone, question if alone == asked else retriever.read(alone)

    def _compose(
        self, alone: str, history: Sequence[Turn], parts: Sequence[Part], retriever: Retriever
    ) -> Generator[Piece, None, Composed]:
        """An answer about the list itself, else a refusal, else the papers' sentences or the model's."""
        if listed := answer_from_list(parts):
            return listed
        parts = [part if part.refusal else judge(part, retriever) for part in parts]
        if refusal := refuse_whole(parts):
            return refusal
        if self.config.llm == EXTRACTIVE:
            confirms = self.library.second_reader.confirms
            composed = extract(parts, retriever, confirms, self.config.max_words)
        else:
            hits = all_hits(parts, self.config.n_passages)
            composed = yield from generate(alone, history, hits, retriever, self.config)
        return with_doubt(composed, parts)


def _is_answered_by_rule(question: Question, filters: Filters, retriever: Retriever) -> bool:
    """Whether a model has nothing to reword: a greeting, or a question about the list that stands alone."""
    if cues.is_greeting(question.asked):
        return True
    papers = retriever.index.papers.values()
    stands_alone = question.text == question.asked and not question.parts
    return stands_alone and read_listing(question, papers, filters) is not None


def _keep_record(trace: Path, answer: Answer) -> None:
    """Add the answer to ``trace``; an answer that was made, and maybe paid for, is given without it, too."""
    try:
        append_record(trace, answer_record(answer))
    except StorageError as error:
        _log.error("An answer is missing from the trace: %s", error)


def check_question(asked: str, history: Sequence[Turn] = ()) -> str:
    """The question without white space around it.  Raises ``UsageError`` if it is not valid."""
    if all(char.isspace() or unicodedata.category(char).startswith("P") for char in asked):
        raise UsageError("The question is empty.", "Ask something about the papers in the list.")
    if len(asked) > MAX_CHARS:
        raise UsageError(
            f"The question is too long: {len(asked):,} characters.", f"Use at most {MAX_CHARS:,}."
        )
    if broken := find_broken_character(asked + "".join(t.question + t.answer for t in history)):
        raise UsageError(
            f"The question, or a turn before it, contains {broken}, which is not a character.",
            "Write it in UTF-8, without halves of emoji.",
        )
    return asked.strip()


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """The last turns, and of each as much as a question may have."""
    cut = slice(MAX_CHARS)
    return [Turn(turn.question[cut], turn.answer[cut]) for turn in history[-MAX_TURNS:]]


class _Clock:
    """Milliseconds of each step, which are also logged."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 1)
        _log.info("%s: %.1f ms", step, self.laps[step])
        self._last = now
