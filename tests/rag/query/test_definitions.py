"""Some questions ask what a term means, and some sentences define it."""

from __future__ import annotations

import pytest

from ingest.indexing.words import terms
from rag.query.definitions import asks_for_definition, defines


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What is exposure bias?", True),
        ("what are soft prompts", True),
        ("Define perplexity.", True),
        ("What does RAG stand for?", True),
        ("什么是思维链", True),
        ("思维链是什么意思？", True),
        ("What is the batch size?", False),
        ("What is its learning rate?", False),
        ("What is the accuracy of BERT on SQuAD?", False),
        ("What are limitations of LoRA?", False),
        ("为什么用思维链？", False),
    ],
)
def test_what_asks_for_a_definition(question: str, asks: bool) -> None:
    """The question asks about a term alone, not about a value or a property of something."""
    assert asks_for_definition(question) == asks


@pytest.mark.parametrize(
    ("sentence", "term", "does"),
    [
        ("Perplexity (PPL) is a measure of surprise.", "perplexity", True),
        ("The Maths dataset consists of word problems.", "maths", True),
        ("2 Quantization Quantization is the process of rounding.", "quantization", True),
        ("A chain of thought is a series of steps.", "chain of thought", True),
        ("Such vectors, also known as soft prompts, are trained.", "soft prompt", True),
        ("We refer to this as reward hacking.", "reward hacking", True),
        ("Maths-Python is a variant of the Maths task.", "maths", False),
        ("A crucial aspect of quantization is a good range.", "quantization", False),
        ("Reward models are competing against each other.", "reward model", False),
        ("Lower perplexity means that the model is better.", "perplexity", False),
        ("It is a measure of surprise.", "perplexity", False),
        ("It is a measure of surprise.", "", False),
    ],
)
def test_what_defines_a_term(sentence: str, term: str, does: bool) -> None:
    """The term is the whole subject, or what something is called."""
    assert defines(sentence, terms(term)) == does
