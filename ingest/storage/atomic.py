"""Atomic writes: a file or folder is written completely or not at all, so a crash does no harm.

Edits of the same file by several threads or processes are kept apart by a lock.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from ingest.errors import StorageError

TEMP_SUFFIX = ".new"  # of files and folders that are still being written


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``, which replaces ``path`` when the block succeeds.

    The content is flushed to the disk first, so that a power cut leaves the old or the new content,
    never an empty file.  Raises ``StorageError`` for an ``OSError`` in the block, which should only
    write.
    """
    temp = path.with_name(f".{path.name}.{os.getpid()}{TEMP_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(temp)
        yield temp
        _flush(temp)
        temp.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        discard(temp)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock ``path`` until the block ends; other threads and processes that lock it wait.

    The lock is a hidden file beside it, which is never deleted.  Raises ``StorageError``.
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
    """The error to raise when ``path`` could not be written because of ``error``."""
    return StorageError(
        f"{path} cannot be written: {error.strerror or error}",
        "Check that the disk has space and that you may write there.",
    )


def discard(path: Path) -> None:
    """Delete a file, or a folder with everything in it, if it exists."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):  # a file that cannot be deleted does no harm
            path.unlink()


def _flush(path: Path) -> None:
    """Flush the file, or each file below the folder, to the disk."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb+") as written:
                os.fsync(written.fileno())
