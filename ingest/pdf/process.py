"""Read and draw PDFs in a separate process, so that a crash or an endless loop affects one paper only.

pdfium is a C library.  A file of a few kilobytes can make it expand nested forms for ever, or crash, and
nothing in the same process could stop that.

    parent -> child: a task, its time limit in seconds, the path of a PDF and other arguments: a JSON line
    child -> parent: the result, or an error: a JSON line; or the child ends
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from ingest.corpus import PaperText
from ingest.errors import ParseError, UsageError
from ingest.pdf.page_picture import OPEN_PDF_HINT, PagePicture, draw_page
from ingest.pdf.parse import parse_pdf
from ingest.pdf.pypdf_reader import SecondReader
from ingest.storage.checksums import modified_ns

MAX_SECONDS = 180  # CPU time for one PDF; a thousand pages take some seconds
# CPU time for one page; of 2,790 the slowest took pypdf 3 s, and its picture 0.3 s.
PAGE_SECONDS = 15
WALL_TIME_FACTOR = 4  # of wall time to CPU time, for busy machines and those without CPU limits
MAX_BYTES = 3 * 2**30  # of address space; the largest paper tried took 0.3 GiB
READY = "ready"

_log = logging.getLogger(__name__)


class PdfProcess:
    """Runs one task at a time in a process that is started when first needed and ended by ``close``.

    ``max_seconds`` is the CPU time that one PDF may take.  Thread-safe: threads wait for each other.
    """

    def __init__(self, max_seconds: int = MAX_SECONDS) -> None:
        self._max_seconds = max_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._fatal: set[tuple[Path, int, int]] = set()  # a PDF, its modification time, a page

    def parse(self, pdf: Path) -> PaperText:
        """The clean text of ``pdf``.

        Raises ``ParseError`` as ``parse_pdf`` does, and if the process died.
        """
        result = self._run_task("parse", self._max_seconds, pdf)
        if result is None:
            raise ParseError(
                "The PDF cannot be read: it took too long, too much memory, or crashed the reader.",
                "Print it to a new PDF from a viewer, and use that.",
            )
        return PaperText.from_json(result)

    def read_again(self, pdf: Path, n_pages: int) -> list[str | None]:
        """The text of every page as pypdf reads it: "" if it finds none, None if it takes too long.

        All remaining pages are None once the PDF as a whole takes too long.
        """
        seconds = min(PAGE_SECONDS, self._max_seconds)
        until = time.monotonic() + WALL_TIME_FACTOR * self._max_seconds
        texts: list[str | None] = []
        for index in range(n_pages):
            in_time = time.monotonic() < until
            texts.append(self._run_task("read again", seconds, pdf, index) if in_time else None)
        return texts

    def draw_page(self, pdf: Path, number: int, quote: str = "", before: str = "") -> PagePicture:
        """The picture of page ``number`` (from 1) with the marks of ``quote``, as ``draw_page`` draws it.

        Raises ``ParseError`` and ``UsageError`` as that does, and ``ParseError`` if the process died;
        the page is then not tried again until the file changes.
        """
        page = (pdf, modified_ns(pdf), number)
        if page not in self._fatal:
            seconds = min(PAGE_SECONDS, self._max_seconds)
            result = self._run_task("draw", seconds, pdf, number, quote, before)
            if result is not None:
                return PagePicture.from_json(result)
            self._fatal.add(page)
        raise ParseError(
            f"Page {number} takes too long to draw, takes too much memory, or crashes the reader.",
            OPEN_PDF_HINT,
        )

    def start(self) -> None:
        """Start the process now, so that the first task does not wait for it."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the process, if there is one; its current task fails as if the process had died."""
        if child := self._child:
            child.kill()  # without the lock, whose holder waits for the child's answer
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _run_task(self, task: str, seconds: int, pdf: Path, *arguments: object) -> Any:
        """The result of ``task``; None if the process died.  Raises what the task raises."""
        request = json.dumps([task, seconds, str(pdf), *arguments])
        with self._lock:
            line = self._exchange(request, WALL_TIME_FACTOR * seconds)
        if not line:
            return None
        answer = json.loads(line)
        if "unexpected" in answer:
            _log.info("an unexpected error in the process for PDFs\n%s", answer["traceback"])
            raise RuntimeError(answer["unexpected"])
        if "unusable" in answer:
            raise ParseError(**answer["unusable"])
        if "misused" in answer:
            raise UsageError(**answer["misused"])
        return answer["result"]

    def _exchange(self, request: str, wall_seconds: float) -> str:
        """Send ``request``; the line that the process answers in time, "" if it died."""
        child, line = self._running(), ""
        assert child.stdin and child.stdout
        alarm = threading.Timer(wall_seconds, child.kill)
        alarm.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(request + "\n")
                child.stdin.flush()
            line = child.stdout.readline()
        finally:
            alarm.cancel()
            if not line.endswith("\n"):  # it died, or after Ctrl-C its answer will not be read
                self._end()
                line = ""
        return line

    def _running(self) -> subprocess.Popen[str]:
        if self._child and self._child.poll() is not None:  # something else has ended it
            self._end()
        self._child = self._child or _start()
        return self._child


def _start() -> subprocess.Popen[str]:
    """A new process.  Raises ``RuntimeError`` if it does not start."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "ingest.pdf.process"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C then reaches only the parent, which ends this process itself
    )
    assert child.stdout
    if child.stdout.readline().strip() != READY:
        child.kill()
        child.communicate()
        raise RuntimeError("the process for PDFs does not start")
    return child


drawing = PdfProcess()
"""Draws the pages that this program shows; shared, because starting a process is slow."""
atexit.register(drawing.close)


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer every line of ``requests``, in the child process."""
    _limit_memory()
    answers.write(READY + "\n")
    answers.flush()
    for line in requests:
        task, seconds, pdf, *arguments = json.loads(line)
        _limit_time(seconds)
        answers.write(json.dumps(_answer_to(task, Path(pdf), arguments)) + "\n")
        answers.flush()


def _answer_to(task: str, pdf: Path, arguments: list[Any]) -> dict[str, Any]:
    try:
        return {"result": _TASKS[task](pdf, *arguments)}
    except ParseError as error:
        return {"unusable": error.as_json()}
    except UsageError as error:
        return {"misused": error.as_json()}
    except MemoryError:
        sys.exit(1)  # the parent reports it
    except Exception as error:
        return {"unexpected": repr(error), "traceback": traceback.format_exc()}


def _read_again(pdf: Path, index: int) -> str:
    text = _second_reader(pdf, modified_ns(pdf)).page_text(index)
    return text.encode("utf-8", "replace").decode("utf-8")  # pypdf may return lone surrogates


@lru_cache(maxsize=1)
def _second_reader(pdf: Path, changed: int) -> SecondReader:
    """The reader, cached from page to page; ``changed`` is part of the key, for replaced PDFs."""
    return SecondReader(pdf.read_bytes())


_TASKS: dict[str, Callable[..., Any]] = {
    "parse": lambda pdf: parse_pdf(pdf).as_json(),
    "read again": _read_again,
    "draw": lambda pdf, *arguments: draw_page(pdf, *arguments).as_json(),
}


def _limit_time(seconds: int) -> None:
    """Let the system end this process after ``seconds`` more of CPU time."""
    with suppress(ImportError, ValueError):  # Windows has no limits; or a lower one is in force
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, most))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, most))


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
