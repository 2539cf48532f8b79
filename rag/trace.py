"""Record answers, one JSON line each, with everything needed to ask again and compare."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.storage.atomic import cannot_write
from rag.answer import Answer

_writing = threading.Lock()


def answer_record(answer: Answer) -> dict[str, Any]:
    """The record of one answer; "run" is None if no model was asked, "failure" if none failed."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "llm": answer.llm,
        "index": answer.index,
        "evidence": [f"{hit.paper.id}:{hit.page or 'list'}:{hit.start}" for hit in answer.hits],
        "status": answer.status,
        "sentences": [sentence.as_json() for sentence in answer.sentences],
        "citations": [citation.as_json() for citation in answer.citations],
        "notices": list(answer.notices),
        "timings_ms": answer.timings_ms,
        "run": asdict(answer.run) if answer.run else None,
        "failure": answer.failure.as_json() if answer.failure else None,
    }


def append_record(path: Path, entry: dict[str, Any]) -> None:
    """Add ``entry`` as one line.  Raises ``StorageError`` if the file cannot be written."""
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    try:
        with _writing, path.open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise cannot_write(path, error) from error
