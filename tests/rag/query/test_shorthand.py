"""Informal wording is expanded into what papers write."""

import pytest

from rag.query.shorthand import expand_shorthand


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("lora lr & bs?", "lora learning rate & batch size?"),
        (
            "trained w/ how many params w/o embeddings",
            "trained with how many parameters without embeddings",
        ),
        ("whats the ppl", "what is the perplexity"),
        ("LR of the LoRA runs", "LR of the LoRA runs"),  # capitals may be a name
        ("pre-lr x-bs lr-free bs2", "pre-lr x-bs lr-free bs2"),  # parts of other words
        ("waht is the differnece, explian pls", "what is the difference, explain please"),
        ("wat is it, in tonnes", "what is it, in tons"),
        ("who came up with it now", "who came up with it now"),  # the letters of "how", "won"
        ("which dose of noise", "which dose of noise"),  # the letters of "does"
        ("whats the diff between grads", "what is the difference between gradients"),
        ("lora vs adapters, whats the diff?", "lora vs adapters, what is the difference?"),
        ("did grad students write a diff format", "did grad students write a diff format"),
        ("学习率 lr 是多少", "学习率 learning rate 是多少"),
    ],
)
def test_shorthand_is_spelled_out(asked: str, written: str) -> None:
    """Abbreviations and misspellings are replaced, but names, parts of words and other meanings are kept."""
    assert expand_shorthand(asked) == written
