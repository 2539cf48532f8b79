"""Before any paper is fetched, questions about papers and their authors are answered from the list alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Answer
from rag.assistant import Assistant

QUESTIONS = Path(__file__).with_name("list_questions.jsonl")
FOREIGN = Path(__file__).with_name("foreign_questions.txt")
ENOUGH_NAMED, ENOUGH_REFUSED = 72, 16  # of 80, and of 20 about what is in no paper of the list
ENOUGH_FOREIGN_REFUSED = 38  # of 40 about something else than language models


@pytest.fixture(scope="module")
def answers(first_minute: Assistant) -> list[tuple[dict[str, Any], Answer]]:
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [(question, first_minute.ask(question["question"])) for question in questions]


@pytest.mark.timeout(600)
def test_a_wanted_paper_is_named_first(answers: list[tuple[dict[str, Any], Answer]]) -> None:
    """For at least 72 of 80 questions, half of them Chinese, the first citation is of a right paper."""
    asked = [(question, answer) for question, answer in answers if question["papers"]]
    assert len(asked) == 80
    assert sum(question["lang"] == "zh" for question, _ in asked) == 40
    missed = [
        (question["question"], [c.paper.id for c in answer.citations][:1])
        for question, answer in asked
        if not answer.citations or answer.citations[0].paper.id not in question["papers"]
    ]
    assert len(asked) - len(missed) >= ENOUGH_NAMED, missed


def test_what_no_paper_is_about_is_refused(
    answers: list[tuple[dict[str, Any], Answer]],
) -> None:
    """At least 16 of 20 questions about papers that the list does not have are refused."""
    asked = [(question, answer) for question, answer in answers if not question["papers"]]
    assert len(asked) == 20
    answered = [question["question"] for question, answer in asked if answer.status == "answered"]
    assert len(asked) - len(answered) >= ENOUGH_REFUSED, answered


def test_an_answer_from_the_list_is_marked(first_minute: Assistant) -> None:
    """An answer from a note cites the list, is in the question's language, and says that the paper is not here."""
    english = first_minute.ask("Which paper introduced LoRA?")
    chinese = first_minute.ask("思维链是哪篇论文提出的？")
    for answer, paper in ((english, "lora"), (chinese, "chain-of-thought")):
        assert {c.paper.id for c in answer.citations} == {paper}
        assert {(c.source, c.page) for c in answer.citations} == {("list", None)}
        assert all(c.quote in c.paper.note + c.paper.note_zh for c in answer.citations)
    assert "not here yet" in english.notices[0]
    assert "思维链" in chinese.sentences[0].text
    assert "尚未下载" in chinese.notices[0]


@pytest.mark.timeout(600)
def test_questions_on_other_subjects_are_refused(first_minute: Assistant) -> None:
    """At least 38 of 40 questions on other subjects, such as recipes and the weather, are refused."""
    questions = FOREIGN.read_text(encoding="utf-8").splitlines()
    assert len(questions) == 40
    answered = [q for q in questions if first_minute.ask(q).status == "answered"]
    assert len(questions) - len(answered) >= ENOUGH_FOREIGN_REFUSED, answered


def test_the_papers_of_an_author_are_listed(first_minute: Assistant) -> None:
    """A question for an author's papers, in either language, is answered with that author's papers only."""
    for asked in ("What papers did Tri Dao write?", "Tri Dao 的论文有哪些？"):
        citations = first_minute.ask(asked).citations
        assert citations
        assert all("Tri Dao" in citation.paper.authors for citation in citations)
