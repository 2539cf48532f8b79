"""Cut a paper's text, and its entry in the list, into passages that fit into the embedder.

A chunk never crosses a page, so its page is certain and a quote from it can be marked there.
Sentences are packed greedily up to the embedder's limit; one that is longer than half of the limit is
halved at a space, repeatedly.  The context before a passage (title and section) takes at most the
other half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.corpus import Chunk, ChunkKind, Paper, PaperText
from ingest.indexing.sentences import split_sentences
from ingest.pdf.headings import is_references

CountTokens = Callable[[Sequence[str]], list[int]]
"""Numbers of tokens of each text, without the model's special ones."""
SectionAt = Callable[[int], str]
"""The heading of the section that holds an offset, or ""."""

SPECIAL_TOKENS = 2  # [CLS] and [SEP], or <s> and </s>
LINE_BREAK_TOKENS = 2  # of the line break after the context, in tokenizers that count it
CONTEXT_CHARS = 160  # the longest context: title and section
MIN_FULLNESS = 0.4  # a new section starts a new chunk once the old one is this full


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of a long one: ``text[start:end]``, with its number of tokens."""

    start: int
    end: int
    section: str
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Window:
    """The input that an embedder can read: at most ``max_tokens``, special ones included."""

    count_tokens: CountTokens
    max_tokens: int

    @property
    def max_piece_tokens(self) -> int:
        """The most tokens of a piece; a longer sentence is cut."""
        return self.max_tokens // 2

    def context(self, title: str, section: str) -> str:
        """The title and section that are embedded before a passage, cut so that a piece still fits."""
        limit = self.max_tokens - SPECIAL_TOKENS - LINE_BREAK_TOKENS - self.max_piece_tokens
        context = _context(title, section)
        while context and self.n_tokens(context) > limit:
            context = context[: len(context) * limit // self.n_tokens(context)]
        return context

    def passage(self, title: str, section: str, text: str) -> str:
        """The text to embed for a passage: its context and ``text``."""
        return f"{self.context(title, section)}\n{text}"

    def n_tokens(self, text: str) -> int:
        """The tokens of ``text``, without special ones."""
        return self.count_tokens([text])[0]


def lexical_text(title: str, section: str, text: str) -> str:
    """The text of a passage for the lexical index: title, section and ``text``."""
    return f"{_context(title, section)}\n{text}"


def _context(title: str, section: str) -> str:
    return f"{title}. {section}"[:CONTEXT_CHARS] if section else title[:CONTEXT_CHARS]


def split_into_chunks(paper: Paper, text: PaperText, window: Window) -> list[Chunk]:
    """The chunks of ``text`` in reading order; each fits into the ``window`` with its context."""
    chunks: list[Chunk] = []
    for page in text.pages:
        found = split_sentences(text.page_text(page.number))
        spans = [(page.start + s, page.start + e) for s, e in found]
        pieces = _to_pieces(text.text, spans, text.section_at, window)
        for group in _pack(pieces, paper.title, window):
            kind: ChunkKind = "references" if is_references(group[0].section) else "body"
            chunks += _make_chunks(paper, kind, page.number, text.text, group, window)
    return chunks


def split_entry(paper: Paper, window: Window) -> list[Chunk]:
    """The paper's entry in the list, as chunks of kind "list".

    The Chinese note and the authors get separate chunks: the embedder may not know Chinese, and a
    hundred names would hide the rest.
    """
    text = render_entry(paper)
    chunks: list[Chunk] = []
    start = 0
    for part in _entry_parts(paper):
        spans = [
            (start + s + line, start + e + line)
            for line, content in _lines(part)
            for s, e in split_sentences(content)
        ]
        for group in _pack(_to_pieces(text, spans, _no_section, window), paper.title, window):
            chunks += _make_chunks(paper, "list", None, text, group, window)
        start += len(part) + 1
    return chunks


def render_entry(paper: Paper) -> str:
    """The entry as readable lines, the most requested information first.

    >>> print(render_entry(Paper("x", "On X", ("A. B.",), 2020, topics=("data",))))
    On X (A. B., 2020)
    Topics: data
    """
    return "\n".join(_entry_parts(paper))


def _entry_parts(paper: Paper) -> list[str]:
    first = (
        paper.authors[0] + (" et al." if len(paper.authors) > 1 else "") if paper.authors else ""
    )
    origin = ", ".join(filter(None, (first, str(paper.year or ""))))
    topics = ", ".join(topic.replace("-", " ") for topic in paper.topics)
    about = (
        f"{paper.title} ({origin})" if origin else paper.title,
        "Also called: " + ", ".join(paper.aliases) if paper.aliases else "",
        f"Topics: {topics}" if topics else "",
        paper.note,
    )
    authors = "Authors: " + ", ".join(paper.authors) if len(paper.authors) > 1 else ""
    parts = ("\n".join(filter(None, about)), paper.note_zh, authors)
    return [part for part in parts if part]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _to_pieces(
    text: str, spans: Sequence[tuple[int, int]], section_at: SectionAt, window: Window
) -> list[_Piece]:
    """Sentences as pieces of at most ``max_piece_tokens``; tokens are counted in one batch."""
    counts = window.count_tokens([text[s:e] for s, e in spans])
    pieces: list[_Piece] = []
    for (start, end), n in zip(spans, counts, strict=True):
        section = section_at(start)
        if n <= window.max_piece_tokens:
            pieces.append(_Piece(start, end, section, n))
        else:
            pieces += _to_pieces(text, _halve(text, start, end), section_at, window)
    return pieces


def _no_section(offset: int) -> str:
    return ""


def _halve(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Two spans around the white space nearest the middle (or the middle, if there is none)."""
    middle = (start + end) // 2
    gaps = [i for i in range(start + 1, end - 1) if text[i].isspace()]
    cut = min(gaps, key=lambda i: abs(i - middle)) if gaps else middle
    after = cut
    while gaps and text[after].isspace():
        after += 1
    before = cut
    while gaps and text[before - 1].isspace():
        before -= 1
    return [(start, before), (after, end)]


