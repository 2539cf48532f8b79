"""What visitors thought of answers, in files that ``askpapers eval`` reads as questions.

An answer that was liked proves its cited pages.  One that was disliked only asks for someone to
write the right pages in: it goes to another file.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.ui.exchange import Chat

_one_at_a_time = threading.Lock()


def rate(folder: Path, chat: Chat, turn: int, liked: bool) -> bool:
    """Write down what was thought of exchange ``turn`` (from 1); False if there is none to rate."""
    exchange = chat.exchanges[turn - 1] if 1 <= turn <= len(chat.exchanges) else None
    if exchange is None or exchange.answer is None or not exchange.done:
        return False
    answer = exchange.answer
    gold = [
        {"paper": citation.paper.id, "pages": [citation.page], "quote": citation.quote}
        for citation in answer.citations
        if citation.page
    ]
    earlier = [e.answer for e in chat.exchanges[: turn - 1] if e.answer]
    line: dict[str, Any] = {
        "id": f"{chat.id[:8]}-{turn}",
        "question": answer.question,
        "kind": "liked" if liked else "disliked",
        "history": [{"question": a.question, "answer": a.text} for a in earlier],
        "gold": gold if liked else [],
        "answer": answer.text,
        "llm": answer.llm,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    _append(folder / f"{line['kind']}.jsonl", line)
    return True


def _append(path: Path, line: dict[str, Any]) -> None:
    with _one_at_a_time:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
