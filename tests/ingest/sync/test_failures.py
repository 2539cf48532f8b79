"""The failure of one paper is reported, stops no other paper, and ends with its cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from arxiv_server import ArxivServer, KnownPaper
from pdfs import encrypted_pdf, truncated_pdf
from small_library import SmallLibrary

from ingest.corpus import Chunk, Paper, PaperText
from ingest.fetch.download import Downloader
from ingest.indexing.chunk import Window
from ingest.indexing.index import open_build
from ingest.sync import pipeline, stages
from ingest.sync.state import Failure, PaperState, inspect_papers


@pytest.mark.parametrize("bad", ["encrypted", "truncated", "text"])
def test_a_bad_paper_does_not_stop_the_others(library: SmallLibrary, bad: str) -> None:
    """It is listed with stage and reason; the others are indexed."""
    path = library.pdfs / "slim.pdf"
    if bad == "encrypted":
        encrypted_pdf(path, user_password="secret")
    elif bad == "truncated":
        truncated_pdf(path)
    else:
        path.write_text("<html>Not here</html>", encoding="utf-8")
    library.write_pdf("herd")
    report = library.sync()
    assert report.added == ("herd",)
    assert [(f.paper, f.stage) for f in report.failed] == [("slim", "parse")]
    assert report.failed[0].message


def test_an_empty_file_is_a_failure_of_its_paper(library: SmallLibrary) -> None:
    """Every sync reports it until the file has content, and the old pages are kept."""
    path = library.write_pdf("slim")
    library.sync()
    path.write_bytes(b"")
    for _ in range(2):
        (failure,) = library.sync().failed
        assert (failure.paper, failure.stage, failure.message) == (
            "slim",
            "fetch",
            "slim.pdf is empty.",
        )
    assert open_build(library.workspace.current_build()).papers["slim"].n_pages == 1
    library.write_pdf("slim")
    assert library.sync().failed == ()


def test_a_failure_is_explained_in_sentences() -> None:
    """A message without a full stop gets one before its hint."""
    told = [
        Failure("a", "fetch", said, "Check it.").explanation for said in ("No such paper", "Empty.")
    ]
    assert told == ["No such paper. Check it.", "Empty. Check it."]


def test_an_unexpected_error_is_a_failure_of_its_paper(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are indexed, and the hint says what to do."""
    real = stages.split_into_chunks

    def strange(paper: Paper, text: PaperText, window: Window) -> list[Chunk]:
        if paper.id == "slim":
            raise IndexError("no such thing")
        return real(paper, text, window)

    library.write_pdf("herd")
    library.write_pdf("slim")
    monkeypatch.setattr(stages, "split_into_chunks", strange)
    report = library.sync()
    assert report.added == ("herd",)
    (failure,) = report.failed
    assert (failure.paper, failure.stage) == ("slim", "chunk")
    assert "IndexError" in failure.message and "--retry-failed" in failure.hint
    monkeypatch.undo()
    assert library.sync(retry_failed=True).added == ("slim",)


def test_failing_papers_do_not_cause_inspections_of_all_papers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The states of all papers are read as often for 20 failures as for 2."""
    looks: list[int] = []

    def counted(papers: Sequence[Paper], *rest: Any) -> list[PaperState]:
        looks[-1] += 1
        return inspect_papers(papers, *rest)

    monkeypatch.setattr(pipeline, "inspect_papers", counted)
    for n in (2, 20):
        home = tmp_path / str(n)
        home.mkdir()
        library = SmallLibrary(home, [Paper(f"p{i}", f"P {i}", file=f"{i}.pdf") for i in range(n)])
        looks.append(0)
        assert len(library.sync().failed) == n
    assert looks[0] == looks[1]


def test_a_repaired_paper_is_indexed(library: SmallLibrary) -> None:
    """A failure ends when its file changes."""
    path = library.write_pdf("slim")
    path.write_bytes(b"broken")
    assert library.sync().failed
    library.write_pdf("slim")
    report = library.sync()
    assert (report.failed, report.added) == ((), ("slim",))


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_broken_download_is_fetched_again(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader], by_hand: bool
) -> None:
    """On request, or if the broken PDF was deleted; otherwise no request is sent."""
    pdf = library.write_pdf("herd").read_bytes()
    (library.pdfs / "herd.pdf").unlink()
    server.add(KnownPaper("2302.00001", pdf[: len(pdf) // 2]))
    for _ in range(2):
        assert [f.stage for f in library.sync(online, only=("herd",)).failed] == ["parse"]
    assert len(server.requests) == 1
    server.add(KnownPaper("2302.00001", pdf))
    if by_hand:
        library.workspace.paper("herd").pdf.unlink()
    report = library.sync(online, only=("herd",), retry_failed=not by_hand)
    assert (report.added, report.failed) == (("herd",), ())


def test_a_broken_download_is_still_reported_offline(
    library: SmallLibrary, server: ArxivServer, online: Callable[[], Downloader]
) -> None:
    """No connection is opened to fetch it again."""
    server.add(KnownPaper("2302.00001", b"%PDF-1.4 half"))
    library.sync(online, only=("herd",))
    report = library.sync(retry_failed=True)
    assert [(f.paper, f.stage) for f in report.failed] == [("herd", "parse")]


KEPT = ("text.json", "second.json", "pages.json", "pages.npz", "card.json", "card.npz")


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "zeros"])
def test_a_damaged_file_of_a_paper_is_made_again(library: SmallLibrary, damage: str) -> None:
    """Any file, by the sync that needs it; all other papers are indexed, too."""
    library.write_pdf("herd")
    library.sync()
    whole = {name: (library.workspace.paper("herd").path / name).read_bytes() for name in KEPT}
    for name in KEPT:
        damaged = library.workspace.paper("herd").path / name
        if damage == "gone":
            damaged.unlink()
        else:
            damaged.write_bytes(
                {"empty": b"", "cut": whole[name][:-60], "zeros": bytes(900)}[damage]
            )
        library.write_pdf("slim", [(f"There is a word about {name}.",)])
        report = library.sync()
        assert (report.failed, report.not_fetched) == ((), ())
        index = open_build(library.workspace.current_build())
        assert index.papers["herd"].n_pages == 2 and name in index.pages["slim", 1].text
        assert {n: (damaged.parent / n).read_bytes() for n in KEPT} == whole


def test_a_damaged_input_of_a_stage_is_made_again(library: SmallLibrary) -> None:
    """Here the text, when another title requires other chunks."""
    library.write_pdf("herd")
    library.sync()
    (library.workspace.paper("herd").path / "text.json").write_text("{", encoding="utf-8")
    listed = library.manifest.read_text(encoding="utf-8")
    library.manifest.write_text(listed.replace("Open Language", "Closed"), encoding="utf-8")
    report = library.sync()
    assert (report.updated, report.failed) == (("herd",), ())
