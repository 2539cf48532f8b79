"""Which side of a comparison is better must agree with the page."""

from __future__ import annotations

import pytest

from rag.verification.comparisons import sides_swapped
from rag.verification.facts import read_facts

HERD = "Herd outperforms Slim 2 70B and GPT-3.5 on most benchmarks."
TUNING = "Figure 3 (right) shows that prefix-tuning outperforms fine-tuning in low-data regimes by 2.9 BLEU."


@pytest.mark.parametrize(
    ("sentence", "kept", "exchanged"),
    [
        (HERD, "Herd beats GPT-3.5.", "GPT-3.5 beats Herd."),
        (HERD, "Slim is outperformed by Herd.", "Herd is outperformed by Slim."),
        (HERD, "Slim loses to Herd.", "Herd loses to Slim."),
        (HERD, "Slim is worse than Herd on most.", "Herd is worse than Slim on most."),
        (
            TUNING,
            "Prefix-tuning outperforms fine-tuning.",
            "Fine-tuning outperforms prefix-tuning.",
        ),
        ("Larger models are faster than smaller ones.",) * 2
        + ("Smaller models are faster than larger ones.",),
        (
            "Outputs of Herd are preferred to outputs of Slim.",
            "People prefer Herd over Slim.",
            "People prefer Slim over Herd.",
        ),
        ("We use Herd rather than Slim.",) * 2 + ("We use Slim instead of Herd.",),
    ],
)
def test_swapped_sides_are_found(sentence: str, kept: str, exchanged: str) -> None:
    """Sides of a comparison that are swapped are found, whichever verb or form compares them."""
    facts = [read_facts(sentence)]
    assert not sides_swapped(read_facts(kept), facts)
    assert sides_swapped(read_facts(exchanged), facts)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Herd is more accurate than Slim.", "Slim is more expensive than Herd."),
        ("Herd does not outperform Slim.", "Slim outperforms Herd."),
        ("Herd is faster than Slim.", "Slim was trained on other text than Herd."),
    ],
)
def test_other_comparisons_are_not_swapped(claim: str, sentence: str) -> None:
    """A comparison on another scale, a denied one, or a sentence without one does not count as swapped."""
    assert not sides_swapped(read_facts(claim), [read_facts(sentence)])


def test_one_sentence_with_the_same_comparison_is_enough() -> None:
    """A claim that one sentence supports is not swapped, even if another sentence says the reverse."""
    other = "On large sets Slim outperforms Herd."
    assert not sides_swapped(
        read_facts("Herd outperforms Slim."), [read_facts(other), read_facts(HERD)]
    )
