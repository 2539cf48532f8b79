"""What the papers do not answer is refused, and invalid questions and filters are errors."""

from __future__ import annotations

import pytest
from small_library import SmallLibrary

from ingest.errors import NoIndex, UsageError
from rag.answer import Turn
from rag.assistant import Assistant
from rag.config import Filters
from rag.generation import refuse


def test_a_question_outside_the_papers_is_refused(assistant: Assistant) -> None:
    """A question that no paper is about has the status "no_evidence", a notice, and no citation."""
    answer = assistant.ask("What is the capital of Mongolia?")
    assert (answer.status, answer.citations) == ("no_evidence", ())
    assert answer.notices


def test_a_refusal_names_the_paper_whose_pages_are_missing(assistant: Assistant) -> None:
    """A question on a detail of a paper whose PDF is missing is refused, and the answer names that paper."""
    answer = assistant.ask("Which learning rate schedule and GPU cluster did Slim need?")
    assert answer.status == "no_evidence"
    assert "Slim Adapters" in answer.text and "not here yet" in answer.text


@pytest.mark.parametrize(
    "asked", ["What is the learning rate used for Slim?", "Slim 的学习率是什么？"]
)
def test_a_note_does_not_answer_a_question_for_a_value(assistant: Assistant, asked: str) -> None:
    """A question for a value is refused if the paper's PDF is missing: the note in the list is no answer."""
    answer = assistant.ask(asked)
    assert (answer.status, answer.citations) == ("no_evidence", ())


@pytest.mark.parametrize(
    ("told", "status"),
    [("by hand in five days", "answered"), ("by hand in a dry room", "no_evidence")],
)
def test_a_value_that_no_page_gives_is_refused(
    library: SmallLibrary, told: str, status: str
) -> None:
    """A page with the question's words but without a value of the kind asked for is no answer."""
    library.write_pdf("herd", [(f"The counting of all tokens was done {told}.", "It was dull.")])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How many days did they need in Herd for the counting of tokens?")
    assert answer.status == status


def test_a_paper_mentioned_in_passing_does_not_cause_a_refusal(assistant: Assistant) -> None:
    """A question that describes one paper is answered from it, even if it names another whose PDF is missing."""
    answer = assistant.ask(
        "Unlike Slim, the family of language models from 7B to 65B parameters was trained on how "
        "many trillion tokens of public text?"
    )
    assert answer.status == "answered"
    assert "1.4 trillion tokens" in answer.text


def test_a_question_with_an_unknown_name_is_refused(assistant: Assistant) -> None:
    """A question about a name that no page has is refused, even if all its other words are on a page."""
    asked = "How many tokens was {} trained on?"
    assert assistant.ask(asked.format("Herd-65B")).status == "answered"
    assert assistant.ask(asked.format("Zebra-65B")).status == "no_evidence"


def test_a_question_with_an_unknown_version_is_refused(library: SmallLibrary) -> None:
    """A version is unknown unless a page has its name and its number together."""
    page = ("1 Introduction", "We compare Yak 2 and Gnu at 3 sizes; Yak 2 was trained on 9 tokens.")
    library.write_pdf("herd", (page,))
    library.sync()
    assistant = library.assistant()
    asked = "On how many tokens was {} trained?"
    assert assistant.ask(asked.format("Yak 2")).status == "answered"
    assert assistant.ask(asked.format("Yak-2")).status == "answered"
    assert assistant.ask(asked.format("Yak 3")).status == "no_evidence"


def test_a_passage_of_another_paper_does_not_answer(library: SmallLibrary) -> None:
    """If a question names a paper, a passage of another paper does not answer it, even with all the question's words."""
    library.write_pdf("herd")
    other = (
        "Prose about animals, hills, grass, weather, rivers, roads, farms, towns, seas and trees."
    )
    split = "Rare words are split by byte pair encoding with merges."
    library.write_pdf("slim", [(other, split, other)])
    library.sync()
    assistant = library.assistant()
    asked = "Are rare words split by byte pair encoding with merges in {}?"
    assert assistant.ask(asked.format("Slim")).status == "answered"
    assert assistant.ask(asked.format("Herd")).status == "no_evidence"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("x" * 5000, "too long: 5,000 characters"),
        ("bad \ud83d", "not a character"),
    ],
)
def test_an_invalid_question_is_a_usage_error(assistant: Assistant, asked: str, said: str) -> None:
    """A question that is empty, too long or contains half a character is a usage error."""
    with pytest.raises(UsageError, match=said):
        assistant.ask(asked)


