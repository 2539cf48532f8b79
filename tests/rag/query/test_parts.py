"""Several questions asked at once: each is searched, refused and answered separately."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_server import Serve, say
from small_library import ADAPT, LLAMA, SmallLibrary

from rag.answer import Turn
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.query.names import Mention, PaperNames
from rag.query.parts import MAX_PARTS, split_questions

NAMES = PaperNames([LLAMA, ADAPT])
TOKENS = "How many tokens was Herd-65B trained on?"
MEMORY = "Why does Slim save memory?"


@pytest.fixture
def assistant(whole_library: SmallLibrary) -> Assistant:
    return whole_library.assistant()


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (f"{TOKENS} {MEMORY}", [TOKENS, MEMORY]),
        ("Herd 用了多少数据？Slim 冻结了什么？", ["Herd 用了多少数据？", "Slim 冻结了什么？"]),
        ("Herd 用了多少数据，Slim 冻结了什么？", ["Herd 用了多少数据", "Slim 冻结了什么？"]),
        (
            "How big is Herd, and what does Slim learn?",
            ["How big is Herd", "what does Slim learn?"],
        ),
        (
            "How big is Herd and in which year was Slim made?",
            ["How big is Herd", "in which year was Slim made?"],
        ),
        (
            "What is gradient clipping in training? Does Herd use it?",
            ["What is gradient clipping in training?", "Does Herd use it?"],
        ),
    ],
)
def test_questions_are_split(asked: str, parts: list[str]) -> None:
    """A question mark splits if the next part names a paper, "and" if it names another one."""
    assert split_questions(asked, NAMES) == parts


@pytest.mark.parametrize(
    "asked",
    [
        TOKENS,
        "What is Herd, and how was it trained?",
        "How was Herd trained? On how many tokens?",
        "Is Herd open? And Slim?",
        "Is Herd open? What about Slim?",
        "Hello? How big is Herd?",
        "How long and on how many accelerators was Herd trained?",
        "Herd, Slim and what else?",
        "训练 Herd 时，Slim 的作用是什么？",
        "How big is Herd? I mean Slim.",
        "",
        "???",
    ],
)
def test_one_question_stays_one(asked: str) -> None:
    """A part that depends on the words before it, or asks nothing, is not a separate question."""
    assert split_questions(asked, NAMES) == [asked]


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("How many tokens did Herd use, and what did Slim use?", True),
        ("Which optimizer trains Herd, and which 'Slim'?", True),
        ("Which optimizer is used in Herd, and which one was used for Slim?", True),
        ("How many tokens did Herd use, and what did Slim freeze?", False),
        ("How many tokens did Herd use, and what is Slim?", False),
    ],
)
def test_a_question_repeated_for_another_paper(
    assistant: Assistant, asked: str, again: bool
) -> None:
    """A second question with nothing but a name asks the same as the first."""
    first, second = assistant.retriever().read(asked).parts
    assert (first.papers, second.papers) == (("herd",), ("slim",))
    assert (set(first.terms_within("herd")) <= set(second.terms_within("slim"))) is again


def test_a_comparison_is_split_only_at_question_marks() -> None:
    """A comparison is not split at "and", because its sides are compared in one question."""
    asked = "How do Herd and adapters differ, and which of them does Slim use?"
    assert len(split_questions(asked, NAMES)) == 2
    assert split_questions(asked, NAMES, compares=True) == [asked]


def test_the_number_of_parts_is_bounded() -> None:
    """A text has at most ``MAX_PARTS`` questions: the last one contains the rest."""
    parts = split_questions(f"{TOKENS} {MEMORY} " * 5, NAMES)
    assert len(parts) == MAX_PARTS and parts[-1].count("?") == 10 - MAX_PARTS + 1


@pytest.mark.parametrize("piece", ["a;", "论文，", "?", "why, Herd? "])
def test_splitting_takes_linear_time(piece: str) -> None:
    """Each stretch between breaks is searched for names once, however many breaks there are."""
    read = list[str]()

    class Noted(PaperNames):
        def find(self, text: str) -> list[Mention]:
            read.append(text)
            return super().find(text)

    asked = piece * (4_000 // len(piece))
    assert "".join(split_questions(asked, Noted([LLAMA, ADAPT]))).startswith(piece.strip())
    assert sum(map(len, read)) <= len(asked)


words = st.sampled_from(
    [TOKENS, MEMORY, "and how", "Herd", "？", "，", "why", " ", "多少", "?", ","]
)


@given(st.lists(words).map("".join))
def test_splitting_loses_no_words(asked: str) -> None:
    """The parts contain every word of the question, in order."""
    parts = split_questions(asked, NAMES)
    place = 0
    for part in parts:
        place = asked.index(part, place) + len(part)
    left = len(asked) - sum(map(len, parts))
    assert left <= (len(parts) - 1) * len(" , but ")


@pytest.mark.parametrize("between", [" ", " And also: "])
def test_each_part_gets_its_sentences(assistant: Assistant, between: str) -> None:
    """The parts share one answer, in their order, with consecutive markers."""
    answer = assistant.ask(f"{MEMORY}{between}{TOKENS}")
    assert [s.lead.partition(":")[0] for s in answer.sentences if s.lead] == [
        "Slim Adapters for Large Models (2021)",
        "Herd",
    ]
    assert "optimizer states" in answer.text and "1.4 trillion" in answer.text
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert [s.citations for s in answer.sentences] == [(c.marker,) for c in answer.citations]


def test_each_part_gets_its_evidence(assistant: Assistant) -> None:
    """The passages alternate between the parts, are ranked from 1, and occur once."""
    hits = assistant.search(f"{TOKENS} {MEMORY}", k=4).hits
    assert [hit.paper.id for hit in hits[:2]] == ["herd", "slim"]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({(hit.paper.id, hit.page, hit.start) for hit in hits}) == len(hits)
    assert hits[0].page == 2


def test_the_model_sees_the_evidence_of_each_part(serve: Serve, assistant: Assistant) -> None:
    """The first two passages contain both facts."""
    server = serve(say("Herd-65B was trained on 1.4 trillion tokens of public text [1]."))
    asking = Assistant(assistant.library, RagConfig(llm="openai:scripted", n_passages=2))
    asking.ask(f"{TOKENS} {MEMORY}")
    assert "1.4 trillion" in server.asked[0].text and "optimizer states" in server.asked[0].text


def test_an_unanswered_part_is_explained(library: SmallLibrary) -> None:
    """If one of two questions is answered, a notice says why the other is not."""
    library.write_pdf("herd")
    library.sync()
    assistant = library.assistant()
    missing = "Which learning rate schedule and GPU cluster did Slim need?"
    answer = assistant.ask(f"{TOKENS} {missing}")
    assert answer.status == "answered" and "1.4 trillion" in answer.text
    [notice] = answer.notices
    assert notice.startswith(f"“{missing}” No evidence") and "not here yet" in notice


def test_if_no_part_is_answered_each_is_refused(library: SmallLibrary) -> None:
    """If none of the questions is answered, there is a notice for each that says why."""
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask(f"{TOKENS} On which GPU cluster was Slim's optimizer run?")
    assert answer.status == "no_evidence" and len(answer.notices) == 2
    assert all("not here yet" in notice for notice in answer.notices)


def test_a_follow_up_may_ask_several_questions(assistant: Assistant) -> None:
    """The first part refers to the previous turn, the second names its own paper."""
    before = [Turn(TOKENS, "1.4 trillion.")]
    asked = f"How many days did its training take on accelerators? {MEMORY}"
    answer = assistant.ask(asked, before)
    assert "21 days" in answer.text and "optimizer states" in answer.text
