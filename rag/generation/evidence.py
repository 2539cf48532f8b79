"""Find the evidence for a question, or for each part if several were asked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from rag.answer import Composed, Hit
from rag.config import Filters
from rag.generation.listing import Listing, compose_count, compose_listing, read_listing
from rag.generation.notices import wording_for
from rag.query.question import Question
from rag.retrieval.retrieve import Retriever, distinct

MIN_DESCRIPTION_TERMS = 8  # the terms beside its names from which a question describes a paper


@dataclass(frozen=True, slots=True)
class Part:
    """A question, the passages found for it, and the refusal, if they hold no answer.

    ``listing`` is set where it is asked of the list itself; ``is_unsure``: they may hold no answer.
    """

    question: Question
    hits: tuple[Hit, ...]
    refusal: Composed | None = None
    listing: Listing | None = None
    is_unsure: bool = False


def find_parts(question: Question, retriever: Retriever, filters: Filters, k: int) -> list[Part]:
    """The ``k`` best passages for each part; most questions have one.

    Of several, one about the list itself is answered by a notice with the number of papers.
    """
    papers = retriever.index.papers
    asked = [
        part.restricted_to(lambda paper: filters.allow(papers[paper].paper))
        for part in question.parts or (question,)
    ]
    parts = [_find_part(part, retriever, filters, k) for part in asked]
    return parts if len(parts) == 1 else list(map(_counted, parts))


def _counted(part: Part) -> Part:
    """A part about the list itself as a refusal whose notice has the count; others unchanged."""
    if part.listing is None:
        return part
    return replace(part, refusal=compose_count(part.listing, part.question.asked))


def _find_part(question: Question, retriever: Retriever, filters: Filters, k: int) -> Part:
    listing = read_listing(question, retriever.index.papers.values(), filters)
    if listing:
        return Part(question, listing.hits(k), listing=listing)
    if question.years:
        filters = filters.of_years(*question.years)
    return Part(question, tuple(retriever.find(question, filters, k)))


def all_hits(parts: Sequence[Part], k: int) -> tuple[Hit, ...]:
    """The ``k`` best passages for the whole question, one of each part in turn."""
    if len(parts) == 1:
        return parts[0].hits
    turns = chain(*zip_longest(*(part.hits for part in parts)))
    kept = distinct((hit for hit in turns if hit is not None), k)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(kept, start=1))


def answer_from_list(parts: Sequence[Part]) -> Composed | None:
    """The answer to a single question about the list itself, else None."""
    listing = parts[0].listing if len(parts) == 1 else None
    return compose_listing(listing, parts[0].question.asked) if listing else None


def refuse_whole(parts: Sequence[Part]) -> Composed | None:
    """The refusal of the whole question; None if any part of it can be answered."""
    if len(parts) == 1:
        return parts[0].refusal
    refused = all(part.refusal for part in parts)
    return Composed("no_evidence", notices=explain_refusals(parts)) if refused else None


def explain_refusals(parts: Sequence[Part]) -> tuple[str, ...]:
    """A notice for each part without an answer: its question, and why it is refused."""
    return tuple(
        f"“{part.question.asked}” {part.refusal.notices[0]}" for part in parts if part.refusal
    )


def with_doubt(composed: Composed, parts: Sequence[Part]) -> Composed:
    """The answer, with a notice in front if little speaks for one in the evidence."""
    if composed.status != "answered" or not any(part.is_unsure for part in parts):
        return composed
    unsure = wording_for(parts[0].question.asked)["unsure"]
    return replace(composed, notices=(unsure, *composed.notices))


def named_in_passing(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether the question names papers, but is about another one.

    A long question whose best page is in another paper describes that one: "In the work where
    agents bargain, how did people rate those that GPT-3 judged?"
    """
    if not hits or not question.papers:
        return False
    if hits[0].page is None or hits[0].paper.id in question.papers:
        return False
    return (
        min(len(question.terms_within(paper)) for paper in question.papers) >= MIN_DESCRIPTION_TERMS
    )
