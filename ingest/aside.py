"""Write a file or a folder whole or not at all, so that a crash at any instant does no harm."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import StorageError

NEW = ".new"  # how the names end that are written aside


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes ``path``'s place when the block ends well.

    What is there is on the disk itself then: a power cut leaves the old or the new, never a file of
    nothing.  Raises ``StorageError`` for an ``OSError`` in the block, which should only write.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}{NEW}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(aside)
        yield aside
        _flush(aside)
        aside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        discard(aside)


def cannot_write(path: Path, error: OSError) -> StorageError:
    """What is wrong with the place where ``path`` was to be written, in words for the user."""
    return StorageError(
        f"{path} cannot be written: {error.strerror or error}",
        "Check that the disk has space and that you may write there.",
    )


def discard(path: Path) -> None:
    """Take away a file or a folder with all in it, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):  # such a file does no harm
            path.unlink()


def _flush(path: Path) -> None:
    """Have the file, or each file below the folder, written to the disk itself."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb+") as written:
                os.fsync(written.fileno())
