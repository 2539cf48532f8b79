"""Cut a paper's text, and its entry in the list, into passages that the embedder reads whole.

A chunk never crosses a page, so its page is certain and a quote from it can be marked there.
Sentences are packed greedily until the embedder's limit; a sentence that alone is too long is cut
at a space near its middle, again and again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.corpus import Chunk, ChunkKind, Paper, PaperText, Section
from ingest.headings import is_references
from ingest.sentences import split_sentences

CountTokens = Callable[[Sequence[str]], list[int]]
"""Numbers of tokens of each text, without the model's special ones."""

SPECIAL_TOKENS = 2  # [CLS] and [SEP], or <s> and </s>
CONTEXT_CHARS = 160  # the most of title and section that stands in front of a passage
SMALL_SECTION = 0.4  # a new section starts a new chunk once the old one is this full


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence (or a part of a long one) of ``text[start:end]``, and what it costs."""

    start: int
    end: int
    section: str
    n_tokens: int


def in_context(title: str, section: str, text: str) -> str:
    """What is embedded and searched for a passage: its paper and section in front of it."""
    return f"{_context(title, section)}\n{text}"


def _context(title: str, section: str) -> str:
    return f"{title}. {section}"[:CONTEXT_CHARS] if section else title[:CONTEXT_CHARS]


def split_into_chunks(
    paper: Paper, text: PaperText, count_tokens: CountTokens, max_tokens: int
) -> list[Chunk]:
    """The chunks of ``text`` in reading order, each at most ``max_tokens`` long, title included."""
    chunks: list[Chunk] = []
    for page in text.pages:
        found = split_sentences(text.page_text(page.number))
        spans = [(page.start + s, page.start + e) for s, e in found]
        pieces = _measure(text.text, spans, text.sections, count_tokens, max_tokens // 2)
        for group in _pack(pieces, paper.title, count_tokens, max_tokens):
            kind: ChunkKind = "references" if is_references(group[0].section) else "body"
            chunks.append(_chunk(paper, kind, page.number, text.text, group, count_tokens))
    return chunks


def split_entry(paper: Paper, count_tokens: CountTokens, max_tokens: int) -> list[Chunk]:
    """The paper's entry in the list, as chunks of kind "list".

    What it is about, who wrote it and the Chinese note get chunks of their own: the embedder may
    know no Chinese, and a hundred names would drown the rest.
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
        pieces = _measure(text, spans, (), count_tokens, max_tokens // 2)
        for group in _pack(pieces, paper.title, count_tokens, max_tokens):
            chunks.append(_chunk(paper, "list", None, text, group, count_tokens))
        start += len(part) + 1
    return chunks


def render_entry(paper: Paper) -> str:
    """The entry as readable lines; what is asked for most stands first.

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


def _measure(
    text: str,
    spans: Sequence[tuple[int, int]],
    sections: Sequence[Section],
    count_tokens: CountTokens,
    max_piece: int,
) -> list[_Piece]:
    """Sentences as pieces of at most ``max_piece`` tokens; tokens are counted in one batch."""
    counts = count_tokens([text[s:e] for s, e in spans])
    pieces: list[_Piece] = []
    for (start, end), n in zip(spans, counts, strict=True):
        section = _section_at(sections, start)
        if n <= max_piece:
            pieces.append(_Piece(start, end, section, n))
        else:
            halves = _halve(text, start, end)
            pieces += _measure(text, halves, sections, count_tokens, max_piece)
    return pieces


def _section_at(sections: Sequence[Section], offset: int) -> str:
    n_begun = bisect_right(sections, offset, key=lambda section: section.start)
    return sections[n_begun - 1].heading if n_begun else ""


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


def _pack(
    pieces: Sequence[_Piece], title: str, count_tokens: CountTokens, max_tokens: int
) -> Iterator[list[_Piece]]:
    """Groups of neighbouring pieces that fit; references never share a chunk with the text."""
    group: list[_Piece] = []
    room = used = 0
    for piece in pieces:
        if group and (used + piece.n_tokens > room or _parts(group[-1], piece, used / room)):
            yield group
            group = []
        if not group:
            front = count_tokens([_context(title, piece.section)])[0]
            room, used = max_tokens - SPECIAL_TOKENS - front, 0
        group.append(piece)
        used += piece.n_tokens
    if group:
        yield group


def _parts(last: _Piece, new: _Piece, fullness: float) -> bool:
    """Whether a chunk that ends with ``last`` should end there, for the sake of sections."""
    if last.section == new.section:
        return False
    return fullness > SMALL_SECTION or is_references(last.section) != is_references(new.section)


def _chunk(
    paper: Paper,
    kind: ChunkKind,
    page: int | None,
    text: str,
    group: Sequence[_Piece],
    count_tokens: CountTokens,
) -> Chunk:
    start, end = group[0].start, group[-1].end
    section = group[0].section
    whole = in_context(paper.title, section, text[start:end])
    return Chunk(
        paper=paper.id,
        kind=kind,
        page=page,
        start=start,
        end=end,
        text=text[start:end],
        section=section,
        n_tokens=count_tokens([whole])[0] + SPECIAL_TOKENS,
        sentences=tuple((p.start - start, p.end - start) for p in group),
    )
