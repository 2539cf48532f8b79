"""What is shown of a paper above its pages: who wrote it, what it is about, its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.corpus import Paper, PaperText
from ingest.errors import DamagedFile
from ingest.storage.workspace import Workspace
from rag.ui.markup import link, safe
from rag.ui.reader.why import Why, render_why
from rag.ui.texts import Language, text

FEW_AUTHORS = 2  # so many are named in the line; of more only the first, and all in the fold
MAX_AUTHORS = 60
MAX_HEADING_CHARS = 90


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading, the page (from 1) on which it begins, and its place in the paper's text."""

    words: str
    page: int
    start: int


def headings_of(workspace: Workspace, paper: str) -> tuple[Heading, ...]:
    """The sections of ``paper`` in the order of its pages; none where its pages are not here.

    They come from its text, since passages know only the section in which they begin.
    """
    whole = _text_of(workspace, paper)
    if whole is None:
        return ()
    return tuple(
        Heading(section.heading, whole.page_at(section.start), section.start)
        for section in whole.sections
        if section.heading
    )


def text_before(workspace: Workspace, paper: str, heading: Heading) -> str:
    """The text of the heading's page in front of it; "" where the pages are not here any more."""
    whole = _text_of(workspace, paper)
    begins = [p.start for p in whole.pages if p.number == heading.page] if whole else []
    return whole.text[begins[0] : heading.start] if whole and begins else ""


def _text_of(workspace: Workspace, paper: str) -> PaperText | None:
    try:
        return workspace.paper(paper).read_text()
    except (OSError, DamagedFile):
        return None


def render_head(
    paper: Paper, page: int, headings: Sequence[Heading], why: Why | None, language: Language
) -> str:
    """Title and year, and under them one line: who wrote it, its source, what can be unfolded."""
    year = f" ({paper.year})" if paper.year else ""
    close = text(language, "close")
    pdf_url = f"{paper.pdf_url}#page={page}" if paper.pdf_url else None
    links = link(paper.page_url, "arXiv") if paper.arxiv else ""
    links += link(pdf_url, text(language, "open pdf"))
    return (
        f'<header><h2 tabindex="-1">{safe(paper.title)}{year}</h2>'
        f'<button type="button" class="round close" aria-label="{close}" title="{close}">✕</button>'
        f'</header><div class="line">{_about(paper, language)}{links}'
        + (_menu("sections", _sections(headings, language), language) if headings else "")
        + (_menu("why", render_why(why, language), language) if why else "")
        + "</div>"
    )


def render_ask(paper: Paper, language: Language) -> str:
    """The button that asks this paper alone."""
    ask = text(language, "ask this paper")
    return f'<button type="button" class="plain ask" data-ask="{safe(paper.id)}">{ask}</button>'


def _menu(key: str, inside: str, language: Language) -> str:
    """Something that unfolds over the page's picture; its summary has the words of ``key``."""
    return (
        f'<details class="menu {key}"><summary>{text(language, key)}</summary>'
        f'<div class="panel">{inside}</div></details>'
    )


def _about(paper: Paper, language: Language) -> str:
    """The first authors; all of them, and what the list says of the paper, unfolded."""
    names = paper.authors
    few = ", ".join(names) if len(names) <= FEW_AUTHORS else f"{names[0]} et al."
    more = ["et al."] if len(names) > MAX_AUTHORS else []
    everyone = ", ".join([*names[:MAX_AUTHORS], *more])
    return (
        f'<details class="menu about"><summary>{safe(few) or text(language, "about")}</summary>'
        f'<div class="panel"><p>{safe(everyone)}</p>{render_note(paper, language)}</div></details>'
    )


def render_way(paper: Paper, language: Language) -> str:
    """The link to the paper's source: arXiv's abstract page, or the PDF that the list names."""
    return link(paper.page_url, text(language, "abstract" if paper.arxiv else "open pdf"))


def render_note(paper: Paper, language: Language) -> str:
    """What the list says of the paper: its topics, and its note in ``language`` where there is one."""
    topics = "".join(f'<span class="topic">{safe(topic)}</span>' for topic in paper.topics)
    note = (paper.note_zh if language == "zh" else "") or paper.note
    told = f'<p dir="auto">{safe(note)}</p>' if note else ""
    return f'<div class="note">{told}{topics}</div>' if told or topics else ""


def _sections(headings: Sequence[Heading], language: Language) -> str:
    """The sections; each leads to the place where it begins."""
    rows = "".join(
        f'<li><button type="button" data-page="{h.page}" data-section="{n}"><span>'
        f"{safe(h.words[:MAX_HEADING_CHARS])}</span> "
        f'<span class="muted">{text(language, "page", page=h.page)}</span></button></li>'
        for n, h in enumerate(headings, start=1)
    )
    return f"<ol>{rows}</ol>"
