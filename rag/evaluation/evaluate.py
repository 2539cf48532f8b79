"""Score the program on gold questions: pages, papers, quotes, key facts, refusals.

The measures are those of page-level retrieval; ``docs/evaluating.md`` has the format of the
questions.  A passage counts if its paper and page are among the gold; the first passages count
until they span ``k`` distinct pages; a question's places have equal weight.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.errors import ModelError, UsageError
from ingest.indexing.index import Index
from rag.answer import Answer, Hit, Turn
from rag.assistant import Assistant, check_question
from rag.evaluation.model_scores import model_scores
from rag.generation.second_reader import comparable
from rag.user_input import (
    Fields,
    Warn,
    checked_items,
    get_id,
    get_text,
    get_turns,
    ignore_warning,
    numbered_lines,
    parse_object,
    read_text,
)

PASSAGES = 10  # as many as page@10 needs
ALL = "all"  # the group of all questions
PLACES, FACTS = '[{"paper": "...", "pages": [3]}]', '[["...", "..."]]'


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is found: any of ``pages`` (from 1) of ``paper``; ``quote`` is the evidence, or ""."""

    paper: str
    pages: frozenset[int]
    quote: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with known answer; without places, it should be refused."""

    id: str
    question: str
    language: str = ""
    kind: str = ""
    history: tuple[Turn, ...] = ()
    places: tuple[Place, ...] = ()
    key_facts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One question and its scores by measure; a measure that does not apply is left out.

    Shares are 0..1; the costs (tokens and seconds) are not limited.
    """

    gold: GoldQuestion
    answer: Answer
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """One question that a model did not answer, and why."""

    gold: GoldQuestion
    error: ModelError


def read_gold(path: Path, warn: Warn = ignore_warning) -> list[GoldQuestion]:
    """The questions in ``path`` (JSONL); a guessed encoding is reported to ``warn``.

    Raises ``UsageError`` that names every invalid line.
    """
    questions, wrong = [], []
    for number, line in numbered_lines(read_text(path, warn)):
        try:
            questions.append(_gold_question(parse_object(line)))
        except UsageError as error:
            wrong.append(f"{path}:{number}: not a gold question: {error.message}")
    if wrong:
        raise UsageError(
            "\n".join(wrong),
            'Each line needs at least {"id", "question", "gold": [{"paper", "pages"}]}.',
        )
    if not questions:
        raise UsageError(f"{path} contains no questions.", "Give one JSON object per line.")
    (twice, n), *_ = Counter(question.id for question in questions).most_common(1)
    if n > 1:
        raise UsageError(f"{path}: {n} questions have the id {twice!r}.", "Give each its own.")
    return questions


def _gold_question(raw: Fields) -> GoldQuestion:
    history = get_turns(raw)
    return GoldQuestion(
        id=get_id(raw),
        question=check_question(get_text(raw, "question"), history),
        language=_group(raw, "lang"),
        kind=_group(raw, "kind"),
        history=history,
        places=tuple(
            _place(place) for place in checked_items(raw.get("gold"), dict, "gold", PLACES)
        ),
        key_facts=tuple(
            checked_items(spellings, str, "key_facts", FACTS)
            for spellings in checked_items(raw.get("key_facts"), list, "key_facts", FACTS)
        ),
    )


def _place(raw: Fields) -> Place:
    pages, also = (
        checked_items(raw.get(field), int, field, "[3]") for field in ("pages", "also_pages")
    )
    if not pages:
        raise UsageError("`pages` is missing.")
    if min(pages + also) < 1:
        raise UsageError("`pages` count from 1.")
    return Place(get_text(raw, "paper"), frozenset(pages + also), get_text(raw, "quote", ""))


def _group(raw: Fields, field: str) -> str:
    name = get_text(raw, field, "")
    if name == ALL:
        raise UsageError(f"`{field}` is {ALL!r}, which names the row of all questions.")
    return name


def not_in_index(gold: Sequence[GoldQuestion], index: Index) -> list[str]:
    """Each gold page that is not in ``index``, so that no search can find it, with its question's id."""
    return [
        f"{place.paper} p. {page} ({question.id})"
        for question in gold
        for place in question.places
        for page in sorted(place.pages)
        if (place.paper, page) not in index.pages
    ]


