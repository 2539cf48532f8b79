"""What is shown of a paper above its page: title, authors, links, note and sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.corpus import Paper, PaperText
from ingest.errors import DamagedFile
from ingest.storage.workspace import Workspace
from rag.ui.markup import button, icon_button, link, safe, tags
from rag.ui.reader.match_details import MatchDetails, render_match
from rag.ui.texts import Language, text

FEW_AUTHORS = 2  # of more only the first is named in the line, and all of them in its menu
MAX_AUTHORS = 60
MAX_HEADING_CHARS = 90


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading, the page (from 1) on which it begins, and its place in the paper's text."""

    words: str
    page: int
    start: int


def read_headings(workspace: Workspace, paper: str) -> tuple[Heading, ...]:
    """The sections of ``paper`` in the order of its pages; none where its pages are not here.

    They come from its text, since passages know only the section in which they begin.
    """
    paper_text = _read_text(workspace, paper)
    if paper_text is None:
        return ()
    return tuple(
        Heading(section.heading, paper_text.page_at(section.start), section.start)
        for section in paper_text.sections
        if section.heading
    )


def text_before(workspace: Workspace, paper: str, heading: Heading) -> str:
    """The text of the heading's page in front of it; "" where the pages are not here any more."""
    paper_text = _read_text(workspace, paper)
    pages = paper_text.pages if paper_text else ()
    page_start = next((page.start for page in pages if page.number == heading.page), None)
    if paper_text is None or page_start is None:
        return ""
    return paper_text.text[page_start : heading.start]


def _read_text(workspace: Workspace, paper: str) -> PaperText | None:
    try:
        return workspace.paper(paper).read_text()
    except (OSError, DamagedFile):
        return None


def render_header(
    paper: Paper,
    page: int,
    headings: Sequence[Heading],
    match: MatchDetails | None,
    language: Language,
) -> str:
    """Title and year, and below them one line: authors, links, and menus of sections and of the match."""
    year = f" ({paper.year})" if paper.year else ""
    close = icon_button("✕", text(language, "close"), "close")
    sections = _render_sections(headings, language)
    pdf_url = f"{paper.pdf_url}#page={page}" if paper.pdf_url else None
    links = link(paper.page_url, "arXiv") if paper.arxiv else ""
    links += link(pdf_url, text(language, "open pdf"))
    return (
        f'<header><h2 tabindex="-1">{safe(paper.title)}{year}</h2>{close}</header>'
        f'<div class="paper-info">{_render_about(paper, language)}{links}'
        + (_render_menu("sections", sections, language) if headings else "")
        + (_render_menu("why", render_match(match, language), language) if match else "")
        + "</div>"
    )


def render_ask_button(paper: Paper, language: Language) -> str:
    """The button that asks this paper alone."""
    return button(text(language, "ask this paper"), "plain-button ask", data_ask=paper.id)


def _render_menu(key: str, content: str, language: Language) -> str:
    """A menu that opens over the picture of the page; ``key`` names the text of its button."""
    return (
        f'<details class="menu {key}"><summary>{text(language, key)}</summary>'
        f'<div class="panel">{content}</div></details>'
    )


def _render_about(paper: Paper, language: Language) -> str:
    """The first authors; in their menu all of them, and what the list says of the paper."""
    names = paper.authors
    first = ", ".join(names) if len(names) <= FEW_AUTHORS else f"{names[0]} et al."
    more = ["et al."] if len(names) > MAX_AUTHORS else []
    everyone = ", ".join([*names[:MAX_AUTHORS], *more])
    return (
        f'<details class="menu about"><summary>{safe(first) or text(language, "about")}</summary>'
        f'<div class="panel"><p>{safe(everyone)}</p>{render_paper_note(paper, language)}</div></details>'
    )


def render_source_link(paper: Paper, language: Language) -> str:
    """The link to the paper's source: arXiv's abstract page, or the PDF that the list names."""
    return link(paper.page_url, text(language, "abstract" if paper.arxiv else "open pdf"))


def render_paper_note(paper: Paper, language: Language) -> str:
    """What the list says of the paper: its topics, and its note in ``language`` where there is one."""
    topics = tags(paper.topics)
    note = (paper.note_zh if language == "zh" else "") or paper.note
    paragraph = f'<p dir="auto">{safe(note)}</p>' if note else ""
    return f'<div class="paper-note">{paragraph}{topics}</div>' if note or topics else ""


def _render_sections(headings: Sequence[Heading], language: Language) -> str:
    """The sections, each as a button that goes to its heading."""
    rows = ""
    for n, heading in enumerate(headings, start=1):
        words = safe(heading.words[:MAX_HEADING_CHARS])
        page = f'<span class="muted">{text(language, "page", page=heading.page)}</span>'
        goes_to = button(f"<span>{words}</span> {page}", data_page=heading.page, data_section=n)
        rows += f"<li>{goes_to}</li>"
    return f"<ol>{rows}</ol>"
