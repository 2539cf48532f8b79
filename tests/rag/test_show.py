"""What the terminal is shown is plain text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.corpus import HANDBOOK, Paper
from ingest.sync.state import PaperState
from rag.answer import Answer, Citation, Hit, Scores
from rag.columns import n_columns, wrapped
from rag.show import show_answer, show_hits, show_papers

PAPER = Paper(id="herd", title="T")


def test_chinese_is_wrapped_by_columns() -> None:
    """A character takes two of them; a line begins with no full stop, and a word stays whole."""
    text = "思维链让模型逐步推理，" * 3 + "而 chain-of-thought 无需训练。"
    lines = wrapped(text, 24, "  ").split("\n")
    assert all(n_columns(line) <= 24 and line.startswith("  ") for line in lines)
    assert max(map(n_columns, lines)) >= 22
    assert not any(line.strip()[0] in "，。" for line in lines)
    assert any("chain-of-thought" in line for line in lines)
    assert "".join(line.strip() for line in lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "n"),
    [("LoRA", 4), ("思维", 4), ("👩‍🔬", 2), ("👍🏽", 2), ("e\u0301", 1), ("한", 2), ("", 0)],
)
def test_a_sign_takes_its_columns(text: str, n: int) -> None:
    """However many characters it is made of."""
    assert n_columns(text) == n


def test_english_is_wrapped_at_spaces() -> None:
    """Lines behind the first may stand further in; what is too long for a line has its own."""
    assert wrapped("[1] a title  https://x.org/long", 14, " ", "  ") == (
        " [1] a title\n   https://x.org/long"
    )
    assert wrapped("", 10, "  ") == "  "


def test_sources_are_told_in_the_language_of_the_question() -> None:
    """So that a Chinese answer has no English around it."""
    citations = tuple(
        Citation(n, "paper" if page else "list", PAPER, page, "q", 0)
        for n, page in ((1, 2), (2, None))
    )
    answer = Answer("思维链？", "answered", (), citations, "extractive", "")
    assert show_answer(answer) == "出处\n  [1] T, 第 2 页\n  [2] T, 来自列表，而非论文"
    answer = replace(answer, question="Why?")
    assert show_answer(answer) == (
        "Sources\n  [1] T, p. 2\n  [2] T, from the list, not from the paper"
    )


def test_passages_are_told_in_the_language_of_the_question() -> None:
    """As the sources of an answer are."""
    hits = [
        Hit(rank, "paper", PAPER, page, "", 0, "text", Scores(0, 0, 0))
        for rank, page in ((1, 2), (2, None))
    ]
    assert "1. T, 第 2 页 " in show_hits(hits, "思维链？")
    assert "2. T, 来自列表，而非论文 " in show_hits(hits, "思维链？")
    assert "1. T, p. 2 " in show_hits(hits, "Why?")


def test_the_handbook_is_no_paper() -> None:
    """The same number as a question to the list gives."""
    states = [
        PaperState(Paper(id=id, title="T"), None, {}, (), None, True)
        for id in (HANDBOOK, "herd", "slim")
    ]
    assert show_papers(states).endswith("\n2 papers and the handbook: 3 indexed.")
    assert show_papers(states[1:]).endswith("\n2 papers: 2 indexed.")
    assert show_papers(states[:1]).endswith("\nThe handbook: 1 indexed.")
