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
from rag.ui.alerts import explain
from rag.ui.markup import icon_button, safe
from rag.ui.reader.match_details import MatchDetails, describe_match
from rag.ui.reader.paper_header import (
    Heading,
    render_ask_button,
    render_header,
    render_paper_note,
    text_before,
)
from rag.ui.texts import Language, text

MAX_PICTURES = 48


@dataclass(frozen=True, slots=True)
class OpenPage:
    """The page that is open beside the chat (from 1), and the citation that led there.

    ``before`` is the text of the cited page in front of the quote; ``match`` says why its passage was
    found.  ``headings`` are the sections of the paper, ``chosen`` the one that the reader went to.
    """

    paper: Paper
    number: int
    citation: Citation | None = None
    before: str = ""
    match: MatchDetails | None = None
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


def cited_page(answer: Answer, marker: int, page_text: str) -> OpenPage | None:
    """The page of the citation ``marker``; None if there is none, or if it is of the list."""
    for citation in answer.citations:
        if citation.marker == marker and citation.page is not None:
            place = (citation.paper.id, citation.page)
            hits = (hit for hit in answer.hits if (hit.paper.id, hit.page) == place)
            match = next((describe_match(hit, answer) for hit in hits), None)
            before = page_text[: citation.start]
            return OpenPage(citation.paper, citation.page, citation, before, match)
    return None


def section_of_citation(workspace: Workspace, citation: Citation) -> str:
    """The heading above the quote; a passage knows only the one where it begins."""
    try:
        paper_text = workspace.paper(citation.paper.id).read_text()
    except (OSError, DamagedFile):
        return ""
    page_starts = {page.number: page.start for page in paper_text.pages}
    return paper_text.section_at(page_starts.get(citation.page or 0, 0) + citation.start)


def render_open_page(
    page: OpenPage, workspace: Workspace, language: Language, can_sync: bool = True
) -> str:
    """The open page with its header, or why it cannot be shown."""
    pdf = workspace.paper(page.paper.id).pdf
    if not pdf.exists() and page.citation is None:
        why = text(language, "no pages" if can_sync else "no pages here")
        note = render_paper_note(page.paper, language)
        return _render_frame(page, f'{note}<p class="notice">{why}</p>', language)
    try:
        picture = _draw_page(pdf, modified_ns(pdf), page.number, *_text_to_find(page, workspace))
    except AssistantError as error:
        notice = f'<p class="notice">{explain(error, language)}</p>'
        return _render_frame(page, notice, language)
    return _render_frame(page, _render_picture(picture, page, language), language, picture)


def _text_to_find(page: OpenPage, workspace: Workspace) -> tuple[str, str]:
    """The words to highlight on the page, and the page's text before them; both may be empty."""
    if page.chosen:
        return page.chosen.words, text_before(workspace, page.paper.id, page.chosen)
    if page.citation and page.is_cited:
        return page.citation.quote, page.before
    return "", ""


@lru_cache(maxsize=MAX_PICTURES)
def _draw_page(pdf: Path, changed: int, number: int, quote: str, before: str) -> PagePicture:
    """The picture of the page; ``changed`` only keeps the cache from serving an old PDF's."""
    return drawing.draw_page(pdf, number, quote, before)


def _render_frame(
    page: OpenPage, body: str, language: Language, picture: PagePicture | None = None
) -> str:
    """The pane around ``body``: the paper's header, and the toolbar with its buttons."""
    match = page.match if page.is_cited else None
    header = render_header(page.paper, page.number, page.headings, match, language)
    label = text(language, "page of", title=safe(page.paper.title))
    ask = render_ask_button(page.paper, language)
    turn = _render_page_buttons(picture, page, language) if picture else ""
    zoom = _render_zoom_buttons(language) if picture else ""
    return (
        f'<section class="reader" aria-label="{label}">{header}<div class="page-toolbar">{turn}'
        f'<span class="spacer"></span>{ask}{zoom}</div>{body}</section>'
    )


def _render_page_buttons(picture: PagePicture, page: OpenPage, language: Language) -> str:
    """The buttons to turn pages, and the number of the page between them."""
    number, n_pages = picture.number, picture.n_pages
    section = page.headings.index(page.chosen) + 1 if page.chosen else 0
    position = text(language, "page n of m", page=number, n_pages=n_pages)
    back = icon_button("‹", text(language, "page back"), data_step=-1, disabled=number <= 1)
    on = icon_button("›", text(language, "page on"), data_step=1, disabled=number >= n_pages)
    return (
        f'{back}<span class="page-position" role="status" data-number="{number}" data-n-pages="{n_pages}"'
        f' data-section="{section}">{position}</span>{on}'
    )


def _render_zoom_buttons(language: Language) -> str:
    smaller = icon_button("−", text(language, "smaller"), data_zoom=-1)
    return smaller + icon_button("+", text(language, "larger"), data_zoom=1)


def _render_picture(picture: PagePicture, page: OpenPage, language: Language) -> str:
    """The picture with its highlights, and a notice where the quote was not found in it."""
    image = base64.b64encode(picture.image).decode("ascii")
    label = text(language, "picture of", page=picture.number, title=safe(page.paper.title))
    is_missing = page.is_cited and not page.chosen and not picture.marks
    notice = f'<p class="notice">{text(language, "not marked")}</p>' if is_missing else ""
    highlight = "heading-highlight" if page.chosen else "quote-highlight"
    return (
        f'{notice}<div class="page-scroller" tabindex="0" role="group" aria-label="{label}">'
        f'<div class="page-image" data-columns="{picture.columns}">'
        f'<img alt="{label}" width="{picture.width}" height="{picture.height}"'
        f' src="data:image/webp;base64,{image}">'
        f"{_render_highlights(picture.marks, highlight)}</div></div>"
    )


def _render_highlights(boxes: Sequence[Box], css_class: str) -> str:
    return "".join(
        f'<span class="{css_class}" style="left:{100 * b.left:.3f}%;top:{100 * b.top:.3f}%;'
        f'width:{100 * b.width:.3f}%;height:{100 * b.height:.3f}%"></span>'
        for b in boxes
    )
