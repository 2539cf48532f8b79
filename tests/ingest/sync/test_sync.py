"""Sync makes the index equal to the list, and loses nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_library import ADAPT, LLAMA, PAGES, SmallLibrary

from ingest.corpus import Paper
from ingest.errors import ManifestError, NoIndex, SyncRefused, UsageError
from ingest.fetch.download import Downloader
from ingest.indexing.index import Index, open_build
from ingest.reading_list.edit import add_papers, remove_papers
from ingest.sync import stages
from ingest.sync.pipeline import Progress
from ingest.sync.report import SyncReport
from rag.library import Library


def built(library: SmallLibrary) -> Index:
    return open_build(library.workspace.current_build())


def pages_here(library: SmallLibrary) -> dict[str, int]:
    return {i: entry.n_pages for i, entry in built(library).papers.items()}


def test_the_list_is_indexed_before_any_pdf_is_fetched(library: SmallLibrary) -> None:
    """Every entry can be found without a PDF or a network."""
    report = library.sync()
    assert report.not_fetched == ("herd", "slim")
    found = {(chunk.paper, chunk.kind) for chunk in built(library).chunks}
    assert found == {("herd", "list"), ("slim", "list")}


def test_pdfs_of_a_folder_are_indexed(library: SmallLibrary) -> None:
    """A PDF named by the paper's id becomes pages of the index."""
    library.write_pdf("herd")
    report = library.sync()
    assert (report.added, report.not_fetched) == (("herd",), ("slim",))
    assert pages_here(library) == {"herd": 2, "slim": 0}


def test_a_second_sync_does_nothing(library: SmallLibrary) -> None:
    """With the same list and files, nothing is built or embedded."""
    library.write_pdf("herd")
    first = library.sync()
    before = library.embedder.n_embedded
    second = library.sync()
    assert second.index == first.index
    assert (second.added, second.updated, second.unchanged) == ((), (), ("herd",))
    assert library.embedder.n_embedded == before


def test_a_changed_pdf_is_updated(library: SmallLibrary) -> None:
    """New bytes under the same name replace the old pages."""
    library.write_pdf("herd")
    library.sync()
    library.write_pdf("herd", [("Only one page is left of it.",)])
    assert library.sync().updated == ("herd",)
    assert pages_here(library)["herd"] == 1


def test_a_pdf_that_was_copied_again_is_not_parsed_again(library: SmallLibrary) -> None:
    """If its time changed but its bytes did not, no later stage runs and nothing changes."""
    pdf = library.write_pdf("herd")
    index = library.sync().index
    os.utime(pdf, ns=(0, 0))
    steps: list[Progress] = []
    report = library.sync(listener=steps.append)
    assert [step.stage for step in steps] == ["fetch"]
    assert (report.updated, report.index) == ((), index)


def test_a_removed_paper_leaves_the_index(library: SmallLibrary) -> None:
    """A paper that is not in the list is not in the index."""
    library.write_pdf("herd")
    library.write_pdf("slim")
    library.sync()
    remove_papers(library.manifest, ["slim"])
    assert library.sync(yes=True).removed == ("slim",)
    assert list(built(library).papers) == ["herd"]


def test_a_big_drop_needs_confirmation(library: SmallLibrary) -> None:
    """Losing more than 30 % of the papers needs --yes, and without it changes nothing."""
    before = library.sync().index
    remove_papers(library.manifest, ["slim"])
    with pytest.raises(SyncRefused, match="1 of 2"):
        library.sync()
    assert library.sync(yes=True).index != before


def test_an_emptied_list_leaves_no_index(library: SmallLibrary) -> None:
    """No removed paper is found any more; the report and the dry run name all of them."""
    library.write_pdf("herd")
    library.sync()
    remove_papers(library.manifest, ["herd", "slim"])
    with pytest.raises(SyncRefused, match="2 of 2"):
        library.sync()
    assert library.sync(dry_run=True).removed == ("herd", "slim")
    report = library.sync(yes=True)
    assert (report.removed, report.index) == (("herd", "slim"), None)
    assert not library.workspace.paper("herd").path.exists()
    with pytest.raises(NoIndex):
        Library(library.workspace, library.embedder).retriever()
    add_papers(library.manifest, [LLAMA])
    assert library.sync().added == ("herd",)


