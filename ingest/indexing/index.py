"""One immutable build: written by ``write_build``, opened by ``open_build``.  Home of faiss, bm25s.

meta.json        format, embedder and its revision, dim, counts, time, content digest
papers.json      every paper of the list, how many of its pages are here, and a digest of its content
pages.jsonl      the text of each page, one JSON object a line
chunks.jsonl     the chunks; row i of the vectors and document i of the lexical index are chunk i
vectors.faiss    flat inner-product index of unit vectors: every chunk is scored, exactly
sentences.npy    float16 unit vectors of all sentences, in the order of the chunks
lexical/         bm25s arrays
checksums.json   of all these files: a build that does not match them is rebuilt
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
from numpy.typing import NDArray

from ingest.corpus import Chunk, Paper
from ingest.embedding.embed import Vectors
from ingest.errors import IndexProblem, NoIndex
from ingest.indexing.chunk import lexical_text
from ingest.indexing.words import terms
from ingest.storage.checksums import write_checksums
from ingest.storage.workspace import chunk_from_json

FORMAT = 2  # also to be increased when ``ingest.indexing.words`` finds other terms

# What reading a damaged file may raise: JSON, arrays or faiss's format.
READ_ERRORS = (OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)

# BM25 for short documents: less length normalisation, and terms that saturate early.  Measured in
# benchmarks/ablations.md.
BM25_K1, BM25_B = 1.2, 0.6


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page of a paper; ``start`` is its offset in the paper's text."""

    paper: str
    number: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class IndexedPaper:
    """A paper of the list, and how many of its pages are in the build (0: not fetched, or failed).

    ``digest`` identifies everything about it in the build, so that two builds can be compared.
    """

    paper: Paper
    n_pages: int
    digest: str


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a build.

    ``vectors`` is float32 ``(len(chunks), dim)``, ``sentence_vectors`` float16 ``(n_sentences, dim)``
    with one row for each sentence of each chunk, in order; rows have length one.
    """

    papers: tuple[IndexedPaper, ...]
    pages: tuple[PageText, ...]
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    sentence_vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Meta:
    """The metadata of a build.

    ``content`` is a digest of its content, ``dim`` the length of its vectors, ``made`` the UTC time in
    ISO 8601.
    """

    format: int
    content: str
    embedder: str
    revision: str
    dim: int
    n_papers: int
    n_chunks: int
    n_sentences: int
    made: str


class Index:
    """An open build: its content, and the two searches over it.

    ``papers`` by id, ``pages`` by paper and number, ``chunks`` by row; ``chunk_rows`` are the rows
    of each paper.  ``is_reference`` and ``is_entry``, bool ``(len(chunks),)``, mark the chunks from
    lists of references and those from the reading list.
    """

    def __init__(self, folder: Path, meta: Meta) -> None:
        self.build = folder.name
        self.meta = meta
        self.papers = {entry.paper.id: entry for entry in _read_papers(folder)}
        pages = (PageText(**row) for row in _read_lines(folder / "pages.jsonl"))
        self.pages = {(page.paper, page.number): page for page in pages}
        self.chunks = [chunk_from_json(row) for row in _read_lines(folder / "chunks.jsonl")]
        self.chunk_rows = _row_ranges([chunk.paper for chunk in self.chunks])
        self.is_reference = np.array([c.kind == "references" for c in self.chunks], dtype=bool)
        self.is_entry = np.array([c.page is None for c in self.chunks], dtype=bool)
        self._sentences = np.load(folder / "sentences.npy", mmap_mode="r")
        counts = [len(chunk.sentences) for chunk in self.chunks]
        self._sentence_rows = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self._dense = faiss.read_index(str(folder / "vectors.faiss"))
        self._lexical = bm25s.BM25.load(folder / "lexical", mmap=True, show_progress=False)
        check_lengths(self.chunks, self._dense.ntotal, len(self._sentences))

    def dense_scores(self, query: Vectors) -> NDArray[np.float32]:
        """Cosine of ``query`` ``(dim,)`` to every chunk, in -1..1, in the order of the chunks."""
        _, scores, rows = self._dense.range_search(query[None, :], -2.0)  # `search` would sort all
        ordered = np.empty(len(self.chunks), dtype=np.float32)
        ordered[rows] = scores
        return ordered

    def lexical_scores(self, query_terms: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every chunk, from 0, in the order of the chunks; each term counts once."""
        known = [t for t in dict.fromkeys(query_terms) if t in self._lexical.vocab_dict]
        if not known:
            return np.zeros(len(self.chunks), dtype=np.float32)
        scores: NDArray[np.float32] = self._lexical.get_scores(known)
        return scores

    def sentence_vectors(self, rows: range) -> NDArray[np.float32]:
        """Unit vectors of all sentences of the chunks ``rows``, float32 ``(n_sentences, dim)``."""
        start, end = self._sentence_rows[rows.start], self._sentence_rows[rows.stop]
        return np.asarray(self._sentences[start:end], dtype=np.float32)


