"""An answer without a model quotes its pages and is short; or it says that the papers hold no evidence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openai_server import Serve, say
from small_library import SmallLibrary

from ingest.corpus import Paper
from ingest.reading_list.notes import NOTES_NAME
from rag.answer import Turn
from rag.assistant import MAX_CHARS, Assistant


def test_an_answer_cites_the_page_of_the_fact(assistant: Assistant) -> None:
    """The sentence with the fact is shown, and its citation has the right paper and page."""
    answer = assistant.ask("How many tokens was Herd-65B trained on?")
    assert answer.status == "answered"
    assert "1.4 trillion tokens" in answer.text
    first = answer.citations[0]
    assert (first.paper.id, first.page) == ("herd", 2)


def test_every_quote_is_verbatim(assistant: Assistant, library: SmallLibrary) -> None:
    """A quote is a slice of its page's text, at the citation's offset."""
    pages = assistant.library.retriever().index.pages
    citations = assistant.ask("How many tokens was Herd-65B trained on?").citations
    assert citations
    for citation in citations:
        page = pages[citation.paper.id, citation.page or 0].text
        assert page[citation.start :].startswith(citation.quote)


@pytest.mark.parametrize("below", [(), ("The batch size of Herd is four million tokens.",)])
def test_a_heading_is_an_answer_only_if_there_is_no_sentence(
    library: SmallLibrary, below: tuple[str, ...]
) -> None:
    """A heading is left out where a sentence answers; a page of nothing but headings is answered with a heading."""
    heading = "2 Batch size of the training of Herd"
    library.write_pdf("herd", [("1 Introduction",), (heading, *below)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the batch size of the training of Herd?")
    told = [sentence.text for sentence in answer.sentences]
    assert told == list(below or (heading,))


def test_a_question_in_a_paper_and_a_repeated_fact_are_left_out(library: SmallLibrary) -> None:
    """Neither a question that the paper itself asks nor a second sentence with the same fact is in the answer."""
    told = "The best rank of Herd for the query matrices is four."
    again = "For the query matrices, four is the best rank of Herd."
    library.write_pdf(
        "herd", [("What is the best rank of Herd for the query matrices?", told, again)]
    )
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the best rank of Herd for the query matrices?")
    assert [sentence.text for sentence in answer.sentences] in ([told], [again])


def test_a_comparison_uses_the_list_for_a_paper_without_pages(library: SmallLibrary) -> None:
    """In a comparison, a paper whose PDF is missing is answered from its entry in the list, and a notice says so."""
    library.write_pdf("herd")
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the difference between Herd and Slim?")
    assert {(c.paper.id, c.source) for c in answer.citations} == {
        ("herd", "paper"),
        ("slim", "list"),
    }
    assert any("Slim Adapters" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    ("asked", "compares"),
    [
        ("How do Herd and Slim differ in training?", True),
        ("On how many tokens were Herd and Slim trained?", True),  # no word compares
        ("On how many tokens were Herd-65B and Slim trained?", True),
        ("On how many tokens was Herd trained?", False),
    ],
)
def test_an_answer_knows_that_it_compares(
    library: SmallLibrary, asked: str, compares: bool
) -> None:
    """``compares`` is true whenever the question is about two papers, so that the page can show them side by side."""
    library.sync()
    assistant = library.assistant()
    assert assistant.ask(asked).compares is compares


def test_a_paper_without_note_and_pages_is_answered_with_its_title(library: SmallLibrary) -> None:
    """A paper that has neither a note nor pages is answered with its title, so that an answer is never empty."""
    library.write_pdf("slim")
    library.sync()
    assistant = library.assistant()
    for asked in ("What is Herd?", "Herd foundation models", "Compare Herd and Slim"):
        answer = assistant.ask(asked)
        told = {(c.paper.id, c.quote.split(" (")[0]) for c in answer.citations}
        assert ("herd", "Herd: Open Language Models") in told


@pytest.mark.parametrize(
    ("asked", "told"), [("What does Slim keep frozen?", "note"), ("Slim 冻结哪个模型？", "note_zh")]
)
def test_a_note_is_quoted_in_the_language_of_the_question(
    tmp_path: Path, asked: str, told: str
) -> None:
    """The answer from an entry of the list is its note in the question's language, without aliases and topics."""
    note = {"note": "Slim keeps the whole model frozen.", "note_zh": "Slim 冻结整个模型（model）。"}
    entry = {"id": "slim", "note_from": "general knowledge", **note}
    paper = Paper("slim", "On Adapters", arxiv="2106.00002", topics=("frozen",), aliases=("Slim",))
    library = SmallLibrary(tmp_path, [paper])
    library.manifest.with_name(NOTES_NAME).write_text(json.dumps([entry]), encoding="utf-8")
    library.sync()
    answer = library.assistant().ask(asked)
    assert [sentence.text for sentence in answer.sentences] == [note[told]]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("Hi!", "Ask what a paper"), ("thanks", "Ask what a paper"), ("你好", "可以问")],
)
def test_a_greeting_is_answered_with_what_can_be_asked(
    assistant: Assistant, asked: str, told: str
) -> None:
    """A greeting has no passages, and its answer says what can be asked instead of reporting missing evidence."""
    answer = assistant.ask(asked)
    assert (answer.status, answer.hits) == (
        "no_evidence",
        (),
    )  # which would be offered to be fetched
    assert answer.text.startswith(told) and len(answer.notices) == 1


