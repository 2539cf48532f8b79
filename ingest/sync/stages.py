"""Run the stale stages of one paper, and record the outcome of each.

A failure is recorded, too: the stage is not run again until its input changes or a retry is requested.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from ingest.corpus import Chunk, Paper, PaperText
from ingest.embedding.embed import Embedder
from ingest.errors import (
    AccessDenied,
    AssistantError,
    DamagedFile,
    NotFetched,
    Refused,
    SourceError,
    StorageError,
    Unreachable,
)
from ingest.fetch.download import Fetched
from ingest.indexing.chunk import Window, split_entry, split_into_chunks
from ingest.recipe import Recipe, digest
from ingest.storage.atomic import atomic_write
from ingest.storage.workspace import PaperFolder, PassageVectors, StageRecord
from ingest.sync.plan import LocalFile, PageStage, fetch_origin, is_done, source_of, stage_key

RETRY_HINT = "Run `askpapers sync --retry-failed -v` to try again and see the details."

_log = logging.getLogger(__name__)


class FetchPdf(Protocol):
    """A function that downloads a paper's PDF, such as ``download.Downloader.fetch_pdf``."""

    def __call__(self, paper: Paper, target: Path) -> Fetched:
        """Download the PDF of ``paper`` to ``target``; raises as ``Downloader.fetch_pdf`` does."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What the stages need.  ``fetch_pdf`` is None if no connection may be opened.

    ``parse`` raises ``ParseError`` if a PDF has no readable text; ``read_again`` returns the text of its
    pages, of that number, from a second reader (see ``rag.generation.second_reader``).
    """

    recipe: Recipe
    embedder: Embedder
    fetch_pdf: FetchPdf | None
    parse: Callable[[Path], PaperText]
    read_again: Callable[[Path, int], list[str | None]]

    @property
    def window(self) -> Window:
        """The size of a chunk: that of the recipe, but no more than the embedder reads."""
        limit = min(self.recipe.chunk_tokens, self.embedder.max_tokens)
        return Window(self.embedder.count_tokens, limit)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The result of a stage: the digest of its output, and details (see ``StageRecord``)."""

    result: str
    detail: dict[str, str] = field(default_factory=dict)


def run_stages(
    paper: Paper,
    folder: PaperFolder,
    local: LocalFile | None,
    stages: Sequence[PageStage],
    tools: Tools,
    on_stage: Callable[[PageStage], None],
) -> bool:
    """Run ``stages`` in order until one fails, updating the stamp after each; True if none failed.

    The first always runs; a later one only if its input changed or its result is missing: a PDF that was
    copied again with the same content is not parsed again.  Raises ``NotFetched``, ``Unreachable``,
    ``AccessDenied``, ``StorageError`` and ``DamagedFile``, which leave no record, because they are not
    faults of the paper itself.
    """
    stamp = folder.read_stamp()
    for stage in stages:
        origin = fetch_origin(paper, stamp, local)
        key = stage_key(stage, paper, stamp, tools.recipe, origin)
        is_fresh = is_done(stamp.get(stage), key) and stage not in folder.missing_results()
        if is_fresh and stage != stages[0]:
            continue
        on_stage(stage)
        started = time.monotonic()
        record = _record(key, partial(_run, stage, paper, folder, local, tools))
        _log.info("%s: %s: %.2f s", paper.id, stage, time.monotonic() - started)
        if stage == "fetch" and record.message and stage in stamp:  # the old PDF is kept
            record = replace(record, result=stamp[stage].result, detail=stamp[stage].detail)
        stamp[stage] = record
        folder.write_stamp(stamp)
        if stamp[stage].message:
            return False
    return True


def _record(key: str, run: Callable[[], _Outcome]) -> StageRecord:
    try:
        outcome = run()
    except (NotFetched, Unreachable, AccessDenied, StorageError, DamagedFile):
        raise
    except AssistantError as error:
        passing = isinstance(error, SourceError) and not isinstance(error, Refused)
        return StageRecord(key, message=error.message, hint=error.hint, passing=passing)
    except Exception as error:  # it must not stop the other papers
        _log.info("an unexpected error occurred", exc_info=True)
        return StageRecord(key, message=f"An unexpected error occurred: {error!r}", hint=RETRY_HINT)
    return StageRecord(key, outcome.result, detail=outcome.detail)


def _run(
    stage: PageStage, paper: Paper, folder: PaperFolder, local: LocalFile | None, tools: Tools
) -> _Outcome:
    match stage:
        case "fetch":
            return _fetch(paper, folder, local, tools)
        case "parse":
            return _parse(folder, tools)
        case "chunk":
            return _chunk(paper, folder, tools)
        case "embed":
            return _embed(paper, folder, tools)


def _fetch(paper: Paper, folder: PaperFolder, local: LocalFile | None, tools: Tools) -> _Outcome:
    if local is not None:
        version = local.version
        data = _read_pdf(local.path)
        with atomic_write(folder.pdf) as temp:
            temp.write_bytes(data)
        result = hashlib.sha256(data).hexdigest()
    elif paper.file is not None:
        raise Refused(
            f"There is no file {paper.file}.",
            "Put it beside the list, or correct its name in the list.",
        )
    elif tools.fetch_pdf is None:
        raise NotFetched(
            "It has not been fetched.", "Run `askpapers sync` with a network connection."
        )
    else:
        fetched = tools.fetch_pdf(paper, folder.pdf)
        version, result = fetched.version, fetched.sha256
    return _Outcome(result, {"source": source_of(paper), "version": version or ""})


def _read_pdf(source: Path) -> bytes:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise Refused(
            f"{source.name} cannot be read: {error.strerror}.", "Check the file, then sync again."
        ) from error
    if not data:  # an empty copy would count as missing
        raise Refused(f"{source.name} is empty.", "Replace it with the whole PDF, then sync again.")
    return data


def _parse(folder: PaperFolder, tools: Tools) -> _Outcome:
    text = tools.parse(folder.pdf)
    folder.write_text(text)
    folder.write_second_texts(tools.read_again(folder.pdf, len(text.pages)))
    result = digest(text.text, [s.heading for s in text.sections])
    return _Outcome(result, {"pages": str(len(text.pages)), "reader": text.reader})


def _chunk(paper: Paper, folder: PaperFolder, tools: Tools) -> _Outcome:
    chunks = split_into_chunks(paper, folder.read_text(), tools.window)
    folder.write_chunks("pages", chunks)
    return _Outcome(digest([asdict(chunk) for chunk in chunks]))


def _embed(paper: Paper, folder: PaperFolder, tools: Tools) -> _Outcome:
    chunks = folder.read_chunks("pages")
    titles = {paper.id: paper.title}
    folder.write_vectors("pages", embed_chunks(chunks, titles, tools.embedder, tools.window))
    chunked = folder.read_stamp()["chunk"].result
    return _Outcome(digest(chunked, tools.recipe.embed_key()))


def make_cards(papers: Sequence[Paper], folders: Sequence[PaperFolder], tools: Tools) -> None:
    """Chunk and embed the entries of several papers at once, which is faster than one by one.

    All passages of an entry share the vector of the first, which says what the paper is about: so a list
    of hundreds of papers is ready within seconds.
    """
    window = tools.window
    cards = [split_entry(paper, window) for paper in papers]
    firsts = [
        window.passage(p.title, c[0].section, c[0].text) for p, c in zip(papers, cards, strict=True)
    ]
    embedded = tools.embedder.embed_passages(firsts)
    for paper, folder, chunks, vector in zip(papers, folders, cards, embedded, strict=True):
        folder.write_chunks("card", chunks)
        n_sentences = sum(len(chunk.sentences) for chunk in chunks)
        sentences = np.tile(vector.astype(np.float16), (n_sentences, 1))
        folder.write_vectors("card", PassageVectors(np.tile(vector, (len(chunks), 1)), sentences))
        stamp = folder.read_stamp()
        key = stage_key("card", paper, stamp, tools.recipe, origin="")
        result = digest([asdict(chunk) for chunk in chunks], tools.recipe.card_key())
        folder.write_stamp({**stamp, "card": StageRecord(key, result)})


def embed_chunks(
    chunks: Sequence[Chunk], titles: Mapping[str, str], embedder: Embedder, window: Window
) -> PassageVectors:
    """The vectors of ``chunks`` and of their sentences, in order; ``titles`` by paper id."""
    passages = [window.passage(titles[c.paper], c.section, c.text) for c in chunks]
    sentences = [c.sentence(i) for c in chunks for i in range(len(c.sentences))]
    return PassageVectors(
        embedder.embed_passages(passages), embedder.embed_passages(sentences).astype(np.float16)
    )
