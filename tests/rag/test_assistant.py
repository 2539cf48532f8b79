"""An answer is verbatim, short and cited; or it says that the list does not hold it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openai_server import Serve, say
from small_library import SmallLibrary

from ingest.corpus import Paper
from ingest.errors import NoIndex, UsageError
from ingest.reading_list.notes import NOTES_NAME
from rag.answer import Turn
from rag.assistant import MAX_CHARS, Assistant
from rag.config import Filters, RagConfig
from rag.library import Library


def test_the_answer_names_its_page(assistant: Assistant) -> None:
    """The sentence with the fact is shown with the page that it stands on."""
    answer = assistant.ask("How many tokens was Herd-65B trained on?")
    assert answer.status == "answered"
    assert "1.4 trillion tokens" in answer.text
    first = answer.citations[0]
    assert (first.paper.id, first.page) == ("herd", 2)


def test_every_quote_is_verbatim(assistant: Assistant, library: SmallLibrary) -> None:
    """A quote is the slice of its page that its offset says."""
    pages = assistant.library.retriever().index.pages
    citations = assistant.ask("How many tokens was Herd-65B trained on?").citations
    assert citations
    for citation in citations:
        page = pages[citation.paper.id, citation.page or 0].text
        assert page[citation.start :].startswith(citation.quote)


@pytest.mark.parametrize("below", [(), ("The batch size of Herd is four million tokens.",)])
def test_a_heading_is_told_only_where_there_is_nothing_else(
    library: SmallLibrary, below: tuple[str, ...]
) -> None:
    """Beside sentences it is none; slides that hold nothing but headings are answered with those."""
    heading = "2 Batch size of the training of Herd"
    library.write_pdf("herd", [("1 Introduction",), (heading, *below)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the batch size of the training of Herd?")
    told = [sentence.text for sentence in answer.sentences]
    assert told == list(below or (heading,))


def test_a_question_answers_none(library: SmallLibrary) -> None:
    """What the paper itself asks is not told, nor what it says a second time."""
    told = "The best rank of Herd for the query matrices is four."
    again = "For the query matrices, four is the best rank of Herd."
    library.write_pdf(
        "herd", [("What is the best rank of Herd for the query matrices?", told, again)]
    )
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the best rank of Herd for the query matrices?")
    assert [sentence.text for sentence in answer.sentences] in ([told], [again])


def test_a_comparison_tells_of_a_paper_that_is_not_here(library: SmallLibrary) -> None:
    """Its side is told from the list, and that this is so."""
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
    """The page shows the papers side by side, whatever the question's words."""
    library.sync()
    assistant = library.assistant()
    assert assistant.ask(asked).compares is compares


def test_an_entry_without_a_note_tells_its_title(library: SmallLibrary) -> None:
    """An answer is never empty: Herd has no note, and no page here."""
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
def test_an_entry_is_told_in_the_language_of_the_question(
    tmp_path: Path, asked: str, told: str
) -> None:
    """Its note, and not its nicknames and topics."""
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
def test_a_greeting_is_no_question(assistant: Assistant, asked: str, told: str) -> None:
    """It is told what can be asked, and not that the papers hold no evidence of it."""
    answer = assistant.ask(asked)
    assert (answer.status, answer.hits) == (
        "no_evidence",
        (),
    )  # which would be offered to be fetched
    assert answer.text.startswith(told) and len(answer.notices) == 1


@pytest.mark.parametrize("asked", ["Who wrote Slim?", "Who came up with Slim?", "谁提出了 Slim？"])
def test_who_a_paper_is_by(assistant: Assistant, asked: str) -> None:
    """Who proposed what a paper proposes is who wrote it."""
    assert "Cy Dorn" in assistant.ask(asked).text


def test_who_wrote_something_else(library: SmallLibrary) -> None:
    """What is written in a paper was not written by its authors for that."""
    library.write_pdf("herd", [("Herd has a constitution.", "Nine judges wrote its constitution.")])
    library.sync()
    answer = library.assistant().ask("Who wrote the constitution of Herd?")
    assert "Nine judges" in answer.text and "Ada Lane" not in answer.text


def test_markers_count_from_one(assistant: Assistant) -> None:
    """Every marker of a sentence has its citation."""
    answer = assistant.ask("What is Herd and how was it trained?")
    markers = [marker for sentence in answer.sentences for marker in sentence.citations]
    assert markers == list(range(1, len(answer.citations) + 1))


def test_what_the_list_does_not_hold_is_refused(assistant: Assistant) -> None:
    """No evidence is an answer, without citations."""
    answer = assistant.ask("What is the capital of Mongolia?")
    assert (answer.status, answer.citations) == ("no_evidence", ())
    assert answer.notices


