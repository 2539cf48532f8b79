"""Record visitors' ratings of answers, in files that ``askpapers eval`` reads as questions.

A liked answer confirms its cited pages.  A disliked one still needs someone to write in the right
pages, so it goes to another file.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import AssistantError
from ingest.storage.atomic import atomic_write, cannot_write
from ingest.terminal import unexpected_logged
from rag.answer import Answer
from rag.ui.exchange import Chat, Rating, ShownError

KINDS = ("liked", "disliked")

_lock = threading.Lock()


def with_rating(data_dir: Path, chat: Chat, turn: int, given: Rating) -> Chat:
    """The chat with exchange ``turn`` (from 1) rated as ``given``; the same rating again removes it.

    Where that cannot be recorded, the exchange says why.
    """
    if not 1 <= turn <= len(chat.exchanges):
        return chat
    exchange = chat.exchanges[turn - 1]
    rating: Rating = "" if given == exchange.rating else given
    liked = rating == "liked" if rating else None
    try:
        with unexpected_logged(data_dir):
            if not record_rating(data_dir / "feedback", chat, turn, liked):
                return chat
        exchange = replace(exchange, rating=rating, action_errors=())
    except AssistantError as error:
        exchange = replace(exchange, action_errors=(ShownError.of(error),))
    exchanges = (*chat.exchanges[: turn - 1], exchange, *chat.exchanges[turn:])
    return replace(chat, exchanges=exchanges)


def record_rating(folder: Path, chat: Chat, turn: int, liked: bool | None) -> bool:
    """Record the rating of exchange ``turn`` (from 1); False if there is nothing to rate.

    It replaces an earlier rating; None only removes that.  A liked answer that cites the list alone
    confirms no page, and would read as a question to be refused: it is not recorded.  Raises
    ``StorageError``.
    """
    exchange = chat.exchanges[turn - 1] if 1 <= turn <= len(chat.exchanges) else None
    if exchange is None or exchange.answer is None or not exchange.done:
        return False
    record = _feedback_record(chat, turn, exchange.answer, bool(liked))
    with _lock:
        _remove_record(folder, record["id"])
        if liked is None:
            return True
        if record["gold"] or not liked or exchange.answer.status == "no_evidence":
            _append(folder / f"{record['kind']}.jsonl", record)
    return True


def _feedback_record(chat: Chat, turn: int, answer: Answer, liked: bool) -> dict[str, Any]:
    gold = [
        {"paper": citation.paper.id, "pages": [citation.page], "quote": citation.quote}
        for citation in answer.citations
        if citation.page
    ]
    earlier = [e.answer for e in chat.exchanges[: turn - 1] if e.answer]
    return {
        "id": f"{chat.id[:8]}-{turn}",
        "question": answer.question,
        "kind": "liked" if liked else "disliked",
        "history": [{"question": a.question, "answer": a.text} for a in earlier],
        "gold": gold if liked else [],
        "answer": answer.text,
        "llm": answer.llm,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _remove_record(folder: Path, record_id: str) -> None:
    """Remove the record with this id from the files; all other lines stay the same, to the byte."""
    for path in (folder / f"{kind}.jsonl" for kind in KINDS):
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        kept = [line for line in lines if _id_of(line) != record_id]
        if kept != lines:
            with atomic_write(path) as temp:
                temp.write_bytes(b"\n".join(kept))


def _id_of(line: bytes) -> object:
    """The id of a line; None for a line that was edited by hand into something else."""
    try:
        return json.loads(line)["id"]
    except (ValueError, KeyError, TypeError):
        return None


def _append(path: Path, record: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        end = (
            "\n" if before and not before.endswith(b"\n") else ""
        )  # the last line may have been written by hand
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{end}{json.dumps(record, ensure_ascii=False)}\n")
    except OSError as error:
        raise cannot_write(path, error) from error
