"""Why a passage was found is told in words."""

from __future__ import annotations

from small_library import LLAMA

from rag.answer import Answer, Hit, Scores
from rag.ui.reader.match_details import common_words, describe_match, render_match


def test_the_words_in_common_are_those_of_the_question() -> None:
    """In any form, each once, in the question's order; a Chinese question's in English."""
    assert common_words(
        "How does LoRA save memory, and how much memory?", "LoRA saves memories."
    ) == (
        "LoRA",
        "save",
        "memory",
    )
    assert "memory" in common_words("LoRA 如何减少内存？", "It needs less memory.")
    assert common_words("What is the weather?", "LoRA saves memory.") == ()


def test_it_is_told_in_words_and_in_numbers() -> None:
    """The place among the passages that were found, and the scores behind what they mean."""
    hit = Hit(
        3, "paper", LLAMA, 2, "4 Results", 0, "It saves <b>memory</b>.", Scores(0.47, 3.3, 4.37)
    )
    answer = Answer(
        "How much memory is saved?", "answered", (), (), "extractive", "b", hits=(hit,) * 9
    )
    told = render_match(describe_match(hit, answer), "en")
    assert "3rd of 9 passages" in told and "4 Results" in told and ">memory</span>" in told
    assert "width:47%" in told and all(score in told for score in ("0.47", "3.3", "4.37"))
    assert "9 段中的第 3 段" in render_match(describe_match(hit, answer), "zh")
