"""A PDF that crashes or blocks its reader affects that paper only, in a sync and on the page."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from pdfs import PROSE, endless_pdf, plain_pdf
from pypdf import PdfWriter

from ingest.errors import ParseError, UsageError
from ingest.pdf.page_picture import draw_page
from ingest.pdf.parse import parse_pdf
from ingest.pdf.process import PdfProcess
from ingest.pdf.pypdf_reader import SecondReader


def test_the_text_is_the_same_as_in_one_process(tmp_path: Path) -> None:
    """Nothing is lost between the processes, and one process reads several PDFs."""
    first, second = plain_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "字 b.pdf", (PROSE, ()))
    with closing(PdfProcess()) as process:
        assert process.parse(first) == parse_pdf(first)
        assert process.parse(second) == parse_pdf(second)


def test_an_error_comes_with_its_hint(tmp_path: Path) -> None:
    """Message and hint are those of the parser."""
    path = tmp_path / "page.html"
    path.write_text("<html>", encoding="utf-8")
    with (
        closing(PdfProcess()) as process,
        pytest.raises(ParseError, match="This is not a PDF") as raised,
    ):
        process.parse(path)
    assert raised.value.hint


def test_warnings_of_the_readers_are_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The readers warn about many faults that they can handle."""
    path = plain_pdf(tmp_path / "a.pdf")
    path.write_bytes(path.read_bytes().replace(b"startxref\n", b"startxref\n9", 1))
    with closing(PdfProcess()) as process:
        process.parse(path)
    assert capfd.readouterr() == ("", "") and not caplog.records


def test_a_pdf_that_blocks_the_reader_fails_and_the_next_is_read(tmp_path: Path) -> None:
    """A new process replaces the one that was ended."""
    endless, whole = endless_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "b.pdf")
    with closing(PdfProcess(max_seconds=2)) as process:
        with pytest.raises(ParseError, match="took too long"):
            process.parse(endless)
        assert process.parse(whole) == parse_pdf(whole)


def test_the_picture_is_the_same_as_in_one_process(tmp_path: Path) -> None:
    """Its bytes and marks, chosen with the text before the quote."""
    lines = [PROSE[0], *PROSE]
    pdf = plain_pdf(tmp_path / "a.pdf", [lines])
    with closing(PdfProcess()) as process:
        for number, before in ((1, ""), (1, PROSE[0])):
            drawn = process.draw_page(pdf, number, PROSE[0], before)
            assert drawn == draw_page(pdf, number, PROSE[0], before) and drawn.marks


def test_a_missing_page_or_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    """The errors are the same as without the other process."""
    with closing(PdfProcess()) as process:
        with pytest.raises(UsageError, match="has 1"):
            process.draw_page(plain_pdf(tmp_path / "a.pdf"), 2)
        with pytest.raises(ParseError):
            process.draw_page(tmp_path / "missing.pdf", 1)


def test_a_page_that_blocks_the_reader_is_tried_once(tmp_path: Path) -> None:
    """The next request for it fails at once, until the file changes; other pages are drawn."""
    pdf, whole = endless_pdf(tmp_path / "a.pdf"), plain_pdf(tmp_path / "b.pdf")
    with closing(PdfProcess(max_seconds=2)) as process:
        with pytest.raises(ParseError, match="too long"):
            process.draw_page(pdf, 1)
        assert process.draw_page(whole, 1) == draw_page(whole, 1)
        survivor = own_children()
        with pytest.raises(ParseError, match="too long"):
            process.draw_page(pdf, 1)
        assert own_children() == survivor
        os.utime(plain_pdf(pdf), (0, 0))
        assert process.draw_page(pdf, 1) == draw_page(pdf, 1)


def test_the_second_reading_is_the_same_as_in_one_process(tmp_path: Path) -> None:
    """For all pages, and for the new file if a PDF was replaced."""
    pdf = plain_pdf(tmp_path / "a.pdf", [PROSE, (), PROSE[:1]])
    with closing(PdfProcess()) as process:
        assert process.read_again(pdf, 3) == [
            SecondReader(pdf.read_bytes()).page_text(i) for i in range(3)
        ]
        os.utime(plain_pdf(pdf), (0, 0))
        (text,) = process.read_again(pdf, 1)
        assert text and PROSE[2] in text


def test_a_page_that_blocks_the_second_reader_affects_no_other(tmp_path: Path) -> None:
    """The pages before and after it are read."""
    writer = PdfWriter()
    for path in (plain_pdf(tmp_path / "a.pdf"), endless_pdf(tmp_path / "b.pdf")):
        writer.append(path)
    writer.append(tmp_path / "a.pdf")
    writer.write(tmp_path / "c.pdf")
    with closing(PdfProcess(max_seconds=2)) as process:
        first, endless, last = process.read_again(tmp_path / "c.pdf", 3)
    assert first == last and first and PROSE[0] in first
    assert endless is None


def test_several_threads_get_their_own_results(tmp_path: Path) -> None:
    """They share one process."""
    pdf = plain_pdf(tmp_path / "a.pdf", [[f"This is page {i}."] for i in range(1, 9)])
    with closing(PdfProcess()) as process, ThreadPoolExecutor(8) as pool:
        drawn = pool.map(lambda number: process.draw_page(pdf, number), range(1, 9))
        assert [picture.number for picture in drawn] == list(range(1, 9))


def test_a_running_task_fails_when_the_process_is_closed(tmp_path: Path) -> None:
    """The PDF is reported as unreadable, and no other error is raised."""
    endless, process = endless_pdf(tmp_path / "a.pdf"), PdfProcess(max_seconds=2)
    with ThreadPoolExecutor(1) as pool:
        parsing = pool.submit(process.parse, endless)
        while not parsing.done():
            process.close()
    with pytest.raises(ParseError, match="cannot be read"):
        parsing.result()
    process.close()


def test_an_unexpected_error_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """The message names the error, and the log has the other process's traceback."""
    caplog.set_level("INFO")
    with (
        closing(PdfProcess()) as process,
        pytest.raises(RuntimeError, match="ValueError") as raised,
    ):
        process.parse(Path("a\0b"))
    assert "Traceback" in caplog.text and "Traceback" not in str(raised.value)


def test_files_in_the_working_directory_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser does not import a ``random.py`` beside the papers."""
    (tmp_path / "random.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    path = plain_pdf(tmp_path / "a.pdf")
    with closing(PdfProcess()) as process:
        assert process.parse(path) == parse_pdf(path)


def test_a_process_that_was_ended_from_outside_is_replaced(tmp_path: Path) -> None:
    """The next PDF is read."""
    path = plain_pdf(tmp_path / "a.pdf")
    others = own_children()
    with closing(PdfProcess()) as process:
        process.parse(path)
        (child,) = set(own_children()) - set(others)
        os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert process.parse(path) == parse_pdf(path)


def own_children() -> list[int]:
    """The child processes of this one that it has not waited for."""
    return [child.pid for child in psutil.Process().children()]
