"""Detect changed files and damaged folders.

``checksums.json`` in a folder holds the SHA-256 of its files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

CHECKSUMS_NAME = "checksums.json"


def modified_ns(path: Path) -> int:
    """When the file was last modified, in nanoseconds; 0 if it does not exist."""
    return path.stat().st_mtime_ns if path.exists() else 0


def write_checksums(folder: Path) -> None:
    """Record the checksums of all files that are in ``folder`` now."""
    (folder / CHECKSUMS_NAME).write_text(json.dumps(_checksums(folder)), encoding="utf-8")


def is_intact(folder: Path) -> bool:
    """Whether the files in ``folder`` are the same, byte for byte, as when its checksums were written.

    For a build this is cheaper than opening it, and finds all damage that opening would find.
    """
    try:
        recorded = json.loads((folder / CHECKSUMS_NAME).read_text(encoding="utf-8"))
        return bool(recorded == _checksums(folder))
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below ``folder`` in hexadecimal, by its path there."""
    sums = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != CHECKSUMS_NAME:
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums
