"""What is asked of the list itself is counted, not searched."""

from __future__ import annotations

import pytest
from small_library import SmallLibrary

from rag import cues
from rag.assistant import Assistant
from rag.config import Filters


@pytest.fixture
def asked(whole_library: SmallLibrary, assistant: Assistant) -> Assistant:
    """An assistant of two papers: Herd (2023, foundation models) and Slim (2021, tuning)."""
    return assistant


@pytest.mark.parametrize(
    ("question", "lead", "papers"),
    [
        (
            "How many papers are in the list?",
            "The list has 2 papers (2 indexed):",
            ["herd", "slim"],
        ),
        (
            "How many papers are about tuning?",
            "The list has 1 paper on tuning (1 indexed):",
            ["slim"],
        ),
        ("List the papers from 2023", "The list has 1 paper of 2023 (1 indexed):", ["herd"]),
        (
            "Which papers were published before 2022?",
            "The list has 1 paper of 2021 and before (1 indexed):",
            ["slim"],
        ),
        (
            "What is the oldest paper?",
            "The oldest paper of the list, of 2021 (1 indexed):",
            ["slim"],
        ),
        ("Is Herd in the list?", "The list has 1 paper of this name (1 indexed):", ["herd"]),
        (
            "What topics does the list cover?",
            "The list has 2 papers, on foundation models (1), tuning (1) (2 indexed):",
            ["herd", "slim"],
        ),
        ("列表里有多少篇论文？", "列表中有 2 篇论文（2 篇已索引）：", ["herd", "slim"]),
        ("2021年以前有哪些论文？", "", []),
        ("最新的论文是哪篇？", "列表中最新的论文是 2023 年的 1 篇（1 篇已索引）：", ["herd"]),
    ],
)
def test_the_list_is_counted(asked: Assistant, question: str, lead: str, papers: list[str]) -> None:
    """The count stands in front, and each paper cites its entry."""
    answer = asked.ask(question)
    assert [citation.paper.id for citation in answer.citations] == papers
    assert {citation.source for citation in answer.citations} <= {"list"}
    assert [s.lead for s in answer.sentences] == [lead, ""][: len(papers)]
    assert answer.status == ("answered" if papers else "no_evidence")


def test_no_paper_of_a_year_is_said_so(asked: Assistant) -> None:
    """Nothing is counted as nothing."""
    answer = asked.ask("List the papers from 1990")
    assert (answer.status, answer.notices) == ("no_evidence", ("The list has 0 papers of 1990.",))


def test_only_what_the_filters_allow_is_counted(asked: Assistant) -> None:
    """A filter leaves papers out of the count, too."""
    answer = asked.ask("How many papers are there?", filters=Filters(papers=("slim",)))
    assert answer.sentences[0].lead == "The list has 1 paper (1 indexed):"


def test_papers_on_a_subject_are_those_of_the_years_asked_for(asked: Assistant) -> None:
    """The years limit what is found on a subject."""
    found = asked.search("papers about language models since 2022")
    assert [hit.paper.id for hit in found.hits] == ["herd"]


@pytest.mark.parametrize(
    "question", ["How many papers does Herd cite?", "How many papers did the annotators read?"]
)
def test_what_a_paper_counts_is_searched(asked: Assistant, question: str) -> None:
    """A count of something else is left to the papers."""
    assert not any("The list has" in s.lead for s in asked.ask(question).sentences)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("since 2021", (2021, 9999)),
        ("after 2020", (2021, 9999)),
        ("between 2019 and 2021", (2019, 2021)),
        ("2020到2022年的论文", (2020, 2022)),
        ("2020年之后的论文", (2021, 9999)),
        ("the 2048 accelerators of 65B", None),
    ],
)
def test_the_years_that_a_wording_allows(question: str, years: tuple[int, int] | None) -> None:
    """First and last year, both included."""
    assert cues.years_asked(question) == years
