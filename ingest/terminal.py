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

if TYPE_CHECKING:  # what is heavy is imported by the commands: Ctrl-C may come meanwhile
    from tqdm import tqdm

    from ingest.sync.pipeline import Listener, Progress

INTERRUPTED = 130  # what shells expect after Ctrl-C
RESUMES = "Nothing is lost: run the same command to continue."
LOG_NAME = "askpapers.log"
MAX_LOG_BYTES = 1_000_000  # then it becomes askpapers.log.1, and the one before is deleted
OWN = ("ingest", "rag")  # whose log lines are shown


def say(message: str, quiet: bool = False) -> None:
    """Tell the user something that is not a result."""
    if not quiet:
        print(without_controls(message), file=sys.stderr)


def print_result(result: str) -> None:
    """Print a result; what a PDF, a list or a server says in it cannot steer the terminal."""
    print(without_controls(result))


def run_guarded(command: Callable[[], int], data_dir: Path, after_stop: str = "") -> int:
    """Run a command and turn what it raises into words and an exit code.

    ``after_stop`` says what Ctrl-C leaves behind.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        # Where it cannot hold a character: as Python writes it.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
        return code
    except AssistantError as error:
        say(f"askpapers: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say(f"\nStopped. {after_stop}".rstrip())
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # the reader has gone (`| head`)
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno == ENOSPC and not error.filename:
            _drop_output()
            say("askpapers: The output cannot be written: its disk is full.")
            return StorageError.exit_code
        say(f"askpapers: {unexpected(error, data_dir)}")
        return UnexpectedError.exit_code


def _drop_output() -> None:
    """Else Python would try once more to write it when it ends, and fail with words of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unexpected(error: Exception, data_dir: Path) -> UnexpectedError:
    """Log ``error`` in the data folder under a short id; return the error to show to the user.

    Where the log cannot be written, the error itself goes to the terminal, which on a server is not
    the user's.
    """
    short_id, log = uuid.uuid4().hex[:8], data_dir / LOG_NAME
    hint = f"`{LOG_NAME}` in the data folder holds the details."
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _write_log(log, short_id, error)
    except OSError as problem:
        say(f"{short_id}: {error!r}\n  {log} cannot be written: {problem.strerror or problem}")
        hint = "The log cannot be written; the program's terminal has the details."
    return UnexpectedError(f"An unexpected error occurred (id {short_id}).", hint)


def _write_log(path: Path, short_id: str, error: Exception) -> None:
    """Append the error with its time.  Raises ``OSError``."""
    with closing(_Log(path, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8")) as log:
        log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("askpapers")  # of its own: what it logs goes to the file alone
        logger.addHandler(log)
        logger.error("id %s", short_id, exc_info=error)


class _Log(RotatingFileHandler):
    """A log that raises what keeps it from being written."""

    def handleError(self, record: logging.LogRecord) -> NoReturn:  # noqa: N802
        raise  # noqa: PLE0704


@contextmanager
def unexpected_logged(data_dir: Path) -> Iterator[None]:
    """Let out only errors that are meant for the user: any other is logged, and raised as ``UnexpectedError``."""
    try:
        yield
    except AssistantError:
        raise
    except Exception as error:
        raise unexpected(error, data_dir) from error


def log_to_stderr(verbose: bool) -> None:
    """Show this program's own log lines with ``-v``; of the libraries' their errors only."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda line: _is_own(line) or line.levelno >= logging.ERROR)
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.ERROR, handlers=[handler])
    if verbose:
        for name in OWN:
            logging.getLogger(name).setLevel(logging.INFO)


def _is_own(line: logging.LogRecord) -> bool:
    return line.name.partition(".")[0] in OWN  # bm25s sets its level to DEBUG by itself


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
    """A bar over ``total`` units; call what it yields with the number of units just done."""
    with _bar(quiet, unit=unit, total=total) as bar:

        def done(n: int) -> None:
            bar.update(n)

        yield done


def _bar(quiet: bool, **how: Any) -> tqdm[NoReturn]:
    """A bar on stderr that leaves nothing behind; none where stderr is not a terminal."""
    from tqdm import tqdm

    return tqdm(disable=quiet or None, file=sys.stderr, leave=False, **how)
