"""Of a model's reply only the answer is visible, however it is streamed, and repetition is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations.cite import read_draft
from rag.citations.reply import VisibleReply, is_repeating


def read(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.markers) for claim in read_draft(text, ("Herd",) * 3).claims]


THOUGHTS = [
    "Maybe 12 [3]?</think>",
    "Maybe 12 [3]?\n</thinking>\n\n",
    "<thinking>Maybe 12.</thinking>",
    "[THINK]Maybe 12 [3]?[/THINK]",
    "<think>\n\n</think>\n\n",
    "<think>It says </think>, so 12?</think>",
    "<|channel|>analysis<|message|>Maybe 12?<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|start|>assistant<|channel|>analysis<|message|>12?<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|channel|>final<|message|>",
    "analysisMaybe 12 [3]?assistantfinal",
    "**Thinking:** I should look at passage 3.\n\n**Answer:** ",
    "Reasoning: Maybe 12.\nFinal answer: ",
    "思考：也许是 12。\n\n答案：",
]


@pytest.mark.parametrize("thoughts", THOUGHTS)
def test_thoughts_are_removed_however_they_are_marked(thoughts: str) -> None:
    """Thoughts are removed with any of the usual tags, even if only their end tag is in the reply."""
    assert read(f"{thoughts}It has 6 layers [1].") == [("It has 6 layers.", (1,))]
    assert VisibleReply().read(f"{thoughts}It has").strip() == "It has"


def test_an_answer_may_mention_the_tags() -> None:
    """If an answer mentions the tags of thoughts, the text before them is kept."""
    assert read("It thinks between <think> and </think> tags [1].") == [
        ("It thinks between tags.", (1,))
    ]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("<th", ""),
        ("[TH", ""),
        ("<think>so", ""),
        ("[THINK]so", ""),
        ("<think>so</think>Yes", "Yes"),
        ("<|chan", ""),
        ("<|start|>assistant<|channel|>", ""),
        ("<|channel|>analysis<|message|>so", ""),
        ("<5 layers", "<5 layers"),
    ],
)
def test_thoughts_are_not_streamed(said: str, seen: str) -> None:
    """While a model thinks, nothing is visible."""
    assert VisibleReply().read(said) == seen


TAGS = [
    "<think>",
    "</think>",
    "[THINK]",
    "[/THINK]",
    "◁thinking▷",
    "<|channel|>analysis",
    "<|channel|>final<|message|>",
    "\n**Answer:** ",
    "Thinking: ",
    " and ",
    "It has 6",
    "\n",
    "<",
]


@given(st.lists(st.sampled_from(TAGS), max_size=8).map("".join), st.data())
def test_pieces_do_not_change_what_is_visible(said: str, data: st.DataObject) -> None:
    """What is visible does not depend on where the pieces of a reply are split, even inside a tag."""
    reply, place, seen = VisibleReply(), 0, ""
    while place < len(said):
        end = data.draw(st.integers(place + 1, len(said)))
        seen = reply.read(said[place:end])
        place = end
    assert seen == (VisibleReply().read(said) if said else "")


@pytest.mark.parametrize("end", ["<|im_end|>", "<|eot_id|>\n", "<|endoftext|>", "<end_of_turn>\n"])
def test_a_reply_ends_with_the_turn(end: str) -> None:
    """What follows the token that ends a turn is dropped, because the model then speaks for the user."""
    assert read(f"It has 6 layers [1].{end}<|im_start|>user\nAnd then?\nIt has 9.") == [
        ("It has 6 layers.", (1,))
    ]
    assert read(f"It has 6{end}<|im_start|>user\nAnd then?") == [("It has 6", ())]
    assert read("It uses the <|endoftext|> token as an end [1].")[0][0].endswith("an end.")


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("It has 6 layers [1]. " * 30, True),
        (
            "So. "
            + "It has 6 layers, and each of them is as wide as the last one [1].\n" * 9
            + "It",
            True,
        ),
        ("It has 6 layers [1]. " * 5, False),
        (f"| a |{'-' * 300}|", False),
        (" ".join(f"Herd-{i} has {i} layers [1]." for i in range(200)), False),
        ("", False),
    ],
)
def test_repetition_is_noticed(text: str, repeats: bool) -> None:
    """Many repetitions of the same words are noticed; lines that differ in their numbers are no repetition."""
    assert is_repeating(text) is repeats
