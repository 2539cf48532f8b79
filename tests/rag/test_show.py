"""Results are shown in a terminal as plain text, wrapped to its width."""

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
    """A Chinese character takes two columns; no line begins with a comma or full stop, and no word is split."""
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
def test_the_columns_of_a_character(text: str, n: int) -> None:
    """A character takes the columns that a terminal gives it, even one made of several code points."""
    assert n_columns(text) == n


def test_english_is_wrapped_at_spaces() -> None:
    """Later lines may be indented further than the first, and a word longer than a line is not split."""
    assert wrapped("[1] a title  https://x.org/long", 14, " ", "  ") == (
        " [1] a title\n   https://x.org/long"
    )
    assert wrapped("", 10, "  ") == "  "


def test_sources_are_shown_in_the_language_of_the_question() -> None:
    """The heading and the places of the sources are in the language of the question."""
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


def test_passages_are_shown_in_the_language_of_the_question() -> None:
    """The places of passages are in the language of the question."""
    hits = [
        Hit(rank, "paper", PAPER, page, "", 0, "text", Scores(0, 0, 0))
        for rank, page in ((1, 2), (2, None))
    ]
    assert "1. T, 第 2 页 " in show_hits(hits, "思维链？")
    assert "2. T, 来自列表，而非论文 " in show_hits(hits, "思维链？")
    assert "1. T, p. 2 " in show_hits(hits, "Why?")


def test_the_handbook_is_not_counted_as_a_paper() -> None:
    """The list of papers counts the handbook separately, as answers about the list do."""
    states = [
        PaperState(Paper(id=id, title="T"), None, {}, (), None, True)
        for id in (HANDBOOK, "herd", "slim")
    ]
    assert show_papers(states).endswith("\n2 papers and the handbook: 3 indexed.")
    assert show_papers(states[1:]).endswith("\n2 papers: 2 indexed.")
    assert show_papers(states[:1]).endswith("\nThe handbook: 1 indexed.")