def _row_ranges(names: Sequence[str]) -> dict[str, range]:
    """The rows of each name; equal names are adjacent."""
    ranges: dict[str, range] = {}
    for row, name in enumerate(names):
        ranges[name] = range(ranges[name].start if name in ranges else row, row + 1)
    return ranges


def write_build(
    folder: Path, content: Content, *, digest: str, embedder: str, revision: str
) -> None:
    """Write ``content`` into the empty ``folder``.

    Raises ``IndexProblem`` if lengths disagree, ``OSError`` if it cannot be written completely.
    """
    check_lengths(content.chunks, len(content.vectors), len(content.sentence_vectors))
    dim = int(content.vectors.shape[1])
    meta = Meta(
        format=FORMAT,
        content=digest,
        embedder=embedder,
        revision=revision,
        dim=dim,
        n_papers=len(content.papers),
        n_chunks=len(content.chunks),
        n_sentences=len(content.sentence_vectors),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    _write_json(folder / "papers.json", [asdict(entry) for entry in content.papers])
    _write_lines(folder / "pages.jsonl", (asdict(page) for page in content.pages))
    _write_lines(folder / "chunks.jsonl", (asdict(chunk) for chunk in content.chunks))
    dense = faiss.IndexFlatIP(dim)
    dense.add(content.vectors)
    # faiss itself would not report a disk that becomes full at the end of the file.
    (folder / "vectors.faiss").write_bytes(faiss.serialize_index(dense).data)
    np.save(folder / "sentences.npy", content.sentence_vectors, allow_pickle=False)
    _lexical_index(content).save(folder / "lexical", show_progress=False)
    _write_json(folder / "meta.json", asdict(meta))
    _check_arrays(folder)
    write_checksums(folder)


def _check_arrays(folder: Path) -> None:
    """Raise ``OSError`` if the end of an array did not fit on the disk, which numpy does not report."""
    for path in folder.rglob("*.npy"):
        try:
            np.load(path, mmap_mode="r")
        except ValueError as error:
            raise OSError(f"there was no space for {path.name}") from error


def _lexical_index(content: Content) -> Any:
    titles = {entry.paper.id: entry.paper.title for entry in content.papers}
    corpus = [terms(lexical_text(titles[c.paper], c.section, c.text)) for c in content.chunks]
    lexical = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    # bm25s cannot index a corpus without any term; "" is one that no query has.
    lexical.index(corpus if any(corpus) else [[""]] * len(corpus), show_progress=False)
    return lexical


def indexed_papers(folder: Path | None) -> dict[str, IndexedPaper]:
    """The papers of the build in ``folder`` by id; none if it is missing or cannot be read."""
    try:
        return {entry.paper.id: entry for entry in _read_papers(folder)} if folder else {}
    except READ_ERRORS:
        return {}


def read_meta(folder: Path | None) -> Meta:
    """The metadata of the build in ``folder``.  Raises ``NoIndex`` or ``IndexProblem``."""
    if folder is None:
        raise NoIndex("There is no index yet.", "Run `askpapers sync` to build one.")
    try:
        raw = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        if raw.get("format") != FORMAT:
            raise IndexProblem(
                f"The index {folder.name} has format {raw.get('format')}; this program reads format {FORMAT}.",
                "Run `askpapers sync` to rebuild it.",
            )
        return Meta(**raw)
    except READ_ERRORS as error:
        raise _damaged(folder, error) from error


def open_build(folder: Path | None) -> Index:
    """Open the build in ``folder``.  Raises ``NoIndex`` or ``IndexProblem``."""
    meta = read_meta(folder)
    assert folder is not None  # read_meta has raised NoIndex otherwise
    try:
        return Index(folder, meta)
    except READ_ERRORS as error:
        raise _damaged(folder, error) from error


def check_lengths(chunks: Sequence[Chunk], n_vectors: int, n_sentence_vectors: int) -> None:
    """Raise ``IndexProblem`` unless there is one vector for each chunk and for each sentence."""
    n_sentences = sum(len(chunk.sentences) for chunk in chunks)
    if n_vectors != len(chunks) or n_sentence_vectors != n_sentences:
        raise IndexProblem(
            f"The index is damaged: {len(chunks)} passages have {n_vectors} vectors, "
            f"{n_sentences} sentences have {n_sentence_vectors}.",
            "Run `askpapers sync` to rebuild the index.",
        )


def _damaged(folder: Path, error: Exception) -> IndexProblem:
    reason = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.filename:
        reason = f"{Path(error.filename).name}: {error.strerror}"
    return IndexProblem(
        f"The index {folder.name} is damaged: {reason}", "Run `askpapers sync` to rebuild it."
    )


def _read_papers(folder: Path) -> Iterator[IndexedPaper]:
    for row in json.loads((folder / "papers.json").read_text(encoding="utf-8")):
        fields: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in row["paper"].items()
        }
        yield IndexedPaper(Paper(**fields), row["n_pages"], row["digest"])


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
