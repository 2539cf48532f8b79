"""Questions about the list itself are answered from its entries, with a count."""

from __future__ import annotations

import re

import pytest
from small_library import SmallLibrary

from rag.answer import Turn
from rag.assistant import Assistant
from rag.config import Filters
from rag.query.years import years_asked


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
            "The oldest paper of the list is from 2021 (1 indexed):",
            ["slim"],
        ),
        ("Is Herd in the list?", "The list has 1 paper of this name (1 indexed):", ["herd"]),
        (
            "What topics does the list cover?",
            "The list has 2 papers, on foundation models (1), tuning (1) (2 indexed):",
            ["herd", "slim"],
        ),
        ("列表里有多少篇论文？", "列表中有 2 篇论文（2 篇已索引）：", ["herd", "slim"]),
        ("有多少篇tuning的论文？", "列表中有 1 篇主题为 tuning 的论文（1 篇已索引）：", ["slim"]),
        ("列表里有Herd吗？", "列表中有 1 篇叫这个名字的论文（1 篇已索引）：", ["herd"]),
        ("2021年以前有哪些论文？", "", []),
        ("最新的论文是哪篇？", "列表中最新的论文是 2023 年的 1 篇（1 篇已索引）：", ["herd"]),
    ],
)
def test_the_list_is_counted(asked: Assistant, question: str, lead: str, papers: list[str]) -> None:
    """The count stands before the first paper, and each paper cites its entry in the list."""
    answer = asked.ask(question)
    assert [citation.paper.id for citation in answer.citations] == papers
    assert {citation.source for citation in answer.citations} <= {"list"}
    assert [s.lead for s in answer.sentences] == [lead, ""][: len(papers)]
    assert answer.status == ("answered" if papers else "no_evidence")


def test_a_year_without_papers_is_reported(asked: Assistant) -> None:
    """If the list has no paper of a year, a notice gives the count 0."""
    answer = asked.ask("List the papers from 1990")
    assert (answer.status, answer.notices) == ("no_evidence", ("The list has 0 papers of 1990.",))


def test_only_what_the_filters_allow_is_counted(asked: Assistant) -> None:
    """The count leaves out papers that the filters exclude."""
    answer = asked.ask("How many papers are there?", filters=Filters(topics=("tuning",)))
    assert answer.sentences[0].lead == "The list has 1 paper (1 indexed):"


def test_papers_on_a_subject_are_those_of_the_years_asked_for(asked: Assistant) -> None:
    """A search for papers on a subject finds only those of the years in the question."""
    found = asked.search("papers about language models since 2022")
    assert [hit.paper.id for hit in found.hits] == ["herd"]


@pytest.mark.parametrize(
    "question",
    [
        "How many papers does Herd cite?",
        "How many papers did the annotators read?",
        "What topics did the authors find?",
        "How many papers does this study include?",
        "有比Herd更快的方法吗？",
        "这里有Herd的实验吗？",
        "有没有用Herd的论文",
        "Is Herd the largest model in the list?",
        "Do you have the learning rate from the Herd paper?",
        "Herd最早是哪篇论文提出的？",
    ],
)
def test_a_question_about_a_papers_content_is_not_counted(asked: Assistant, question: str) -> None:
    """A question that resembles one about the list, but asks what a paper says, is answered from the pages."""
    answer = asked.ask(question)
    told = " ".join([*(sentence.lead for sentence in answer.sentences), *answer.notices])
    assert not re.search("The list has|of the list is|列表中", told)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("papers since 2021", (2021, 9999)),
        ("papers about quantization after 2020", (2021, 9999)),
        ("papers on quantization from 2023", (2023, 2023)),
        ("Which 2023 papers are about quantization?", (2023, 2023)),
        ("What papers came out in 2023 on quantization?", (2023, 2023)),
        ("How many papers on RLHF are from 2023?", (2023, 2023)),
        ("papers published between 2019 and 2021", (2019, 2021)),
        ("And from 2021?", (2021, 2021)),
        ("How many papers are in the list from 2023?", (2023, 2023)),
        ("2020到2022年的论文", (2020, 2022)),
        ("2020年之后的论文", (2021, 9999)),
        ("the 2048 accelerators of 65B", None),
        ("Which papers build on the Transformer of 2017?", None),
        ("Which papers discuss the release in 2020?", None),
        ("有哪些论文在2014年的WMT数据上评测？", None),
    ],
)
def test_the_years_are_read_from_the_question(question: str, years: tuple[int, int] | None) -> None:
    """The first and last year that a question allows are both included; a year of something else is ignored."""
    assert years_asked(question) == years


def test_a_follow_up_is_counted_by_its_own_year(asked: Assistant) -> None:
    """A follow-up question with another year counts the papers of that year; one about a paper counts nothing."""
    before = [Turn("How many papers are from 2023?", "The list has 1 paper.")]
    again = asked.ask("And from 2021?", before)
    assert again.sentences[0].lead == "The list has 1 paper of 2021 (1 indexed):"
    assert not any("The list" in s.lead for s in asked.ask("How does it work?", before).sentences)


def test_a_count_asked_with_another_question_is_a_notice(asked: Assistant) -> None:
    """If a question about a paper and a count are asked together, the paper answers and a notice has the count."""
    answer = asked.ask("How many papers are in the list? How many tokens was Herd-65B trained on?")
    assert {citation.paper.id for citation in answer.citations} == {"herd"}
    assert any("The list has 2 papers (2 indexed)." in notice for notice in answer.notices)


def test_the_newest_before_a_year_are_not_the_newest_of_the_list(asked: Assistant) -> None:
    """The newest papers before a year are counted by their year, and not called the newest of the list."""
    answer = asked.ask("What are the newest papers before 2022?")
    assert answer.sentences[0].lead == "The list has 1 paper of 2021 (1 indexed):"