def test_the_files_of_a_removed_paper_are_deleted(library: SmallLibrary) -> None:
    """As soon as a build without it serves; a refused sync deletes nothing."""
    library.write_pdf("slim")
    library.sync()
    listed = library.manifest.read_text(encoding="utf-8")
    remove_papers(library.manifest, ["slim"])
    with pytest.raises(SyncRefused):
        library.sync()
    assert library.workspace.paper("slim").pdf.exists()
    library.sync(yes=True)
    assert [folder.name for folder in library.workspace.root.glob("papers/*")] == ["herd"]
    library.manifest.write_text(listed, encoding="utf-8")
    assert library.sync().added == ("slim",)


def test_a_paper_with_a_new_id_keeps_its_pdf(library: SmallLibrary) -> None:
    """It does not count as dropped, nothing is fetched again, and the old id is gone."""
    library.write_pdf("herd").rename(library.pdfs / "2302.00001.pdf")
    library.sync()
    (library.pdfs / "2302.00001.pdf").unlink()
    listed = library.manifest.read_text(encoding="utf-8")
    library.manifest.write_text(listed.replace("id: herd", "id: great-herd"), encoding="utf-8")
    report = library.sync()
    assert (report.added, report.removed) == (("great-herd",), ("herd",))
    assert pages_here(library) == {"great-herd": 2, "slim": 0}
    assert {chunk.paper for chunk in built(library).chunks} == {"great-herd", "slim"}
    kept = sorted(folder.name for folder in library.workspace.root.glob("papers/*"))
    assert kept == ["great-herd", "slim"]


def test_a_dry_run_reports_what_a_sync_would_refuse(library: SmallLibrary) -> None:
    """And how many papers would be removed."""
    library.sync()
    assert library.sync(dry_run=True).refusal is None
    remove_papers(library.manifest, ["slim"])
    report = library.sync(dry_run=True)
    assert report.removed == ("slim",)
    with pytest.raises(SyncRefused) as refused:
        library.sync()
    assert str(report.refusal) == str(refused.value)
    assert library.sync(dry_run=True, yes=True).refusal is None


def test_a_paper_removed_on_purpose_needs_no_confirmation(library: SmallLibrary) -> None:
    """All other papers still do."""
    add_papers(library.manifest, [replace(ADAPT, id="third", arxiv="2106.00003")])
    library.sync()
    remove_papers(library.manifest, ["slim", "third"])
    with pytest.raises(SyncRefused, match="1 of 3"):
        library.sync(removing=frozenset({"slim"}))
    assert library.sync(removing=frozenset({"slim", "third"})).removed == ("slim", "third")


def test_a_broken_list_changes_nothing(library: SmallLibrary) -> None:
    """The old index keeps serving, byte for byte."""
    library.sync()
    build = library.workspace.current_build()
    library.manifest.write_text("- id: ../x\n  titel: No\n", encoding="utf-8")
    with pytest.raises(ManifestError) as error:
        library.sync()
    assert len(error.value.problems) >= 3
    assert library.workspace.current_build() == build


def test_an_unknown_id_is_named(library: SmallLibrary) -> None:
    """An id in --only that is not in the list is a usage error."""
    with pytest.raises(UsageError, match="nope"):
        library.sync(only=("nope",))


def test_only_limits_the_work_to_some_papers(library: SmallLibrary) -> None:
    """--only leaves the other papers as they are."""
    library.write_pdf("herd")
    library.write_pdf("slim")
    library.sync(only=("slim",))
    assert pages_here(library) == {"herd": 0, "slim": 1}


def test_only_limits_the_report_to_some_papers(library: SmallLibrary) -> None:
    """Failures of other papers do not affect it."""
    library.write_pdf("herd").write_bytes(b"broken")
    library.write_pdf("slim")
    assert [failure.paper for failure in library.sync().failed] == ["herd"]
    assert library.sync(only=("slim",)).failed == ()
    assert library.sync(only=("slim",), dry_run=True).failed == ()
    assert [failure.paper for failure in library.sync(only=("herd",)).failed] == ["herd"]


def test_a_dry_run_writes_nothing(library: SmallLibrary) -> None:
    """--dry-run leaves no file behind."""
    library.write_pdf("herd")
    assert library.sync(dry_run=True).added == ("herd",)
    assert not library.workspace.root.exists()


