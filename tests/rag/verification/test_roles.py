"""Who is better than whom is a fact."""

from __future__ import annotations

import pytest

from rag.verification.facts import read_facts
from rag.verification.roles import sides_exchanged

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
def test_sides_are_exchanged(sentence: str, kept: str, exchanged: str) -> None:
    """Whichever verb compares them, the better one stays the better one."""
    facts = [read_facts(sentence)]
    assert not sides_exchanged(read_facts(kept), facts)
    assert sides_exchanged(read_facts(exchanged), facts)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Herd is more accurate than Slim.", "Slim is more expensive than Herd."),
        ("Herd does not outperform Slim.", "Slim outperforms Herd."),
        ("Herd is faster than Slim.", "Slim was trained on other text than Herd."),
    ],
)
def test_other_comparisons_say_nothing(claim: str, sentence: str) -> None:
    """Another scale, a denial, or no comparison exchanges no sides."""
    assert not sides_exchanged(read_facts(claim), [read_facts(sentence)])


def test_a_sentence_that_says_it_is_enough() -> None:
    """Where one sentence compares as the claim does, another may speak of another case."""
    other = "On large sets Slim outperforms Herd."
    assert not sides_exchanged(
        read_facts("Herd outperforms Slim."), [read_facts(other), read_facts(HERD)]
    )
