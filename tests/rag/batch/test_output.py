"""What a batch writes: CSV and Markdown that can be opened, and never over a file of somebody else."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import pytest
from batches import answer

from ingest.errors import StorageError, UsageError
from rag.batch.batch import journal_of, prepare_output, run_batch
from rag.batch.item_answers import Record
from rag.batch.items import Item


def test_csv_contains_no_formulas(tmp_path: Path) -> None:
    """A cell that a spreadsheet would run as a formula is escaped, and a byte order mark says that the file is UTF-8."""
    run_batch([Item("1", "a")], tmp_path / "o.csv", answer)
    assert (tmp_path / "o.csv").read_bytes().startswith(codecs.BOM_UTF8 + b"id,")
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["answer"] == "'=1+1"
    assert row["sources"] == "[1] T (2020), p. 3 paper#page=3"


def test_markdown_has_sources_with_links(tmp_path: Path) -> None:
    """In Markdown, each answer is followed by its sources, each with its quote and a link to the page."""
    run_batch([Item("1", "a"), Item("2", "fail")], tmp_path / "o.md", answer)
    text = (tmp_path / "o.md").read_text(encoding="utf-8")
    assert text == (
        "## 1. a\n\n=1+1\n\n- [1] T (2020), p. 3: “q” paper#page=3\n\n## 2. fail\n\n*It failed.*\n"
    )


def test_markdown_has_one_paragraph_per_line(tmp_path: Path) -> None:
    """In Markdown, each line is a paragraph; a repeated quote, an unknown year and empty parts are left out."""
    cited = {"marker": 1, "title": "T", "year": None, "page": 3, "quote": "So it\nis."}
    cited |= {"url": None, "pdf_url": None}
    told = {"Why?": ("T:\nSo it is. [1]\nAnd more.", [cited]), "And?": ("No evidence.", [])}

    def tell(item: Item) -> Record:
        said, citations = told[item.question]
        return {"question": item.question, "answer": said, "citations": citations}

    asked = [Item("1", "Why?"), Item("2", "And?"), Item("3", "", problem="Line 3 is odd.")]
    run_batch(asked, tmp_path / "o.md", tell)
    assert (tmp_path / "o.md").read_text(encoding="utf-8") == (
        "## 1. Why?\n\nT:\n\nSo it is. [1]\n\nAnd more.\n\n- [1] T, p. 3\n\n"
        "## 2. And?\n\nNo evidence.\n\n## 3\n\n*Line 3 is odd.*\n"
    )


def test_an_unusable_output_is_named(tmp_path: Path) -> None:
    """The output must have a known extension, and can be neither the file of the questions nor a folder."""
    questions, link = tmp_path / "q.jsonl", tmp_path / "l.jsonl"
    questions.write_text('{"question": "a"}', encoding="utf-8")
    link.symlink_to(questions)
    tmp_path.joinpath("folder.md").mkdir()
    wrong = {"o.docx": "extension", "q.jsonl": "questions", "l.jsonl": "questions"}
    for name, why in wrong.items():
        with pytest.raises(UsageError, match=why):
            prepare_output(tmp_path / name, questions)
    for name in ("folder.md", "q.jsonl/o.md"):
        with pytest.raises(StorageError, match="cannot be written"):
            prepare_output(tmp_path / name, questions)
    prepare_output(tmp_path / "new" / "o.jsonl", questions)
    assert list(tmp_path.joinpath("new").iterdir()) == []


def test_a_file_that_no_batch_wrote_is_not_overwritten(tmp_path: Path) -> None:
    """An output is overwritten only if it is empty or a batch wrote it, even one whose questions all failed."""
    questions, out = tmp_path / "q.txt", tmp_path / "thesis.md"
    questions.write_text("Why?", encoding="utf-8")
    out.write_text("my thesis", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already"):
        prepare_output(out, questions)
    assert out.read_text(encoding="utf-8") == "my thesis" and not journal_of(out).exists()
    out.write_text("", encoding="utf-8")
    prepare_output(out, questions)
    run_batch([Item("1", "fail")], out, answer)
    prepare_output(out, questions)
