"""Turn a checked draft into the answer: citations renumbered, with notices for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Citation, Composed, Hit, Sentence
from rag.generation.notices import wording_for
from rag.llm.chat_model import Finish
from rag.verification.check import CheckedClaim, CheckedDraft


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What happened on the way to a draft that the reader should know.

    ``finish`` is how the reply ended, ``n_left_out`` how many passages did not fit; ``is_partial``: the
    model says that part of the question is unanswered; ``is_uncorrected``: its second draft failed.
    """

    finish: Finish = "stop"
    n_left_out: int = 0
    is_partial: bool = False
    is_uncorrected: bool = False


def compose(
    checked: CheckedDraft, evidence: Sequence[Hit], how: Circumstances, asked: str, strict: bool
) -> Composed:
    """The answer; with ``strict`` without its unsupported sentences."""
    wording = wording_for(asked)
    kept = [c for c in checked.claims if not strict or c.support != "unsupported"]
    n_dropped = len(checked.claims) - len(kept)
    notices = _notices(checked, how, n_dropped, wording)
    if not kept:
        return Composed("no_evidence", notices=(wording["nothing"], *notices))
    sentences, citations = _cite(kept, evidence)
    return Composed("answered", sentences, citations, notices)


def no_answer(evidence: Sequence[Hit], asked: str) -> Composed:
    """No answer was found in the evidence: the refusal, and what is nearest."""
    wording = wording_for(asked)
    if not evidence:
        return Composed("no_evidence", notices=(wording["nothing"],))
    place = wording["page"].format(evidence[0].page) if evidence[0].page else wording["list"]
    nearest = wording["nearest"].format(evidence[0].paper.title, place)
    return Composed("no_evidence", notices=(wording["nothing"], nearest))


def _cite(
    claims: Sequence[CheckedClaim], evidence: Sequence[Hit]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Sentences with markers from 1 in order of appearance; the same quote has the same marker."""
    citations: dict[tuple[int, int, int], Citation] = {}
    sentences = []
    for claim in claims:
        markers = []
        for quote in claim.quotes:
            place = (quote.hit, quote.start, quote.end)
            if place not in citations:
                citations[place] = _citation(len(citations) + 1, evidence[quote.hit], place)
            markers.append(citations[place].marker)
        said = claim.claim
        sentences.append(
            Sentence(said.text, tuple(markers), claim.support, row=said.row, code=said.code)
        )
    return tuple(sentences), tuple(citations.values())


def _citation(marker: int, hit: Hit, place: tuple[int, int, int]) -> Citation:
    _, start, end = place
    return Citation(
        marker=marker,
        source=hit.source,
        paper=hit.paper,
        page=hit.page,
        quote=hit.text[start:end],
        start=hit.start + start,
    )


def _notices(
    checked: CheckedDraft, how: Circumstances, n_dropped: int, wording: dict[str, str]
) -> tuple[str, ...]:
    counts = {
        "dropped": n_dropped,
        "unknown": checked.draft.n_unknown,
        "mended": checked.n_corrected,
        "links": checked.draft.n_links,
        "left out": how.n_left_out,
    }
    notices = [
        wording[name].format(n=n, s="" if n == 1 else "s") for name, n in counts.items() if n
    ]
    if how.is_partial:
        notices.append(wording["partial"])
    if how.is_uncorrected:
        notices.append(wording["uncorrected"])
    if how.finish != "stop":
        notices.append(wording[how.finish])
    return tuple(notices)
