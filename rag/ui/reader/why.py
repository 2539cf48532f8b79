"""Why a passage was found: its place among the others, the words in common, how near in meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.indexing.words import terms
from rag.answer import Answer, Hit
from rag.query.translate import to_english
from rag.ui.markup import safe
from rag.ui.texts import Language, text

_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Why:
    """A passage that was found, one of ``n_found``; ``words`` are those of the question in it."""

    hit: Hit
    n_found: int
    words: tuple[str, ...]
    section: str


def why_found(hit: Hit, answer: Answer) -> Why:
    """Why ``hit`` is among the passages of ``answer``."""
    return Why(hit, len(answer.hits), common_words(answer.question, hit.text), hit.section)


def common_words(asked: str, passage: str) -> tuple[str, ...]:
    """The words of a question, in English, that a passage has in any form; each once, in order.

    >>> common_words("How does LoRA save memory?", "LoRA saves much.")
    ('LoRA', 'save')
    """
    known = set(terms(passage))
    found = (word for word in _WORD.findall(to_english(asked)) if terms(word))
    return tuple(dict.fromkeys(word for word in found if known.issuperset(terms(word))))


def render_why(why: Why, language: Language) -> str:
    """In words, the scores small behind them."""
    scores = why.hit.scores
    words = "".join(f'<span class="topic">{safe(word)}</span>' for word in why.words)
    nearness = round(100 * max(0.0, scores.dense))
    rows = {
        "rank": text(language, "rank of", rank=_nth(why.hit.rank, language), n=why.n_found)
        + _score("fused", f"{scores.fused:.2f}", language),
        "section": safe(why.section) or "–",
        "words in common": (words or text(language, "none in common"))
        + _score("lexical", f"{scores.lexical:.1f}", language),
        "meaning": f'<span class="bar"><span style="width:{nearness}%"></span></span>'
        + _score("dense", f"{scores.dense:.2f}", language),
    }
    cells = "".join(
        f"<dt>{text(language, key)}</dt><dd>{value}</dd>" for key, value in rows.items()
    )
    return f"<dl>{cells}</dl>"


def _score(kind: str, number: str, language: Language) -> str:
    return f' <small class="muted">{text(language, kind)} {number}</small>'


def _nth(n: int, language: Language) -> str:
    """An ordinal: 1st, 2nd; a plain number in Chinese."""
    if language == "zh":
        return str(n)
    ends = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ends}"
