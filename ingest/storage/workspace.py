"""The layout of ``data/``.  Only this module knows what a sync stores there:

    data/papers/<id>/     paper.pdf, stamp.json, its text as two readers find it (text.json, second.json),
                          and the chunks (.json) and vectors (.npz) of its pages and of its card, the
                          entry in the list
    data/index/<build>/   one immutable build (see ``ingest.indexing.index``);
                          data/index/CURRENT names the one that serves
    data/sync.lock        held by the one sync that is running here

The page also stores feedback there (``feedback/``, ``rag.ui.chat.feedback``) and uploaded files
(``uploads/``, ``rag.ui.uploads``), and the command line its log (``ingest.terminal``).

All writes are atomic (``ingest.storage.atomic``): a crash at any moment leaves either the old file or the
new one.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ingest.corpus import Chunk, PaperText
from ingest.errors import DamagedFile, SyncRunning, UsageError
from ingest.storage.atomic import TEMP_SUFFIX, atomic_write, cannot_write, discard

PassageSource = Literal["pages", "card"]
"""What chunks and vectors were made from: the paper's pages, or its entry in the list."""


@dataclass(frozen=True, slots=True)
class StageRecord:
    """The last run of one stage for one paper: ``key`` identifies its input, ``result`` its output.

    ``result`` is a digest, or "" after a failure; but if a new PDF could not be fetched, the record
    keeps the ``result`` and ``detail`` of the old one.  ``message`` and ``hint`` describe the failure
    ("" after success), and ``passing`` marks it as transient (a busy server).  ``detail`` describes the
    result: ``source`` and ``version`` of a PDF, the number of its ``pages`` and the ``reader`` of their
    text.
    """

    key: str
    result: str = ""
    message: str = ""
    hint: str = ""
    passing: bool = False
    detail: dict[str, str] = field(default_factory=dict)


Stamp = dict[str, StageRecord]

RESULTS = {
    "fetch": ("paper.pdf",),
    "parse": ("text.json", "second.json"),
    "chunk": ("pages.json",),
    "embed": ("pages.npz",),
    "card": ("card.json", "card.npz"),
}
"""The files that each stage writes."""


@dataclass(frozen=True, slots=True, eq=False)
class PassageVectors:
    """Unit vectors: float32 ``(n_chunks, dim)``, and float16 ``(n_sentences, dim)`` of all their sentences."""

    chunks: NDArray[np.float32]
    sentences: NDArray[np.float16]


