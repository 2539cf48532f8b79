"""Markdown becomes plain lines, and formulas are not changed."""

from __future__ import annotations

import pytest

from rag.answer import Row
from rag.citations.cite import read_draft
from rag.citations.markdown import Code, blocks, without_emphasis, without_open_formula


@pytest.mark.parametrize(
    "formula",
    [r"$W_{Q}$", r"$\mathbb{E}_{x}[f_\theta]$", r"\(a_*\)", r"$$a*b_{*} = `c`$$", r"\[x_\mu\]"],
)
def test_formulas_are_not_changed(formula: str) -> None:
    """Formulas are not changed, in the streamed text and in the answer, while words beside them lose their emphasis."""
    assert without_emphasis(f"The *matrix* {formula} is `big`") == f"The matrix {formula} is big"
    (claim,) = read_draft(f"The *matrix* {formula} is **big** [1].", ["Herd"]).claims
    assert claim.text == f"The matrix {formula} is big."


def test_headings_and_items_become_lines() -> None:
    """Each heading and each item is a claim; an item keeps its number, which is not checked."""
    written = "**Sizes**\n- It has 6 layers [1].\n2. It is *small* [1]. It is wide.\n\n## And so\nIt ends."
    claims = read_draft(written, ["Herd"]).claims
    assert [claim.text for claim in claims] == [
        "Sizes:", "• It has 6 layers.", "2. It is small.", "It is wide.", "And so:", "It ends.",
    ]  # fmt: skip
    assert claims[2].words == "It is small."


def test_a_row_is_a_claim() -> None:
    """A row is a claim, checked without its column names and shown with them; a full stop in a cell ends nothing."""
    table = "| model | *size* |\n|:--|--:|\n| Herd | 65B. Big. [1] |\n| Slim | `4M` [2] |\n"
    claims = read_draft(f"So it is [1].\n\n{table}\nIt ends.", ["Herd", "Slim"]).claims
    assert [claim.text for claim in claims] == [
        "So it is.", "model: Herd · size: 65B. Big.", "model: Slim · size: 4M", "It ends.",
    ]  # fmt: skip
    assert claims[1].row == Row(("model", "size"), ("Herd", "65B. Big."))
    assert (claims[2].words, claims[2].markers) == ("Slim · 4M", (2,))


def test_a_table_without_column_names_is_read() -> None:
    """The rows of a table without column names are claims as well."""
    assert list(blocks("| a | b |\n| c | d |")) == [Row((), ("a", "b")), Row((), ("c", "d"))]


def test_code_belongs_to_the_claim_before_it() -> None:
    """A block of code is kept as it is, with the claim before it, and is not a claim itself."""
    code = "def lora(x):\n    return f(1)\n\nlora(x[1])"
    claims = read_draft(f"It is this [1].\n```python\n{code}\n```\nIt ends.", ["Herd"]).claims
    assert [claim.text for claim in claims] == ["It is this.", "It ends."]
    assert [claim.code for claim in claims] == [code, ""]


def test_a_reply_that_is_one_code_block_is_an_answer() -> None:
    """A reply that is one block of code is read as text, because some models put all of it into one."""
    (claim,) = read_draft("```\nIt has 6 layers [1].\n```", ["Herd"]).claims
    assert (claim.text, claim.markers, claim.code) == ("It has 6 layers.", (1,), "")


def test_an_unclosed_fence_contains_code() -> None:
    """While a block of code is still being written, its text counts as code."""
    assert list(blocks("So:\n```python\nx = 1\ny")) == ["So:\n", Code("x = 1\ny")]


def test_bold_words_alone_are_an_answer() -> None:
    """Bold words are a heading only if something follows them."""
    assert list(blocks("**65 billion**")) == ["**65 billion**"]


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
def test_a_formula_is_shown_when_it_is_complete(so_far: str, shown: str) -> None:
    """Prices are not formulas, and a single dollar sign is not waited for beyond its line."""
    assert without_open_formula(so_far) == shown