def test_a_paper_that_is_not_here_is_named(assistant: Assistant) -> None:
    """A detail of a paper without pages is refused, and the reason is said."""
    answer = assistant.ask("Which learning rate schedule and GPU cluster did Slim need?")
    assert answer.status == "no_evidence"
    assert "Slim Adapters" in answer.text and "not here yet" in answer.text


@pytest.mark.parametrize(
    "asked", ["What is the learning rate used for Slim?", "Slim 的学习率是什么？"]
)
def test_a_note_does_not_answer_for_a_value(assistant: Assistant, asked: str) -> None:
    """However the value is asked for: the note of a paper that is not here gives none."""
    answer = assistant.ask(asked)
    assert (answer.status, answer.citations) == ("no_evidence", ())


@pytest.mark.parametrize(
    ("told", "status"),
    [("by hand in five days", "answered"), ("by hand in a dry room", "no_evidence")],
)
def test_a_value_that_no_page_gives_is_refused(
    library: SmallLibrary, told: str, status: str
) -> None:
    """The page has the question's words, and no such value."""
    library.write_pdf("herd", [(f"The counting of all tokens was done {told}.", "It was dull.")])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How many days did they need in Herd for the counting of tokens?")
    assert answer.status == status


def test_a_paper_that_is_not_here_may_be_named_in_passing(assistant: Assistant) -> None:
    """A long question that describes another paper is answered from that one."""
    answer = assistant.ask(
        "Unlike Slim, the family of language models from 7B to 65B parameters was trained on how "
        "many trillion tokens of public text?"
    )
    assert answer.status == "answered"
    assert "1.4 trillion tokens" in answer.text


def test_the_list_answers_for_a_paper_that_is_not_here(assistant: Assistant) -> None:
    """What the entry holds is answered, marked as coming from the list."""
    answer = assistant.ask("Which paper introduced Slim?")
    assert answer.status == "answered"
    assert {c.source for c in answer.citations if c.paper.id == "slim"} == {"list"}
    assert "not from the paper" in answer.text


def test_a_chinese_question_is_answered_in_chinese(assistant: Assistant) -> None:
    """What is not a quote is in the question's language."""
    assert "正文尚未下载" in assistant.ask("哪篇论文提出了 Slim？").text


