"""The types that flow from the list to the index.

    Paper -> PaperText(pages, sections) -> Chunk(sentences) -> one immutable build

All offsets are half-open ``[start, end)`` and count characters of ``PaperText.text``.  Pages count
from 1 and are the physical pages of the PDF.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal, get_args

HANDBOOK = "askpapers-handbook"  # the one entry of the list that is not a paper

ChunkKind = Literal["body", "references", "list"]
Status = Literal["indexed", "waiting", "not fetched", "failed"]
"""How far a paper got; one that is "waiting" is here, but not indexed yet."""
STATUSES: tuple[Status, ...] = get_args(Status)


def dated(title: str, year: int | None) -> str:
    """A paper's title, followed by the year where it is known."""
    return f"{title} ({year})" if year else title


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry of the list.

    Exactly one of ``arxiv`` (an id such as ``2106.09685`` or ``hep-th/9901001v2``), ``url`` (https)
    and ``file`` (a PDF of the user's own, relative to the list) says where the PDF comes from.
    ``note`` and, in Chinese, ``note_zh`` say what it is about; ``note_from`` what they were written
    from: "paper", "general knowledge", or "" for a note of the user's own.
    """

    id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    arxiv: str | None = None
    url: str | None = None
    file: str | None = None
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    note: str = ""
    note_zh: str = ""
    note_from: str = ""

    @property
    def dated_title(self) -> str:
        """The title, followed by the year where it is known."""
        return dated(self.title, self.year)

    @property
    def page_url(self) -> str | None:
        """The page a reader opens: arXiv's abstract, or the address in the list."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.url

    @property
    def pdf_url(self) -> str | None:
        """The PDF a reader opens (never where askpapers itself downloads from)."""
        return f"https://arxiv.org/pdf/{self.arxiv}" if self.arxiv else self.url


@dataclass(frozen=True, slots=True)
class Page:
    """Page ``number`` (from 1) is ``text[start:end]`` of its paper."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the offset at which its section begins."""

    heading: str
    start: int


@dataclass(frozen=True, slots=True)
class PaperText:
    """The cleaned text of one PDF.

    Pages are in order and don't overlap; an empty page has ``start == end``.  ``sections`` are in
    order of ``start``; ``reader`` names the library that read the text.
    """

    text: str
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    reader: str

    def as_json(self) -> dict[str, Any]:
        """The form in which it is stored."""
        return {
            "text": self.text,
            "pages": [[p.number, p.start, p.end] for p in self.pages],
            "sections": [[s.heading, s.start] for s in self.sections],
            "reader": self.reader,
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> PaperText:
        """The inverse of ``as_json``.  Raises ``KeyError`` or ``TypeError`` for anything else."""
        return cls(
            text=raw["text"],
            pages=tuple(Page(*page) for page in raw["pages"]),
            sections=tuple(Section(*section) for section in raw["sections"]),
            reader=raw["reader"],
        )

    def page_text(self, number: int) -> str:
        """The text of page ``number`` (from 1).  Raises ``IndexError`` if there is no such page."""
        if not 1 <= number <= len(self.pages):
            raise IndexError(f"page {number} of {len(self.pages)}")
        page = self.pages[number - 1]
        return self.text[page.start : page.end]

    def page_at(self, offset: int) -> int:
        """The number (from 1) of the page that contains ``offset``; 0 before the first page."""
        return bisect_right(self.pages, offset, key=lambda page: page.start)

    def section_at(self, offset: int) -> str:
        """The heading of the section that contains ``offset``; "" before the first section."""
        n_started = bisect_right(self.sections, offset, key=lambda section: section.start)
        return self.sections[n_started - 1].heading if n_started else ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: an exact slice of one page, or (``kind == "list"``) the paper's entry in the list.

    ``text == paper_text.text[start:end]`` always holds for kinds "body" and "references"; ``page``
    is None for kind "list", whose offsets count characters of the rendered entry.  ``sentences``
    are ``(start, end)`` pairs relative to ``start``, in order, not overlapping.  ``n_tokens`` counts
    what the embedder reads, including the title and section before the text, in its own tokenizer.
    """

    paper: str
    kind: ChunkKind
    page: int | None
    start: int
    end: int
    text: str
    section: str
    n_tokens: int
    sentences: tuple[tuple[int, int], ...]

    def sentence(self, i: int) -> str:
        """The text of sentence ``i`` (from 0)."""
        start, end = self.sentences[i]
        return self.text[start:end]
