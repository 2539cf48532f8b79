"""The open page: its picture, or why there is none."""

from __future__ import annotations

from contextlib import closing

import pytest
from pdfs import endless_pdf
from small_library import LLAMA, SmallLibrary

from ingest.pdf.process import PdfProcess
from rag.ui.reader import page_view
from rag.ui.reader.page_view import OpenPage, render_open_page


def test_a_page_without_end_is_told_and_not_waited_for(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason stands in place of the picture, in the visitor's language."""
    folder = library.workspace.paper(LLAMA.id)
    folder.path.mkdir(parents=True)
    endless_pdf(folder.pdf)
    with closing(PdfProcess(max_seconds=1)) as process:
        monkeypatch.setattr(page_view, "drawing", process)
        shown = render_open_page(OpenPage(LLAMA, 1), library.workspace, "zh")
    assert "耗时过长" in shown and "<img" not in shown
