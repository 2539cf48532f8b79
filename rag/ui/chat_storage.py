"""Chats to JSON and back: the browser keeps them, no server does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.answer import Answer
from rag.ui.exchange import Chat, Exchange, Rating, Trouble, nearest

MAX_EXCHANGES = 100
MAX_CHARS = 1_000_000  # of JSON for one chat; a browser keeps some 5 MB for a page
NOT_KEPT = ("run", "timings_ms")
PAPER_FIELDS = ("id", "title", "authors", "year", "arxiv", "url")  # the rest is the list's business

Record = dict[str, Any]


def chat_to_json(chat: Chat) -> Record:
    """The settled exchanges as JSON; the oldest are left out where there is no room."""
    newest_first = [_exchange_to_json(e) for e in chat.exchanges[::-1] if e.settled]
    exchanges = _fitting(newest_first[:MAX_EXCHANGES], MAX_CHARS)[::-1]
    return {"id": chat.id, "title": chat.title, "exchanges": exchanges}


def _exchange_to_json(exchange: Exchange) -> Record:
    return {
        "question": exchange.question,
        "partial": exchange.partial if exchange.answer is None else "",
        "answer": _answer_to_json(exchange.answer) if exchange.answer else None,
        "trouble": asdict(exchange.trouble) if exchange.trouble else None,
        "rated": exchange.rated,
        "scope": exchange.scope,
    }


def _answer_to_json(answer: Answer) -> Record:
    """What is read back of an answer; passages keep their text only where it is shown."""
    kept = {name: value for name, value in asdict(answer).items() if name not in NOT_KEPT}
    for hit in kept["hits"][len(nearest(answer)) :]:
        hit["text"] = ""
    for place in (*kept["hits"], *kept["citations"]):
        place["paper"] = {name: place["paper"][name] for name in PAPER_FIELDS}
    return kept


def _fitting(records: Sequence[Record], most_chars: int) -> list[Record]:
    """The first of the records, as many as fit into ``most_chars`` of JSON."""
    sizes = accumulate(len(json.dumps(record, ensure_ascii=False)) for record in records)
    return [r for r, size in zip(records, sizes, strict=True) if size <= most_chars]


def chat_from_json(record: Any) -> Chat | None:
    """What ``chat_to_json`` wrote; None for anything else."""
    try:
        kept = _KEPT.validate_python(record)
    except ValidationError:
        return None
    exchanges = (_exchange(exchange) for exchange in kept.exchanges[:MAX_EXCHANGES])
    return Chat(tuple(exchanges), kept.id[:40])


@dataclass(frozen=True, slots=True)
class _KeptExchange:
    """The fields of an ``Exchange`` that are kept."""

    question: str
    partial: str
    answer: Answer | None
    trouble: Trouble | None
    rated: Rating
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _KeptChat:
    id: str
    exchanges: tuple[_KeptExchange, ...]


_KEPT = TypeAdapter(_KeptChat)


def _exchange(kept: _KeptExchange) -> Exchange:
    """What was neither answered nor failed was stopped."""
    return Exchange(
        question=kept.question,
        partial=kept.partial,
        answer=kept.answer,
        n_shown=len(kept.answer.sentences) if kept.answer else 0,
        trouble=kept.trouble,
        stopped=kept.answer is None and kept.trouble is None,
        rated=kept.rated,
        scope=kept.scope,
    )
