"""Tell whether a file changed, and whether a folder is as it was written.

The SHA-256 of a folder's files are in its ``checksums.json``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "checksums.json"


def changed_at(path: Path) -> int:
    """When the file was last changed, in nanoseconds, to tell it from the one before; 0 if it is missing."""
    return path.stat().st_mtime_ns if path.exists() else 0


def write_checksums(folder: Path) -> None:
    """Record the checksums of everything that is in ``folder`` now."""
    (folder / NAME).write_text(json.dumps(_checksums(folder)), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Whether ``folder`` is, byte for byte, as it was when its checksums were written.

    For a build that is cheaper than opening it, and misses nothing that opening finds.
    """
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return bool(kept == _checksums(folder))
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below ``folder`` in hexadecimal, by its path there."""
    sums = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != NAME:
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums
