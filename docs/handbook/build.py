"""Build the handbook: Markdown in this folder -> ``docs/handbook.pdf``.

    python docs/handbook/build.py [TARGET]

Chapters are the numbered ``*.md`` files beside this one: their ``#`` headings are numbered, go into
the contents and the outline, and begin a page.  ``![caption](figure:NAME)`` puts a drawing of
``figures.py`` in.  The same sources give the same bytes, so a second build never means re-indexing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from figures import draw_figure
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    XPreformatted,
)
from reportlab.platypus.tableofcontents import TableOfContents
from styles import (
    CJK_FONT,
    CODE_FONT,
    CONTENTS_STYLE,
    GREY,
    STYLES,
    TABLE_STYLE,
    as_markup,
    marked_up,
)

HERE = Path(__file__).parent
TARGET = HERE.parent / "handbook.pdf"
CHAT_PICTURE = HERE.parent / "chat.png"
TITLE = "The askpapers Handbook"
SUBTITLE = "How to ask a reading list of papers, and how to read its answers"
MARGIN = 22 * mm
TEXT_WIDTH = A4[0] - 2 * MARGIN
LONG_CELL = 70  # characters; a longer cell wraps anyway
ROOM_FOR_CHAPTER = 60 * mm  # with less left on the page, a chapter begins on the next


@dataclass(frozen=True, slots=True)
class Chapter:
    """One Markdown file; ``number`` counts from 1 and is None for the references."""

    anchor: str
    number: int | None
    tree: SyntaxTreeNode


class Heading(Paragraph):
    """A numbered heading that the contents and the outline name; level 0 is a chapter."""

    def __init__(self, text: str, level: int, anchor: str) -> None:
        super().__init__(as_markup(text), STYLES["chapter" if level == 0 else "section"])
        self.plain, self.level, self.anchor = text, level, anchor


class Handbook(BaseDocTemplate):
    """The pages, their feet, and the places that headings lead to."""

    def __init__(self, target: BytesIO) -> None:
        super().__init__(target, pagesize=A4, title=TITLE, author="askpapers", invariant=1)
        frame = Frame(MARGIN, MARGIN, TEXT_WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=_draw_foot))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab's name)
        """Note where a heading came to stand."""
        if isinstance(flowable, Heading):
            self.canv.bookmarkPage(flowable.anchor)
            self.canv.addOutlineEntry(flowable.plain, flowable.anchor, flowable.level)
            if flowable.level == 0:
                self.notify("TOCEntry", (0, flowable.plain, self.page, flowable.anchor))


def build(target: Path, chat_picture: Path = CHAT_PICTURE) -> None:
    """Write the handbook to ``target``; without a ``chat_picture`` the chat's page is drawn."""
    pdfmetrics.registerFont(UnicodeCIDFont(CJK_FONT))
    story = [*_cover(), *(f for chapter in read_chapters() for f in _set(chapter, chat_picture))]
    pages = BytesIO()
    Handbook(pages).multiBuild(story)
    target.write_bytes(pages.getvalue())


def read_chapters(folder: Path = HERE) -> list[Chapter]:
    """The Markdown files of ``folder`` in the order of their names."""
    markdown = MarkdownIt("commonmark").enable("table")
    chapters = []
    for number, path in enumerate(sorted(folder.glob("[0-9]*.md")), start=1):
        tree = SyntaxTreeNode(markdown.parse(path.read_text(encoding="utf-8")))
        chapters.append(Chapter(path.name, None if "references" in path.name else number, tree))
    return chapters


def _cover() -> Iterator[Flowable]:
    yield Spacer(1, 30 * mm)
    yield Paragraph(TITLE, STYLES["title"])
    yield Paragraph(SUBTITLE, STYLES["subtitle"])
    yield Spacer(1, 14 * mm)
    contents = TableOfContents(levelStyles=[CONTENTS_STYLE])
    yield Paragraph("Contents", STYLES["contents head"])
    yield contents
    yield PageBreak()


