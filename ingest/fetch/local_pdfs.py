"""Find papers among PDFs that the user already has, by arXiv id or slug in the file's name."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import UsageError
from ingest.fetch.arxiv import find_arxiv_id, split_id

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalPdf:
    """A file, and the arXiv version in its name ("v2"), None if there is none."""

    path: Path
    version: str | None

    @property
    def version_number(self) -> int:
        """The version to compare by; 0 if the name has none."""
        return int(self.version[1:]) if self.version else 0


class LocalPdfs:
    """The PDFs below ``folders``, listed once; an earlier folder wins over a later one.

    ``2307.09288v2.pdf``, ``arXiv-2307.09288 - Llama 2.pdf`` and ``hep-th_9901001.pdf`` are found by
    their arXiv id, ``llama.pdf`` by the slug "llama".  Raises ``UsageError`` for a path that is not a
    folder.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._pdfs: list[LocalPdf] = []
        self._by_id: defaultdict[str, list[int]] = defaultdict(list)  # indices of self._pdfs
        self._by_slug: defaultdict[str, list[int]] = defaultdict(list)
        for folder in folders:
            for path in _pdfs_below(folder):
                self._add(path)

    def _add(self, path: Path) -> None:
        found = find_arxiv_id(path.stem)
        self._by_slug[_as_slug(path.stem)].append(len(self._pdfs))
        if found:
            self._by_id[found[0]].append(len(self._pdfs))
        self._pdfs.append(LocalPdf(path, found[1] if found else None))

    def find(self, paper: Paper) -> LocalPdf | None:
        """The file that contains ``paper``, None if there is none.

        If the list names a version: a file of that version, or else one that names no version, but never
        one that names another.  If it does not: the highest version.
        """
        bare, version = (split_id(paper.arxiv) if paper.arxiv else None) or ("", None)
        matches = {*self._by_id.get(bare, ()), *self._by_slug.get(_as_slug(paper.id), ())}
        candidates = [
            pdf
            for pdf in (self._pdfs[i] for i in sorted(matches))
            if (version is None or pdf.version in (version, None)) and pdf.path.is_file()
        ]
        # max() returns the first of equals, and the files are in the order of the folders.
        return max(candidates, key=lambda pdf: pdf.version_number, default=None)


def _pdfs_below(folder: Path) -> list[Path]:
    """All PDFs below ``folder``; shorter names first, so that "x.pdf" comes before "x (1).pdf"."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"The PDF folder {folder} {what}", "Name a folder that contains PDFs.")
    paths = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=_warn)
        for name in names
        # Hidden files are not PDFs: "._x.pdf" holds metadata of macOS about x.pdf.
        if name.lower().endswith(".pdf") and not name.startswith(".")
    ]
    return sorted(paths, key=lambda path: (len(path.name), path))


def _warn(error: OSError) -> None:
    _log.warning("The PDF folder %s cannot be read: %s", error.filename, error.strerror)


def _as_slug(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")
