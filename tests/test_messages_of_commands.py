"""What commands write besides their results: errors, times, and what a sync would do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import CommandLine

from ingest.storage.workspace import Workspace


def test_a_damaged_index_is_described(run: CommandLine) -> None:
    """The error about a damaged index names the file in words, without an error number."""
    run.sync()
    build = run.library.workspace.current_build()
    assert build
    chunks = build / "chunks.jsonl"
    chunks.unlink()
    run("search", "low rank", code=3)
    assert "is damaged: chunks.jsonl: No such file or directory.\n  Run" in run.err
    chunks.write_text("", encoding="utf-8")
    run("search", "low rank", code=3)
    assert "The index is damaged: 0 passages have" in run.err


def test_a_file_is_not_a_data_folder(run: CommandLine, tmp_path: Path) -> None:
    """If the data folder is a file, every command reports that in the same words before it does anything."""
    run.library.workspace = Workspace(tmp_path / "afile")
    run.library.workspace.root.write_text("mine", encoding="utf-8")
    for command in (("papers",), ("search", "low rank"), ("sync", "--offline")):
        run(*command, code=2)
        assert f"{tmp_path / 'afile'} is a file, not a folder.\n  Name" in run.err


def test_papers_says_why_it_shows_none(run: CommandLine) -> None:
    """An unknown topic is a usage error with a suggestion; a state without papers and an empty list are not errors."""
    run("papers", "--topic", "Tuning", code=2)
    assert run.err == "askpapers: No paper has the topic Tuning.\n  Did you mean tuning?\n"
    assert run("papers", "--status", "failed") == "No paper is in this state.\n"
    run("remove", "herd", "slim", "slim")
    assert run.out == "removed herd, slim\n"
    assert run("papers") == "The list is empty.\n"


def test_verbose_logs_the_steps(run: CommandLine, caplog: pytest.LogCaptureFixture) -> None:
    """With ``-v``, the steps of a sync and of an answer are logged with their times."""
    run.library.write_pdf("herd")
    run("sync", "-v", "--offline", "--pdf-dir", run.library.pdfs)
    run("ask", "Who wrote Herd?", "-v")
    assert re.search(r"herd: parse: [\d.]+ s", caplog.text)
    assert re.search(r"search: [\d.]+ ms", caplog.text)


def test_a_dry_run_says_what_a_sync_would_do(run: CommandLine) -> None:
    """``sync --dry-run`` names what would be done, even with ``--quiet``, and whether a sync would refuse it."""
    run.library.write_pdf("herd")
    dry = ("sync", "--dry-run", "--quiet", "--offline", "--pdf-dir", run.library.pdfs)
    assert run(*dry) == (
        "To be done: 1 added (herd), 0 updated, 0 removed, 0 unchanged, 0 failed; 1 not fetched yet.\n"
    )
    run.sync()
    run("remove", "herd")
    assert "1 removed (herd)" in run(*dry)
    assert run.err.startswith("A sync would refuse this: This would remove 1 of 2 papers")


def test_a_failed_paper_is_reported_once(run: CommandLine) -> None:
    """The error of a failed paper is shown once, and the summary only counts it."""
    run.library.write_pdf("herd").write_bytes(b"broken")
    run("sync", "--offline", "--pdf-dir", run.library.pdfs, code=1)
    assert run.err.count("PDF") == 1 and "PDF" not in run.out and "1 failed; 1 not" in run.out


STEERS = "a\x1b[2Jb\x1b]0;c\x07d\x9b"
TURNS_ROUND = "\u202eabd"  # the list takes no other control character


def test_no_command_passes_on_control_characters(run: CommandLine, tmp_path: Path) -> None:
    """Control characters in a list, a file of questions or a gold file are dropped from all output."""
    gold, questions = tmp_path / "gold.jsonl", tmp_path / "q.jsonl"
    asked = {
        "id": STEERS,
        "kind": STEERS,
        "question": "Why?",
        "gold": [{"paper": "x", "pages": [1]}],
    }
    gold.write_text(json.dumps(asked), encoding="utf-8")
    questions.write_text(json.dumps({"id": STEERS, "question": ""}), encoding="utf-8")
    said = [run("add", "2401.00001", "--title", TURNS_ROUND)]
    run.sync()
    said.append(run("papers"))
    said.append(run("search", "Which paper is on abd?"))
    said.append(run("ask", "Which paper is on abd?"))
    said += [run("eval", gold, "--misses", tmp_path / "misses.txt"), run.err]
    said.append((tmp_path / "misses.txt").read_text(encoding="utf-8"))
    run("batch", questions, "-o", tmp_path / "a.jsonl", code=1)
    said.append(run.err)
    assert all("abd" in text for text in said)
    assert all(char == "\n" or char.isprintable() for char in "".join(said))
