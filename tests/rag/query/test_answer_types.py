"""The wording of a question shows the expected answer types, and that of a sentence which it contains."""

from __future__ import annotations

import pytest

from rag.query.answer_types import ANSWER_TYPES, expected_answer_types


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How long did it take, and on which GPUs?", {"number", "time", "hardware"}),
        ("训练用了多少天、什么显卡？", {"number", "time", "hardware"}),
        ("What were the annotators paid?", {"money"}),
        ("How many tokens did it see?", {"number", "amount"}),
        ("LLaMA vs OPT training tokens", {"number", "amount"}),
        ("number of layers in OPT", {"number"}),
        ("Which of LLaMA and OPT used more GPUs?", {"number", "hardware"}),
        ("Which of them saw more tokens?", {"number", "amount"}),
        ("Which ones repeat a line more than ten times?", set()),
        ("BERT parameters", {"number", "amount"}),
        ("Why does it mask tokens?", {"reason"}),
        ("Does it fail as the number of layers grows?", {"limitation"}),
        ("准确率是多少？", {"number", "share"}),
        ("学习率设为多大？", {"number", "amount", "learning rate"}),
        ("Why is it frozen?", {"reason"}),
        ("What is the main idea of Slim?", {"claim"}),
        ("What did the annotation cost?", {"money"}),
        ("Why does it pay attention to cost?", {"reason"}),
        ("How much faster is decoding?", {"number", "speed"}),
        ("Which batches and dropout?", {"batch size", "dropout"}),
        ("训练了多少轮？碳排放呢？", {"number", "steps", "energy"}),
        ("How often do raters agree?", {"number", "share", "agreement"}),
        ("Does machine learning compute it?", set()),
        ("What is a prefix?", set()),
        ("Which datasets do they use?", {"data"}),
        ("How big is the corpus?", {"number", "amount", "data", "size of data"}),
        ("LoRA 有什么局限？", {"limitation"}),
    ],
)
def test_expected_answer_types(question: str, expected: set[str]) -> None:
    """A question, in either language, may ask for several types at once."""
    assert {found.name for found in expected_answer_types(question)} == expected


@pytest.mark.parametrize(
    ("sentence", "contained"),
    [
        (
            "It was done in 4.5 hours with eight 32GB GPUs.",
            {"number", "time", "hardware", "amount"},
        ),
        ("Training took five days.", {"time"}),
        ("We paid $15 an hour because the task is hard.", {"number", "money", "reason"}),
        ("It reaches 67.2% of the pairs.", {"number", "share"}),
        ("We use 6.25e-5 and 3 epochs.", {"number", "learning rate", "steps"}),
        ("A minibatch of 64 took 12 ms.", {"number", "batch size", "speed"}),
        ("It emitted 26 tCO2e.", {"number", "energy"}),
        (
            "Readers agree on 81% of them; no dropout.",
            {"number", "share", "agreement", "dropout"},
        ),
        ("The corpus has 1.4 trillion tokens.", {"number", "amount", "size of data", "data"}),
        ("We measure accuracy, which is limited.", {"metric", "limitation"}),
        ("In this paper we propose a new adapter.", {"claim"}),
        ("The prefix is a row of vectors.", set()),
    ],
)
def test_answer_types_in_a_sentence(sentence: str, contained: set[str]) -> None:
    """The unit of a number shows what the number measures."""
    found = {a.name for a in ANSWER_TYPES if a.in_answer.search(sentence)}
    assert found == contained