def _set(chapter: Chapter, chat_picture: Path) -> Iterator[Flowable]:
    """The chapter; a section is kept on one page up to its first figure or table and from there on."""
    yield CondPageBreak(ROOM_FOR_CHAPTER)
    n_sections = 0
    together: list[Flowable] = []
    for node in chapter.tree.children:
        if node.type == "heading":
            level = int(node.tag[1]) - 1
            n_sections += level
            if n_sections > 1:
                yield KeepTogether(together)
                together = []
            together.append(_heading(chapter, n_sections, node.children[0].content))
            continue
        together += _block(node, chat_picture)
        if _is_large(node):
            yield KeepTogether(together)
            together = []
    yield KeepTogether(together)


def _is_large(node: SyntaxTreeNode) -> bool:
    return node.type == "table" or any(inner.type == "image" for inner in node.walk())


def _heading(chapter: Chapter, n_sections: int, text: str) -> Heading:
    """The heading of section ``n_sections`` (from 1; 0: of the chapter), numbered."""
    number = ".".join(str(n) for n in (chapter.number, n_sections) if n)
    anchor = f"{chapter.anchor}-{n_sections}" if n_sections else chapter.anchor
    return Heading(f"{number} {text}".strip(), min(n_sections, 1), anchor)


def _block(node: SyntaxTreeNode, chat_picture: Path) -> list[Flowable]:
    """One block of Markdown; raises ``ValueError`` for a kind that the handbook does not use."""
    match node.type:
        case "paragraph":
            inline = node.children[0]
            if inline.children[0].type == "image":
                return _figure(inline.children[0], chat_picture)
            return [Paragraph(marked_up(inline), STYLES["body"])]
        case "fence":
            return [XPreformatted(as_markup(node.content.rstrip("\n")), STYLES["code"])]
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "table":
            return [_table(node), Spacer(1, 8)]
        case "blockquote":
            return [Paragraph(marked_up(p.children[0]), STYLES["note"]) for p in node.children]
    raise ValueError(f"the handbook has no form for {node.type}")


def _figure(image: SyntaxTreeNode, chat_picture: Path) -> list[Flowable]:
    name = str(image.attrs["src"]).removeprefix("figure:")
    drawing = draw_figure(name, TEXT_WIDTH, chat_picture)
    return [drawing, Paragraph(marked_up(image), STYLES["caption"])]


def _list(node: SyntaxTreeNode) -> list[Flowable]:
    """The items, each of one paragraph."""
    numbered = node.type == "ordered_list"
    items: list[Flowable] = []
    for number, item in enumerate(node.children, start=1):
        mark = f"{number}." if numbered else "•"
        text = marked_up(item.children[0].children[0])
        items.append(Paragraph(text, STYLES["item"], bulletText=mark))
    return items


def _table(node: SyntaxTreeNode) -> Table:
    """Each column is as wide as its longest word; the rest is shared by the lengths of the cells."""
    head, *body = [row.children for part in node.children for row in part.children]
    cells = [[Paragraph(marked_up(c.children[0]), STYLES["table head"]) for c in head]]
    cells += [[Paragraph(marked_up(c.children[0]), STYLES["cell"]) for c in row] for row in body]
    columns = [[_text(cell) for cell in column] for column in zip(head, *body, strict=True)]
    needed = [max(_longest_word(text) for text in column) for column in columns]
    shares = [min(max(map(len, column)), LONG_CELL) for column in columns]
    spare = TEXT_WIDTH - sum(needed)
    widths = [n + spare * share / sum(shares) for n, share in zip(needed, shares, strict=True)]
    return Table(cells, widths, style=TABLE_STYLE, repeatRows=1, hAlign="LEFT")


def _text(cell: SyntaxTreeNode) -> str:
    return cell.children[0].content


def _longest_word(text: str) -> float:
    """Points that the longest word of a cell needs, its padding included, were it all code."""
    style = STYLES["cell"]
    return 12 + max(pdfmetrics.stringWidth(w, CODE_FONT, style.fontSize) for w in text.split())


def _draw_foot(canvas: Canvas, handbook: BaseDocTemplate) -> None:
    if handbook.page > 1:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(GREY)
        canvas.drawCentredString(A4[0] / 2, 14 * mm, f"{TITLE} · {handbook.page}")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
