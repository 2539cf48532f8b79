"""What goes wrong with one paper is told, stops no other, and ends when its cause does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pdfs import encrypted_pdf, truncated_pdf
from small_library import SmallLibrary

from ingest import pipeline, stages
from ingest.corpus import Paper, PaperText
from ingest.state import PaperState, inspect_papers


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


def test_an_unforeseen_error_is_a_failure_of_its_paper(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are indexed, and what to do is told."""
    real = stages.parse_pdf

    def strange(path: Path) -> PaperText:
        if path.parent.name == "slim":
            raise IndexError("no such thing")
        return real(path)

    library.write_pdf("herd")
    library.write_pdf("slim")
    monkeypatch.setattr(stages, "parse_pdf", strange)
    report = library.sync()
    assert report.added == ("herd",)
    (failure,) = report.failed
    assert (failure.paper, failure.stage) == ("slim", "parse")
    assert "IndexError" in failure.message and "--retry-failed" in failure.hint
    monkeypatch.undo()
    assert library.sync(retry_failed=True).added == ("slim",)


def test_failing_papers_cost_no_look_at_all_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many fail in a row: what all papers have come to is read as often as for a few."""
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


def test_a_mended_paper_is_indexed(library: SmallLibrary) -> None:
    """A failure ends when its file changes."""
    path = library.write_pdf("slim")
    path.write_bytes(b"broken")
    assert library.sync().failed
    library.write_pdf("slim")
    report = library.sync()
    assert (report.failed, report.added) == ((), ("slim",))
