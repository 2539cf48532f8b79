"""Check a whole draft against the evidence, and correct its citation marks."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rag.answer import Support
from rag.citations.cite import Draft, DraftClaim
from rag.query.translate import known_share, to_english
from rag.verification.facts import read_facts
from rag.verification.verify import Judge, Verdict

MAX_QUOTES = 3  # for one sentence
MIN_WORDS = 4  # of a claim that can be judged without the question
MIN_KNOWN = 0.6  # share of a Chinese claim's characters that must be translated to support it fully
_WORD = re.compile(r"\w+")
_WORTH = {"supported": 1.0, "partly": 0.5, "unsupported": 0.0}


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence with its verdict, and the quotes that support it (none if it is unsupported).

    ``corrected``: the model's mark was missing or wrong, and the check set another.  ``n_right`` of the
    model's own marks support the sentence at least partly; ``well_cited``: they support it fully.
    """

    claim: DraftClaim
    support: Support
    quotes: tuple[Verdict, ...]
    corrected: bool
    n_right: int
    well_cited: bool

    @property
    def text(self) -> str:
        """The sentence as it is shown."""
        return self.claim.text


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A draft after the check."""

    draft: Draft
    claims: tuple[CheckedClaim, ...]

    @property
    def support_share(self) -> float:
        """The share of sentences that are supported, 0..1; "partly" counts half."""
        return sum(_WORTH[claim.support] for claim in self.claims) / max(1, len(self.claims))

    @property
    def unsupported(self) -> list[str]:
        """The sentences that nothing supports."""
        return [claim.text for claim in self.claims if claim.support == "unsupported"]

    @property
    def n_corrected(self) -> int:
        """How many sentences had marks that the check corrected."""
        return sum(claim.corrected for claim in self.claims)

    @property
    def citation_recall(self) -> float | None:
        """The share of sentences that the model's own marks support (ALCE), 0..1."""
        return _share(sum(claim.well_cited for claim in self.claims), len(self.claims))

    @property
    def citation_precision(self) -> float | None:
        """The share of the model's own marks that support their sentence (ALCE), 0..1."""
        n_marks = sum(len(claim.markers) for claim in self.draft.claims) + self.draft.n_unknown
        return _share(sum(claim.n_right for claim in self.claims), n_marks)


def check_draft(draft: Draft, judge: Judge, question: str) -> Generator[str, None, CheckedDraft]:
    """Check every claim against the passages that it cites, and against all if those do not support it.

    A claim of a word or two ("65B.") is judged together with the question, but all its own words must be
    found.  A Chinese claim that cannot be translated well enough is partly supported at best.  Yields ""
    after each claim, so that the caller can stop: a long draft takes seconds.
    """
    claims = []
    for claim in draft.claims:
        claims.append(_check(claim, judge, question))
        yield ""
    return CheckedDraft(draft, tuple(claims))


def _check(claim: DraftClaim, judge: Judge, question: str) -> CheckedClaim:
    judge_by = partial(_judge, claim.words, judge, question)
    cited = judge_by([marker - 1 for marker in claim.markers])
    verdicts = cited
    if not cited or cited[0].support != "supported":
        everywhere = judge_by(None)
        if _support(everywhere) > _support(cited):
            verdicts = [v for v in everywhere if v.joint] or everywhere[:1]
    quotes = tuple(v for v in verdicts if v.support != "unsupported")[:MAX_QUOTES]
    if any(quote.support == "supported" for quote in quotes):
        quotes = tuple(quote for quote in quotes if quote.support == "supported")
    corrected = bool(quotes) and {q.hit for q in quotes} != {m - 1 for m in claim.markers}
    support: Support = quotes[0].support if quotes else "unsupported"
    return CheckedClaim(
        claim=claim,
        support=support,
        quotes=quotes,
        corrected=corrected,
        n_right=sum(verdict.support != "unsupported" for verdict in cited),
        well_cited=bool(cited) and cited[0].support == "supported",
    )


def _judge(text: str, judge: Judge, question: str, among: Sequence[int] | None) -> list[Verdict]:
    """The verdicts on a claim by the passages ``among`` (None: all), the best first."""
    english = to_english(text)
    if len(_WORD.findall(english)) >= MIN_WORDS:
        verdicts = judge.judge(english, among)
    else:
        verdicts = _judge_short(english, judge, to_english(question), among)
    return verdicts if known_share(text) >= MIN_KNOWN else _at_best_partly(verdicts)


def _judge_short(
    text: str, judge: Judge, question: str, among: Sequence[int] | None
) -> list[Verdict]:
    """The verdicts on ``text`` as an answer to ``question``.

    A bare "no" has no word that a passage could contain: the passage must deny, too, and the words of the
    question alone support it partly at best.
    """
    whole = f"{question} {text}"
    verdicts = [v for v in judge.judge(whole, among) if judge.has_words(v, text)]
    if not read_facts(text).is_bare:
        return verdicts
    return _at_best_partly([v for v in verdicts if judge.denies_alike(v, whole)])


def _at_best_partly(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [replace(v, support="partly") if v.support == "supported" else v for v in verdicts]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _support(verdicts: Sequence[Verdict]) -> int:
    return verdicts[0].strength[0] if verdicts else -1
