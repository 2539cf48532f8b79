"""Chats to JSON and back: the browser keeps them, no server does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Hit, ModelFailure, Scores, Sentence
from rag.ui.exchange import Chat, Exchange, Trouble, nearest

MOST_EXCHANGES = 100
MOST_CHARS = 1_000_000  # of JSON for one chat; a browser keeps some 5 MB for a page
NOT_KEPT = ("run", "timings_ms")
PAPER_FIELDS = ("id", "title", "authors", "year", "arxiv", "url")  # the rest is the list's business

Record = dict[str, Any]


def chat_to_json(chat: Chat) -> Record:
    """The settled exchanges as JSON; the oldest are left out where there is no room."""
    newest_first = [_exchange_to_json(e) for e in chat.exchanges[::-1] if e.settled]
    exchanges = _fitting(newest_first[:MOST_EXCHANGES], MOST_CHARS)[::-1]
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
    sizes = accumulate(len(json.dumps(record)) for record in records)
    return [r for r, size in zip(records, sizes, strict=True) if size <= most_chars]


def chat_from_json(record: Any) -> Chat | None:
    """What ``chat_to_json`` wrote; None for anything else."""
    try:
        exchanges = [_exchange(raw) for raw in record["exchanges"][:MOST_EXCHANGES]]
        return Chat(tuple(exchanges), str(record["id"])[:40])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _exchange(raw: Mapping[str, Any]) -> Exchange:
    """An exchange; what was neither answered nor failed was stopped."""
    if raw["rated"] not in ("", "liked", "disliked"):
        raise ValueError(f"rated {raw['rated']!r}")
    answer = None if raw["answer"] is None else _answer(raw["answer"])
    trouble = None if raw["trouble"] is None else _trouble(raw["trouble"])
    return Exchange(
        question=str(raw["question"]),
        partial=str(raw["partial"]),
        answer=answer,
        n_shown=len(answer.sentences) if answer else 0,
        trouble=trouble,
        stopped=answer is None and trouble is None,
        rated=raw["rated"],
        scope=_texts(raw["scope"]),
    )


def _trouble(raw: Mapping[str, Any]) -> Trouble:
    return Trouble(str(raw["message"]), str(raw["hint"]), str(raw["title"]))


def _answer(raw: Mapping[str, Any]) -> Answer:
    if raw["status"] not in ("answered", "no_evidence"):
        raise ValueError(f"status {raw['status']!r}")
    return Answer(
        question=str(raw["question"]),
        status=raw["status"],
        sentences=tuple(_sentence(sentence) for sentence in raw["sentences"]),
        citations=tuple(_citation(citation) for citation in raw["citations"]),
        llm=str(raw["llm"]),
        index=str(raw["index"]),
        hits=tuple(_hit(hit) for hit in raw["hits"]),
        notices=_texts(raw["notices"]),
        failure=_failure(raw["failure"]),
    )


def _failure(raw: Mapping[str, Any] | None) -> ModelFailure | None:
    if raw is None:
        return None
    return ModelFailure(str(raw["llm"]), str(raw["message"]), str(raw["hint"]))


def _sentence(raw: Mapping[str, Any]) -> Sentence:
    if raw["support"] not in ("supported", "partly", "unsupported"):
        raise ValueError(f"support {raw['support']!r}")
    markers = tuple(int(marker) for marker in raw["citations"])
    return Sentence(str(raw["text"]), markers, raw["support"], str(raw["lead"]))


def _citation(raw: Mapping[str, Any]) -> Citation:
    return Citation(
        marker=int(raw["marker"]),
        source="list" if raw["source"] == "list" else "paper",
        paper=_paper(raw["paper"]),
        page=_number(raw["page"]),
        quote=str(raw["quote"]),
        start=int(raw["start"]),
    )


def _hit(raw: Mapping[str, Any]) -> Hit:
    scores = raw["scores"]
    return Hit(
        rank=int(raw["rank"]),
        source="list" if raw["source"] == "list" else "paper",
        paper=_paper(raw["paper"]),
        page=_number(raw["page"]),
        section=str(raw["section"]),
        start=int(raw["start"]),
        text=str(raw["text"]),
        scores=Scores(float(scores["dense"]), float(scores["lexical"]), float(scores["fused"])),
        has_pages=bool(raw["has_pages"]),
    )


def _paper(raw: Mapping[str, Any]) -> Paper:
    """The parts of a paper that are shown: what ``PAPER_FIELDS`` names."""
    return Paper(
        id=str(raw["id"]),
        title=str(raw["title"]),
        authors=_texts(raw["authors"]),
        year=_number(raw["year"]),
        arxiv=None if raw["arxiv"] is None else str(raw["arxiv"]),
        url=None if raw["url"] is None else str(raw["url"]),
    )


def _number(raw: object) -> int | None:
    return None if raw is None else int(str(raw))


def _texts(raw: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(text) for text in raw)