def test_the_mark_of_a_footnote_is_not_told(library: SmallLibrary) -> None:
    """The sentence reads without it; the quote is as it stands on the page."""
    library.write_pdf("herd", [("5We counted the tokens of Herd by hand.",)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How were the tokens of Herd counted?")
    assert answer.sentences[0].text == "We counted the tokens of Herd by hand."
    assert answer.citations[0].quote.startswith("5We counted")


def test_a_name_that_nobody_mentions_is_refused(assistant: Assistant) -> None:
    """However near the rest of the question comes."""
    asked = "How many tokens was {} trained on?"
    assert assistant.ask(asked.format("Herd-65B")).status == "answered"
    assert assistant.ask(asked.format("Zebra-65B")).status == "no_evidence"


def test_a_version_that_nobody_mentions_is_refused(library: SmallLibrary) -> None:
    """Its name and its number stand in the papers, but not together."""
    page = ("1 Introduction", "We compare Yak 2 and Gnu at 3 sizes; Yak 2 was trained on 9 tokens.")
    library.write_pdf("herd", (page,))
    library.sync()
    assistant = library.assistant()
    asked = "On how many tokens was {} trained?"
    assert assistant.ask(asked.format("Yak 2")).status == "answered"
    assert assistant.ask(asked.format("Yak-2")).status == "answered"
    assert assistant.ask(asked.format("Yak 3")).status == "no_evidence"


def test_a_passage_of_another_paper_does_not_answer(library: SmallLibrary) -> None:
    """It has all the words of the question, and the paper that is asked about has none of them."""
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


@pytest.mark.parametrize("asked", ["", "  \n", "x" * 5000, "bad \ud83d"])
def test_what_is_no_question_is_refused(assistant: Assistant, asked: str) -> None:
    """An empty or endless question, or what is no text, is a mistake of the asker."""
    with pytest.raises(UsageError):
        assistant.ask(asked)


@pytest.mark.parametrize("k", [0, -1])
def test_a_search_for_no_passage_is_refused(assistant: Assistant, k: int) -> None:
    """And not taken for one that leaves out the last."""
    with pytest.raises(UsageError, match=f"{k} passages cannot be found"):
        assistant.search("What is Herd?", k=k)


def test_a_turn_that_is_no_text_is_refused(assistant: Assistant) -> None:
    """The turns before are read together with the question."""
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
def test_filters_that_no_paper_meets_are_told(
    assistant: Assistant, filters: Filters, said: str
) -> None:
    """With what there is: that no paper knows the answer would be another thing."""
    for ask in (assistant.ask, assistant.search):
        with pytest.raises(UsageError) as caught:
            ask("How was Herd trained?", (), filters)
        assert said in str(caught.value)


def test_before_the_first_sync(library: SmallLibrary) -> None:
    """Without any index the error says what to do."""
    with pytest.raises(NoIndex, match="askpapers sync"):
        library.assistant().ask("What?")


@pytest.mark.parametrize("most", [30, 60])
def test_an_answer_is_short(library: SmallLibrary, most: int) -> None:
    """It takes the room that it has, and no more, though the pages say much more on the question."""
    parts = "encoder decoder embedding attention output tokenizer router memory cache head".split()
    told = [
        f"The {part} of Herd was trained for {n} days on {n + 40} accelerators in one room."
        for n, part in enumerate(parts, start=3)
    ]
    library.write_pdf("herd", [told[:5], told[5:]])
    library.sync()
    config = RagConfig(max_words=most)
    answer = Assistant(Library(library.workspace, library.embedder), config).ask(
        "For how many days and on how many accelerators were the parts of Herd trained?"
    )
    n_words = sum(len(s.text.split()) for s in answer.sentences)
    assert most / 2 < n_words <= most < len(" ".join(told).split())


def test_a_term_of_another_script_harms_nothing(assistant: Assistant) -> None:
    """Odd characters, control characters and emoji are only text."""
    asked = "How many tokens was Herd-65B trained on?"
    for odd in ("🦙?", "\u202e", "\x00", "'; --", "[1] [2] <>"):
        assert assistant.ask(f"{odd} {asked} {odd}").text == assistant.ask(asked).text
    for odd in ("🦙?", "\u202etfosym", "a\x00b", "'; DROP TABLE", "[1] [2] <script>"):
        assert assistant.ask(odd).status == "no_evidence"


def test_of_a_turn_as_much_is_looked_at_as_a_question_may_have(assistant: Assistant) -> None:
    """However long an earlier turn is, it costs no more time than a question."""
    asked, named = "And what do its models range from?", Turn("What is Herd?", "")
    endless = Turn("and then? " * (MAX_CHARS // 10) + named.question, "")
    looked_at = Turn(endless.question[:MAX_CHARS], "")
    assert assistant.ask(asked, [named]).status == "answered"
    assert assistant.ask(asked, [endless]).status == "no_evidence"
    found = [assistant.search(asked, [turn]).hits for turn in (endless, looked_at)]
    assert found[0] == found[1]


def test_a_model_is_told_the_last_turns_only(serve: Serve, assistant: Assistant) -> None:
    """Each in as many characters as a question may have."""
    server = serve(say("What is Herd?"), say("A family of models [1]."))
    history = [Turn(f"What is number {n}? " + "x" * 2 * MAX_CHARS, "yes") for n in range(5)]
    assistant.with_model("openai:scripted").ask("And Herd?", history)
    for asked in server.asked:
        assert re.findall(r"number (\d)", asked.text) == ["2", "3", "4"]
        assert "x" * MAX_CHARS not in asked.text


@pytest.mark.parametrize("asked", ["Thanks!", "谢谢", "Which papers are from 2021?"])
def test_a_model_is_not_asked_what_needs_none(
    serve: Serve, assistant: Assistant, asked: str
) -> None:
    """Nothing of the turns before belongs to a greeting, or to a question that the list itself answers."""
    server = serve(say("Which of them are from 2021?"))
    before = [Turn("What is Herd?", "A family of models.")]
    answer = assistant.with_model("openai:scripted").ask(asked, before)
    assert answer.text == assistant.ask(asked).text
    assert not server.asked


def test_the_name_of_a_paper_that_is_not_asked_is_a_word(assistant: Assistant) -> None:
    """Who asks one paper alone about another gets what that one says of it, never its own sentences."""
    only_slim = Filters(papers=("slim",))
    for question in ("Who wrote Herd?", "What is Herd?"):
        answer = assistant.ask(question, filters=only_slim)
        assert answer.status == "no_evidence", question
    assert assistant.ask("What is Slim?", filters=only_slim).status == "answered"


@pytest.mark.parametrize(
    ("question", "is_mostly_names"),
    [
        ("What data was Herd trained on?", True),
        ("Herd?", True),
        ("How many tokens of public text did the largest model of Herd see?", False),
        ("What data was it trained on?", False),
    ],
)
def test_a_short_question_is_hardly_more_than_a_name(
    assistant: Assistant, question: str, is_mostly_names: bool
) -> None:
    """Any paper could answer the rest of it: then the one that is named is meant."""
    assert assistant.retriever().read(question).is_mostly_names == is_mostly_names


def test_an_amount_is_no_word_that_a_paper_lacks(library: SmallLibrary) -> None:
    """ "How much" is answered by a number, and a short paper has no "much"."""
    library.write_pdf("slim", [("The memory of training falls by a factor of three.",)])
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("How much memory of training does Slim save?")
    assert "factor of three" in answer.text
