"""Formulas are drawn, by the browser itself, and nothing else comes out of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ui.maths import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, render_maths


@pytest.mark.parametrize(
    "written", [r"$\frac{a}{b}$", r"$$\frac{a}{b}$$", r"\(\frac{a}{b}\)", r"\[\frac{a}{b}\]"]
)
def test_each_way_of_writing_a_formula(written: str) -> None:
    """Dollars, double dollars, round and square brackets."""
    drawn = render_maths(f"Here {written} stands.")
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in drawn
    drawn = drawn.replace('<span class="formula">', "").replace("</span>", "")
    assert drawn.startswith("Here <math") and drawn.endswith("</math> stands.")


@pytest.mark.parametrize("n_terms", [1, 40])
def test_a_wide_formula_can_be_scrolled_by_keys(n_terms: int) -> None:
    """One of a line of its own; what fits needs no stop for them."""
    assert ("tabindex" in render_maths(f"$${'+'.join(['x'] * n_terms)}$$")) is (n_terms > 1)


@pytest.mark.parametrize(
    "words", ["It costs $5 and then $6.", "US$3 or A$4", r"$\frac{$ is torn", "a $ b $ c", "$$"]
)
def test_money_and_torn_formulas_stay_text(words: str) -> None:
    """A dollar is not always mathematics."""
    assert render_maths(words) == words


@pytest.mark.parametrize(
    "evil",
    [
        r"$\href{javascript:alert(1)}{x}$",
        r"$\text{<script>alert(1)</script>}$",
        "$<img src=x onerror=alert(1)>$",
        r'$\style{background:url(https://evil.example)}{x}" onload="alert(1)$',
    ],
)
def test_a_formula_brings_no_link_script_or_style(evil: str) -> None:
    """Only elements of mathematics, and none of their attributes that act."""
    _check(render_maths(evil))


@given(st.text(alphabet="$\\()[]{}<>&\"'=/ab_^ \n", max_size=60))
def test_whatever_is_written_is_mathematics_or_text(words: str) -> None:
    """No other element, no other attribute."""
    _check(render_maths(words))


def _check(markup: str) -> None:
    for tag, attributes in re.findall(r"<\s*/?\s*([^\s<>/]*)([^<>]*)>", markup):
        assert tag in ALLOWED_TAGS
        assert set(re.findall(r'([^\s="]+)="', attributes)) <= ALLOWED_ATTRIBUTES