@pytest.mark.parametrize("k", [0, -1])
def test_a_search_for_no_passage_is_refused(assistant: Assistant, k: int) -> None:
    """A search for zero or fewer passages is a usage error."""
    with pytest.raises(UsageError, match=f"{k} passages cannot be found"):
        assistant.search("What is Herd?", k=k)


def test_an_invalid_character_in_an_earlier_turn_is_a_usage_error(assistant: Assistant) -> None:
    """The earlier turns are checked for invalid characters as the question is."""
    with pytest.raises(UsageError, match=r"'\\udcff', which is not a character"):
        assistant.ask("And then?", [Turn("caf\udcff", "")])


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(papers=("herd", "herb")), "Not in the index: herb.\n  Did you mean herd?"),
        (Filters(papers=("nosuch",)), "askpapers sync"),
        (Filters(topics=("tunning",)), "the topic tunning.\n  Did you mean tuning?"),
        (Filters(topics=("nosuch",)), "Choose from foundation-models, tuning."),
        (Filters(lists=("x",)), "No paper is in the list x.\n  Choose from mine."),
        (Filters(years=(1800, 1900)), "The papers date from 2021 to 2023."),
        (Filters(papers=("slim",), lists=("mine",)), "No paper meets all of these filters."),
    ],
)
def test_filters_that_no_paper_meets_are_a_usage_error(
    assistant: Assistant, filters: Filters, said: str
) -> None:
    """Filters that no paper meets are a usage error that names what there is to choose from."""
    for ask in (assistant.ask, assistant.search):
        with pytest.raises(UsageError) as caught:
            ask("How was Herd trained?", (), filters)
        assert said in str(caught.value)


def test_without_an_index_the_error_names_the_command(library: SmallLibrary) -> None:
    """A question before the first sync raises an error that names ``askpapers sync``."""
    with pytest.raises(NoIndex, match="askpapers sync"):
        library.assistant().ask("What?")


def test_a_paper_outside_the_filters_is_not_quoted(assistant: Assistant) -> None:
    """If the filters leave out the paper that a question names, its sentences are not quoted."""
    only_slim = Filters(papers=("slim",))
    for question in ("Who wrote Herd?", "What is Herd?"):
        answer = assistant.ask(question, filters=only_slim)
        assert answer.status == "no_evidence", question
    assert assistant.ask("What is Slim?", filters=only_slim).status == "answered"


@pytest.mark.parametrize(
    ("least", "unsure"), [(refuse.MIN_EVIDENCE, False), (refuse.SURE_EVIDENCE + 1, True)]
)
def test_an_answer_says_if_little_speaks_for_it(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, least: float, unsure: bool
) -> None:
    """An answer whose evidence scores below what is sure has a notice in front, in the question's language."""
    monkeypatch.setattr(refuse, "SURE_EVIDENCE", least)
    english = assistant.ask("How many tokens was Herd-65B trained on?")
    chinese = assistant.ask("Herd-65B 用了多少 token 训练？")
    assert (english.status, chinese.status) == ("answered", "answered")
    assert any("Less certain" in notice for notice in english.notices) == unsure
    assert any("把握" in notice for notice in chinese.notices) == unsure


@pytest.mark.parametrize(("least", "close"), [(1.0, False), (-1.0, True)])
def test_a_refusal_says_if_a_passage_comes_close(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, least: float, close: bool
) -> None:
    """A refusal is not certain if the evidence scores only just below what an answer needs."""
    monkeypatch.setattr(refuse, "CLOSE_EVIDENCE", least)
    answer = assistant.ask("What is the capital of Mongolia?")
    assert answer.status == "no_evidence"
    assert any("comes close" in notice for notice in answer.notices) == close
