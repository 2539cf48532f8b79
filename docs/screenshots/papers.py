"""A small reading list of papers that do not exist, and their PDFs: nobody's rights are in the pictures."""

from __future__ import annotations

import json
from pathlib import Path

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer

from ingest.corpus import Paper

TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=20, leading=25, alignment=TA_CENTER)
NAMES = ParagraphStyle(
    "names", fontName="Times-Roman", fontSize=11, leading=22, alignment=TA_CENTER
)
HEAD = ParagraphStyle("head", fontName="Times-Bold", fontSize=14, leading=24, spaceBefore=8)
BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=12.5, leading=18, alignment=TA_JUSTIFY
)

_WRITTEN = json.loads((Path(__file__).parent / "papers.json").read_text(encoding="utf-8"))
NOT_FETCHED = Paper(
    id="future",
    title="What Comes after Scale",
    authors=("Ira Jung",),
    year=2025,
    topics=("evaluation",),
    arxiv="2501.00001",
    note="An essay on what larger models will not solve.",
)


class _Outlined(SimpleDocTemplate):
    """A document whose headings are its outline, as a typesetter's would be."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        if isinstance(flowable, Paragraph) and flowable.style is HEAD:
            words = flowable.getPlainText()
            self.canv.bookmarkPage(words)
            self.canv.addOutlineEntry(words, words)


def papers() -> list[Paper]:
    """The entries of the list; the last has no PDF."""
    found = [
        Paper(
            id=written["id"],
            title=written["title"],
            authors=tuple(written["authors"]),
            year=written["year"],
            arxiv=f"{written['year'] % 100}{i % 12 + 1:02}.0{i:04}",
            topics=(written["topic"],),
            aliases=(written["id"].capitalize(),) if ":" in written["title"] else (),
            note=written["note"],
            note_zh=written["note_zh"],
            lists=("example",),
        )
        for i, written in enumerate(_WRITTEN)
    ]
    return [*found, NOT_FETCHED]


def write_pdfs(folder: Path) -> None:
    """A PDF of two pages for every paper but the last."""
    folder.mkdir()
    for written in _WRITTEN:
        names = ", ".join(written["authors"])
        story = [Paragraph(written["title"], TITLE), Spacer(1, 4 * mm), Paragraph(names, NAMES)]
        for page in written["pages"]:
            for section in page:
                story += [Paragraph(section["heading"], HEAD), Paragraph(section["text"], BODY)]
            story.append(PageBreak())
        _Outlined(str(folder / f"{written['id']}.pdf"), pagesize=A4).build(story)
