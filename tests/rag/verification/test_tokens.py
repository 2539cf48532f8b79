"""Numbers and names are read correctly, however they are written."""

from __future__ import annotations

import pytest
from judged import support

from rag.verification.facts import read_facts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a bias of -3 and a slope (−2.5) where x=-4", [-3, -2.5, -4]),
        ("3-5 heads, pages 10-12, x - 1", [3, 5, 10, 12, 1]),
        ("GPT-\n3 and GPT-3", [3]),
        ("1.4 × 10^12 and 1.4 x 10^{12}", [1.4e12, 1.4e12]),
        ("3.3 ×\n1022, 5 × 10−5, 6 · 10⁻⁴", [3.3e22, 5e-5, 6e-4]),
        ("an image of 8 × 1024 pixels, 3 × 10 times", [8, 1024, 3, 10]),
        (r"$1.4\mathrm{T}$ and \(2 \times 10^{-3}\)", [1.4e12, 2e-3]),
        ("from $5 to $6 million", [5, 6e6]),
    ],
)
def test_numbers_are_read_in_any_notation(text: str, values: list[float]) -> None:
    """A minus belongs to its number and a hyphen does not; powers of ten and TeX are read."""
    found = [token.value for token in read_facts(text).tokens if token.value is not None]
    assert found == pytest.approx(values)


def test_the_sign_of_a_number_is_a_fact() -> None:
    """A number with the other sign is another number, whichever character the minus is."""
    said = "In the last of all stages the bias of the router was set to {} in every layer."
    assert support(said.format("-3.5"), said.format("−3.5")) == "supported"
    assert support(said.format("-3.5"), said.format("3.5")) == "unsupported"
    assert support(said.format("3.5"), said.format("-3.5")) == "unsupported"


def test_a_plus_is_part_of_a_name() -> None:
    """A plus belongs to the name before it: T0, T0+ and T0++ are three models."""
    text = "Lastly, T0++ adds all of the data of SuperGLUE to the training mixture of the model."
    assert support(text, text) == "supported"
    assert support(text.replace("T0++", "T0+"), text) == "partly"
    assert support(text.replace("T0++", "T0"), text) == "partly"


def test_a_footnote_mark_is_not_part_of_a_name() -> None:
    """The number of a footnote behind a word, as in "on.2", is not part of the word."""
    assert read_facts("sequences to train on.2").forms[:4] == ["sequenc", "to", "train", "on"]