def score(gold: GoldQuestion, answer: Answer) -> Scored:
    """All measures for one question; the measures of the search use the first ``PASSAGES`` passages."""
    refused = answer.status == "no_evidence"
    if gold.places:
        scores = retrieval_scores(gold, answer.hits[:PASSAGES])
        if gold.key_facts:
            scores["key facts"] = _fact_share(gold.key_facts, answer.text)
        scores["page cited"] = _share(
            gold.places, answer.citations, lambda p, c: c.paper.id == p.paper and c.page in p.pages
        )
        scores["wrongly refused"] = float(refused)
    else:
        scores = {"rightly refused": float(refused)}
    return Scored(gold, answer, scores)


def score_all(gold: Sequence[GoldQuestion], assistant: Assistant) -> Iterator[Scored | Failed]:
    """The scores of each question, or the error if the model did not answer it."""
    pages = assistant.retriever().index.pages
    for question in gold:
        try:
            answer = assistant.ask(question.question, question.history, k=PASSAGES)
        except ModelError as error:
            yield Failed(question, error)
            continue
        one = score(question, answer)
        more = model_scores(answer, lambda paper, page: pages[paper, page].text)
        yield replace(one, scores=one.scores | more)


def retrieval_scores(gold: GoldQuestion, hits: Sequence[Hit]) -> dict[str, float]:
    """The measures of the search alone, for a question that has places."""
    near = within_pages(hits, 5)
    scores = {f"page@{k}": _share(gold.places, within_pages(hits, k), _on_page) for k in (1, 5, 10)}
    if quoted := [place for place in gold.places if place.quote]:
        scores["quote@5"] = _share(quoted, near, _holds_quote)
    papers = list(dict.fromkeys(hit.paper.id for hit in hits))
    for k in (1, 5):
        scores[f"paper@{k}"] = float(any(place.paper in papers[:k] for place in gold.places))
    if gold.key_facts:
        scores["key facts@5"] = _fact_share(gold.key_facts, " ".join(hit.text for hit in near))
    return scores


def within_pages(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The first hits, until they span ``k`` distinct pages."""
    pages: set[tuple[str, int]] = set()
    kept = []
    for hit in hits:
        if hit.page is not None:
            pages.add((hit.paper.id, hit.page))
        if len(pages) > k:
            break
        kept.append(hit)
    return kept


def _share(
    places: Sequence[Place], items: Iterable[Any], test: Callable[[Place, Any], bool]
) -> float:
    items = list(items)
    return sum(any(test(place, item) for item in items) for place in places) / len(places)


def _on_page(place: Place, hit: Hit) -> bool:
    return hit.paper.id == place.paper and hit.page in place.pages


def _holds_quote(place: Place, hit: Hit) -> bool:
    return hit.paper.id == place.paper and comparable(place.quote) in comparable(hit.text)


def _fact_share(facts: Sequence[Sequence[str]], text: str) -> float:
    return sum(any(holds_fact(text, f) for f in fact) for fact in facts) / len(facts)


def holds_fact(text: str, fact: str) -> bool:
    """Whether ``text`` contains this spelling of a fact; a number must not be part of a longer one."""
    folded, wanted = (unicodedata.normalize("NFKC", t).lower() for t in (text, fact))
    before = r"(?<![\d.,])" if wanted[:1].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if wanted[-1:].isdigit() else ""
    return bool(re.search(before + re.escape(wanted) + after, " ".join(folded.split())))


def mean_scores(scored: Iterable[Scored]) -> dict[str, float]:
    """The mean of each measure over the questions to which it applies."""
    values: dict[str, list[float]] = {}
    for one in scored:
        for measure, value in one.scores.items():
            values.setdefault(measure, []).append(value)
    return {measure: sum(v) / len(v) for measure, v in values.items()}


@dataclass(frozen=True, slots=True)
class Group:
    """``n`` questions, and the mean of each measure over those to which it applies."""

    n: int
    means: dict[str, float]

    def as_json(self) -> dict[str, float]:
        """The form of a group in ``eval --json``."""
        return {"n": self.n, **self.means}


def by_group(scored: Sequence[Scored]) -> dict[str, Group]:
    """Mean scores over all questions, over each language, and over each kind."""
    groups = {ALL: list(scored)}
    for one in scored:
        for name in dict.fromkeys(filter(None, (one.gold.language, one.gold.kind))):
            groups.setdefault(name, []).append(one)
    return {name: Group(len(part), mean_scores(part)) for name, part in groups.items()}
