"""A PDF that no reader gets through costs that paper alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdfs import PROSE, endless_pdf, plain_pdf

from ingest.errors import ParseError
from ingest.parse import parse_pdf
from ingest.parse_apart import parser_apart


def test_the_text_is_the_same_as_in_one_process(tmp_path: Path) -> None:
    """Nothing is lost on the way from the other process, and it serves one PDF after the other."""
    first, second = plain_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "字 b.pdf", (PROSE, ()))
    with parser_apart() as parser:
        assert parser.parse(first) == parse_pdf(first)
        assert parser.parse(second) == parse_pdf(second)


def test_what_is_wrong_is_told_with_its_hint(tmp_path: Path) -> None:
    """The message is that of the parser."""
    path = tmp_path / "page.html"
    path.write_text("<html>", encoding="utf-8")
    with parser_apart() as parser, pytest.raises(ParseError, match="This is not a PDF") as raised:
        parser.parse(path)
    assert raised.value.hint


def test_one_without_end_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    """The process that was ended is followed by another."""
    endless, whole = endless_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "b.pdf")
    with parser_apart(max_seconds=2) as parser:
        with pytest.raises(ParseError, match="took too long"):
            parser.parse(endless)
        assert parser.parse(whole) == parse_pdf(whole)


def test_what_nobody_foresaw_is_told_with_its_place() -> None:
    """The log of the sync needs the other process's traceback."""
    with parser_apart() as parser, pytest.raises(RuntimeError, match=r"Traceback(.|\n)*ValueError"):
        parser.parse(Path("a\0b"))
