"""Change the list from the page: what is typed or dropped becomes an entry."""

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

OWN_PDFS = "mine"  # the folder next to the list where dropped PDFs are stored
MAX_NAME_CHARS = 80

_one_at_a_time = threading.Lock()


def add_by_name(sync: Sync, what: str, title: str) -> Paper:
    """Add an arXiv id or an address; arXiv is asked for its entry unless there is a ``title``.

    Raises ``AssistantError``, having changed nothing.
    """
    what = what.strip()
    if not what:
        raise UsageError("Enter an arXiv id or an address.", "For example 2106.09685.")
    if Path(what).suffix.lower() == ".pdf" and "://" not in what:
        raise UsageError(
            "This is neither an arXiv id nor an https address.",
            "Add a PDF with its button, or drop it on the list.",
        )
    return _add(sync, what, title)


def add_pdf(sync: Sync, upload: Path, name: str, title: str) -> Paper:
    """Add a dropped PDF: it is copied next to the list under a safe name.

    Raises ``AssistantError``, having changed neither the list nor a folder.
    """
    with upload.open("rb") as file:
        if not has_pdf_signature(file.read(HEAD_BYTES)):
            raise no_pdf(name)
    with _new_file(sync.manifest.parent / OWN_PDFS, _safe_stem(name)) as own:
        shutil.copyfile(upload, own)
        return _add(sync, str(own), title or Path(name).stem.replace("_", " "))


def no_pdf(name: str) -> UsageError:
    """The error for a dropped file that is not a PDF."""
    return UsageError(f"{name} is not a PDF.", "Drop a file that a PDF reader can open.")


def remove(sync: Sync, paper: str) -> None:
    """Take a paper off the list.  Raises ``AssistantError`` if it is not in it."""
    with _one_at_a_time:
        remove_papers(sync.manifest, [paper])


def _add(sync: Sync, what: str, title: str) -> Paper:
    with _one_at_a_time:
        known = read_manifest(sync.manifest)
        _refuse_listed(what, known)
        offline, home = sync.options.offline, sync.manifest.parent
        said = title.strip() or (what if offline else None)  # so that its form is checked at least
        taken = [paper.id for paper in known]
        (paper,) = make_entries([what], said, taken, home, sync.open_downloader)
        if offline and not title.strip():
            raise UsageError("arXiv cannot be asked offline.", "Give the title as well.")
        add_papers(sync.manifest, [paper])
        return paper


def _refuse_listed(what: str, known: Sequence[Paper]) -> None:
    """Raises ``UsageError`` for an arXiv id that is in the list, before arXiv is asked for it."""
    arxiv = parse_arxiv_id(what)
    for paper in known:
        if arxiv and paper.arxiv and bare_arxiv_id(arxiv) == bare_arxiv_id(paper.arxiv):
            raise UsageError(f"“{paper.title}” is in the list already.", "Find it below.")


def _safe_stem(name: str) -> str:
    """A file's name reduced to letters, digits and dashes, without any path."""
    stem = Path(name.replace("\\", "/")).stem
    return re.sub(r"[^\w-]+", "-", stem).strip("-_")[:MAX_NAME_CHARS] or "paper"


@contextmanager
def _new_file(folder: Path, stem: str) -> Iterator[Path]:
    """A file that was not there before, to be written; deleted where the block fails.

    Raises ``StorageError`` for an ``OSError`` in the block.
    """
    try:
        folder.mkdir(exist_ok=True)
        own = _create_free(folder, stem)
        try:
            yield own
        except BaseException:
            own.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(folder, error) from error


def _create_free(folder: Path, stem: str) -> Path:
    """An empty file under a free name; nobody else can be given the same."""
    path, number = folder / f"{stem}.pdf", 0
    while True:
        try:
            path.touch(exist_ok=False)
            return path
        except FileExistsError:
            number += 1
            path = folder / f"{stem}-{number}.pdf"
