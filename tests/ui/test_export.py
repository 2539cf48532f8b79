"""What is taken along says what the answer said, in forms that other programs read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Sentence
from rag.ui.chat.export import as_bibtex, as_markdown

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


def _line_of(words: str) -> str:
    """The line of the answer that ``words`` become."""
    return as_markdown(_answer(words)).split("\n")[4].removesuffix(" [1][2]")


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (r"A weight $W_0 \in \mathbb{R}^d$ has_one.", r"A weight $W_0 \in \mathbb{R}^d$ has\_one."),
        (r"So \(W_0\) and \[ BA_1 \] do.", "So $W_0$ and $$BA_1$$ do."),
        ("It costs $5 and then $6.", r"It costs \$5 and then \$6."),
        ("• It saves *memory*.", r"- It saves \*memory\*."),
        ("- It saves memory.", r"\- It saves memory."),
        ("12. Of all, 3. is best.", r"12\. Of all, 3. is best."),
        ("---", r"\---"),
        ("-3 dB, 1.5 more", "-3 dB, 1.5 more"),
        ("A &amp; B, R&D", r"A \&amp; B, R&D"),
    ],
)
def test_markdown_reads_as_the_page_does(words: str, written: str) -> None:
    """Formulas and items stay what they are; nothing else gains a meaning."""
    assert _line_of(words) == written


_READ = MarkdownIt("commonmark")


@given(
    st.text(min_size=1)
    | st.text(st.sampled_from("$<>()[]!`*_\\&;#-+.1 a/"), min_size=1)
    | st.sampled_from(
        ["$<b>$", "$`a`$", "$![a](//b.c)$", r"\(<b>\)", "$$[a](b)$$", "• - a", "1) a"]
    )
)
def test_markdown_from_papers_is_plain(words: str) -> None:
    """No sign of a paper's text makes a link, a picture, code or another tag."""
    html = _READ.render(_line_of(words))
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "em", "strong", "ul", "li"}


def test_bibtex_has_each_paper_once() -> None:
    """Two citations of one paper are one entry; what TeX would trip over is escaped."""
    text = as_bibtex(_answer())
    assert text.count("@misc{lora,") == 1
    assert r"title = {{LoRA: 50\% of \{everything\} \& more}}" in text
    assert "author = {Edward J. Hu and Yelong Shen and others}" in text
    assert "eprint = {2106.09685}" in text and "archiveprefix = {arXiv}" in text
