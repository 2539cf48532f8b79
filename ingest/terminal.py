"""Messages, errors and progress bars in a terminal.  Home of tqdm.

Results go to stdout; messages and progress to stderr, without colour.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from errno import ENOSPC
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ingest.characters import without_controls
from ingest.errors import AssistantError, StorageError, UnexpectedError

if TYPE_CHECKING:  # heavy imports happen inside the commands, where Ctrl-C is handled
    from tqdm import tqdm

    from ingest.sync.pipeline import Listener, Progress

INTERRUPTED = 130  # what shells expect after Ctrl-C
RESUME_HINT = "Nothing is lost: run the same command to continue."
LOG_NAME = "askpapers.log"
MAX_LOG_BYTES = 1_000_000  # then it becomes askpapers.log.1, replacing the previous one
OWN_PACKAGES = ("ingest", "rag")  # their log lines are shown


def print_message(message: str, quiet: bool = False) -> None:
    """Print a message that is not a result to stderr, unless ``quiet``."""
    if not quiet:
        print(without_controls(message), file=sys.stderr)


def print_result(result: str) -> None:
    """Print a result without control characters, which may come from a PDF, a list or a server."""
    print(without_controls(result))


def run_guarded(command: Callable[[], int], data_dir: Path, after_stop: str = "") -> int:
    """Run a command; turn what it raises into a message and an exit code.

    ``after_stop`` is added to the message after Ctrl-C.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        # A character that the output's encoding lacks is escaped as in Python.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
        return code
    except AssistantError as error:
        print_message(f"askpapers: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        print_message(f"\nStopped. {after_stop}".rstrip())
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # the reading program has ended (`| head`)
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno == ENOSPC and not error.filename:
            _drop_output()
            print_message("askpapers: The output cannot be written: its disk is full.")
            return StorageError.exit_code
        print_message(f"askpapers: {log_unexpected(error, data_dir)}")
        return UnexpectedError.exit_code


def _drop_output() -> None:
    """Discard buffered output: on exit, Python would try to write it again and report the error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def log_unexpected(error: Exception, data_dir: Path) -> UnexpectedError:
    """Log ``error`` in the data folder under a short id; return the error to show to the user.

    If the log cannot be written, the details go to stderr: on a server that is not the user's terminal.
    """
    short_id, log = uuid.uuid4().hex[:8], data_dir / LOG_NAME
    hint = f"`{LOG_NAME}` in the data folder holds the details."
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _write_log(log, short_id, error)
    except OSError as problem:
        print_message(
            f"{short_id}: {error!r}\n  {log} cannot be written: {problem.strerror or problem}"
        )
        hint = "The log cannot be written; the program's terminal has the details."
    return UnexpectedError(f"An unexpected error occurred (id {short_id}).", hint)


def _write_log(path: Path, short_id: str, error: Exception) -> None:
    """Append the error with its time.  Raises ``OSError``."""
    with closing(_Log(path, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8")) as log:
        log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("askpapers")  # without a parent: it writes to the file only
        logger.addHandler(log)
        logger.error("id %s", short_id, exc_info=error)


class _Log(RotatingFileHandler):
    """A log that raises the error if it cannot be written."""

    def handleError(self, record: logging.LogRecord) -> NoReturn:  # noqa: N802
        raise  # noqa: PLE0704


@contextmanager
def unexpected_logged(data_dir: Path) -> Iterator[None]:
    """Pass on errors that are meant for the user; log any other and raise ``UnexpectedError`` instead."""
    try:
        yield
    except AssistantError:
        raise
    except Exception as error:
        raise log_unexpected(error, data_dir) from error


def log_to_stderr(verbose: bool) -> None:
    """Show this program's own log lines if ``verbose``, and errors that libraries log."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda line: _is_own(line) or line.levelno >= logging.ERROR)
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.ERROR, handlers=[handler])
    if verbose:
        for name in OWN_PACKAGES:
            logging.getLogger(name).setLevel(logging.INFO)


def _is_own(line: logging.LogRecord) -> bool:
    return line.name.partition(".")[0] in OWN_PACKAGES  # bm25s sets its level to DEBUG by itself


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Listener]:
    """A bar with counts, time left, and the current stage and paper; reset for each phase."""
    with _bar(quiet, unit="paper", dynamic_ncols=True, delay=0.5) as bar:

        def show(progress: Progress) -> None:
            if progress.done < bar.n or progress.total != bar.total:  # a new phase
                bar.reset(progress.total)
            bar.update(progress.done - bar.n)
            bar.set_description_str(f"{progress.stage} {progress.paper}")

        yield show


@contextmanager
def count_bar(total: int, unit: str, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar over ``total`` units; call the function that it yields with the number of units just done."""
    with _bar(quiet, unit=unit, total=total) as bar:

        def advance(n: int) -> None:
            bar.update(n)

        yield advance


def _bar(quiet: bool, **options: Any) -> tqdm[NoReturn]:
    """A bar on stderr that is erased at the end; no bar if stderr is not a terminal."""
    from tqdm import tqdm

    return tqdm(disable=quiet or None, file=sys.stderr, leave=False, **options)
