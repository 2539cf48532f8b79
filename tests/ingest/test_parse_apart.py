"""A PDF that no reader gets through costs that paper alone."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from pdfs import PROSE, endless_pdf, plain_pdf

from ingest.errors import ParseError
from ingest.parse import parse_pdf
from ingest.parse_apart import ParserApart


def test_the_text_is_the_same_as_in_one_process(tmp_path: Path) -> None:
    """Nothing is lost on the way from the other process, and it serves one PDF after the other."""
    first, second = plain_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "字 b.pdf", (PROSE, ()))
    with closing(ParserApart()) as parser:
        assert parser.parse(first) == parse_pdf(first)
        assert parser.parse(second) == parse_pdf(second)


def test_what_is_wrong_is_told_with_its_hint(tmp_path: Path) -> None:
    """The message is that of the parser."""
    path = tmp_path / "page.html"
    path.write_text("<html>", encoding="utf-8")
    with (
        closing(ParserApart()) as parser,
        pytest.raises(ParseError, match="This is not a PDF") as raised,
    ):
        parser.parse(path)
    assert raised.value.hint


def test_one_without_end_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    """The process that was ended is followed by another."""
    endless, whole = endless_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "b.pdf")
    with closing(ParserApart(max_seconds=2)) as parser:
        with pytest.raises(ParseError, match="took too long"):
            parser.parse(endless)
        assert parser.parse(whole) == parse_pdf(whole)


def test_what_nobody_foresaw_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The message names the error, and the log holds the other process's traceback."""
    caplog.set_level("INFO")
    with (
        closing(ParserApart()) as parser,
        pytest.raises(RuntimeError, match="ValueError") as raised,
    ):
        parser.parse(Path("a\0b"))
    assert "Traceback" in caplog.text and "Traceback" not in str(raised.value)


def test_files_of_the_working_directory_are_no_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``random.py`` beside the papers is not what the parser imports."""
    (tmp_path / "random.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    path = plain_pdf(tmp_path / "a.pdf")
    with closing(ParserApart()) as parser:
        assert parser.parse(path) == parse_pdf(path)


def test_a_process_that_was_ended_from_outside_is_replaced(tmp_path: Path) -> None:
    """The next PDF is not blamed."""
    path = plain_pdf(tmp_path / "a.pdf")
    with closing(ParserApart()) as parser:
        parser.parse(path)
        (child,) = own_children()
        os.kill(child, signal.SIGKILL)
        assert parser.parse(path) == parse_pdf(path)


def own_children() -> list[int]:
    """The processes that this one has started and not waited for."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        pytest.skip("needs /proc")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
