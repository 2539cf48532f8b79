"""The serving build is intact, is kept until another replaces it, and is made again if damaged."""

from __future__ import annotations

import hashlib
from io import BufferedReader
from pathlib import Path

import numpy as np
import pytest
from small_library import SmallLibrary

from ingest.errors import IndexProblem
from ingest.indexing.index import open_build
from ingest.reading_list.edit import remove_papers


def _serving(library: SmallLibrary) -> Path:
    build = library.workspace.current_build()
    assert build is not None
    return build


def _files(build: Path) -> list[str]:
    return sorted(p.relative_to(build).as_posix() for p in build.rglob("*") if p.is_file())


def test_builds_are_not_deleted_by_their_dates(library: SmallLibrary) -> None:
    """The serving build and the one before it are kept, even if the clock was set back."""
    library.sync()
    before = _serving(library)
    for year in (2098, 2099):
        before.with_name(f"{year}0101T000000000000-abcdef01").mkdir()
    remove_papers(library.manifest, ["slim"])
    library.sync(yes=True)
    assert list(open_build(_serving(library)).papers) == ["herd"]
    builds = {path for path in library.workspace.builds.iterdir() if path.is_dir()}
    assert builds == {_serving(library), before}


def test_every_passage_is_scored_by_its_own_vector(library: SmallLibrary) -> None:
    """Scores come in the order of the passages, including those unlike the question."""
    library.write_pdf("herd")
    library.sync()
    herd, slim = (library.workspace.paper(paper) for paper in ("herd", "slim"))
    parts = herd.read_vectors("card"), herd.read_vectors("pages"), slim.read_vectors("card")
    query = library.embedder.embed_query("How many tokens?")
    scores = open_build(_serving(library)).dense_scores(query)
    assert scores == pytest.approx(np.concatenate([part.chunks for part in parts]) @ query)
    opposite = open_build(_serving(library)).dense_scores(-query)
    assert opposite == pytest.approx(-scores)


def test_a_damaged_build_is_made_again(library: SmallLibrary) -> None:
    """If any file is truncated, empty, garbled or missing, a sync rebuilds it."""
    library.write_pdf("herd")
    library.sync()
    for name in _files(_serving(library)):
        for damage in ("cut", "empty", "garbled", "gone"):
            build = _serving(library)
            _damage(build / name, damage)
            _open_or_complain(build)
            library.sync()
            assert _serving(library) != build, (name, damage)
            assert open_build(_serving(library)).papers["herd"].n_pages == 2


def test_a_damaged_build_is_replaced_before_papers_are_processed(library: SmallLibrary) -> None:
    """Questions can be answered again at once during a long sync."""
    library.write_pdf("herd")
    library.sync()
    _damage(_serving(library) / "chunks.jsonl", "cut")
    library.write_pdf("slim")
    library.write_pdf("herd", [("Only one page is left of it.",)])
    opened: list[int] = []
    library.sync(listener=lambda _: opened.append(len(open_build(_serving(library)).papers)))
    assert opened and set(opened) == {2}


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"", b"\x00\x00"])
def test_a_damaged_name_of_the_build_means_no_build(library: SmallLibrary, content: bytes) -> None:
    """A power cut may damage CURRENT; the next sync writes it again."""
    library.sync()
    library.workspace.builds.joinpath("CURRENT").write_bytes(content)
    assert library.workspace.current_build() is None
    library.sync()
    assert set(open_build(_serving(library)).papers) == {"herd", "slim"}


def test_a_sync_reads_the_build_once(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If there is nothing to do, each file of the build is hashed exactly once."""
    library.write_pdf("herd")
    library.sync()
    hashed: list[str] = []
    file_digest = hashlib.file_digest

    def counted(file: BufferedReader, kind: str) -> object:
        hashed.append(file.name)
        return file_digest(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    library.sync()
    assert len(hashed) == len(set(hashed)) == len(_files(_serving(library))) - 1


def _damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "garbled":
        path.write_bytes(bytes(byte ^ 0x5A for byte in data))
    else:
        path.unlink()


def _open_or_complain(build: Path) -> None:
    try:
        open_build(build)
    except IndexProblem as error:
        assert "askpapers sync" in error.hint
