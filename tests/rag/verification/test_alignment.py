"""A claim that repeats a sentence but for one word is judged by that word."""

from __future__ import annotations

import pytest
from judged import support

SAID = "In the last of all stages Herd was tried {} and written about in English."


@pytest.mark.parametrize(
    ("there", "claimed"),
    [
        ("on most public benchmarks", "on all public benchmarks"),
        ("on most public benchmarks", "on some public benchmarks"),
        ("often by paid annotators", "rarely by paid annotators"),
        ("only on public text", "mostly on public text"),
        ("on all of the subsets", "on few of the subsets"),
    ],
)
def test_a_degree_is_a_fact(there: str, claimed: str) -> None:
    """Words of degree and frequency, such as "some", "most" and "all", must agree."""
    assert support(SAID.format(there), SAID.format(there)) == "supported"
    assert support(SAID.format(claimed), SAID.format(there)) == "unsupported"


@pytest.mark.parametrize(
    ("there", "claimed"),
    [
        ("with relative positions", "with absolute positions"),
        ("on a cheap machine", "on an expensive machine"),
        ("in the encoder of a model", "in the decoder of a model"),
        ("at inference by its authors", "at training by its authors"),
        ("with a similar batch", "with a different batch"),
        ("in proportion to its size", "inversely in proportion to its size"),
    ],
)
def test_an_opposite_is_another_fact(there: str, claimed: str) -> None:
    """A word is not replaced by its opposite or counterpart, such as "encoder" by "decoder"."""
    assert support(SAID.format(there), SAID.format(there)) == "supported"
    assert support(SAID.format(claimed), SAID.format(there)) == "unsupported"


@pytest.mark.parametrize(
    ("there", "other", "same"),
    [
        ("by evaluating its prompts", "by publishing its prompts", "by assessing its prompts"),
        ("under a public license", "under a public contract", "under a public licence"),
        ("because of its speed", "because of its price", "since it has its speed"),
    ],
)
def test_another_word_is_partly_supported(there: str, other: str, same: str) -> None:
    """With one content word replaced, a sentence is partly supported, unless the new word is a synonym."""
    assert support(SAID.format(there), SAID.format(there)) == "supported"
    assert support(SAID.format(same), SAID.format(there)) == "supported"
    assert support(SAID.format(other), SAID.format(there)) == "partly"


def test_function_words_give_no_support() -> None:
    """A claim that shares only function words with the page, such as "It runs on a", is not supported."""
    text = "It runs on a laptop. The model was trained on public text in English and French."
    assert support("It runs on a laptop.", text) == "supported"
    assert support("It runs on a toaster.", text) != "supported"


def test_a_claim_that_the_page_denies_is_partly_supported_at_best() -> None:
    """A claim is not supported if the words of the page that are closest to it are denied."""
    page = "In all of our runs there is no guarantee of correct reasoning paths by language models."
    assert support("Correct reasoning paths are guaranteed.", page) != "supported"
    assert support("There is no guarantee of correct reasoning paths.", page) == "supported"
    also = f"{page} Herd was trained on public text in English, and it does not read private text."
    assert support("Herd was trained on public text in English.", also) == "supported"
