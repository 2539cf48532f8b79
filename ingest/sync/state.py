"""Find out the state of each paper, from the list, the stamps and the files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.corpus import Paper, Status
from ingest.errors import as_sentences
from ingest.fetch.local_pdfs import LocalPdfs
from ingest.recipe import Recipe, digest
from ingest.storage.workspace import Stamp, Workspace
from ingest.sync.plan import (
    PAGE_STAGES,
    LocalFile,
    PageStage,
    Stage,
    fetch_origin,
    has_whole_pages,
    stale_stages,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a paper's pages are not in the index; ``paper`` is None if it concerns several papers."""

    paper: str | None
    stage: Stage
    message: str
    hint: str

    @property
    def explanation(self) -> str:
        """What went wrong and what to do, in one line."""
        return as_sentences(self.message, self.hint)

    def as_json(self) -> dict[str, str]:
        """Stage, message and hint; without the paper's id."""
        return {"stage": self.stage, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class PaperState:
    """The state of one paper: its stale stages, their records, and its failure, if any.

    ``has_pages`` says whether its pages can be part of a build; if the list now has another PDF, they
    may still be those of the old one.
    """

    paper: Paper
    local: LocalFile | None
    stamp: Stamp
    stale: tuple[Stage, ...]
    failure: Failure | None
    has_pages: bool

    @property
    def stale_pages(self) -> tuple[PageStage, ...]:
        """The stale stages of its pages, in order."""
        return tuple(stage for stage in self.stale if stage != "card")

    @property
    def must_fetch(self) -> bool:
        """Whether its PDF must come from a server."""
        return "fetch" in self.stale and self.local is None and self.paper.file is None

    def has_same_pdf(self) -> bool:
        """Whether the local file has the same content as the indexed one.  Reads the whole file."""
        fetched = self.stamp.get("fetch")
        if not (self.local and self.has_pages and fetched) or fetched.message:
            return False
        if self.local.version not in (None, fetched.detail.get("version") or None):
            return False
        with self.local.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == fetched.result

    @property
    def has_card(self) -> bool:
        """Whether its entry in the list can be part of a build."""
        return "card" not in self.stale

    @property
    def status(self) -> Status:
        """Its status for the user."""
        if self.failure:
            return "failed"
        if not self.stale_pages:
            return "indexed"
        return "not fetched" if self.must_fetch else "waiting"

    def as_json(self) -> dict[str, Any]:
        """The form of ``papers --json``; ``version``, ``pages`` and ``reader`` describe the stored PDF."""
        paper, failure = self.paper, self.failure
        fetched, parsed = self.stamp.get("fetch"), self.stamp.get("parse")
        return {
            "id": paper.id,
            "title": paper.title,
            "authors": list(paper.authors),
            "year": paper.year,
            "topics": list(paper.topics),
            "lists": list(paper.lists),
            "url": paper.page_url,
            "status": self.status,
            "version": fetched.detail.get("version") or None if fetched else None,
            "pages": int(parsed.detail.get("pages", 0)) if parsed else 0,
            "reader": parsed.detail.get("reader") if parsed else None,
            "error": failure.as_json() if failure else None,
        }


def inspect_papers(
    papers: Sequence[Paper],
    home: Path,
    workspace: Workspace,
    recipe: Recipe,
    pdf_dirs: Sequence[Path] = (),
    retry_failed: bool = False,
) -> list[PaperState]:
    """The state of every paper, in the order of the list.  Reads one small file per paper.

    ``home`` is the list's folder, to which the entries' ``file`` is relative.
    """
    local_pdfs = LocalPdfs(pdf_dirs)
    states = []
    for paper in papers:
        local = _local_file(paper, home, local_pdfs)
        folder = workspace.paper(paper.id)
        stamp = folder.read_stamp()
        origin = fetch_origin(paper, stamp, local)
        missing = folder.missing_results()
        stale = stale_stages(paper, stamp, recipe, origin, retry_failed, missing)
        failure = _failure(paper, stamp, stale)
        has_pages = has_whole_pages(paper, stamp, recipe, missing)
        states.append(PaperState(paper, local, stamp, stale, failure, has_pages))
    return states


def _local_file(paper: Paper, home: Path, local_pdfs: LocalPdfs) -> LocalFile | None:
    if paper.file is not None:
        path, version = home / paper.file, None
        if not path.is_file():
            return None
    else:
        found = local_pdfs.find(paper)
        if found is None:
            return None
        path, version = found.path, found.version
    status = path.stat()
    return LocalFile(path, digest(path.name, status.st_size, status.st_mtime_ns), version)


def _failure(paper: Paper, stamp: Stamp, stale: Sequence[Stage]) -> Failure | None:
    """The failure of the last run, if it still applies."""
    for stage in PAGE_STAGES:
        record = stamp.get(stage)
        if record and record.message:
            return Failure(paper.id, stage, record.message, record.hint)
        if record is None or stage in stale:
            return None
    return None
