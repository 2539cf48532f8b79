"""The page of a paper beside the chat: a picture with the cited words marked."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ingest.checksums import changed_at
from ingest.corpus import Paper
from ingest.errors import AssistantError, DamagedFile
from ingest.page_picture import Box, PagePicture
from ingest.pdf_process import drawing
from ingest.workspace import Workspace
from rag.answer import Answer, Citation, Hit
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.paper_head import Heading, render_head, render_headings, render_note
from rag.ui.texts import Language, text

PICTURES_KEPT = 48


@dataclass(frozen=True, slots=True)
class OpenPage:
    """The page that is open beside the chat (from 1), and the citation that led there.

    ``before`` is the text of the cited page in front of the quote; ``hit`` the passage that the
    citation was drawn from; ``headings`` the sections of the paper, ``section`` the quote's.
    """

    paper: Paper
    number: int
    citation: Citation | None = None
    before: str = ""
    hit: Hit | None = None
    headings: tuple[Heading, ...] = ()
    section: str = ""

    def at(self, number: int) -> OpenPage:
        """The same paper at page ``number``; never before the first."""
        return replace(self, number=max(1, number))


def reading_of(answer: Answer, marker: int, page_text: str) -> OpenPage | None:
    """The page of the citation ``marker``; None if there is none, or if it is of the list."""
    for citation in answer.citations:
        if citation.marker == marker and citation.page is not None:
            place = (citation.paper.id, citation.page)
            hits = (hit for hit in answer.hits if (hit.paper.id, hit.page) == place)
            before = page_text[: citation.start]
            return OpenPage(citation.paper, citation.page, citation, before, next(hits, None))
    return None


def section_at(workspace: Workspace, citation: Citation) -> str:
    """The heading under which the quote stands; a passage knows only the one where it begins."""
    try:
        whole = workspace.paper(citation.paper.id).read_text()
    except (OSError, DamagedFile):
        return ""
    begins = {page.number: page.start for page in whole.pages}
    return whole.section_at(begins.get(citation.page or 0, 0) + citation.start)


def render_reading(
    reading: OpenPage, workspace: Workspace, language: Language, can_sync: bool = True
) -> str:
    """The open page with its head, or why it cannot be shown."""
    pdf = workspace.paper(reading.paper.id).pdf
    if not pdf.exists() and reading.citation is None:
        why = text(language, "no pages" if can_sync else "no pages here")
        return _frame(reading, "", f'<p class="notice">{why}</p>', language)
    try:
        picture = _picture(pdf, changed_at(pdf), reading)
    except AssistantError as error:
        why = safe(told(language, error.message, error.hint))
        return _frame(reading, "", f'<p class="notice">{why}</p>', language)
    steps = _steps(picture, language)
    return _frame(reading, steps, _sheet(picture, reading, language), language)


@lru_cache(maxsize=PICTURES_KEPT)
def _picture(pdf: Path, changed: int, reading: OpenPage) -> PagePicture:
    """The picture of the page; ``changed`` only keeps the cache from serving an old PDF's."""
    citation = reading.citation
    cited = citation is not None and citation.page == reading.number
    quote = citation.quote if citation and cited else ""
    return drawing.draw_page(pdf, reading.number, quote, reading.before)


def _frame(reading: OpenPage, steps: str, body: str, language: Language) -> str:
    head = render_head(reading.paper, reading.number, language)
    at_the_front = reading.citation is None and reading.number == 1
    note = render_note(reading.paper, language) if at_the_front else ""
    sections = render_headings(reading.headings, language)
    label = text(language, "page of", title=safe(reading.paper.title))
    return f'<section class="reader" aria-label="{label}">{head}{note}{sections}{steps}{body}</section>'


def _steps(picture: PagePicture, language: Language) -> str:
    """The buttons to turn pages and to zoom."""
    number, n_pages = picture.number, picture.n_pages
    place = text(language, "page n of m", page=number, n_pages=n_pages)
    return (
        f'<div class="steps" data-number="{number}" data-of="{n_pages}">'
        + _button("step", "-1", "‹", text(language, "page back"), number <= 1)
        + f'<span class="pages" role="status">{place}</span>'
        + _button("step", "1", "›", text(language, "page on"), number >= n_pages)
        + '<span class="gap"></span>'
        + _button("zoom", "-1", "−", text(language, "smaller"))
        + _button("zoom", "1", "+", text(language, "larger"))
        + "</div>"
    )


def _button(what: str, by: str, sign: str, label: str, off: bool = False) -> str:
    disabled = " disabled" if off else ""
    return (
        f'<button type="button" class="round" data-{what}="{by}" aria-label="{label}"'
        f' title="{label}"{disabled}>{sign}</button>'
    )


def _sheet(picture: PagePicture, reading: OpenPage, language: Language) -> str:
    image = base64.b64encode(picture.image).decode("ascii")
    label = text(language, "picture of", page=picture.number, title=safe(reading.paper.title))
    sheet = (
        f'<div class="sheet-box" tabindex="0" role="group" aria-label="{label}"><div class="sheet">'
        f'<img alt="{label}" width="{picture.width}" height="{picture.height}"'
        f' src="data:image/webp;base64,{image}">{_marks(picture.marks)}</div></div>'
    )
    return _why(reading, picture, language) + sheet


def _marks(marks: Sequence[Box]) -> str:
    return "".join(
        f'<span class="marked" style="left:{100 * m.left:.3f}%;top:{100 * m.top:.3f}%;'
        f'width:{100 * m.width:.3f}%;height:{100 * m.height:.3f}%"></span>'
        for m in marks
    )


def _why(reading: OpenPage, picture: PagePicture, language: Language) -> str:
    """How the passage was found, and whether its words could be marked."""
    citation, hit = reading.citation, reading.hit
    if citation is None or citation.page != reading.number:
        return ""
    lost = "" if picture.marks else f'<p class="notice">{text(language, "not marked")}</p>'
    if hit is None:
        return lost
    rows = {
        "rank": str(hit.rank),
        "section": safe(reading.section or hit.section) or "–",
        "dense": f"{hit.scores.dense:.2f}",
        "lexical": f"{hit.scores.lexical:.1f}",
        "fused": f"{hit.scores.fused:.2f}",
    }
    cells = "".join(
        f"<dt>{text(language, key)}</dt><dd>{value}</dd>" for key, value in rows.items()
    )
    return (
        f'{lost}<details class="fold why"><summary>{text(language, "why")}</summary>'
        f"<dl>{cells}</dl></details>"
    )
