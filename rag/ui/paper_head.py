"""What is shown of a paper above its pages: who wrote it, what it is about, its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.corpus import Paper
from ingest.errors import DamagedFile
from ingest.workspace import Workspace
from rag.ui.markup import link, safe
from rag.ui.texts import Language, text

AUTHORS_SHOWN = 8
MAX_HEADING_CHARS = 90


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading, and the page (from 1) on which it begins."""

    words: str
    page: int


def headings_of(workspace: Workspace, paper: str) -> tuple[Heading, ...]:
    """The sections of ``paper`` in the order of its pages; none where its pages are not here.

    They come from its text, since passages know only the section in which they begin.
    """
    try:
        whole = workspace.paper(paper).read_text()
    except (OSError, DamagedFile):
        return ()
    return tuple(
        Heading(section.heading, whole.page_at(section.start))
        for section in whole.sections
        if section.heading
    )


def render_head(paper: Paper, page: int, language: Language) -> str:
    """Title, year, authors, links to the paper's source, and what can be done with it."""
    year = f" ({paper.year})" if paper.year else ""
    pdf_url = f"{paper.pdf_url}#page={page}" if paper.pdf_url else None
    close = text(language, "close")
    ask = (
        f'<button type="button" class="plain ask" data-ask="{safe(paper.id)}">'
        f"{text(language, 'ask this paper')}</button>"
    )
    return (
        f'<header><div class="about"><h2 tabindex="-1">{safe(paper.title)}{year}</h2>'
        f'<p class="muted">{safe(_authors(paper))}</p><p class="ways">{ask}'
        + (render_way(paper, language) if paper.arxiv else "")
        + link(pdf_url, text(language, "open pdf page", page=page))
        + f'</p></div><button type="button" class="round close" aria-label="{close}"'
        f' title="{close}">✕</button></header>'
    )


def render_way(paper: Paper, language: Language) -> str:
    """The link to the paper's source: arXiv's abstract page, or the PDF that the list names."""
    return link(paper.page_url, text(language, "abstract" if paper.arxiv else "open pdf"))


def _authors(paper: Paper) -> str:
    more = ["et al."] if len(paper.authors) > AUTHORS_SHOWN else []
    return ", ".join([*paper.authors[:AUTHORS_SHOWN], *more])


def render_note(paper: Paper, language: Language) -> str:
    """What the list says of the paper: its topics, and its note in ``language`` where there is one."""
    topics = "".join(f'<span class="topic">{safe(topic)}</span>' for topic in paper.topics)
    note = (paper.note_zh if language == "zh" else "") or paper.note
    told = f'<p dir="auto">{safe(note)}</p>' if note else ""
    return f'<div class="note">{told}{topics}</div>' if told or topics else ""


def render_headings(headings: Sequence[Heading], language: Language) -> str:
    """The sections, folded away; each opens the page on which it begins."""
    if not headings:
        return ""
    rows = "".join(
        f'<li><button type="button" data-page="{h.page}"><span>'
        f"{safe(h.words[:MAX_HEADING_CHARS])}</span> "
        f'<span class="muted">{text(language, "page", page=h.page)}</span></button></li>'
        for h in headings
    )
    label = text(language, "sections", n=len(headings))
    return f'<details class="fold sections"><summary>{label}</summary><ol>{rows}</ol></details>'
