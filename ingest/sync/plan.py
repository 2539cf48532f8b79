"""Decide which stages of which papers are stale: a pure function of list, stamps and recipe.

A stage is fresh if its record has the key that it would have now.  Keys are chained: a stage's key
includes the result of the stage before, so that all stages after a stale one are stale, too.

    fetch -> parse -> chunk -> embed          card (the paper's entry in the list)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ingest.corpus import Paper
from ingest.fetch.arxiv import split_id
from ingest.recipe import Recipe, digest
from ingest.storage.workspace import StageRecord, Stamp

PageStage = Literal["fetch", "parse", "chunk", "embed"]
Stage = Literal[PageStage, "card"]
PAGE_STAGES: tuple[PageStage, ...] = ("fetch", "parse", "chunk", "embed")


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A PDF of this paper that is already on this machine.

    ``digest`` covers its name, size and modification time, and is cheap to compute on every run.
    """

    path: Path
    digest: str
    version: str | None = None


def stage_key(stage: Stage, paper: Paper, stamp: Stamp, recipe: Recipe, origin: str) -> str:
    """The key that ``stage`` has now, given the results of the stages before it.

    ``origin`` is what ``fetch`` depends on: see ``fetch_origin``.
    """
    match stage:
        case "fetch":
            return origin
        case "parse":
            return digest(_result(stamp, "fetch"), recipe.parse_key())
        case "chunk":
            return digest(_result(stamp, "parse"), recipe.chunk_key(), paper.title)
        case "embed":
            return digest(_result(stamp, "chunk"), recipe.embed_key(), paper.title)
        case "card":
            return digest(asdict(paper), recipe.card_key())


def fetch_origin(paper: Paper, stamp: Stamp, local: LocalFile | None) -> str:
    """The key of the paper's source: a local file if there is one, else its address.

    A PDF that came from a file stays valid when the file is no longer there, as long as the list has
    the same source, or pins the version that was used.
    """
    source = source_of(paper)
    if local is not None:
        return digest(source, local.digest)
    record = stamp.get("fetch")
    if record and record.result and not record.message and _came_from(source, record):
        return record.key
    return digest(source)


def source_of(paper: Paper) -> str:
    """The source of the paper's PDF in the list: an arXiv id, an address or a file name."""
    return paper.arxiv or paper.url or paper.file or ""


def _came_from(source: str, record: StageRecord) -> bool:
    """Whether the PDF that ``record`` describes is the one from ``source``."""
    before = record.detail.get("source", "")
    wanted, had = split_id(source), split_id(before)
    is_pinned = wanted and had and wanted == (had[0], record.detail.get("version"))
    return before == source or bool(is_pinned)


def has_whole_pages(paper: Paper, stamp: Stamp, recipe: Recipe, missing: Collection[str]) -> bool:
    """Whether every stage after ``fetch`` is done for the stored PDF, even if it is outdated.

    False if the list now has another arXiv id: then these are the pages of another paper.
    """
    came_from = stamp["fetch"].detail.get("source", "") if "fetch" in stamp else ""
    before, wanted = split_id(came_from), split_id(source_of(paper))
    if before and wanted and before[0] != wanted[0]:
        return False
    return all(
        is_done(stamp.get(stage), stage_key(stage, paper, stamp, recipe, ""))
        and stage not in missing
        for stage in PAGE_STAGES[1:]
    )


def stale_stages(
    paper: Paper,
    stamp: Stamp,
    recipe: Recipe,
    origin: str,
    retry_failed: bool,
    missing: Collection[str] = (),
) -> tuple[Stage, ...]:
    """The stages to run, in order: perhaps the card, then the first stale one and all after it.

    ``missing`` are stages whose result files are missing.  They are stale, but a missing PDF is fetched
    only if it must be parsed.  A stage that failed on the same input is retried only if the failure was
    transient, if its input is missing, or if ``retry_failed``; a PDF that could not be parsed is then
    fetched again.
    """
    card: tuple[Stage, ...] = ()
    card_key = stage_key("card", paper, stamp, recipe, origin)
    if "card" in missing or not _is_fresh(stamp.get("card"), card_key):
        card = ("card",)
    first = _first_stale(paper, stamp, recipe, origin, retry_failed, missing)
    if first is None:
        return card
    while first > 0 and PAGE_STAGES[first - 1] in missing:
        first -= 1
    return card + PAGE_STAGES[first:]


def _first_stale(
    paper: Paper,
    stamp: Stamp,
    recipe: Recipe,
    origin: str,
    retry_failed: bool,
    missing: Collection[str],
) -> int | None:
    """The index in ``PAGE_STAGES`` of the first stage to run, whether its input is missing or not."""
    for i, stage in enumerate(PAGE_STAGES):
        record = stamp.get(stage)
        if record is None or not _is_fresh(record, stage_key(stage, paper, stamp, recipe, origin)):
            return i
        if record.message:
            input_is_missing = i > 0 and PAGE_STAGES[i - 1] in missing
            if not (retry_failed or record.passing or input_is_missing):
                return None
            return 0 if stage == "parse" else i
        if stage in missing and stage != "fetch":
            return i
    return None


def is_done(record: StageRecord | None, key: str) -> bool:
    """Whether the stage was run on the input that ``key`` identifies, and did not fail."""
    return record is not None and record.key == key and not record.message


def _is_fresh(record: StageRecord | None, key: str) -> bool:
    return record is not None and record.key == key


def _result(stamp: Stamp, stage: Stage) -> str:
    record = stamp.get(stage)
    return record.result if record else ""
