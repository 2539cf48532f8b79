"""The record of an answer: one JSON line, enough to ask again and compare."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from rag.answer import Composed, Hit

_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What a model was asked and what it took.

    ``prompt`` is the prompt's version, ``drafts`` what the model wrote, unchecked; tokens are None
    where the server does not count them.
    """

    llm: str
    prompt: str
    drafts: tuple[str, ...]
    prompt_tokens: int | None
    answer_tokens: int | None
    seconds: float


def record(
    asked: str, hits: Sequence[Hit], composed: Composed, llm: str, run: ModelRun | None = None
) -> dict[str, Any]:
    """The record of one answer; ``run`` is None where no model was asked."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": asked,
        "llm": llm,
        "evidence": [f"{hit.paper.id}:{hit.page or 'list'}:{hit.start}" for hit in hits],
        "status": composed.status,
        "sentences": [sentence.as_json() for sentence in composed.sentences],
        "citations": [citation.as_json() for citation in composed.citations],
        "notices": list(composed.notices),
        "run": asdict(run) if run else None,
    }


def append(path: Path, entry: dict[str, Any]) -> None:
    """Add ``entry`` as one line.  Raises ``UsageError`` if the file cannot be written."""
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    try:
        with _writing, path.open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise UsageError(
            f"The trace cannot be written to {path}: {error.strerror}.", "Give another file."
        ) from error
