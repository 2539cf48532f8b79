"""Commands that read questions from files and write answers to files lose nothing and say what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import CommandLine
from full_disk import room_for

from rag.retrieval.retrieve import Retriever


def test_answers_do_not_overwrite_their_questions(run: CommandLine, tmp_path: Path) -> None:
    """A batch whose output is the file of its questions is refused, and the file stays as it is."""
    for name, content in (
        ("q.jsonl", '{"id": "1", "question": "Why?"}\n'),
        ("q.csv", "question\nWhy?\n"),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        run("batch", path, "-o", path, code=2)
        assert "the file with the questions" in run.err
        assert path.read_text(encoding="utf-8") == content


def test_the_same_batch_again_asks_only_what_changed(run: CommandLine, tmp_path: Path) -> None:
    """A finished batch is not asked again unless its filters or options change."""
    questions, out = tmp_path / "q.txt", tmp_path / "a.csv"
    questions.write_text("Who wrote Herd?\nWho wrote Slim?\n", encoding="utf-8")
    run("batch", questions, "-o", out)
    assert "earlier run" not in run.err
    run("batch", questions, "-o", out)
    assert "kept from an earlier run: 2. To ask again, delete" in run.err
    for way in (("--year", "2021"), ("--strict",)):
        run("batch", questions, "-o", out, *way)
        assert "earlier run" not in run.err


def test_hits_are_added_to_jsonl_only(run: CommandLine, tmp_path: Path) -> None:
    """``--hits`` adds that many passages to each record in JSONL, and is refused for other formats."""
    questions, out = tmp_path / "q.txt", tmp_path / "a.jsonl"
    questions.write_text("Who wrote Herd?", encoding="utf-8")
    for k in ("1", "2"):
        run("batch", questions, "-o", out, "--hits", k)
        assert "earlier run" not in run.err
        assert len(json.loads(out.read_text(encoding="utf-8"))["hits"]) == int(k)
    for name in ("a.csv", "a.md"):
        run("batch", questions, "-o", tmp_path / name, "--hits", "1", code=2)
        assert f"{name} cannot hold the passages that --hits adds." in run.err
        assert not tmp_path.joinpath(name).exists()


def test_answers_of_another_index_are_asked_again(run: CommandLine, tmp_path: Path) -> None:
    """If a sync changes the index, a batch is asked again, so that no removed paper is cited."""
    questions, out = tmp_path / "q.txt", tmp_path / "a.jsonl"
    questions.write_text("Who wrote Slim Adapters?\nWho wrote Herd?\n", encoding="utf-8")
    run.library.write_pdf("herd")
    run.sync()
    run("batch", questions, "-o", out)
    run.sync()
    run("batch", questions, "-o", out)
    assert "kept from an earlier run: 2." in run.err
    run("remove", "slim")
    run.sync("--yes")
    run("batch", questions, "-o", out)
    assert "earlier run" not in run.err
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {c["paper"] for record in records for c in record["citations"]} == {"herd"}


def test_an_error_in_one_line_does_not_stop_a_batch(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line with an invalid character or an unexpected error fails alone, and the log has the error's id."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    asked = ["Who wrote Herd?", "bad \ud83d", "Who broke it?", "Who wrote Slim?"]
    rows = [json.dumps({"question": question}) for question in asked]
    questions.write_text("\n".join(rows), encoding="utf-8")
    read = Retriever.read

    def break_on(self: Retriever, asked: str, *more: Any) -> Any:
        return 1 / 0 if "broke" in asked else read(self, asked, *more)

    monkeypatch.setattr(Retriever, "read", break_on)
    run("batch", questions, "-o", out, code=1)
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [r.get("status") for r in records] == ["answered", None, None, "answered"]
    assert "which is not a character" in records[1]["error"]["message"]
    log = (run.library.workspace.root / "askpapers.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log and log.split()[4] in records[2]["error"]["message"]


def test_an_invalid_character_is_a_usage_error(run: CommandLine, tmp_path: Path) -> None:
    """A stray byte or half an emoji is a usage error, in a question and in a file of earlier turns."""
    run("ask", "caf\udcff LoRA", code=2)
    assert "'\\udcff', which is not a character" in run.err
    run("search", "bad \ud83d", code=2)
    history = tmp_path / "turns.json"
    for turns, said in (([{"question": "\ud83d"}], "not a character"), ("Why?", "must look like")):
        history.write_text(json.dumps(turns), encoding="utf-8")
        run("ask", "And then?", "--history", history, code=2)
        assert said in run.err and "turns.json" in run.err


def test_a_table_may_name_papers_and_more(run: CommandLine, tmp_path: Path) -> None:
    """The column ``papers`` limits a question to these papers; a warning names columns that are ignored."""
    questions, out = tmp_path / "q.csv", tmp_path / "a.jsonl"
    rows = "question,papers,year", "Who wrote Slim?,slim,2015", "Who wrote Slim?,slimm,2015"
    questions.write_text("\n".join(rows), encoding="utf-8")
    run("batch", questions, "-o", out, code=1)
    assert "q.csv: ignored `year`; known fields are `id`, `question`, `papers`." in run.err
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert first["status"] == "answered"
    assert second["error"]["message"] == "Not in the index: slimm."


def test_a_guessed_encoding_is_reported(run: CommandLine, tmp_path: Path) -> None:
    """A file in GB18030, as Excel writes Chinese, is read by every command, with a warning."""
    asked, out = "羊群模型是哪篇论文提出的？", tmp_path / "a.jsonl"
    row = {"id": "1", "question": asked}
    for name, content, command in (
        ("q.csv", f"question\n{asked}\n", ("batch", "-o", out)),
        ("g.jsonl", json.dumps(row, ensure_ascii=False), ("eval",)),
        ("h.json", json.dumps([row], ensure_ascii=False), ("ask", "Who wrote it?", "--history")),
    ):
        path = tmp_path / name
        run(*command, path, code=2)
        assert f"{name} does not exist.\n  Check the name and the folder." in run.err
        path.write_text(content, encoding="gbk")
        run(*command, path)
        assert f"{name} is not in UTF-8; it was read as GB18030." in run.err
    assert json.loads(out.read_text(encoding="utf-8"))["question"] == asked


def test_filters_that_no_paper_meets_are_reported(run: CommandLine, tmp_path: Path) -> None:
    """Filters of the whole batch that no paper meets are a usage error; those of one line are that line's error."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    rows = [{"question": "Who wrote Herd?", "papers": [paper]} for paper in ("herb", "herd")]
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for options in (("--topic", "nosuch"), ("--list", "x"), ("--paper", "x"), ("--year", "-1900")):
        for command in (
            ("ask", "Who wrote Herd?"),
            ("search", "Herd"),
            ("batch", questions, "-o", out),
        ):
            run(*command, *options, code=2)
    assert not out.exists()
    run("batch", questions, "-o", out, code=1)
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert first["error"] == {"message": "Not in the index: herb.", "hint": "Did you mean herd?"}
    assert second["status"] == "answered"


