"""Read and draw PDFs in a process of its own: one that a reader never gets through costs that paper alone.

pdfium is a C library.  A file of some kilobytes can make it expand forms within forms for ever, or
crash; nothing within the same process could end that.

    parent -> child: a task, its seconds, the path of a PDF and what else it needs, as a line of JSON
    child -> parent: what the task gave, or what is wrong with the PDF, as a line of JSON; or its end
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
from ingest.pdf.page_picture import OPEN_IT, PagePicture, draw_page
from ingest.pdf.parse import parse_pdf
from ingest.pdf.pypdf_reader import SecondReader
from ingest.storage.checksums import modified_ns

MAX_SECONDS = 180  # of processor time for one PDF; a thousand pages take some seconds
PAGE_SECONDS = 15  # for one page; of 2,790 the slowest took pypdf 3, and a picture 0.3
MAX_WAITED = 4  # times as long, by the clock, on a machine that is busy or limits nothing
MAX_BYTES = 3 * 2**30  # of address space; the largest paper tried took 0.3 GiB
READY = "ready"

_log = logging.getLogger(__name__)


class PdfProcess:
    """Does one task after the other in a process that is started when first needed, until ``close``.

    ``max_seconds`` is the processor time that one PDF may take.  Safe to use from several threads,
    which wait for each other.
    """

    def __init__(self, max_seconds: int = MAX_SECONDS) -> None:
        self._max_seconds = max_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._fatal: set[tuple[Path, int, int]] = set()  # a PDF, its time of change, a page

    def parse(self, pdf: Path) -> PaperText:
        """The clean text of ``pdf``.

        Raises ``ParseError`` as ``parse_pdf`` does, and where the process died over the file.
        """
        given = self._do("parse", self._max_seconds, pdf)
        if given is None:
            raise ParseError(
                "The PDF cannot be read: it took too long, too much memory, or crashed the reader.",
                "Print it to a new PDF from a viewer, and use that.",
            )
        return PaperText.from_json(given)

    def read_again(self, pdf: Path, n_pages: int) -> list[str | None]:
        """The text of every page as pypdf finds it: "" where it finds none, None where it takes too long.

        All are None from where the pages together take too long.
        """
        seconds = min(PAGE_SECONDS, self._max_seconds)
        until = time.monotonic() + MAX_WAITED * self._max_seconds
        texts: list[str | None] = []
        for index in range(n_pages):
            in_time = time.monotonic() < until
            texts.append(self._do("read again", seconds, pdf, index) if in_time else None)
        return texts

    def draw_page(self, pdf: Path, number: int, quote: str = "", before: str = "") -> PagePicture:
        """The picture of page ``number`` (from 1) with the marks of ``quote``, as ``draw_page`` draws it.

        Raises ``ParseError`` and ``UsageError`` as that does, and ``ParseError`` where the process
        died over the page; it is not tried again then, until the file changes.
        """
        page = (pdf, modified_ns(pdf), number)
        if page not in self._fatal:
            seconds = min(PAGE_SECONDS, self._max_seconds)
            given = self._do("draw", seconds, pdf, number, quote, before)
            if given is not None:
                return PagePicture.from_json(given)
            self._fatal.add(page)
        raise ParseError(
            f"Page {number} takes too long to draw, takes too much memory, or crashes the reader.",
            OPEN_IT,
        )

    def start(self) -> None:
        """Start the process now, so that the first task need not wait for it."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the process, if there is one; the task that it is doing fails as if it had died."""
        if child := self._child:
            child.kill()  # the lock's holder is waiting for its answer
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _do(self, task: str, seconds: int, pdf: Path, *how: object) -> Any:
        """What ``task`` gives; None if the process died over it.  Raises what the task raises."""
        request = json.dumps([task, seconds, str(pdf), *how])
        with self._lock:
            line = self._answer(request, MAX_WAITED * seconds)
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
        return answer["given"]

    def _answer(self, request: str, most_waited: float) -> str:
        """The line that the process answers within so many seconds; "" if it died."""
        child, line = self._running(), ""
        assert child.stdin and child.stdout
        alarm = threading.Timer(most_waited, child.kill)
        alarm.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(request + "\n")
                child.stdin.flush()
            line = child.stdout.readline()
        finally:
            alarm.cancel()
            if not line.endswith("\n"):  # it died, or Ctrl-C came and nobody will read its answer
                self._end()
                line = ""
        return line

    def _running(self) -> subprocess.Popen[str]:
        if self._child and self._child.poll() is not None:  # ended from outside
            self._end()
        self._child = self._child or _start()
        return self._child


def _start() -> subprocess.Popen[str]:
    """A new process.  Raises ``RuntimeError`` if it does not come up."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "ingest.pdf.process"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C is for the parent, which ends this process itself
    )
    assert child.stdout
    if child.stdout.readline().strip() != READY:
        child.kill()
        child.communicate()
        raise RuntimeError("the process for PDFs does not start")
    return child


drawing = PdfProcess()
"""Draws the pages that this program shows; kept, because a start takes as long as some pages."""
atexit.register(drawing.close)


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer every line of ``requests`` until there are no more; the child's side."""
    _limit_memory()
    answers.write(READY + "\n")
    answers.flush()
    for line in requests:
        task, seconds, pdf, *how = json.loads(line)
        _limit_time(seconds)
        answers.write(json.dumps(_answer_to(task, Path(pdf), how)) + "\n")
        answers.flush()


def _answer_to(task: str, pdf: Path, how: list[Any]) -> dict[str, Any]:
    try:
        return {"given": _TASKS[task](pdf, *how)}
    except ParseError as error:
        return {"unusable": error.as_json()}
    except UsageError as error:
        return {"misused": error.as_json()}
    except MemoryError:
        sys.exit(1)  # the parent says why a process may end
    except Exception as error:
        return {"unexpected": repr(error), "traceback": traceback.format_exc()}


def _read_again(pdf: Path, index: int) -> str:
    text = _second_reader(pdf, modified_ns(pdf)).page_text(index)
    return text.encode("utf-8", "replace").decode("utf-8")  # it may hold halves of a character


@lru_cache(maxsize=1)
def _second_reader(pdf: Path, changed: int) -> SecondReader:
    """Kept from page to page; ``changed`` only keeps the cache from reading an old PDF."""
    return SecondReader(pdf.read_bytes())


_TASKS: dict[str, Callable[..., Any]] = {
    "parse": lambda pdf: parse_pdf(pdf).as_json(),
    "read again": _read_again,
    "draw": lambda pdf, *how: draw_page(pdf, *how).as_json(),
}


def _limit_time(seconds: int) -> None:
    """Have the system end this process once it has computed for so many seconds more."""
    with suppress(ImportError, ValueError):  # Windows limits nothing; or less is allowed anyway
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
