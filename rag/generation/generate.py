"""Answer with a language model, and trust it only as far as the pages support it.

a follow-up -> a question that stands alone (before evidence is searched)
evidence that fits -> draft (streamed) -> check -> more than a third unsupported?
                   -> one more draft, which sees the unsupported sentences; the better supported
                      one is kept, or the first one if the model fails at the second
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np

from ingest.embedding.embed import Vectors
from ingest.errors import ContextTooSmall, ModelError
from ingest.indexing.words import terms
from rag.answer import Composed, Hit, ModelRun, Piece, Replacement, Turn
from rag.citations.asides import is_refusal
from rag.citations.cite import DraftClaim, read_draft
from rag.citations.links import host_names, web_addresses
from rag.citations.reply import VisibleReply, without_thoughts
from rag.config import EXTRACTIVE, RagConfig
from rag.generation.budget import ANSWER_TOKENS, n_that_fit, token_counter
from rag.generation.compose import Circumstances, compose, no_answer
from rag.generation.prompts import VERSION, answer_messages, show_passage, stand_alone_messages
from rag.llm.chat_model import Ending
from rag.llm.errors import empty_answer
from rag.llm.langchain_model import load_model
from rag.retrieval.retrieve import Retriever
from rag.verification.check import CheckedClaim, CheckedDraft, check_draft
from rag.verification.entailment import load_verifier
from rag.verification.premises import Embed, evidence_spans
from rag.verification.verify import Judge

MAX_UNSUPPORTED = 1 / 3  # of a draft's sentences; beyond, the model is asked once more
MAX_STAND_ALONE_CHARS = 500
KEPT_WORDS = 0.5  # share of a follow-up's words that it keeps when it is made to stand alone

_ASKS_FOR_LINK = re.compile(
    r"\b(?:urls?|links?|web ?sites?|web ?pages?|repositor\w+|repos?|github|download\w*|available|"
    r"address\w*|code)\b|链接|网址|代码|下载|仓库",
    re.IGNORECASE,
)

_QUESTION_MARKS = ("?", "？")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A checked draft, how its reply ended, and how many of the passages the model saw.

    ``n_refusals`` sentences said that the passages don't answer; they are not among the claims.
    """

    text: str
    checked: CheckedDraft
    ending: Ending
    n_shown: int
    n_refusals: int

    @property
    def is_refusal(self) -> bool:
        return not self.checked.claims


def generate(
    asked: str,
    history: Sequence[Turn],
    hits: Sequence[Hit],
    retriever: Retriever,
    config: RagConfig,
) -> Generator[Piece, None, Composed]:
    """Yield the first draft's text as it comes; return the answer, checked.

    A second draft, where there is one, is not shown while it comes: its pieces are empty.  Closing
    the generator stops the request.  Raises ``UsageError`` and ``ModelError``.
    """
    began = time.monotonic()
    writer = _Writer(asked, history, hits, retriever, config)
    first = yield from writer.attempt()
    attempts, is_failed = [first], False
    if _is_poor(first):
        try:
            attempts.append((yield from _unseen(writer.attempt(first.checked.unsupported))))
        except ModelError:
            if not first.checked.support_share:
                raise
            is_failed = True
    best = _better(attempts)
    run = _run(asked, attempts, best.checked, time.monotonic() - began)
    return replace(_composed(best, is_failed, hits, asked, config.strict), run=run)


def stand_alone(asked: str, history: Sequence[Turn], llm: str) -> Generator[str, None, str]:
    """The follow-up question, reworded by the model ``llm`` so that it needs no history.

    It is ``asked`` itself where there is no model or no history, and where the model wrote anything
    but that question.  Yields empty pieces.  Raises ``UsageError`` and ``ModelError``.
    """
    if not history or llm == EXTRACTIVE:
        return asked
    pieces = load_model(llm).stream(stand_alone_messages(asked, history))
    said, _ = yield from _unseen(_collect(pieces))
    text = " ".join(without_thoughts(said).split())
    return text if _is_same_question(text, asked) else asked


def _is_same_question(text: str, asked: str) -> bool:
    """Whether ``text`` may be ``asked`` with names filled in: small models answer or ramble instead."""
    if asked.endswith(_QUESTION_MARKS) and not text.endswith(_QUESTION_MARKS):
        return False
    words = set(terms(asked))
    keeps = len(words & set(terms(text))) >= KEPT_WORDS * len(words)
    return 0 < len(text) <= MAX_STAND_ALONE_CHARS and keeps


