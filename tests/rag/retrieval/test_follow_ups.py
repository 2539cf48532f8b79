"""Which paper and which words a question means after earlier turns."""

from __future__ import annotations

import pytest

from rag.answer import Hit, Turn
from rag.retrieval.retrieve import Retriever


@pytest.fixture
def all_questions_are_related(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' embedder has lower cosines between related questions than a real one."""
    monkeypatch.setattr("rag.query.follow_up.RELATED_COSINE", 0.0)


def find_first(retriever: Retriever, asked: str, *history: Turn) -> Hit:
    return retriever.find(retriever.read(asked, history))[0]


def test_a_follow_up_is_about_the_previous_paper(retriever: Retriever) -> None:
    """A question without a name means the paper of the previous turn."""
    turn = Turn("On how many tokens was Herd trained?", "1.4 trillion.")
    hit = find_first(retriever, "And how many days did it take?", turn)
    assert (hit.paper.id, hit.page) == ("herd", 2)


@pytest.mark.usefixtures("all_questions_are_related")
def test_another_subject_is_not_a_follow_up(retriever: Retriever) -> None:
    """A question whose words only another paper has is no follow-up; one with "it" is about the paper before."""
    turn = Turn("On how many tokens was Herd trained?", "1.4 trillion.")
    other = "Which saves memory because optimizer states are kept for few weights?"
    assert find_first(retriever, other, turn).paper.id == "slim"
    assert retriever.read(other, [turn]).papers == ()
    assert retriever.read("Which optimizer states does it keep?", [turn]).papers == ("herd",)
    assert retriever.read("How many days were needed?", [turn]).papers == ("herd",)


@pytest.mark.parametrize(
    ("asked", "papers", "about"),
    [
        ("And Slim?", {"slim"}, "tokens"),  # the same question of another paper
        ("What about Slim", {"slim"}, "tokens"),
        ("那 Slim 呢？", {"slim"}, "tokens"),
        ("What is Slim?", {"slim"}, ""),
        ("And how many weights does Slim keep?", {"slim"}, "weights"),
        ("How does it compare to Slim?", {"herd", "slim"}, "compare"),
        ("Does it need more tokens than Slim?", {"herd", "slim"}, "need"),
        ("Is it true that Slim saves memory?", {"slim"}, "memory"),
        ("What else do they do in Slim?", {"slim"}, "do"),
        ("它比 Slim 需要更多内存吗？", {"herd", "slim"}, "memory"),
        ("和 Slim 有什么区别？", {"herd", "slim"}, "differ"),
        ("Is that more than Slim needs?", {"herd", "slim"}, "needs"),
        ("How does Slim differ from full training?", {"slim"}, "full"),
        ("Tell me more.", {"herd"}, "tokens"),
    ],
)
def test_what_a_follow_up_is_about(
    retriever: Retriever, asked: str, papers: set[str], about: str
) -> None:
    """A name alone replaces the one of the turn before; a pronoun with a name means both papers."""
    question = retriever.read(
        asked, [Turn("On how many tokens was Herd trained?", "1.4 trillion.")]
    )
    assert set(question.papers) == papers
    assert about in question.english()


@pytest.mark.parametrize(
    "asked",
    [
        "How many papers are there?",
        "Which papers are about quantization?",
        "Are there papers about quantization?",
        "那有多少篇论文？",
    ],
)
def test_a_question_about_the_list_is_not_a_follow_up(retriever: Retriever, asked: str) -> None:
    """A question about the list is read alone, whatever was asked before."""
    for before in ("On how many tokens was Herd trained?", "What is exposure bias?"):
        assert retriever.read(asked, [Turn(before, "Yes.")]).text == asked


@pytest.mark.parametrize("asked", ["Which papers cite it?", "How many of them are from 2021?"])
def test_a_pronoun_makes_a_follow_up(retriever: Retriever, asked: str) -> None:
    """A pronoun refers to the previous turn, also in a question that asks for papers."""
    turn = Turn("On how many tokens was Herd trained?", "1.4 trillion.")
    assert retriever.read(asked, [turn]).papers == ("herd",)


@pytest.mark.usefixtures("all_questions_are_related")
def test_a_follow_up_of_a_question_that_names_no_paper(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the turn before names no paper, both questions are searched together if related, else the new one alone."""
    monkeypatch.setattr("rag.retrieval.retrieve.RELATED_COSINE", 0.0)
    turn = Turn("On how many tokens was the 65B model trained?", "1.4 trillion.")
    assert turn.question in retriever.read("How many days were needed?", [turn]).text
    monkeypatch.setattr("rag.retrieval.retrieve.RELATED_COSINE", 1.0)
    asked = "How many days were needed?"
    assert retriever.read(asked, [Turn("How do I bake a pie?", "No evidence.")]).text == asked


@pytest.mark.usefixtures("all_questions_are_related")
def test_a_follow_up_of_a_follow_up(retriever: Retriever) -> None:
    """The paper stays the subject, although the turn between does not name it."""
    turns = [
        Turn("On how many tokens was Herd trained?", "1.4 trillion."),
        Turn("How long?", "21 days."),
    ]
    assert retriever.read("And who wrote it?", turns).papers == ("herd",)
    turns = [turns[0], Turn("And Slim?", "It does not say.")]
    assert retriever.read("And who wrote it?", turns).papers == ("slim",)


def test_an_unrelated_question_is_not_a_follow_up(retriever: Retriever) -> None:
    """A question unrelated to the turn before is asked of all papers, unless it has a pronoun."""
    before = [Turn("On how many tokens was Herd trained?", "1.4 trillion.")]
    assert retriever.read("Sourdough bread recipe?", before).papers == ()
    assert retriever.read("Sourdough bread, and it?", before).papers == ("herd",)
