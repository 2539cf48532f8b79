"""The thread behind the page makes the list askable and tells how far it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from model_folder import model_folder, sync_with_model
from pdfs import plain_pdf
from small_library import SmallLibrary
from ui.visits import background_of, wait_until

from ingest.corpus import Paper
from ingest.embedding.embed import load_embedder
from ingest.errors import ManifestError, SourceError, SyncRunning
from ingest.reading_list.edit import add_papers, remove_papers
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.notes import NOTES_NAME
from ingest.sync.pipeline import Progress
from ingest.sync.report import SyncReport
from ingest.sync.state import Failure
from ingest.terminal import LOG_NAME
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker, Counts, SyncState
from rag.ui.status import render_status

LONGEST = 60.0


def _finished(background: BackgroundWorker) -> SyncState:
    background.start()
    return _settled(background)


def _settled(background: BackgroundWorker) -> SyncState:
    assert background.idle.wait(LONGEST)
    return background.state


def test_an_empty_folder_is_made_askable(library: SmallLibrary) -> None:
    """Before the first index the background makes it; then questions are answered."""
    assistant = library.assistant()
    library.write_pdf("herd")
    background = background_of(library, assistant, syncs=True)
    assert background.counts() == Counts(listed=2, indexed=0)
    state = _finished(background)
    assert background.ready.is_set() and not state.running
    assert background.counts() == Counts(listed=2, indexed=1, not_fetched=1)
    assert state.report is not None and state.report.added == ("herd",)


def test_without_a_sync_it_only_warms_up(library: SmallLibrary, assistant: Assistant) -> None:
    """Nothing is changed, and the page is ready."""
    build = library.workspace.current_build()
    background = background_of(library, assistant)
    assert _finished(background) == SyncState()
    assert background.ready.is_set() and library.workspace.current_build() == build


def test_the_list_is_read_only_when_it_has_changed(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at the table sees the list and its notes as they are, without a reading each time."""
    readings: list[Path] = []

    def counted(path: Path) -> tuple[Paper, ...]:
        readings.append(path)
        return read_manifest(path)

    monkeypatch.setattr("rag.ui.list_states.read_manifest", counted)
    background = background_of(library, assistant)
    notes = library.manifest.with_name(NOTES_NAME)
    for edit in (lambda: remove_papers(library.manifest, ["slim"]), lambda: notes.write_text("")):
        assert background.paper_states() == background.paper_states()
        before = len(readings)
        edit()
        background.paper_states()
        assert len(readings) == before + 1
    assert [state.paper.id for state in background.paper_states()] == ["herd"]
    assert len(readings) == 3
    library.manifest.write_text("- id: x\n", encoding="utf-8")
    for _ in range(2):
        background.counts()
        with pytest.raises(ManifestError, match="title"):
            background.paper_states()
    assert len(readings) == 4


