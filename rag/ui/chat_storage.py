"""Chats to JSON and back: the browser stores them, no server does.

Its field names are those of chats that browsers have stored already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.answer import Answer
from rag.ui.exchange import Chat, Exchange, Rating, ShownError, nearest_passages

MAX_EXCHANGES = 100
MAX_CHARS = 1_000_000  # of JSON for one chat; a browser stores some 5 MB for a page
UNSTORED_FIELDS = ("run", "timings_ms")
PAPER_FIELDS = ("id", "title", "authors", "year", "arxiv", "url")  # the list has the rest

Record = dict[str, Any]


def chat_to_json(chat: Chat) -> Record:
    """The settled exchanges as JSON; the oldest are left out where there is no room."""
    newest_first = [_exchange_to_json(e) for e in chat.exchanges[::-1] if e.settled]
    exchanges = _first_that_fit(newest_first[:MAX_EXCHANGES], MAX_CHARS)[::-1]
    return {"id": chat.id, "title": chat.title, "exchanges": exchanges}


def _exchange_to_json(exchange: Exchange) -> Record:
    return {
        "question": exchange.question,
        "partial": exchange.partial if exchange.answer is None else "",
        "answer": _answer_to_json(exchange.answer) if exchange.answer else None,
        "trouble": asdict(exchange.error) if exchange.error else None,
        "rated": exchange.rating,
        "scope": exchange.scope,
    }


def _answer_to_json(answer: Answer) -> Record:
    """What is stored of an answer; passages keep their text only where it is shown."""
    stored = {name: value for name, value in asdict(answer).items() if name not in UNSTORED_FIELDS}
    for hit in stored["hits"][len(nearest_passages(answer)) :]:
        hit["text"] = ""
    for source in (*stored["hits"], *stored["citations"]):
        source["paper"] = {name: source["paper"][name] for name in PAPER_FIELDS}
    return stored


def _first_that_fit(records: Sequence[Record], max_chars: int) -> list[Record]:
    """The first of the records, as many as fit into ``max_chars`` of JSON."""
    sizes = accumulate(len(json.dumps(record, ensure_ascii=False)) for record in records)
    return [r for r, size in zip(records, sizes, strict=True) if size <= max_chars]


def chat_from_json(record: Any) -> Chat | None:
    """What ``chat_to_json`` wrote; None for anything else."""
    try:
        stored = _STORED_CHAT.validate_python(record)
    except ValidationError:
        return None
    exchanges = (_exchange_from_stored(exchange) for exchange in stored.exchanges[:MAX_EXCHANGES])
    return Chat(tuple(exchanges), stored.id[:40])


@dataclass(frozen=True, slots=True)
class _StoredExchange:
    """The fields of an ``Exchange`` that are stored, by their names in JSON."""

    question: str
    partial: str
    answer: Answer | None
    trouble: ShownError | None
    rated: Rating
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _StoredChat:
    id: str
    exchanges: tuple[_StoredExchange, ...]


_STORED_CHAT = TypeAdapter(_StoredChat)


def _exchange_from_stored(stored: _StoredExchange) -> Exchange:
    """The exchange again; one that was neither answered nor failed was stopped."""
    return Exchange(
        question=stored.question,
        partial=stored.partial,
        answer=stored.answer,
        n_shown=len(stored.answer.sentences) if stored.answer else 0,
        error=stored.trouble,
        stopped=stored.answer is None and stored.trouble is None,
        rating=stored.rated,
        scope=stored.scope,
    )
