"""A sentence is supported only if words, meaning and all hard facts agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import EMBED, hit, support

from benchmarks.swaps import make_swaps
from rag.verification.agreement import contradiction
from rag.verification.facts import read_facts
from rag.verification.verify import judge_support

PASSAGE = (
    "We introduce Herd, a family of language models.\n"
    "Herd-65B was trained on 1.4 trillion tokens for 21 days. "
    "It does not use any private data. "
    "The learning rate is 0.0003 and the batch has 4,000,000 tokens. "
    "Compared to GPT-3, accuracy rises by 12.5% on SQuAD, while memory drops by 3 times."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Herd-65B was trained on 1.4 trillion tokens for 21 days.",
        "Herd-65B was trained on 1.4T tokens for 21 days.",
        "It was trained on 1,400 billion tokens for 21 days.",
        "The batch has 4 million tokens and the learning rate is 0.0003.",
        "The batch has 4M tokens and the learning rate is 3e-4.",
        "The model does not use any private data.",
        "Herd doesn't use any private data.",
        "Compared to GPT3, accuracy rises by about 12% on SQuAD.",
        "Accuracy rises by 12.5 percent on SQuAD compared to GPT-3.",
        "Memory drops by 3× while accuracy rises by 12.5%.",
    ],
)
def test_the_same_facts_in_other_forms_are_supported(sentence: str) -> None:
    """A number may be written with another scale, unit or sign, and a word in another spelling."""
    assert support(sentence, PASSAGE) == "supported"


@pytest.mark.parametrize(
    "sentence",
    [
        "Herd-65B was trained on 1.4 trillion tokens for 23 days.",
        "Herd-65B was trained on 21 trillion tokens for 1.4 days.",
        "Herd-65B was trained on 1.4 billion tokens for 21 days.",
        "Herd-65B was trained on 1.4 trillion tokens for 21 hours.",
        "Herd-65B was trained on 1.4 trillion words for 21 days.",
        "Herd-13B was trained on 1.4 trillion tokens for 21 days.",
        "GPT-3 was trained on 1.4 trillion tokens for 21 days.",
        "Herd-65B was not trained on 1.4 trillion tokens for 21 days.",
        "Herd-65B was never trained on 1.4 trillion tokens for 21 days.",
        "It does use any private data.",
        "Compared to GPT-3, accuracy falls by 12.5% on SQuAD, while memory rises by 3 times.",
        "Compared to GPT-3, accuracy rises by 12.5% on MNLI, while memory drops by 3 times.",
        "Compared to GPT-3, accuracy rises by 3% on SQuAD, while memory drops by 12.5 times.",
        "Compared to GPT-3, accuracy rises by about 15% on SQuAD.",
        "Herd-65B was trained on less than 1.39 trillion tokens for 21 days.",
        "Herd-65B was trained on 1.4 trillion tokens for at least 22 days.",
        "Bananas are harvested by monks in the mountains.",
    ],
)
def test_a_changed_fact_is_not_supported(sentence: str) -> None:
    """One changed number, unit, name, negation or direction is enough to reject a sentence."""
    assert support(sentence, PASSAGE) != "supported"


@pytest.mark.parametrize(
    ("there", "claimed", "is_so"),
    [
        ("41 billion", "more than 40 billion", True),
        ("more than 40 billion", "over 40 billion", True),
        ("38.5 billion", "more than 40 billion", False),
        ("38.5 billion", "at most 40 billion", True),
        ("41 billion", "less than 40 billion", False),
        ("at most 40 billion", "at least 40 billion", False),
    ],
)
def test_a_bound_is_a_fact(there: str, claimed: str, is_so: bool) -> None:
    """ "More than" and "at most" say on which side of the number the value is."""
    said = "In the first of its two stages the model was trained on {} tokens of all web text in English."
    found = support(said.format(claimed), said.format(there))
    assert (found == "supported") == is_so


@pytest.mark.parametrize(
    ("there", "others", "alike"),
    [
        ("zero-shot", "few-shot one-shot 5-shot", "0-shot"),
        ("5-shot", "zero-shot one-shot 6-shot", "few-shot"),
        ("first", "second third", "first"),
        ("once", "twice thrice", "once"),
        ("half", "quarter double", "half"),
        ("two-layer", "three-layer", "2-layer"),
        ("twenty-five", "twenty-six thirty-five", "25"),
        ("40", "hundreds 41", "dozens"),
        ("dozens", "hundreds 40", "dozens"),
        ("single", "double three", "one"),
    ],
)
def test_quantities_in_words_are_facts(there: str, others: str, alike: str) -> None:
    """Ordinals, multiples and rough counts in words must agree as numbers must."""
    said = "In the last of all stages the {} setting of Herd was tried on public text in English."
    assert support(said.format(alike), said.format(there)) == "supported"
    for other in others.split():
        assert support(said.format(other), said.format(there)) != "supported"


@pytest.mark.parametrize(
    ("there", "other"),
    [
        ("on 40 hard downstream tasks", "on 40 hard downstream languages"),
        ("by two paid human annotators", "by two paid human models"),
        ("with 12 identical layers", "with 12 identical heads"),
        ("with an accuracy of 40", "with a perplexity of 40"),
        ("at an error of 3%", "at an accuracy of 3%"),
    ],
)
def test_what_is_counted_or_measured_is_a_fact(there: str, other: str) -> None:
    """The noun that a number counts, or the measure that it gives, must agree, even some words away."""
    said = "In the last of all stages Herd was tried {} and written about in English."
    assert support(said.format(there), said.format(there)) == "supported"
    assert support(said.format(other), said.format(there)) != "supported"


@pytest.mark.parametrize(
    ("there", "claim"),
    [
        (
            "Figure 4 shows that Herd does better on questions in English.",
            "Figure 4 demonstrates that Herd does better on questions in English.",
        ),
        (
            "Cow et al. [38] propose Herd, a model of text in English and French.",
            "Cow et al. [38] introduce Herd, a model of text in English and French.",
        ),
        (
            "As discussed in Section 4.1, Herd is tried on questions in English and French.",
            "Herd is tried on questions in English and French as discussed in Section 4.1.",
        ),
        (
            "Herd collects two additional kinds of data from the public web.",
            "Herd collects two extra kinds of data from the public web.",
        ),
        (
            "In 2020 authors trained Herd on public text in English and French.",
            "In 2020 researchers trained Herd on public text in English and French.",
        ),
        (
            "Herd is tried on 8 subsets of the questions in English and French.",
            "Herd is tried on 8 sets of the questions in English and French.",
        ),
    ],
)
def test_other_words_around_a_number_change_no_fact(there: str, claim: str) -> None:
    """A verb after a figure's number or an adjective after a count may be a synonym."""
    assert support(claim, there) == "supported"


