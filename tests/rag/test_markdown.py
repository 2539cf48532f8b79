"""Markdown becomes plain lines, and formulas stay as they were written."""

from __future__ import annotations

import pytest

from rag.cite import read_draft
from rag.markdown import plain_lines, without_emphasis, without_open_formula


@pytest.mark.parametrize(
    "formula",
    [r"$W_{Q}$", r"$\mathbb{E}_{x}[f_\theta]$", r"\(a_*\)", r"$$a*b_{*} = `c`$$", r"\[x_\mu\]"],
)
def test_formulas_are_left_alone(formula: str) -> None:
    """While an answer is written and when it has been read; words beside them lose their signs."""
    assert without_emphasis(f"The *matrix* {formula} is `big`") == f"The matrix {formula} is big"
    (claim,) = read_draft(f"The *matrix* {formula} is **big** [1].", ["Herd"]).claims
    assert claim.text == f"The matrix {formula} is big."


def test_headings_items_and_rows_become_lines() -> None:
    """Each is a claim of its own, and the rule of a table is none."""
    written = (
        "**Sizes**\n- It has 6 layers [1].\n1. It is *small* [1].\n\n"
        "| model | size |\n|:--|--:|\n| Herd | 65B [1] |\n```python\nx = 1\n```\n## And so\nIt ends."
    )
    said = [claim.text for claim in read_draft(written, ["Herd"]).claims]
    assert said == [
        "Sizes:", "• It has 6 layers.", "• It is small.", "model · size", "Herd · 65B", "x = 1",
        "And so:", "It ends.",
    ]  # fmt: skip


def test_bold_words_alone_are_an_answer() -> None:
    """They are a heading only where something follows them."""
    assert plain_lines("**65 billion**") == "**65 billion**"


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("It is $$x = \\frac{1", "It is "),
        ("It is $x$ and \\(y", "It is $x$ and "),
        ("It is $W_{Q", "It is "),
        ("It costs $5 to", "It costs $5 to"),
        ("The $PATH is\nset", "The $PATH is\nset"),
    ],
)
def test_a_formula_is_shown_when_it_is_whole(so_far: str, shown: str) -> None:
    """Prices are no formulas, and nothing waits beyond its line for a single sign."""
    assert without_open_formula(so_far) == shown