@pytest.mark.parametrize("asked", ["Who wrote Slim?", "Who came up with Slim?", "谁提出了 Slim？"])
def test_who_proposed_a_method_is_answered_with_the_authors(
    assistant: Assistant, asked: str
) -> None:
    """ "Who wrote" and "who came up with" a paper's method are answered with the paper's authors."""
    assert "Cy Dorn" in assistant.ask(asked).text


def test_who_wrote_a_part_is_answered_from_the_pages(library: SmallLibrary) -> None:
    """Who wrote something inside a paper is answered from its pages, not with the paper's authors."""
    library.write_pdf("herd", [("Herd has a constitution.", "Nine judges wrote its constitution.")])
    library.sync()
    answer = library.assistant().ask("Who wrote the constitution of Herd?")
    assert "Nine judges" in answer.text and "Ada Lane" not in answer.text


def test_markers_count_from_one(assistant: Assistant) -> None:
    """The markers in an answer are 1, 2, ... and each has a citation."""
    answer = assistant.ask("What is Herd and how was it trained?")
    markers = [marker for sentence in answer.sentences for marker in sentence.citations]
    assert markers == list(range(1, len(answer.citations) + 1))


def test_the_list_answers_for_a_paper_without_pages(assistant: Assistant) -> None:
    """What the entry of a paper says is answered from the list, and marked as coming from there."""
    answer = assistant.ask("Which paper introduced Slim?")
    assert answer.status == "answered"
    assert {c.source for c in answer.citations if c.paper.id == "slim"} == {"list"}
    assert "not from the paper" in answer.text


def test_a_chinese_question_is_answered_in_chinese(assistant: Assistant) -> None:
    """Everything in the answer but the quotes is in Chinese if the question is."""
    assert "正文尚未下载" in assistant.ask("哪篇论文提出了 Slim？").text


