"""Why a passage was found: its rank, the words that it shares with the question, its scores."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.indexing.words import terms
from rag.answer import Answer, Hit
from rag.query.translate import to_english
from rag.ui.markup import safe, tags
from rag.ui.texts import Language, text

_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class MatchDetails:
    """A passage, one of ``n_found``; ``words`` are those that it shares with the question."""

    hit: Hit
    n_found: int
    words: tuple[str, ...]
    section: str


def describe_match(hit: Hit, answer: Answer) -> MatchDetails:
    """The details of ``hit``, which is among the passages of ``answer``."""
    return MatchDetails(hit, len(answer.hits), common_words(answer.question, hit.text), hit.section)


def common_words(asked: str, passage: str) -> tuple[str, ...]:
    """The words of a question, in English, that a passage has in any form; each once, in order.

    >>> common_words("How does LoRA save memory?", "LoRA saves much.")
    ('LoRA', 'save')
    """
    in_passage = set(terms(passage))
    words = (word for word in _WORD.findall(to_english(asked)) if terms(word))
    return tuple(dict.fromkeys(word for word in words if in_passage.issuperset(terms(word))))


def render_match(match: MatchDetails, language: Language) -> str:
    """A list of the details, the scores in small print."""
    scores = match.hit.scores
    words = tags(match.words)
    percent = round(100 * max(0.0, scores.dense))
    rows = {
        "rank": text(language, "rank of", rank=_ordinal(match.hit.rank, language), n=match.n_found)
        + _render_score("fused", f"{scores.fused:.2f}", language),
        "section": safe(match.section) or "–",
        "words in common": (words or text(language, "none in common"))
        + _render_score("lexical", f"{scores.lexical:.1f}", language),
        "meaning": f'<span class="progress-track"><span style="width:{percent}%"></span></span>'
        + _render_score("dense", f"{scores.dense:.2f}", language),
    }
    cells = "".join(
        f"<dt>{text(language, key)}</dt><dd>{value}</dd>" for key, value in rows.items()
    )
    return f"<dl>{cells}</dl>"


def _render_score(kind: str, number: str, language: Language) -> str:
    return f' <small class="muted">{text(language, kind)} {number}</small>'


def _ordinal(n: int, language: Language) -> str:
    """An ordinal: 1st, 2nd; a plain number in Chinese."""
    if language == "zh":
        return str(n)
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
