"""What is taken along says what the answer said, in forms that other programs read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Sentence
from rag.ui.export import as_bibtex, as_markdown

PAPER = Paper(
    id="lora",
    title="LoRA: 50% of {everything} & more",
    authors=("Edward J. Hu", "Yelong Shen", "et al."),
    year=2021,
    arxiv="2106.09685",
)


def _answer(words: str = "It works.") -> Answer:
    citations = (
        Citation(1, "paper", PAPER, 4, words, 0),
        Citation(2, "list", PAPER, None, "its note", 0),
    )
    sentence = Sentence(words, (1, 2), "supported", "LoRA (2021):")
    return Answer("Does it *work*?", "answered", (sentence,), citations, "extractive", "b")


def test_markdown_has_sentences_and_references() -> None:
    """Each marker has its line with title, year, page, quote and address."""
    text = as_markdown(_answer())
    assert r"**Does it \*work\*?**" in text
    assert "It works. [1][2]" in text
    assert "1. LoRA: 50% of {everything} & more (2021), p. 4: “It works.”" in text
    assert "<https://arxiv.org/pdf/2106.09685#page=4>" in text
    assert "2. " in text and "from the list, not from the paper" in text


@given(st.text(min_size=1))
def test_markdown_from_papers_is_plain(words: str) -> None:
    """No sign of a paper's text makes a link, a picture or markup."""
    text = as_markdown(_answer(words)).replace("<https://arxiv.org/pdf/2106.09685#page=4>", "")
    text = text.replace("<https://arxiv.org/pdf/2106.09685>", "")
    bare = [i for i, sign in enumerate(text) if sign in "<`" and text[i - 1] != "\\"]
    assert bare == []


def test_bibtex_has_each_paper_once() -> None:
    """Two citations of one paper are one entry; what TeX would trip over is escaped."""
    text = as_bibtex(_answer())
    assert text.count("@misc{lora,") == 1
    assert r"title = {{LoRA: 50\% of \{everything\} \& more}}" in text
    assert "author = {Edward J. Hu and Yelong Shen and others}" in text
    assert "eprint = {2106.09685}" in text and "archiveprefix = {arXiv}" in text