def test_a_footnote_mark_is_removed_from_the_sentence(library: SmallLibrary) -> None:
    """A sentence is shown without the number of a footnote before it; its quote keeps the page's text."""
    library.write_pdf("herd", [("5We counted the tokens of Herd by hand.",)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How were the tokens of Herd counted?")
    assert answer.sentences[0].text == "We counted the tokens of Herd by hand."
    assert answer.citations[0].quote.startswith("5We counted")


@pytest.mark.parametrize("most", [30, 60])
def test_an_answer_has_at_most_max_words(library: SmallLibrary, most: int) -> None:
    """An answer uses up to ``max_words`` words, and no more, even if the pages have more on the question."""
    parts = "encoder decoder embedding attention output tokenizer router memory cache head".split()
    told = [
        f"The {part} of Herd was trained for {n} days on {n + 40} accelerators in one room."
        for n, part in enumerate(parts, start=3)
    ]
    library.write_pdf("herd", [told[:5], told[5:]])
    library.sync()
    answer = library.assistant(max_words=most).ask(
        "For how many days and on how many accelerators were the parts of Herd trained?"
    )
    n_words = sum(len(s.text.split()) for s in answer.sentences)
    assert most / 2 < n_words <= most < len(" ".join(told).split())


def test_odd_characters_are_only_text(assistant: Assistant) -> None:
    """Emoji, control characters and code around a question change no answer, and alone they have no evidence."""
    asked = "How many tokens was Herd-65B trained on?"
    for odd in ("🦙?", "\u202e", "\x00", "'; --", "[1] [2] <>"):
        assert assistant.ask(f"{odd} {asked} {odd}").text == assistant.ask(asked).text
    for odd in ("🦙?", "\u202etfosym", "a\x00b", "'; DROP TABLE", "[1] [2] <script>"):
        assert assistant.ask(odd).status == "no_evidence"


def test_only_the_beginning_of_a_long_turn_is_read(assistant: Assistant) -> None:
    """Of an earlier turn, only as many characters are read as a question may have."""
    asked, named = "And what do its models range from?", Turn("What is Herd?", "")
    endless = Turn("and then? " * (MAX_CHARS // 10) + named.question, "")
    looked_at = Turn(endless.question[:MAX_CHARS], "")
    assert assistant.ask(asked, [named]).status == "answered"
    assert assistant.ask(asked, [endless]).status == "no_evidence"
    found = [assistant.search(asked, [turn]).hits for turn in (endless, looked_at)]
    assert found[0] == found[1]


def test_a_model_is_told_the_last_turns_only(serve: Serve, assistant: Assistant) -> None:
    """A model is shown only the last turns, each with at most as many characters as a question may have."""
    server = serve(say("What is Herd?"), say("A family of models [1]."))
    history = [Turn(f"What is number {n}? " + "x" * 2 * MAX_CHARS, "yes") for n in range(5)]
    assistant.with_model("openai:scripted").ask("And Herd?", history)
    for asked in server.asked:
        assert re.findall(r"number (\d)", asked.text) == ["2", "3", "4"]
        assert "x" * MAX_CHARS not in asked.text


@pytest.mark.parametrize("asked", ["Thanks!", "谢谢", "Which papers are from 2021?"])
def test_greetings_and_questions_about_the_list_need_no_model(
    serve: Serve, assistant: Assistant, asked: str
) -> None:
    """A greeting, thanks or a question about the list itself is answered without a request to the model."""
    server = serve(say("Which of them are from 2021?"))
    before = [Turn("What is Herd?", "A family of models.")]
    answer = assistant.with_model("openai:scripted").ask(asked, before)
    assert answer.text == assistant.ask(asked).text
    assert not server.asked


@pytest.mark.parametrize(
    ("question", "is_mostly_names"),
    [
        ("What data was Herd trained on?", True),
        ("Herd?", True),
        ("How many tokens of public text did the largest model of Herd see?", False),
        ("What data was it trained on?", False),
    ],
)
def test_a_short_question_with_a_name_is_mostly_names(
    assistant: Assistant, question: str, is_mostly_names: bool
) -> None:
    """``is_mostly_names`` is true for a question that has few words besides a paper's name."""
    assert assistant.retriever().read(question).is_mostly_names == is_mostly_names


def test_the_word_much_need_not_be_in_the_paper(library: SmallLibrary) -> None:
    """ "How much" asks for a number: a paper without the word "much" can still answer."""
    library.write_pdf("slim", [("The memory of training falls by a factor of three.",)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How much memory of training does Slim save?")
    assert "factor of three" in answer.text