@pytest.mark.parametrize(
    ("claim", "there", "expected"),
    [
        ("Dropout reduces overfitting.", "We find that dropout increases overfitting.", 1),
        ("Dropout reduces overfitting.", "We find that dropout suppresses overfitting.", 0),
        ("Lack of dropout reduces accuracy.", "Dropout increases the accuracy.", 0),
        ("Dropout prevents overfitting.", "Dropout fails to prevent overfitting.", 1),
        ("Dropout helps such models.", "Dropout-independent gains were seen in such models.", 1),
        ("Dropout does not hurt.", "It was trained on text.", 1),
        (
            "Pruning keeps accuracy.",
            "It is said that the weather was not at all good on the day when we "
            "began, yet pruning of whole heads keeps the accuracy as it was before we began to prune it.",
            0,
        ),
    ],
)
def test_contradictions_are_measured(claim: str, there: str, expected: float) -> None:
    """The measure of contradiction is 1 if one side is reversed and 0 if both are; only related words are compared."""
    assert contradiction(read_facts(claim), read_facts(there)) == expected


def test_a_contradiction_lowers_the_score() -> None:
    """A sentence with the words of the page but the opposite verb has a clearly lower score."""
    said = hit("Overfitting on small sets is abolished in all runs by dropout of whole layers.")
    likely, contradicted = (
        judge_support(f"Dropout of layers {verb} overfitting on small sets.", [said], EMBED)
        for verb in ("limits", "shows")
    )
    assert contradicted.score < likely.score - 0.1


