"""The wording of a question shows what kind of answer it wants."""

from __future__ import annotations

import pytest

from rag.query import cues


@pytest.mark.parametrize(
    ("question", "is_paper"),
    [
        ("Which paper introduced LoRA?", True),
        ("Which early language model paper guessed sentiment?", True),
        ("I remember a paper where agents bargain. Which one?", True),
        ("A report whose footnote has a quiz: which one is it?", True),
        ("Where is it shown that one word changes the accuracy?", True),
        ("Where was it reported that the score flattens?", True),
        ("哪篇论文提出了思维链？", True),
        ("who made mirostat", True),
        ("Who created the prompts of the test set?", False),
        ("Where was LLaMA trained?", False),
        ("Where was the data collected?", False),
        ("What work did the annotators do?", False),
        ("Which GPUs did the paper use?", False),
        ("Which layers are in the paper's model?", False),
        ("How many tokens was it trained on?", False),
    ],
)
def test_whether_a_paper_is_asked_for(question: str, is_paper: bool) -> None:
    """Many wordings ask for a paper; not every question that mentions one does."""
    assert cues.asks_for_paper(question) == is_paper


@pytest.mark.parametrize(
    "question", ["A 和 B 的做法有什么不一样？", "How do A and B differ?", "a or b bigger?"]
)
def test_whether_a_comparison_is_asked_for(question: str) -> None:
    """Both languages have words that compare things."""
    assert cues.compares(question)


def test_the_word_for_a_capital_compares_nothing() -> None:
    """The character for "both" is also part of the word for a capital."""
    assert cues.compares("它们都用了什么数据？") and not cues.compares("法国的首都在哪？")


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Recommend papers about prompt tuning", True),
        ("Which paper should I read first about RLHF?", True),
        ("推荐几篇关于量化的论文", True),
        ("Which paper introduced RLHF?", False),
        ("How many papers does it cite?", False),
    ],
)
def test_whether_several_papers_are_asked_for(question: str, several: bool) -> None:
    """A request for recommendations asks for several papers."""
    assert cues.asks_for_several_papers(question) == several
