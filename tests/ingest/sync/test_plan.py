"""Planning is pure: what is fresh is kept, what is stale runs with all that follows it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Paper
from ingest.recipe import Recipe
from ingest.storage.workspace import StageRecord, Stamp
from ingest.sync.plan import PAGE_STAGES, LocalFile, Stage, fetch_origin, stage_key, stale_stages

PAPER = Paper(id="p", title="T", arxiv="2302.00001")
RECIPE = Recipe()


def run_all(
    paper: Paper, stamp: Stamp, recipe: Recipe, local: LocalFile | None = None
) -> tuple[Stage, ...]:
    """Run the planned stages, as far as their records go; return the plan."""
    origin = fetch_origin(paper, stamp, local)
    stages = stale_stages(paper, stamp, recipe, origin, retry_failed=False)
    for stage in stages:
        key = stage_key(stage, paper, stamp, recipe, fetch_origin(paper, stamp, local))
        stamp[stage] = StageRecord(key, f"made of {key}", detail={"source": paper.arxiv or ""})
    return stages


@given(
    title=st.text(max_size=5),
    tokens=st.integers(8, 512),
    local=st.sampled_from([None, LocalFile(Path("a.pdf"), "1"), LocalFile(Path("a.pdf"), "2")]),
)
def test_a_second_run_does_nothing(title: str, tokens: int, local: LocalFile | None) -> None:
    """For any paper and recipe, nothing is stale right after a complete run."""
    paper, recipe, stamp = Paper("p", title, arxiv="2302.00001"), Recipe(chunk_tokens=tokens), {}
    run_all(PAPER, stamp, RECIPE)
    run_all(paper, stamp, recipe, local)
    assert run_all(paper, stamp, recipe, local) == ()


def test_a_new_paper_runs_through_all_stages() -> None:
    """Its card comes first."""
    assert run_all(PAPER, {}, RECIPE) == ("card", *PAGE_STAGES)


def test_a_new_chunk_size_costs_no_parsing() -> None:
    """Only chunks and what follows depend on it."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE)
    assert run_all(PAPER, stamp, Recipe(chunk_tokens=99)) == ("card", "chunk", "embed")


def test_a_new_note_costs_only_the_card() -> None:
    """The pages don't depend on it."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE)
    noted = Paper(id="p", title="T", arxiv="2302.00001", note="New.")
    assert run_all(noted, stamp, RECIPE) == ("card",)


def test_a_changed_file_is_fetched_again() -> None:
    """A local PDF with another digest makes all page stages stale."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE, LocalFile(Path("a.pdf"), "1"))
    assert run_all(PAPER, stamp, RECIPE, LocalFile(Path("a.pdf"), "2")) == PAGE_STAGES


def test_a_pdf_is_kept_when_its_folder_is_no_longer_given() -> None:
    """A PDF that came from a folder is not requested from arXiv later."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE, LocalFile(Path("a.pdf"), "1"))
    assert run_all(PAPER, stamp, RECIPE, None) == ()


def test_another_source_makes_the_old_pdf_stale() -> None:
    """If the list has another arXiv id, the stored PDF is the wrong one."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE)
    other = Paper(id="p", title="T", arxiv="2302.99999")
    assert run_all(other, stamp, RECIPE)[:2] == ("card", "fetch")


def failed(stage: Stage, passing: bool = False) -> Stamp:
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE)
    stamp[stage] = StageRecord(stamp[stage].key, message="It is so.", passing=passing)
    return stamp


def planned(
    stamp: Stamp, retry_failed: bool = False, missing: Collection[str] = ()
) -> tuple[Stage, ...]:
    origin = fetch_origin(PAPER, stamp, None)
    return stale_stages(PAPER, stamp, RECIPE, origin, retry_failed, missing)


def test_a_failed_stage_is_not_run_again_on_the_same_input() -> None:
    """A second run does nothing, even after a failure."""
    assert planned(failed("parse")) == ()


def test_a_failed_stage_is_retried_on_request_or_if_the_failure_was_transient() -> None:
    """With --retry-failed, or after a busy server."""
    stamp = failed("chunk", passing=False)
    assert planned(stamp, retry_failed=True) == ("chunk", "embed")
    assert planned(failed("chunk", passing=True)) == ("chunk", "embed")


def test_a_pdf_that_cannot_be_parsed_is_fetched_again() -> None:
    """On a retry, or if the PDF was deleted: parsing the same bytes would fail again."""
    stamp = failed("parse")
    assert planned(stamp) == ()
    assert planned(stamp, retry_failed=True) == PAGE_STAGES
    assert planned(stamp, missing={"fetch", "parse", "chunk", "embed"}) == PAGE_STAGES


def test_a_pdf_that_could_not_be_fetched_is_not_missing() -> None:
    """It is not requested again just because there is no file."""
    assert planned(failed("fetch"), missing=PAGE_STAGES) == ()


@pytest.mark.parametrize(
    ("missing", "stale"),
    [
        ({"card"}, ("card",)),
        ({"embed"}, ("embed",)),
        ({"parse"}, ("parse", "chunk", "embed")),
        ({"parse", "fetch"}, PAGE_STAGES),
        ({"fetch"}, ()),
    ],
)
def test_missing_results_are_made_again(missing: Collection[str], stale: tuple[Stage, ...]) -> None:
    """With all that follows; a missing PDF is fetched only if it must be parsed."""
    stamp: Stamp = {}
    run_all(PAPER, stamp, RECIPE)
    assert planned(stamp, missing=missing) == stale
