"""The page of a paper beside the chat: a picture with the cited words marked."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import AssistantError, DamagedFile
from ingest.pdf.page_picture import Box, PagePicture
from ingest.pdf.process import drawing
from ingest.storage.checksums import modified_ns
from ingest.storage.workspace import Workspace
from rag.answer import Answer, Citation
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.reader.paper_head import Heading, render_ask, render_head, render_note, text_before
from rag.ui.reader.why import Why, why_found
from rag.ui.texts import Language, text

PICTURES_KEPT = 48


@dataclass(frozen=True, slots=True)
class OpenPage:
    """The page that is open beside the chat (from 1), and the citation that led there.

    ``before`` is the text of the cited page in front of the quote; ``why`` tells how its passage was
    found.  ``headings`` are the sections of the paper, ``chosen`` the one that was gone to.
    """

    paper: Paper
    number: int
    citation: Citation | None = None
    before: str = ""
    why: Why | None = None
    headings: tuple[Heading, ...] = ()
    chosen: Heading | None = None

    def at(self, number: int) -> OpenPage:
        """The same paper at page ``number``; never before the first."""
        return replace(self, number=max(1, number), chosen=None)

    def at_section(self, section: int) -> OpenPage:
        """The same paper where ``section`` (from 1) begins; unchanged if there is none."""
        if not 1 <= section <= len(self.headings):
            return self
        heading = self.headings[section - 1]
        return replace(self, number=heading.page, chosen=heading)

    @property
    def is_cited(self) -> bool:
        """Whether the quote of the citation is on this page."""
        return self.citation is not None and self.citation.page == self.number


def reading_of(answer: Answer, marker: int, page_text: str) -> OpenPage | None:
    """The page of the citation ``marker``; None if there is none, or if it is of the list."""
    for citation in answer.citations:
        if citation.marker == marker and citation.page is not None:
            place = (citation.paper.id, citation.page)
            hits = (hit for hit in answer.hits if (hit.paper.id, hit.page) == place)
            why = next((why_found(hit, answer) for hit in hits), None)
            return OpenPage(
                citation.paper, citation.page, citation, page_text[: citation.start], why
            )
    return None


def section_at(workspace: Workspace, citation: Citation) -> str:
    """The heading above the quote; a passage knows only the one where it begins."""
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
        note = render_note(reading.paper, language)
        return _frame(reading, f'{note}<p class="notice">{why}</p>', language)
    try:
        picture = _picture(pdf, modified_ns(pdf), reading.number, *_sought(reading, workspace))
    except AssistantError as error:
        why = safe(told(language, error.message, error.hint))
        return _frame(reading, f'<p class="notice">{why}</p>', language)
    return _frame(reading, _sheet(picture, reading, language), language, picture)


def _sought(reading: OpenPage, workspace: Workspace) -> tuple[str, str]:
    """The words to be found on the page, and the page's text before them; both may be empty."""
    if reading.chosen:
        return reading.chosen.words, text_before(workspace, reading.paper.id, reading.chosen)
    if reading.citation and reading.is_cited:
        return reading.citation.quote, reading.before
    return "", ""


@lru_cache(maxsize=PICTURES_KEPT)
def _picture(pdf: Path, changed: int, number: int, quote: str, before: str) -> PagePicture:
    """The picture of the page; ``changed`` only keeps the cache from serving an old PDF's."""
    return drawing.draw_page(pdf, number, quote, before)


def _frame(
    reading: OpenPage, body: str, language: Language, picture: PagePicture | None = None
) -> str:
    why = reading.why if reading.is_cited else None
    head = render_head(reading.paper, reading.number, reading.headings, why, language)
    label = text(language, "page of", title=safe(reading.paper.title))
    turn, zoom = _turn(picture, reading, language), _zoom(language) if picture else ""
    ask = render_ask(reading.paper, language)
    return (
        f'<section class="reader" aria-label="{label}">{head}<div class="steps">{turn}'
        f'<span class="gap"></span>{ask}{zoom}</div>{body}</section>'
    )


def _turn(picture: PagePicture | None, reading: OpenPage, language: Language) -> str:
    """The buttons to turn pages, and where one is."""
    if picture is None:
        return ""
    number, n_pages = picture.number, picture.n_pages
    section = reading.headings.index(reading.chosen) + 1 if reading.chosen else 0
    place = text(language, "page n of m", page=number, n_pages=n_pages)
    return (
        _button("step", "-1", "‹", text(language, "page back"), number <= 1)
        + f'<span class="pages" role="status" data-number="{number}" data-of="{n_pages}"'
        f' data-at="{section}">{place}</span>'
        + _button("step", "1", "›", text(language, "page on"), number >= n_pages)
    )


def _zoom(language: Language) -> str:
    return _button("zoom", "-1", "−", text(language, "smaller")) + _button(
        "zoom", "1", "+", text(language, "larger")
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
    is_lost = reading.is_cited and not reading.chosen and not picture.marks
    lost = f'<p class="notice">{text(language, "not marked")}</p>' if is_lost else ""
    return (
        f'{lost}<div class="sheet-box" tabindex="0" role="group" aria-label="{label}">'
        f'<div class="sheet" data-columns="{picture.columns}">'
        f'<img alt="{label}" width="{picture.width}" height="{picture.height}"'
        f' src="data:image/webp;base64,{image}">'
        f"{_marks(picture.marks, 'sought' if reading.chosen else 'marked')}</div></div>"
    )


def _marks(marks: Sequence[Box], css: str) -> str:
    return "".join(
        f'<span class="{css}" style="left:{100 * m.left:.3f}%;top:{100 * m.top:.3f}%;'
        f'width:{100 * m.width:.3f}%;height:{100 * m.height:.3f}%"></span>'
        for m in marks
    )