def test_who_looks_at_the_list_at_once_shares_one_look_at_the_papers(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the list is edited; or a moment later, since a PDF may have come into a folder."""
    background = background_of(library, assistant)
    monkeypatch.setattr("rag.ui.background.STATES_MAX_AGE_SECONDS", LONGEST)
    first = background.paper_states()
    assert background.paper_states() is first
    monkeypatch.setattr("rag.ui.background.STATES_MAX_AGE_SECONDS", -1.0)
    remove_papers(library.manifest, ["slim"])
    second = background.paper_states()
    assert second != first
    assert background.paper_states() is not second


def test_a_broken_list_is_told_and_what_was_there_serves(
    library: SmallLibrary, assistant: Assistant
) -> None:
    """The sync stops, says why, and the old index still answers."""
    library.manifest.write_text("- id: x\n", encoding="utf-8")
    background = background_of(library, assistant, syncs=True)
    assert "title" in str(_finished(background).error)
    assert background.ready.is_set() and background.counts().indexed == 1


def test_the_unexpected_is_told_with_an_id(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No error in the thread is lost, and none shows its inside."""
    background = background_of(library, assistant, syncs=True)
    monkeypatch.setattr(assistant, "search", lambda *args, **how: 1 / 0)
    state = _finished(background)
    told = re.search(r"\(id (\w+)\)", str(state.error))
    assert told and "division" not in str(state.error)
    log = (library.workspace.root / LOG_NAME).read_text(encoding="utf-8")
    assert f"ERROR id {told[1]}\n" in log and "division" in log
    assert background.ready.is_set()


def test_a_change_of_the_list_is_followed(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that is edited while the page is open is synced without being asked."""
    monkeypatch.setattr("rag.ui.background.LIST_POLL_SECONDS", 0.05)
    background = background_of(library, assistant, syncs=True)
    _finished(background)
    add_papers(library.manifest, [Paper(id="new", title="A New Paper", arxiv="2401.00009")])
    wait_until(lambda: "new" in background.papers())
    wait_until(lambda: background.counts() == Counts(listed=3, indexed=1, not_fetched=2))


def test_only_what_was_removed_here_goes_without_asking(
    library: SmallLibrary, assistant: Assistant
) -> None:
    """However fast one removal follows the other; a list that lost others by hand is not followed."""
    more = [Paper(id=f"p{i}", title=f"Paper {i}", arxiv=f"2401.0000{i}") for i in range(4)]
    add_papers(library.manifest, more)
    background = background_of(library, assistant, syncs=True)
    _finished(background)
    for gone in (["p0", "p1"], ["p2"]):
        remove_papers(library.manifest, gone)
        background.request(removing=gone)
    assert _settled(background).error is None
    assert set(background.papers()) == {"herd", "slim", "p3"}
    remove_papers(library.manifest, ["herd", "p3"])
    background.request(removing=["p3"])
    error = _settled(background).error
    assert error is not None and "1 of 3" in error.message


def test_syncs_of_the_whole_list_do_not_make_way_for_each_other_for_ever(
    library: SmallLibrary, assistant: Assistant
) -> None:
    """Each is put off at most once for each that comes after it."""
    library.write_pdf("slim")
    background = background_of(library, assistant, syncs=True)
    jobs = [background.request(), background.request()]
    assert _finished(background).error is None
    assert all(job.done() for job in jobs)
    assert background.counts() == Counts(listed=2, indexed=2)


def test_a_change_of_the_notes_is_followed(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are part of the list, and answer for the papers that are not here."""
    monkeypatch.setattr("rag.ui.background.LIST_POLL_SECONDS", 0.05)
    background = background_of(library, assistant, syncs=True)
    _finished(background)
    new = {"id": "herd", "note": "Of shepherds.", "note_zh": "牧人", "note_from": "paper"}
    notes = "- " + "\n  ".join(f"{field}: {value}" for field, value in new.items())
    library.manifest.with_name(NOTES_NAME).write_text(notes, encoding="utf-8")
    wait_until(lambda: background.papers()["herd"].paper.note == new["note"])


def test_after_trouble_the_next_sync_runs(library: SmallLibrary, assistant: Assistant) -> None:
    """A list that is mended is synced, on request or by itself."""
    whole = library.manifest.read_text(encoding="utf-8")
    library.manifest.write_text("- id: x\n", encoding="utf-8")
    background = background_of(library, assistant, syncs=True)
    assert _finished(background).error
    library.manifest.write_text(whole, encoding="utf-8")
    library.write_pdf("slim")
    background.request()
    assert _settled(background).error is None
    assert background.counts() == Counts(listed=2, indexed=2)


def test_a_changed_model_does_not_stop_the_sync_that_takes_it_in(
    library: SmallLibrary, tmp_path: Path
) -> None:
    """Until the papers are embedded anew nothing can be asked; that is no reason not to embed them."""
    folder = sync_with_model(library, tmp_path / "model")
    model_folder(folder, passage="passage: ")
    library.embedder = load_embedder(str(folder))
    assistant = library.assistant()
    background = background_of(library, assistant, syncs=True)
    state = _finished(background)
    assert state.report is not None and state.report.updated == ("slim",)
    assert background.ready.is_set()


def test_another_sync_is_waited_for(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that there is one; when it is done, the list is synced without being asked."""
    for name in ("LIST_POLL_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(f"rag.ui.background.{name}", 0.05)
    library.write_pdf("slim")
    background = background_of(library, assistant, syncs=True)
    with library.workspace.locked():
        assert "Another sync" in str(_finished(background).error)
        with pytest.raises(SyncRunning):
            background.request().result(LONGEST)
    wait_until(lambda: background.counts() == Counts(listed=2, indexed=2))
    wait_until(lambda: background.state.report is not None)


def test_a_server_is_spoken_of_once() -> None:
    """However many papers it kept away, and why: it cannot be reached, or does not let us in."""
    error = SourceError("arxiv.org cannot be reached", "Check the network.")
    failure = Failure(None, "fetch", error.message, error.hint)
    report = SyncReport((), (), (), ("a",), tuple("bcdefg"), (failure,), "build", 1.0)
    words = render_status(Counts(7, 1, not_fetched=6), SyncState(report=report), "en")
    assert words.count("arxiv.org cannot be reached. Check the network.") == 1
    assert "Papers not fetched yet: 6" in words


def test_the_paper_at_work_and_the_time_left_are_told() -> None:
    """In words, and as a bar whose value can be read aloud."""
    state = SyncState(True, Progress(25, 100, "lora", "embed"), 200.0)
    words = render_status(Counts(100, 25), state, "en")
    assert "lora" in words and "about 3 min left" in words and 'aria-valuenow="25"' in words


def test_a_sync_of_one_paper_does_not_hide_what_the_others_lack(
    library: SmallLibrary, assistant: Assistant
) -> None:
    """The numbers in the head are those of the whole list."""
    plain_pdf(library.pdfs / "2401.00001.pdf", [()])
    add_papers(library.manifest, [Paper(id="scan", title="A Scan", arxiv="2401.00001")])
    background = background_of(library, assistant, syncs=True)
    _finished(background)
    background.request(only=("herd",))
    state = _settled(background)
    assert state.report is not None and not state.report.not_fetched + state.report.failed
    counts = background.counts()
    assert counts == Counts(listed=3, indexed=1, not_fetched=1, failed=1)
    words = render_status(counts, state, "en")
    assert "1 not fetched yet" in words and "1 failed" in words and "up to date" not in words


def test_the_handbook_is_counted_apart(library: SmallLibrary, assistant: Assistant) -> None:
    """Neither among the papers listed nor among those indexed."""
    add_papers(
        library.manifest, [Paper(id="askpapers-handbook", title="The Handbook", file="h.pdf")]
    )
    plain_pdf(library.home / "h.pdf", [("Run sync to index the list.",)])
    library.sync()
    background = background_of(library, assistant)
    assert background.counts() == Counts(listed=2, indexed=1)