def test_gold_pages_that_are_not_in_the_index_are_reported(
    run: CommandLine, tmp_path: Path
) -> None:
    """``eval`` reports gold pages that the index does not have once, and names the first few."""
    run.library.write_pdf("herd")
    run.sync()
    gold = tmp_path / "gold.jsonl"

    def ask_for(*places: dict[str, Any]) -> None:
        rows = [{"id": f"q{n}", "question": "Why?", "gold": [p]} for n, p in enumerate(places)]
        gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        run("eval", gold)

    ask_for({"paper": "herd", "pages": [1], "also_pages": [2]})
    assert "not in the index" not in run.err
    ask_for({"paper": "herb", "pages": [1]}, {"paper": "herd", "pages": [2], "also_pages": [9]})
    assert "Gold pages not in the index: 2 (herb p. 1 (q0), herd p. 9 (q1))" in run.err
    ask_for(*({"paper": f"other{n}", "pages": [1]} for n in range(9)))
    assert (
        "index: 9 (" in run.err and "other2 p. 1 (q2), ..." in run.err and "other3" not in run.err
    )


def test_a_full_disk_is_named(run: CommandLine, tmp_path: Path) -> None:
    """If a disk is full, the error names the file, and the same batch goes on once there is room."""
    run.sync()
    questions, out = tmp_path / "q.txt", tmp_path / "a.csv"
    questions.write_text("Who wrote Herd?\nWho wrote Slim?\n", encoding="utf-8")
    with room_for(1000):
        run("batch", questions, "-o", out, code=1)
    assert ".a.csv.journal cannot be written: File too large" in run.err
    assert "Check that the disk has space" in run.err and "unexpected" not in run.err
    run("batch", questions, "-o", out)
    with room_for(100):
        run("batch", questions, "-o", out, code=1)
    assert "a.csv cannot be written" in run.err
    gold = tmp_path / "gold.jsonl"
    row = {"id": "1", "question": "Why?", "gold": [{"paper": "herd", "pages": [1]}]}
    gold.write_text(json.dumps(row), encoding="utf-8")
    for option in ("--save", "--misses"):
        with room_for(10):
            run("eval", gold, option, tmp_path / "kept.json", code=1)
        assert "kept.json cannot be written: File too large" in run.err


