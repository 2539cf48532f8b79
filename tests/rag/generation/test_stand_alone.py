"""A model rewords a follow-up question so that it can be understood alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from openai_server import Serve, say
from run_to_end import run_to_end

from rag.answer import Turn
from rag.generation.generate import stand_alone

ASKED = "How many tokens was Herd-65B trained on?"


def alone(asked: str, history: Sequence[Turn], llm: str) -> str:
    """The follow-up as it stands alone."""
    shown, question = run_to_end(stand_alone(asked, history, llm))
    assert set(shown) <= {""}
    return question


def test_a_follow_up_is_reworded_by_the_model(serve: Serve) -> None:
    """The model fills in the names; without earlier turns or without a model the question stays as it is."""
    server = serve(say(f"<think>it</think> {ASKED}"))
    history = [Turn("What is Herd?", "A family of models.")]
    assert alone("And on how many tokens?", history, "openai:scripted") == ASKED
    assert alone(ASKED, [], "openai:scripted") == ASKED
    assert alone("And on how many tokens?", history, "extractive") == "And on how many tokens?"
    assert len(server.asked) == 1


@pytest.mark.parametrize("said", ["", "Herd is a family of models. " * 30, "It was made in Oslo."])
def test_a_reply_that_is_not_the_question_is_ignored(serve: Serve, said: str) -> None:
    """If the model answers, rambles or says nothing, the question stays as it was typed."""
    serve(say(said))
    history = [Turn("What is Herd?", "A family of models.")]
    assert alone("How many tokens was it trained on?", history, "openai:scripted") == (
        "How many tokens was it trained on?"
    )