class PaperFolder:
    """The files of one paper.

    Reading a missing file raises ``OSError``, an unreadable one ``DamagedFile``; writing raises
    ``StorageError``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pdf = path / "paper.pdf"
        self.second_path = path / "second.json"

    def read_stamp(self) -> Stamp:
        """The records by stage; empty if there are none, or if their file is damaged."""
        try:
            raw = json.loads((self.path / "stamp.json").read_text(encoding="utf-8"))
            return {stage: StageRecord(**record) for stage, record in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write_stamp(self, stamp: Stamp) -> None:
        """Replace the records of all stages."""
        write_json(self.path / "stamp.json", {stage: asdict(r) for stage, r in stamp.items()})

    def missing_results(self) -> frozenset[str]:
        """The stages that have a result file which is missing or empty."""
        return frozenset(
            stage
            for stage, names in RESULTS.items()
            if not all(_has_content(self.path / name) for name in names)
        )

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """The path of a file that the block reads; an error of its content becomes ``DamagedFile``."""
        path = self.path / name
        try:
            yield path
        except (OSError, MemoryError):
            raise
        except Exception as error:  # of any type: the file may contain anything
            raise DamagedFile({path: error}) from error

    def read_text(self) -> PaperText:
        """The parsed text, as ``write_text`` stored it."""
        with self._reading("text.json") as path:
            return PaperText.from_json(json.loads(path.read_text(encoding="utf-8")))

    def write_text(self, text: PaperText) -> None:
        """Store the parsed text."""
        write_json(self.path / "text.json", text.as_json())

    def read_second_texts(self) -> list[str | None]:
        """The text of every page by the second reader: "" if it found none, None if it took too long."""
        with self._reading(self.second_path.name) as path:
            texts: list[str | None] = json.loads(path.read_text(encoding="utf-8"))
            return texts

    def write_second_texts(self, texts: Sequence[str | None]) -> None:
        """Store the texts that ``read_second_texts`` returns."""
        write_json(self.second_path, texts)

    def read_chunks(self, of: PassageSource) -> list[Chunk]:
        """The chunks of the pages or of the entry, in order."""
        with self._reading(f"{of}.json") as path:
            return [chunk_from_json(row) for row in json.loads(path.read_text(encoding="utf-8"))]

    def write_chunks(self, of: PassageSource, chunks: list[Chunk]) -> None:
        """Store the chunks of the pages or of the entry."""
        write_json(self.path / f"{of}.json", [asdict(chunk) for chunk in chunks])

    def read_vectors(self, of: PassageSource) -> PassageVectors:
        with (
            self._reading(f"{of}.npz") as path,
            path.open("rb") as file,
            np.load(file, allow_pickle=False) as arrays,
        ):
            return PassageVectors(arrays["chunks"], arrays["sentences"])

    def write_vectors(self, of: PassageSource, vectors: PassageVectors) -> None:
        packed = io.BytesIO()  # writing to a file, zipfile would hide why it failed
        np.savez(packed, allow_pickle=False, chunks=vectors.chunks, sentences=vectors.sentences)
        with atomic_write(self.path / f"{of}.npz") as temp:
            temp.write_bytes(packed.getbuffer())


class Workspace:
    """The data folder: the papers' folders, the builds, and the lock that one sync holds."""

    def __init__(self, root: Path) -> None:
        """Raises ``UsageError`` if ``root`` is a file."""
        if root.is_file():
            raise UsageError(f"{root} is a file, not a folder.", "Name a folder with --data-dir.")
        self.root = root
        self.builds = root / "index"

    def paper(self, paper_id: str) -> PaperFolder:
        """The paper's folder, which need not exist yet."""
        return PaperFolder(self.root / "papers" / paper_id)

    def rename_paper(self, old: str, new: str) -> None:
        """Move a paper's files to its new id, unless that id has files of its own.

        Its passages, which contain the old id, are deleted first.  Raises ``StorageError``.
        """
        before, after = self.paper(old).path, self.paper(new).path
        if not before.is_dir() or after.exists():
            return
        try:
            for name in (*RESULTS["chunk"], *RESULTS["embed"], *RESULTS["card"]):
                (before / name).unlink(missing_ok=True)
            before.rename(after)
        except OSError as error:
            raise cannot_write(after, error) from error

    def keep_only_papers(self, paper_ids: Collection[str]) -> None:
        """Delete the files of all other papers."""
        for folder in self.root.glob("papers/*"):
            if folder.name not in paper_ids:
                discard(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for one sync.

        Raises ``SyncRunning`` if another sync has locked it, ``StorageError`` if it is not writable.
        """
        lock = FileLock(self.root / "sync.lock", timeout=0)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise SyncRunning(
                f"Another sync is running in {self.root}.",
                "Wait until it has finished, then try again.",
            ) from error
        except OSError as error:
            raise cannot_write(self.root, error) from error
        try:
            self._discard_leftovers()
            yield
        finally:
            lock.release()

    def _discard_leftovers(self) -> None:
        """Delete what a killed sync left half-written; safe, because only the lock's holder writes."""
        for folder in ("papers/*", "index"):
            for leftover in self.root.glob(f"{folder}/.*{TEMP_SUFFIX}"):
                discard(leftover)

    def current_build(self) -> Path | None:
        """The folder of the serving build; None before the first one, or if its name is damaged."""
        try:
            name = (self.builds / "CURRENT").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return None
        return self.builds / name if name and name.isprintable() else None

    @contextmanager
    def new_build(self, name: str) -> Iterator[Path]:
        """Yield a folder to fill; when the block succeeds it becomes the serving build."""
        with atomic_write(self.builds / name) as temp:
            temp.mkdir(parents=True)
            yield temp
        before = self.current_build()
        with atomic_write(self.builds / "CURRENT") as temp:
            temp.write_text(name + "\n", encoding="utf-8")
        self._keep_only_builds(
            self.builds / name, before
        )  # a reader may still have the old one open

    def stop_serving(self) -> None:
        """Leave no serving build.  Raises ``StorageError``."""
        before = self.current_build()
        try:
            (self.builds / "CURRENT").unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.builds, error) from error
        self._keep_only_builds(before)

    def _keep_only_builds(self, *kept: Path | None) -> None:
        for build in self.builds.iterdir():
            if build.is_dir() and build not in kept:
                shutil.rmtree(build, ignore_errors=True)


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def chunk_from_json(raw: dict[str, Any]) -> Chunk:
    """The chunk that ``dataclasses.asdict`` and JSON turned into ``raw``."""
    return Chunk(**{**raw, "sentences": tuple((s, e) for s, e in raw["sentences"])})


def write_json(path: Path, value: object) -> None:
    """Write ``value`` as JSON, atomically."""
    with atomic_write(path) as temp:
        temp.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
