"""Change the list from the page: add an arXiv id, an address or an uploaded PDF; remove a paper."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import UsageError
from ingest.fetch.pdf_signature import HEAD_BYTES, has_pdf_signature
from ingest.reading_list.add import make_entries
from ingest.reading_list.edit import add_papers, remove_papers
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.rules import bare_arxiv_id, parse_arxiv_id
from ingest.storage.atomic import cannot_write
from ingest.sync.pipeline import Sync

UPLOADED_PDFS = "mine"  # the folder next to the list where uploaded PDFs are stored
MAX_NAME_CHARS = 80

_lock = threading.Lock()


def add_by_name(sync: Sync, source: str, title: str) -> Paper:
    """Add an arXiv id or an address; arXiv is asked for its entry unless there is a ``title``.

    Raises ``AssistantError``, having changed nothing.
    """
    source = source.strip()
    if not source:
        raise UsageError("Enter an arXiv id or an address.", "For example 2106.09685.")
    if Path(source).suffix.lower() == ".pdf" and "://" not in source:
        raise UsageError(
            "This is neither an arXiv id nor an https address.",
            "Add a PDF with its button, or drop it on the list.",
        )
    return _add(sync, source, title)


def add_pdf(sync: Sync, upload: Path, name: str, title: str) -> Paper:
    """Add an uploaded PDF, which is copied into a folder next to the list under a safe name.

    Raises ``AssistantError``, having changed neither the list nor the folder.
    """
    with upload.open("rb") as file:
        if not has_pdf_signature(file.read(HEAD_BYTES)):
            raise not_a_pdf(name)
    with _new_file(sync.manifest.parent / UPLOADED_PDFS, _safe_stem(name)) as path:
        shutil.copyfile(upload, path)
        return _add(sync, str(path), title or Path(name).stem.replace("_", " "))


def not_a_pdf(name: str) -> UsageError:
    """The error for an uploaded file that is not a PDF."""
    return UsageError(f"{name} is not a PDF.", "Drop a file that a PDF reader can open.")


def remove_paper(sync: Sync, paper: str) -> None:
    """Take a paper off the list.  Raises ``AssistantError`` if it is not in it."""
    with _lock:
        remove_papers(sync.manifest, [paper])


def _add(sync: Sync, source: str, title: str) -> Paper:
    with _lock:
        known = read_manifest(sync.manifest)
        _refuse_listed(source, known)
        offline, list_folder = sync.options.offline, sync.manifest.parent
        title = title.strip()
        given = title or (
            source if offline else None
        )  # offline the form of the source is still checked
        ids = [paper.id for paper in known]
        (paper,) = make_entries([source], given, ids, list_folder, sync.open_downloader)
        if offline and not title:
            raise UsageError("arXiv cannot be asked offline.", "Give the title as well.")
        add_papers(sync.manifest, [paper])
        return paper


def _refuse_listed(source: str, known: Sequence[Paper]) -> None:
    """Raise ``UsageError`` for an arXiv id that is in the list, before arXiv is asked for it."""
    arxiv = parse_arxiv_id(source)
    for paper in known:
        if arxiv and paper.arxiv and bare_arxiv_id(arxiv) == bare_arxiv_id(paper.arxiv):
            raise UsageError(f"“{paper.title}” is in the list already.", "Find it below.")


def _safe_stem(name: str) -> str:
    """A file's name reduced to letters, digits and dashes, without any path."""
    stem = Path(name.replace("\\", "/")).stem
    return re.sub(r"[^\w-]+", "-", stem).strip("-_")[:MAX_NAME_CHARS] or "paper"


@contextmanager
def _new_file(folder: Path, stem: str) -> Iterator[Path]:
    """A new empty file, to be written in the block; deleted if the block fails.

    Raises ``StorageError`` for an ``OSError`` in the block.
    """
    try:
        folder.mkdir(exist_ok=True)
        path = _create_free(folder, stem)
        try:
            yield path
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(folder, error) from error


def _create_free(folder: Path, stem: str) -> Path:
    """An empty file under a free name, which no other thread or process can get."""
    path, number = folder / f"{stem}.pdf", 0
    while True:
        try:
            path.touch(exist_ok=False)
            return path
        except FileExistsError:
            number += 1
            path = folder / f"{stem}-{number}.pdf"