def test_a_number_must_be_near_a_word_of_the_claim() -> None:
    """A number elsewhere on the page does not support a claim: it must be near one of the claim's words."""
    text = (
        "Herd was trained on public text. In that old hall, built by hand out of dark oak and grey "
        "stone long before anybody had heard of such things, visitors sat down upon 2048 chairs."
    )
    assert support("Herd was trained on public text.", text) == "supported"
    assert support("Herd was trained on 2048 public text.", text) != "supported"


def test_a_neighbour_does_not_excuse_a_changed_number() -> None:
    """The number must be in the sentence that the claim repeats, not in the next one."""
    text = "Herd was trained for 12 days. Evaluation of all checkpoints took another 30 days."
    assert support("Herd was trained for 12 days.", text) == "supported"
    assert support("Herd was trained for 30 days.", text) == "unsupported"


def test_the_quote_is_verbatim_and_the_best() -> None:
    """The span of a verdict is the slice of the passage that has the claim's words."""
    verdict = judge_support("It was trained on 1.4 trillion tokens.", [hit(PASSAGE)], EMBED)
    assert verdict.hit == 0
    quote = PASSAGE[verdict.start : verdict.end]
    assert quote.startswith("Herd-65B was trained") and "private" not in quote


def test_each_name_must_be_there() -> None:
    """One name that is not on the page is enough to reject a claim."""
    text = "Herd was compared with GPT-3 and Slim on questions in English, and did better on most."
    claim = (
        "Herd was compared with GPT-3 and {} on questions in English, and on most it did better."
    )
    assert support(claim.format("Slim"), text) == "supported"
    assert support(claim.format("Bloom"), text) == "partly"


def test_names_of_the_paper_itself_count() -> None:
    """A claim may name the paper that the passage is from, but not another one."""
    page = "The model was trained on 1.4 trillion tokens of public text."
    assert support("Herd was trained on 1.4 trillion tokens of public text.", page) == "supported"
    assert support("GPT-3 was trained on 1.4 trillion tokens of public text.", page) != "supported"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("175B", 175e9, ""),
        ("1.4 trillion tokens", 1.4e12, "token"),
        ("10,000 times", 10_000, "×"),
        ("10×", 10, "×"),
        ("8-bit", 8, "bit"),
        ("$5 million", 5e6, "$"),
        ("37.5%", 37.5, "%"),
        ("twelve layers", 12, "layer"),
        ("3e-4", 0.0003, ""),
        ("21 GPU days", 21, "GPU"),
    ],
)
def test_numbers_are_read_with_scale_and_unit(text: str, value: float, unit: str) -> None:
    """However it is written, a number has one value and one unit."""
    token = next(t for t in read_facts(f"it is {text} there").tokens if t.value is not None)
    assert token.value == pytest.approx(value)
    assert token.unit == unit


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_sentence_can_be_judged(sentence: str) -> None:
    """For any sentence, the verdict's quote is inside the passage."""
    verdict = judge_support(sentence, [hit(PASSAGE)], EMBED)
    assert 0.0 <= verdict.score <= 1.0
    assert 0 <= verdict.start <= verdict.end <= len(PASSAGE)


def test_swapped_sentences_of_real_papers(shared: Path) -> None:
    """90 % of real sentences are supported, and 95 % of those with a swapped fact are not."""
    swaps = make_swaps(shared / "papers", 80, seed=7)
    kept = [judge_support(s.sentence, [s.hit], EMBED).support == "supported" for s in swaps]
    caught = [judge_support(s.swapped, [s.hit], EMBED).support != "supported" for s in swaps]
    assert sum(kept) >= 0.9 * len(swaps)
    assert sum(caught) >= 0.95 * len(swaps)