def _pack(pieces: Sequence[_Piece], title: str, window: Window) -> Iterator[list[_Piece]]:
    """Groups of adjacent pieces that fit into one chunk; references are never mixed with other text."""
    group: list[_Piece] = []
    room = used = 0
    for piece in pieces:
        if group and (used + piece.n_tokens > room or _should_split(group[-1], piece, used / room)):
            yield group
            group = []
        if not group:
            n_context = window.n_tokens(window.context(title, piece.section))
            room, used = window.max_tokens - SPECIAL_TOKENS - n_context, 0
        group.append(piece)
        used += piece.n_tokens
    if group:
        yield group


def _should_split(last: _Piece, new: _Piece, fullness: float) -> bool:
    """Whether the chunk should end between ``last`` and ``new``, because a new section begins."""
    if last.section == new.section:
        return False
    return fullness > MIN_FULLNESS or is_references(last.section) != is_references(new.section)


def _make_chunks(
    paper: Paper,
    kind: ChunkKind,
    page: int | None,
    text: str,
    group: Sequence[_Piece],
    window: Window,
) -> list[Chunk]:
    """The group as one chunk; as several if the white space in it, which may cost tokens, is too much."""
    start, end = group[0].start, group[-1].end
    section = group[0].section
    whole = window.passage(paper.title, section, text[start:end])
    n_tokens = window.n_tokens(whole) + SPECIAL_TOKENS
    if n_tokens > window.max_tokens and len(group) > 1:
        half = len(group) // 2
        parts = group[:half], group[half:]
        return [c for part in parts for c in _make_chunks(paper, kind, page, text, part, window)]
    chunk = Chunk(
        paper=paper.id,
        kind=kind,
        page=page,
        start=start,
        end=end,
        text=text[start:end],
        section=section,
        n_tokens=n_tokens,
        sentences=tuple((p.start - start, p.end - start) for p in group),
    )
    return [chunk]
