"""The layout of ``data/``.  Only this file knows what a sync keeps there:

    data/papers/<id>/     paper.pdf, stamp.json, its text as two readers find it (text.json, second.json),
                          and the chunks (.json) and vectors (.npz) of its pages and of its card, the
                          entry in the list
    data/index/<build>/   one immutable build (see ``ingest.indexing.index``);
                          data/index/CURRENT names the one that serves
    data/sync.lock        held by the one sync that is running here

Beside them the page keeps what users liked (``feedback/``, ``rag.ui.chat.feedback``) and the files that are
dropped there (``uploads/``, ``rag.ui.uploads``), and the command line its log (``ingest.terminal``).

Everything is written aside (``ingest.storage.atomic``), so that a crash at any instant leaves either the old
file or the new one.
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
from ingest.storage.atomic import NEW, cannot_write, discard, written_aside

Passages = Literal["pages", "card"]
"""Whose chunks and vectors: those of the paper's pages, or of its entry in the list."""


@dataclass(frozen=True, slots=True)
class StageRecord:
    """What one stage did for one paper: with ``key`` as its input it made ``result``, or failed.

    ``result`` is a digest of the output ("" after a failure, save that a PDF which could not be had
    leaves the one before, with its result and ``detail``); ``message`` and ``hint`` tell of the
    failure ("" after success), ``passing`` that it may be gone at the next try (a busy server);
    ``detail`` holds what is to be known of the result: ``source`` and ``version`` of a PDF, the number
    of its ``pages`` and the ``reader`` that found their text.
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
"""The files that each stage makes."""


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
        self.second = path / "second.json"

    def read_stamp(self) -> Stamp:
        """Record by stage name; empty where nothing was done, or where the file is damaged."""
        try:
            raw = json.loads((self.path / "stamp.json").read_text(encoding="utf-8"))
            return {stage: StageRecord(**record) for stage, record in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write_stamp(self, stamp: Stamp) -> None:
        """Replace the record of every stage."""
        write_json(self.path / "stamp.json", {stage: asdict(r) for stage, r in stamp.items()})

    def lost(self) -> frozenset[str]:
        """The stages whose result is not here: a file is gone, or empty."""
        return frozenset(
            stage
            for stage, names in RESULTS.items()
            if not all(_has_content(self.path / name) for name in names)
        )

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """The file of that name, to be read.  Raises ``DamagedFile`` if it cannot be."""
        path = self.path / name
        try:
            yield path
        except (OSError, MemoryError):
            raise
        except Exception as error:  # of many kinds: the file may hold anything
            raise DamagedFile({path: error}) from error

    def read_text(self) -> PaperText:
        """The parsed text, as ``write_text`` stored it."""
        with self._reading("text.json") as path:
            return PaperText.from_json(json.loads(path.read_text(encoding="utf-8")))

    def write_text(self, text: PaperText) -> None:
        """Store the parsed text."""
        write_json(self.path / "text.json", text.as_json())

    def read_second(self) -> list[str | None]:
        """The text of every page as the second reader found it: "" if it found none, None if it was given up."""
        with self._reading(self.second.name) as path:
            texts: list[str | None] = json.loads(path.read_text(encoding="utf-8"))
            return texts

    def write_second(self, texts: Sequence[str | None]) -> None:
        """Store what ``read_second`` gives."""
        write_json(self.second, texts)

    def read_chunks(self, of: Passages) -> list[Chunk]:
        """The chunks of the pages or of the entry, in order."""
        with self._reading(f"{of}.json") as path:
            return [chunk_from_json(row) for row in json.loads(path.read_text(encoding="utf-8"))]

    def write_chunks(self, of: Passages, chunks: list[Chunk]) -> None:
        """Store the chunks of the pages or of the entry."""
        write_json(self.path / f"{of}.json", [asdict(chunk) for chunk in chunks])

    def read_vectors(self, of: Passages) -> PassageVectors:
        with (
            self._reading(f"{of}.npz") as path,
            path.open("rb") as file,
            np.load(file, allow_pickle=False) as arrays,
        ):
            return PassageVectors(arrays["chunks"], arrays["sentences"])

    def write_vectors(self, of: Passages, vectors: PassageVectors) -> None:
        packed = io.BytesIO()  # in a file, zipfile hides why it cannot be written
        np.savez(packed, allow_pickle=False, chunks=vectors.chunks, sentences=vectors.sentences)
        with written_aside(self.path / f"{of}.npz") as aside:
            aside.write_bytes(packed.getbuffer())


class Workspace:
    """The data folder: the papers' folders, the builds, and the lock that one sync holds."""

    def __init__(self, root: Path) -> None:
        """Raises ``UsageError`` where ``root`` is a file."""
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

    def drop_papers_but(self, kept: Collection[str]) -> None:
        """Delete the files of all papers other than ``kept``."""
        for folder in self.root.glob("papers/*"):
            if folder.name not in kept:
                discard(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one sync.

        Raises ``SyncRunning`` if another sync holds it, ``StorageError`` if it cannot be written to.
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
        """Delete what a killed sync left half-written; safe, as only the lock's holder writes."""
        for folder in ("papers/*", "index"):
            for left in self.root.glob(f"{folder}/.*{NEW}"):
                discard(left)

    def current_build(self) -> Path | None:
        """The folder of the serving build; None before the first one, or where its name is damaged."""
        try:
            name = (self.builds / "CURRENT").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return None
        return self.builds / name if name and name.isprintable() else None

    @contextmanager
    def new_build(self, name: str) -> Iterator[Path]:
        """A folder to fill; when the block succeeds it becomes the serving build."""
        with written_aside(self.builds / name) as aside:
            aside.mkdir(parents=True)
            yield aside
        before = self.current_build()
        with written_aside(self.builds / "CURRENT") as aside:
            aside.write_text(name + "\n", encoding="utf-8")
        self._drop_builds_but(self.builds / name, before)  # a reader may still hold the one before

    def serve_nothing(self) -> None:
        """Let no build serve any more.  Raises ``StorageError``."""
        before = self.current_build()
        try:
            (self.builds / "CURRENT").unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.builds, error) from error
        self._drop_builds_but(before)

    def _drop_builds_but(self, *kept: Path | None) -> None:
        for build in self.builds.iterdir():
            if build.is_dir() and build not in kept:
                shutil.rmtree(build, ignore_errors=True)


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def chunk_from_json(raw: dict[str, Any]) -> Chunk:
    """The chunk that ``dataclasses.asdict`` and JSON turned into ``raw``."""
    return Chunk(**{**raw, "sentences": tuple((s, e) for s, e in raw["sentences"])})


def write_json(path: Path, value: object) -> None:
    """Write ``value`` as JSON, whole or not at all."""
    with written_aside(path) as aside:
        aside.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