def test_a_dry_run_reports_what_a_sync_then_does(library: SmallLibrary) -> None:
    """Added, updated, removed, unchanged, not fetched and failed."""

    def both(**how: object) -> SyncReport:
        expected = library.sync(dry_run=True, **how)
        done = library.sync(**how)
        assert replace(expected, index=done.index, seconds=done.seconds) == done
        return done

    assert both().not_fetched == ("herd", "slim")
    pdf = library.write_pdf("herd")
    assert both().added == ("herd",)
    assert both().unchanged == ("herd",)
    os.utime(pdf, ns=(0, 0))  # as after a copy
    assert both().unchanged == ("herd",)
    library.write_pdf("slim")
    assert both(only=("slim",)).added == ("slim",)
    library.write_pdf("herd", [("Only one page is left of it.",)])
    assert both().updated == ("herd",)
    library.manifest.write_text(
        library.manifest.read_text(encoding="utf-8").replace("Slim Adapters", "Slimmer Adapters"),
        encoding="utf-8",
    )
    assert both().updated == ("slim",)
    library.write_pdf("herd").write_bytes(b"broken")
    library.sync()
    assert [failure.paper for failure in both().failed] == ["herd"]
    remove_papers(library.manifest, ["slim"])
    assert both(yes=True).removed == ("slim",)


def test_a_dry_run_assumes_that_fetching_succeeds(library: SmallLibrary) -> None:
    """It sends no request to find out."""

    def never() -> Downloader:
        raise AssertionError("a dry run opens no connection")

    report = library.sync(never, dry_run=True)
    assert (report.added, report.not_fetched) == (("herd", "slim"), ())


def test_an_interrupted_sync_loses_nothing(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves the old index, and the next sync continues."""
    library.write_pdf("herd")
    library.write_pdf("slim")
    real = stages.split_into_chunks

    def interrupted(paper: Paper, *rest: object) -> object:
        if paper.id == "slim":
            raise KeyboardInterrupt
        return real(paper, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(stages, "split_into_chunks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        library.sync()
    monkeypatch.undo()
    parsed = library.workspace.paper("herd").path / "text.json"
    before = parsed.stat().st_mtime_ns
    assert library.sync().added == ("herd", "slim")
    assert parsed.stat().st_mtime_ns == before


def test_two_syncs_cannot_run_at_once(library: SmallLibrary) -> None:
    """The second one fails with an error that says so."""
    with library.workspace.locked(), pytest.raises(SyncRefused, match="Another sync"):
        library.sync()


actions = st.lists(
    st.sampled_from(["add herd", "add slim", "drop herd", "drop slim", "pdf herd", "sync"]),
    max_size=8,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions)
def test_any_edits_lead_to_the_same_index(
    tmp_path_factory: pytest.TempPathFactory, road: list[str]
) -> None:
    """After any edits and syncs, the index is the same as from a sync from scratch."""
    library = SmallLibrary(tmp_path_factory.mktemp("road"), papers=())
    here: dict[str, Paper] = {}
    for action in [*road, "sync"]:
        verb, _, paper_id = action.partition(" ")
        paper = {"herd": LLAMA, "slim": ADAPT}.get(paper_id)
        if verb == "add" and paper and paper_id not in here:
            add_papers(library.manifest, [paper])
            here[paper_id] = paper
        elif verb == "drop" and here.pop(paper_id, None):
            remove_papers(library.manifest, [paper_id])
        elif verb == "pdf":
            library.write_pdf(paper_id)
        elif verb == "sync":
            library.sync(yes=True)
    if not here:
        assert library.workspace.current_build() is None
        return
    scratch = SmallLibrary(tmp_path_factory.mktemp("scratch"), papers=list(here.values()))
    for pdf in library.pdfs.iterdir():
        shutil.copy2(pdf, scratch.pdfs / pdf.name)
    scratch.sync()
    road_index, scratch_index = built(library), built(scratch)
    assert road_index.chunks == scratch_index.chunks
    assert road_index.pages == scratch_index.pages


def test_an_edited_entry_changes_the_index(library: SmallLibrary) -> None:
    """A corrected title can be searched at once, without any PDF."""
    library.sync()
    remove_papers(library.manifest, ["slim"])
    add_papers(library.manifest, [replace(ADAPT, title="Slimmer Adapters")])
    library.sync()
    assert any("Slimmer" in chunk.text for chunk in built(library).chunks)


def test_the_pages_of_the_index_are_those_of_the_pdf(library: SmallLibrary) -> None:
    """Each line of the PDF is on its page in the index."""
    library.write_pdf("herd")
    library.sync()
    index = built(library)
    for number, lines in enumerate(PAGES["herd"], start=1):
        assert all(line in index.pages["herd", number].text for line in lines)
