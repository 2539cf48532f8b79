"""Each number belongs to a thing, and two numbers that are swapped are found."""

from __future__ import annotations

import pytest

from rag.verification.bindings import swapped_facts
from rag.verification.facts import read_facts

REDUCTION = (
    "Compared to GPT-3 175B fine-tuned with Adam, Herd can reduce the number of trainable parameters by "
    "10,000 times and the GPU memory requirement by 3 times."
)
SIZES = "Herd, with 70B parameters but the compute of the 280B Slim, beats Slim and reaches 67.5% on MMLU."
LENGTHS = "We truncate input and target sequences to 1024 and 256 tokens, respectively."
ERRORS = "We sorted 45 errors into semantic understanding (20 errors), one step missing (18 errors), and others."


@pytest.mark.parametrize(
    ("sentence", "kept", "swapped"),
    [
        (
            REDUCTION,
            "It needs {} times less GPU memory and {} times fewer trainable parameters.",
            (3, "10,000"),
        ),
        (SIZES, "Herd has {} parameters and Slim {}.", ("70B", "280B")),
        (SIZES, "Slim has {} parameters, Herd has {}.", ("280B", "70B")),
        (LENGTHS, "Inputs are cut to {} tokens and targets to {}.", (1024, 256)),
        (
            LENGTHS,
            "Input and target sequences are truncated to {} and {} tokens, respectively.",
            (1024, 256),
        ),
        (
            LENGTHS,
            "Target and input sequences are truncated to {} and {} tokens, respectively.",
            (256, 1024),
        ),
        (
            ERRORS,
            "{} errors were about semantic understanding and {} had one step missing.",
            (20, 18),
        ),
    ],
)
def test_two_swapped_numbers_are_found(
    sentence: str, kept: str, swapped: tuple[object, object]
) -> None:
    """Two numbers are swapped if the words around them show that they belong to each other's thing."""
    facts = [read_facts(sentence)]
    assert not swapped_facts(read_facts(kept.format(*swapped)), facts)
    assert swapped_facts(read_facts(kept.format(*swapped[::-1])), facts) == {"number"}


def test_the_most_similar_sentence_decides() -> None:
    """Numbers are compared with the most similar sentence, not with one about something else in the other order."""
    claim = "Memory is lower when training on 3072 tokens than when training on 1024 tokens."
    other = "Speed is higher when testing on 1024 tokens than when training on 3072 tokens."
    assert not swapped_facts(read_facts(claim), [read_facts(other), read_facts(claim)])
