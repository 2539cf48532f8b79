"""Atomic writes: a file or folder is written whole or not at all, so a crash does no harm.

A file that is edited is also held against others who edit it at the same time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from ingest.errors import StorageError

NEW = ".new"  # the suffix of names that are still being written


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it replaces ``path`` when the block succeeds.

    The content is flushed to the disk first: a power cut leaves the old or the new, never an empty
    file.  Raises ``StorageError`` for an ``OSError`` in the block, which should only write.
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


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold ``path`` until the block ends; other threads and processes that lock it wait.

    The lock is a hidden file beside it, which stays.  Raises ``StorageError``.
    """
    try:
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        lock.acquire()
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield
    finally:
        lock.release()


def cannot_write(path: Path, error: OSError) -> StorageError:
    """The error that tells the user why ``path`` could not be written."""
    return StorageError(
        f"{path} cannot be written: {error.strerror or error}",
        "Check that the disk has space and that you may write there.",
    )


def discard(path: Path) -> None:
    """Delete a file, or a folder with everything in it, if it exists."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):  # such a file does no harm
            path.unlink()


def _flush(path: Path) -> None:
    """Flush the file, or each file below the folder, to the disk itself."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb+") as written:
                os.fsync(written.fileno())
