"""Chinese questions become English search words; English stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.translate import append_sizes_in_words, read_glossary, to_english


@pytest.mark.parametrize(
    ("chinese", "words"),
    [
        ("LoRA 的秩是多少？", {"LoRA", "rank"}),
        ("学习率", {"learning", "rate"}),
        ("1.3 万名志愿者", {"13,000"}),
        ("1750亿参数", {"175B", "parameters"}),
        ("10亿", {"1B"}),
        ("只用 A 而不是 B", {"only", "A", "rather", "than", "B"}),
    ],
)
def test_terms_and_numbers(chinese: str, words: set[str]) -> None:
    """Terms are translated by the glossary, and counts take the form that papers use."""
    assert words <= set(to_english(chinese).split())


def test_sizes_are_spelled_out_too() -> None:
    """ "280B" is also searched as "280 billion", which papers write; "8x7B" in a name is not a size."""
    assert (
        append_sizes_in_words("Is 1.5B less than 280M?").split()[-4:]
        == "1.5 billion 280 million".split()
    )
    assert append_sizes_in_words("Mixtral 8x7B") == "Mixtral 8x7B"


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20)))
def test_english_is_left_alone(text: str) -> None:
    """A question without Chinese is returned unchanged."""
    assert to_english(text) == text


@given(st.text(alphabet="训练的模型是多少论文学习率啊12亿 万a", max_size=30))
def test_no_chinese_is_left(text: str) -> None:
    """The translation of any question has no Chinese character."""
    assert not any("一" <= char <= "鿿" for char in to_english(text))


def test_the_longest_term_wins() -> None:
    """Of overlapping terms in the glossary, the longest is translated."""
    assert to_english("大语言模型") == read_glossary()["大语言模型"]


def test_the_glossary_is_well_formed() -> None:
    """The glossary has enough terms, none is empty, and no translation has a Chinese character."""
    glossary = read_glossary()
    assert len(glossary) >= 2500
    assert all(term.strip() and "\t" not in english for term, english in glossary.items())
    assert not any("一" <= char <= "鿿" for english in glossary.values() for char in english)
