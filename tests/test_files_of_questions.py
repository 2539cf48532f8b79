"""Whatever is asked from files or written to them: nothing is lost, and what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import CommandLine
from full_disk import room_for
from small_library import SmallLibrary

from rag.retrieval.retrieve import Retriever


@pytest.fixture
def run(library: SmallLibrary, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(library, capsys)


def test_answers_never_take_the_place_of_their_questions(run: CommandLine, tmp_path: Path) -> None:
    """The same file for both is a slip: nothing is asked, nothing is written."""
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
    """A finished CSV is not asked again; with another filter, all of it is."""
    questions, out = tmp_path / "q.txt", tmp_path / "a.csv"
    questions.write_text("Who wrote Herd?\nWho wrote Slim?\n", encoding="utf-8")
    run("batch", questions, "-o", out)
    assert "earlier run" not in run.err
    run("batch", questions, "-o", out)
    assert "kept from an earlier run: 2. To ask again, delete" in run.err
    for way in (("--year", "2021"), ("--strict",)):
        run("batch", questions, "-o", out, *way)
        assert "earlier run" not in run.err


def test_passages_go_where_they_have_a_place(run: CommandLine, tmp_path: Path) -> None:
    """JSONL holds them, and another K is another answer; for the other forms they are refused."""
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
    """A paper that left the list is cited no more; a sync that changes nothing keeps the answers."""
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


def test_one_odd_line_does_not_stop_a_batch(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no text fails alone; so does an unexpected error, under an id that the log has."""
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


def test_what_is_no_text_is_no_question(run: CommandLine, tmp_path: Path) -> None:
    """A stray byte, half an emoji: told in words, on the command line and in a history."""
    run("ask", "caf\udcff LoRA", code=2)
    assert "'\\udcff', which is not a character" in run.err
    run("search", "bad \ud83d", code=2)
    history = tmp_path / "turns.json"
    for turns, said in (([{"question": "\ud83d"}], "not a character"), ("Why?", "must look like")):
        history.write_text(json.dumps(turns), encoding="utf-8")
        run("ask", "And then?", "--history", history, code=2)
        assert said in run.err and "turns.json" in run.err


def test_a_table_may_name_papers_and_more(run: CommandLine, tmp_path: Path) -> None:
    """The papers limit the question; columns that are not read are told, and do no harm."""
    questions, out = tmp_path / "q.csv", tmp_path / "a.jsonl"
    rows = "question,papers,year", "Who wrote Slim?,slim,2015", "Who wrote Slim?,slimm,2015"
    questions.write_text("\n".join(rows), encoding="utf-8")
    run("batch", questions, "-o", out, code=1)
    assert "q.csv: ignored `year`; known fields are `id`, `question`, `papers`." in run.err
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert first["status"] == "answered"
    assert second["error"]["message"] == "Not in the index: slimm."


def test_a_guessed_encoding_is_told(run: CommandLine, tmp_path: Path) -> None:
    """Chinese as Excel writes it is read, by every command; a file that is not there is told plainly."""
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


def test_filters_that_no_paper_meets_are_told(run: CommandLine, tmp_path: Path) -> None:
    """At once where they are of the whole batch; a line's own are that line's error."""
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


def test_gold_of_what_the_index_lacks_is_told(run: CommandLine, tmp_path: Path) -> None:
    """Once, naming the first few: nothing can find them, and the scores alone would not say why."""
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
    """Whichever file it happens in; with room the same batch goes on from what was kept."""
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


def test_outputs_come_to_new_folders(run: CommandLine, tmp_path: Path) -> None:
    """They are made before the work; where that cannot be, nothing is asked."""
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


def test_the_first_lines_that_failed_are_told(run: CommandLine, tmp_path: Path) -> None:
    """So that a log says what the exit code means; with --quiet, too."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text("\n".join(["{"] * 5), encoding="utf-8")
    run("batch", questions, "-o", out, "--quiet", code=1)
    first, *_, last = run.err.splitlines()
    assert first.startswith("1: Line 1 is not a question: ") and last == "... and 2 more."
    questions.write_text('{"question": "Who wrote Herd?"}', encoding="utf-8")
    run("batch", questions, "-o", out)
    assert run.err.endswith(f"1 question, 0 failed, answers in {out}.\n")


def test_a_file_without_questions_is_told(run: CommandLine, tmp_path: Path) -> None:
    """The same by both commands that read one."""
    path = tmp_path / "q.jsonl"
    path.write_text("\n", encoding="utf-8")
    for command in (("batch", path, "-o", tmp_path / "a.md"), ("eval", path)):
        run(*command, code=2)
        assert "q.jsonl contains no questions." in run.err


def test_every_wrong_line_of_gold_is_named(run: CommandLine, tmp_path: Path) -> None:
    """One look at the file mends them all."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "1"}\n{"id": "2", "question": "Why?"}\n[]\n', encoding="utf-8")
    run("eval", gold, code=2)
    assert "gold.jsonl:1: " in run.err and "gold.jsonl:3: " in run.err
    assert "gold.jsonl:2: " not in run.err