class _Writer:
    """Asks the model about one question's evidence, as often as needed."""

    def __init__(
        self,
        asked: str,
        history: Sequence[Turn],
        hits: Sequence[Hit],
        retriever: Retriever,
        config: RagConfig,
    ) -> None:
        self._asked, self._history, self._hits, self._llm = asked, history, hits, config.llm
        self._model = load_model(config.llm)
        embed, entails = _embed_with_index(hits, retriever), load_verifier(config.verifier)
        self._judge = Judge(hits, embed, entails, retriever.names.find)
        self._count = token_counter(config.llm, retriever.count_tokens)
        self._n_shown = len(hits)

    def attempt(self, unsupported: Sequence[str] = ()) -> Generator[Piece, None, _Attempt]:
        """One draft, streamed and checked; with less evidence if the model cannot read it all."""
        self._n_shown = min(self._n_shown, self._n_that_fit(unsupported))
        while True:
            shown = self._hits[: self._n_shown]
            messages = answer_messages(self._asked, self._history, shown, unsupported)
            try:
                text, ending = yield from _collect(self._model.stream(messages))
            except ContextTooSmall:
                if self._n_shown <= 1:
                    raise
                self._n_shown //= 2
                continue
            return (yield from self._check(text, shown, ending))

    def _check(
        self, text: str, shown: Sequence[Hit], ending: Ending
    ) -> Generator[Piece, None, _Attempt]:
        links = _links_in(shown, is_asked=bool(_ASKS_FOR_LINK.search(self._asked)))
        draft = read_draft(text, [_short(hit.paper.title) for hit in shown], links)
        if not draft.claims and not draft.n_links:
            thinks = bool(text.strip()) and not without_thoughts(text).strip()
            raise empty_answer(self._llm, ending.finish, thinks)
        checked = yield from check_draft(draft, self._judge, self._asked)
        pairs = zip(draft.claims, checked.claims, strict=True)
        said = [(claim, verdict) for claim, verdict in pairs if not _refuses(claim, verdict)]
        checked = CheckedDraft(
            replace(draft, claims=tuple(c for c, _ in said)), tuple(v for _, v in said)
        )
        return _Attempt(text, checked, ending, len(shown), len(draft.claims) - len(said))

    def _n_that_fit(self, unsupported: Sequence[str]) -> int:
        """How many passages fit beside rules, question, unsupported sentences and answer; at least 1."""
        bare = answer_messages(self._asked, self._history, (), unsupported)
        used = ANSWER_TOKENS + sum(self._count(text) for _, text in bare)
        room = self._model.context_tokens - used
        sizes = [self._count(show_passage(i, hit)) for i, hit in enumerate(self._hits, start=1)]
        return max(1, n_that_fit(sizes, room))


def _refuses(claim: DraftClaim, verdict: CheckedClaim) -> bool:
    """Whether a sentence says that the passages don't answer, rather than what one of them denies."""
    return is_refusal(claim.words) and (not claim.markers or verdict.support == "unsupported")


def _is_poor(attempt: _Attempt) -> bool:
    checked = attempt.checked
    return len(checked.unsupported) > MAX_UNSUPPORTED * len(checked.claims)


def _better(attempts: Sequence[_Attempt]) -> _Attempt:
    """The better supported attempt, the first of equals; a refusal beats one without support."""
    worth = [0.01 if attempt.is_refusal else attempt.checked.support_share for attempt in attempts]
    return attempts[worth.index(max(worth))]


def _composed(
    best: _Attempt, is_failed: bool, hits: Sequence[Hit], asked: str, strict: bool
) -> Composed:
    if best.is_refusal:
        return no_answer(hits, asked)
    n_left_out = len(hits) - best.n_shown
    how = Circumstances(best.ending.finish, n_left_out, best.n_refusals > 0, is_failed)
    return compose(best.checked, hits, how, asked, strict)


def _collect(
    pieces: Generator[str, None, Ending],
) -> Generator[Piece, None, tuple[str, Ending]]:
    """Pass on what may be seen as it comes, or nothing; return the whole text, and how it ended.

    Where what was seen turns out to have been thoughts, what follows them is a ``Replacement``.
    """
    said: list[str] = []
    reply, shown = VisibleReply(), ""
    with closing(pieces):
        while True:
            try:
                said.append(next(pieces))
            except StopIteration as end:
                return "".join(said), cast("Ending", end.value)
            seen = reply.read(said[-1])
            yield seen[len(shown) :] if seen.startswith(shown) else Replacement(seen)
            shown = seen


def _unseen(steps: Generator[Piece, None, Result]) -> Generator[str, None, Result]:
    """Run ``steps`` with an empty piece in place of each, so that they can be stopped."""
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return cast("Result", end.value)
            yield ""


def _run(asked: str, attempts: Sequence[_Attempt], kept: CheckedDraft, seconds: float) -> ModelRun:
    return ModelRun(
        asked=asked,
        prompt=VERSION,
        drafts=tuple(attempt.text for attempt in attempts),
        prompt_tokens=_total(attempt.ending.prompt_tokens for attempt in attempts),
        answer_tokens=_total(attempt.ending.answer_tokens for attempt in attempts),
        seconds=round(seconds, 2),
        citation_recall=kept.citation_recall,
        citation_precision=kept.citation_precision,
    )


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _embed_with_index(hits: Sequence[Hit], retriever: Retriever) -> Embed:
    """A function that embeds texts, using the index's vectors for the sentences of ``hits``."""
    known: dict[str, Vectors] = {}
    for hit in hits:
        view = retriever.view(hit.paper.id)
        unit = view.unit(hit.page)
        for sentence, vector in zip(unit.sentences, view.vectors[unit.rows], strict=True):
            known[unit.text[sentence.start : sentence.end]] = vector

    def embed(texts: Sequence[str]) -> Vectors:
        found = [known[text] if text in known else retriever.embed(text) for text in texts]
        return np.array(found, dtype=np.float32)

    return embed


def _links_in(hits: Sequence[Hit], is_asked: bool) -> set[str]:
    """What of the passages' evidence looks like a link and may be said: addresses only if one is asked for."""
    spans = [(hit.text, *span) for hit in hits for span in evidence_spans(hit.text)]
    texts = [text[start:end] for text, start, end in spans]
    named = [*texts, *(hit.paper.title for hit in hits)]
    names = {name for text in named for name in host_names(text)}
    return names | {link for text in texts for link in web_addresses(text) if is_asked}


def _short(title: str) -> str:
    """A title's name before its colon, if it has one: what a sentence calls the paper."""
    name, colon, _ = title.partition(":")
    return name if colon and len(name.split()) <= 3 else title
