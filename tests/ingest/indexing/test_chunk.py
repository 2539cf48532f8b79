"""Chunks are exact slices of one page, fit into the embedder, and cover the whole text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Page, Paper, PaperText, Section
from ingest.indexing.chunk import CountTokens, Window, render_entry, split_entry, split_into_chunks

PAPER = Paper(id="p", title="A Title of Five Words")
COUNT = HashingEmbedder().count_tokens

pages_of_text = st.lists(
    st.text(alphabet="aB. 1\nz(", max_size=400).map(str.strip), min_size=1, max_size=4
)


def window(max_tokens: int) -> Window:
    return Window(COUNT, max_tokens)


def letters(texts: Sequence[str]) -> list[int]:
    """A tokenizer with a token for each character, white space included."""
    return [len(text) for text in texts]


def with_long_words(texts: Sequence[str]) -> list[int]:
    """A tokenizer that has a token for a word, and one for each character of Chinese."""
    return [len(re.findall(r"[一-鿿]|[^\s一-鿿]+", text)) for text in texts]


def paper_text(pages: list[str], sections: tuple[Section, ...] = ()) -> PaperText:
    spans, start = [], 0
    for number, page in enumerate(pages, start=1):
        spans.append(Page(number, start, start + len(page)))
        start += len(page) + 2
    return PaperText("\n\n".join(pages), tuple(spans), sections, "test")


@given(pages_of_text)
def test_a_chunk_is_a_slice_of_its_page(pages: list[str]) -> None:
    """The text of every chunk and sentence is at its offsets, on its page."""
    text = paper_text(pages)
    for chunk in split_into_chunks(PAPER, text, window(40)):
        page = text.pages[(chunk.page or 0) - 1]
        assert chunk.text == text.text[chunk.start : chunk.end]
        assert page.start <= chunk.start < chunk.end <= page.end
        assert all(chunk.sentence(i).strip() for i in range(len(chunk.sentences)))


@given(pages_of_text)
def test_no_chunk_is_longer_than_the_embedder_reads(pages: list[str]) -> None:
    """Title and section included, a chunk is within the limit."""
    for chunk in split_into_chunks(PAPER, paper_text(pages), window(40)):
        whole = window(40).passage(PAPER.title, chunk.section, chunk.text)
        assert chunk.n_tokens == COUNT([whole])[0] + 2 <= 40


@given(
    pages=pages_of_text,
    title=st.text(alphabet="大语言模型 ab", max_size=200),
    heading=st.text(alphabet="方法 c", max_size=200),
    count_tokens=st.sampled_from([letters, with_long_words]),
    max_tokens=st.integers(24, 260),
)
def test_a_long_title_leaves_room_for_the_text(
    pages: list[str], title: str, heading: str, count_tokens: CountTokens, max_tokens: int
) -> None:
    """In any tokenizer, no text is cut off or lost, however long title and heading are."""
    paper, text = Paper("p", title, note="".join(pages)), paper_text(pages, (Section(heading, 0),))
    narrow = Window(count_tokens, max_tokens)
    chunks = split_into_chunks(paper, text, narrow)
    for chunk in [*chunks, *split_entry(paper, narrow)]:
        whole = narrow.passage(title, chunk.section, chunk.text)
        assert chunk.n_tokens == count_tokens([whole])[0] + 2 <= max_tokens
    held = "".join("".join(chunk.text.split()) for chunk in chunks)
    assert held == "".join("".join(pages).split())


@given(pages_of_text)
def test_chunks_cover_all_of_the_text(pages: list[str]) -> None:
    """There is only white space between chunks."""
    chunks = split_into_chunks(PAPER, paper_text(pages), window(40))
    held = "".join("".join(chunk.text.split()) for chunk in chunks)
    assert held == "".join("".join(pages).split())


def test_a_long_sentence_is_cut_at_spaces() -> None:
    """A sentence above the limit is cut, but never inside a word."""
    words = " ".join(f"word{i}" for i in range(200))
    chunks = split_into_chunks(PAPER, paper_text([words]), window(40))
    assert len(chunks) > 5
    assert " ".join(chunk.text for chunk in chunks) == words


def test_references_have_chunks_of_their_own() -> None:
    """References never share a chunk with the text before them."""
    body = "We like cats. They purr."
    text = f"{body}\nReferences\nA. Cat. 2020. On purring."
    sections = (Section("References", len(body) + 1),)
    kinds = [c.kind for c in split_into_chunks(PAPER, paper_text([text], sections), window(60))]
    assert kinds == ["body", "references"]


def test_a_chunk_knows_its_section() -> None:
    """The heading above a chunk is its section."""
    text = "1 Cats\nThey purr and purr.\n2 Dogs\nThey bark."
    sections = (Section("1 Cats", 0), Section("2 Dogs", 27))
    chunks = split_into_chunks(PAPER, paper_text([text], sections), window(14))
    assert all(
        ("Cats" in c.section) == ("bark" not in c.text and "Dogs" not in c.text) for c in chunks
    )


def test_the_entry_of_a_paper_with_many_authors_fits() -> None:
    """A long entry becomes several chunks within the limit, with all authors."""
    paper = Paper(id="p", title="Many Hands", authors=tuple(f"Ann{i} Lee{i}" for i in range(90)))
    chunks = split_entry(paper, window(40))
    assert len(chunks) > 3
    assert all(chunk.kind == "list" and chunk.page is None for chunk in chunks)
    assert all(chunk.n_tokens <= 40 for chunk in chunks)
    assert all(any(f"Lee{i}" in chunk.text for chunk in chunks) for i in range(90))
    assert all(c.text == render_entry(paper)[c.start : c.end] for c in chunks)
