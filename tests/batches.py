"""Files of questions and scripted answers, for the tests of batches."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.errors import UsageError
from rag.batch.item_answers import Record
from rag.batch.items import Item, read_items


def answer(item: Item) -> Record:
    """The same answer to every question, and an error for the question "fail"."""
    if item.question == "fail":
        raise UsageError("It failed.", "Ask otherwise.")
    citation = {"marker": 1, "title": "T", "year": 2020, "page": 3, "quote": "q"}
    citation |= {"url": "about", "pdf_url": "paper#page=3"}
    return {
        "question": item.question,
        "status": "answered",
        "answer": "=1+1",
        "citations": [citation],
    }


def lines(path: Path) -> list[Record]:
    """The records of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def items(tmp_path: Path, *rows: str, name: str = "in.jsonl") -> list[Item]:
    """The questions read from a file with these lines."""
    path = tmp_path / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return read_items(path)
