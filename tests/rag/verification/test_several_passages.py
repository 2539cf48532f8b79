"""A sentence is judged against several passages: the best one, or two that support it together."""

from __future__ import annotations

import pytest
from judged import EMBED, hit, support

from ingest.corpus import Paper
from rag.query.names import PaperNames
from rag.verification.verify import Judge, judge_support

HERD = "The model was trained on 1.4 trillion tokens of public text."


def test_the_right_passage_is_found() -> None:
    """Of several passages, the verdict names the one that supports the sentence."""
    other = hit("Adapters are small. They keep the model frozen.", "Slim", 2)
    herd = "We introduce Herd. Herd-65B was trained on 1.4 trillion tokens for 21 days."
    verdict = judge_support("Herd-65B was trained for 21 days.", [other, hit(herd)], EMBED)
    assert (verdict.support, verdict.hit) == ("supported", 1)


def test_two_passages_may_support_a_sentence_together() -> None:
    """A comparison whose halves are in two papers is supported by both quotes."""
    herd = hit("Herd-65B was trained on 1.4 trillion tokens.")
    slim = hit("Slim was trained on 30 billion tokens.", "Slim Adapters", 2)
    sentence = "Herd-65B was trained on 1.4 trillion tokens, Slim on 30 billion tokens."
    first, second = Judge([herd, slim], EMBED).judge(sentence)[:2]
    assert {first.support, second.support} == {"supported"}
    assert {first.hit, second.hit} == {0, 1}


def test_a_distorted_sentence_finds_no_support_elsewhere() -> None:
    """Loose support by one passage does not outweigh a sentence with another number."""
    sentence = "Training of Herd-65B took 21 days on 2048 accelerators with 80 GB of memory each."
    other = (
        "We describe the training of Herd-65B and its days on accelerators with memory of 80 GB. "
        "There are 2048 accelerators in Table 23."
    )
    swapped = sentence.replace("21", "23")
    assert support(swapped, other) == "supported"
    assert support(swapped, other, sentence) == "unsupported"
    assert support(sentence, other, sentence) == "supported"


def test_two_passages_do_not_support_a_changed_name() -> None:
    """The sentence is about Herd; another passage about Slim does not make it true of Slim."""
    herd = hit("Herd was fine-tuned on public text for all of the five tasks.")
    slim = hit("We compare with Slim, which is fine-tuned as well.", "Comparisons", 2)
    claim = "Slim was fine-tuned on public text for all of the five tasks."
    assert "supported" not in {v.support for v in Judge([herd, slim], EMBED).judge(claim)}


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("Slim was trained on 1.4 trillion tokens of public text.", HERD, "unsupported"),
        ("The Slim model was trained on 1.4 trillion tokens of public text.", HERD, "unsupported"),
        ("According to the authors, Slim was trained on 1.4 trillion tokens.", HERD, "unsupported"),
        ("Cow et al. trained the model on 1.4 trillion tokens of public text.", HERD, "supported"),
        ("Herd was trained on 1.4 trillion tokens of public text.", HERD, "supported"),
        ("The model was trained on 1.4 trillion tokens of public text.", HERD, "supported"),
        ("Slim was trained on 1.4 trillion tokens.", f"{HERD} So was Slim.", "supported"),
    ],
)
def test_a_passage_does_not_support_a_sentence_about_another_paper(
    sentence: str, text: str, expected: str
) -> None:
    """The name with which a sentence begins is the passage's own, or stands in the passage."""
    herd = hit(text)
    names = PaperNames([herd.paper, Paper("slim", "Slim Adapters", aliases=("Slim",))])
    judge = Judge([herd], EMBED, find_names=names.find)
    assert judge.judge(sentence)[0].support == expected


def test_without_evidence_nothing_is_supported() -> None:
    """No passage, or an empty one, supports nothing."""
    assert judge_support("Herd is good.", [], EMBED) is None
    assert judge_support("Herd is good.", [hit("")], EMBED) is None
