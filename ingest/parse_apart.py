"""Parse PDFs in a process of its own: one that a reader never gets through costs that paper alone.

pdfium is a C library.  A file of some kilobytes can make it expand forms within forms for ever, or
crash; nothing within the same process could end that.

    parent -> child: the path of a PDF, as a line of JSON
    child -> parent: its text, or what is wrong with it, as a line of JSON; or its end
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ingest.corpus import PaperText
from ingest.errors import ParseError
from ingest.parse import parse_pdf

MAX_SECONDS = 180  # of processor time for one PDF; a thousand pages take some seconds
MOST_WAITED = 4  # times as long, by the clock, on a machine that is busy or limits nothing
MAX_BYTES = 3 * 2**30  # of address space; the largest paper tried took 0.3 GiB
READY = "ready"

_log = logging.getLogger(__name__)


class ParserApart:
    """Parses one PDF after the other in a process that is started when first needed, until ``close``.

    ``max_seconds`` is the processor time that one PDF may take.  Not safe to use from several threads.
    """

    def __init__(self, max_seconds: int = MAX_SECONDS) -> None:
        self._max_seconds = max_seconds
        self._child: subprocess.Popen[str] | None = None

    def parse(self, path: Path) -> PaperText:
        """The clean text of the PDF at ``path``.

        Raises ``ParseError`` as ``parse_pdf`` does, and where the process died over the file.
        """
        was_there = self._child is not None
        answer = self._ask(path)
        if answer is None and was_there:  # it may have been ended from outside
            answer = self._ask(path)
        if answer is None:
            raise ParseError(
                "The PDF cannot be read: it took too long, too much memory, or crashed the reader.",
                "Print it to a new PDF from a viewer, and use that.",
            )
        if "unforeseen" in answer:
            _log.info("something unforeseen in the parser's process\n%s", answer["traceback"])
            raise RuntimeError(answer["unforeseen"])
        if "message" in answer:
            raise ParseError(**answer)
        return PaperText.from_json(answer)

    def _ask(self, path: Path) -> dict[str, Any] | None:
        """The answer of the process; None if it died."""
        child = self._child = self._child or self._start()
        assert child.stdin and child.stdout
        alarm = threading.Timer(MOST_WAITED * self._max_seconds, child.kill)
        alarm.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(json.dumps(str(path)) + "\n")
                child.stdin.flush()
            line = child.stdout.readline()
        finally:
            alarm.cancel()
        if not line.endswith("\n"):
            self.close()
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _start(self) -> subprocess.Popen[str]:
        """A new process.  Raises ``RuntimeError`` if it does not come up."""
        child = subprocess.Popen(  # noqa: S603 - this very module, with no word of anybody else's
            [sys.executable, "-P", "-m", "ingest.parse_apart", str(self._max_seconds)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the sync, which ends this process itself
        )
        assert child.stdout
        if child.stdout.readline().strip() != READY:
            child.kill()
            child.communicate()
            raise RuntimeError("the parser's process does not start")
        return child


def serve(paths: IO[str], answers: IO[str], max_seconds: int) -> None:
    """Answer every line of ``paths`` until there are no more; the child's side."""
    _limit_memory()
    answers.write(READY + "\n")
    answers.flush()
    for line in paths:
        _limit_time(max_seconds)
        answers.write(json.dumps(_answer(Path(json.loads(line)))) + "\n")
        answers.flush()


def _answer(path: Path) -> dict[str, Any]:
    try:
        return parse_pdf(path).as_json()
    except ParseError as error:
        return error.as_json()
    except MemoryError:
        sys.exit(1)  # the parent says why a process may end
    except Exception as error:
        return {"unforeseen": repr(error), "traceback": traceback.format_exc()}


def _limit_time(max_seconds: int) -> None:
    """Have the system end this process once it has computed for so many seconds more."""
    with suppress(ImportError, ValueError):  # Windows limits nothing; or less is allowed anyway
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + max_seconds, most))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, most))


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, int(sys.argv[1]))
