"""Identify the version of an embedding model on this machine without loading it.

Home of huggingface-hub.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from ingest.errors import EmbedderError

N_SAMPLES = 16  # of a file that is longer than all of them together
SAMPLE_BYTES = 65_536


def revision_of(name: str) -> str:
    """The model's version: a digest of its folder, or the commit that was fetched from the hub.

    "" if the model is not on this machine.
    """
    folder = Path(name)
    return _digest(folder) if folder.is_dir() else _fetched_commit(name)


def _digest(folder: Path) -> str:
    """A digest of all files except hidden and Markdown ones; paths outside and dates don't count."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and path.suffix != ".md" and not inside.parts[0].startswith("."):
            digest.update(f"{inside.as_posix()} {path.stat().st_size}\n".encode())
            digest.update(_sample(path))
    return digest.hexdigest()


def _sample(path: Path) -> bytes:
    """The whole of a short file, evenly spaced parts of a long one: training changes every weight."""
    last = path.stat().st_size - SAMPLE_BYTES
    with path.open("rb") as file:
        if last < N_SAMPLES * SAMPLE_BYTES:
            return file.read()
        sampled = []
        for i in range(N_SAMPLES):
            file.seek(last * i // (N_SAMPLES - 1))
            sampled.append(file.read(SAMPLE_BYTES))
    return b"".join(sampled)


def newest_commit(name: str) -> str:
    """The commit that the hub has now; a name that the hub does not know fails at once.

    Raises ``EmbedderError``.
    """
    from huggingface_hub import resolve_revision
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    for repository in _repositories(name):
        try:
            return str(resolve_revision(repository, cache_dir=_cache()).resolved)
        except (HFValidationError, RepositoryNotFoundError):
            continue
        except Exception as error:  # no connection, or none allowed: errors of many types
            raise EmbedderError(
                f"The embedding model {name!r} is not on this machine, and the hub cannot be asked for it.",
                "Check its name; without a network, give a folder or a model fetched before.",
            ) from error
    raise EmbedderError(
        f"The hub has no embedding model {name!r}.",
        "Check its name, or give the folder that holds it.",
    )


def _fetched_commit(name: str) -> str:
    from huggingface_hub import resolve_revision
    from huggingface_hub.errors import HFValidationError, RevisionResolutionError

    for repository in _repositories(name):
        try:
            found = resolve_revision(repository, local_files_only=True, cache_dir=_cache())
            return str(found.resolved)
        except (HFValidationError, RevisionResolutionError):
            continue
    return ""


def _repositories(name: str) -> tuple[str, ...]:
    """The hub's repositories to try: sentence-transformers looks up short names among its own first."""
    return (name,) if "/" in name else (f"sentence-transformers/{name}", name)


def _cache() -> str | None:
    return os.environ.get("SENTENCE_TRANSFORMERS_HOME")