def test_folders_of_outputs_are_created_first(run: CommandLine, tmp_path: Path) -> None:
    """Missing folders of outputs are created before the work; if that fails, no question is asked."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "1", "question": "Who wrote Herd?"}), encoding="utf-8")
    new = tmp_path / "new"
    run("eval", gold, "--save", new / "a" / "run.json", "--misses", new / "b" / "misses.txt")
    run("batch", gold, "-o", new / "c" / "answers.jsonl")
    assert all(
        new.joinpath(name).is_file() for name in ("a/run.json", "b/misses.txt", "c/answers.jsonl")
    )
    for option in ("--save", "--misses"):
        run("eval", gold, option, gold / "x.json", code=1)
        assert "cannot be written" in run.err and "question" not in run.err
        run("eval", gold, option, gold, code=2)
        assert "the file with the questions" in run.err
    run("batch", gold, "-o", gold / "x.jsonl", code=1)
    assert "cannot be written" in run.err


def test_the_first_lines_that_failed_are_shown(run: CommandLine, tmp_path: Path) -> None:
    """A batch shows the errors of the first lines that failed and counts the others, even with ``--quiet``."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text("\n".join(["{"] * 5), encoding="utf-8")
    run("batch", questions, "-o", out, "--quiet", code=1)
    first, *_, last = run.err.splitlines()
    assert first.startswith("1: Line 1 is not a question: ") and last == "... and 2 more."
    questions.write_text('{"question": "Who wrote Herd?"}', encoding="utf-8")
    run("batch", questions, "-o", out)
    assert run.err.endswith(f"1 question, 0 failed, answers in {out}.\n")


def test_a_file_without_questions_is_a_usage_error(run: CommandLine, tmp_path: Path) -> None:
    """A file without questions is a usage error of ``batch`` and ``eval`` alike."""
    path = tmp_path / "q.jsonl"
    path.write_text("\n", encoding="utf-8")
    for command in (("batch", path, "-o", tmp_path / "a.md"), ("eval", path)):
        run(*command, code=2)
        assert "q.jsonl contains no questions." in run.err


def test_every_invalid_line_of_a_gold_file_is_named(run: CommandLine, tmp_path: Path) -> None:
    """The error about a gold file names all its invalid lines, so that they can be corrected at once."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "1"}\n{"id": "2", "question": "Why?"}\n[]\n', encoding="utf-8")
    run("eval", gold, code=2)
    assert "gold.jsonl:1: " in run.err and "gold.jsonl:3: " in run.err
    assert "gold.jsonl:2: " not in run.err
