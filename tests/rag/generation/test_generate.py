"""A model's answer is believed only as far as the pages do, whatever the model says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openai_server import ModelServer, Say, Serve, say
from small_library import SmallLibrary

from ingest.errors import ModelError
from rag.answer import Answer, Replacement, Turn
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.generation.budget import ANSWER_TOKENS
from rag.generation.prompts import REFUSAL, VERSION
from rag.library import Library

ASKED = "How many tokens was Herd-65B trained on?"
TRUE = "Herd-65B was trained on 1.4 trillion tokens of public text"


@pytest.fixture
def ask(whole_library: SmallLibrary) -> Callable[..., Answer]:
    """Ask with a scripted model."""

    def answer(asked: str = ASKED, *, history: tuple[Turn, ...] = (), **config: object) -> Answer:
        settings = RagConfig(llm="openai:scripted", **config)  # type: ignore[arg-type]
        return Assistant(Library(whole_library.workspace, whole_library.embedder), settings).ask(
            asked, history
        )

    return answer


def number_of(server: ModelServer, words: str) -> int:
    """The number under which the model was shown the passage with ``words``."""
    before = server.asked[0].text.partition(words)[0]
    return int(before.rpartition('<passage number="')[2].partition('"')[0])


def test_a_supported_answer_has_its_page_and_words(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A true sentence with the right mark is supported, its quote verbatim on its page."""
    serve(say(f"{TRUE} [1]."))
    answer = ask()
    assert answer.status == "answered"
    assert [s.support for s in answer.sentences] == ["supported"]
    citation = answer.citations[0]
    assert (citation.paper.id, citation.page) == ("herd", 2)
    assert "1.4 trillion tokens" in citation.quote


def test_every_quote_is_verbatim(
    serve: Serve, ask: Callable[..., Answer], whole_library: SmallLibrary
) -> None:
    """The quote is the slice of the page's text that its offset says."""
    serve(say(f"{TRUE} [1]. Training took 21 days on 2048 accelerators [1]."))
    pages = Library(whole_library.workspace, whole_library.embedder).retriever().index.pages
    citations = ask().citations
    assert len(citations) == 2
    for citation in citations:
        page = pages[citation.paper.id, citation.page or 0].text
        assert page[citation.start :].startswith(citation.quote)


@pytest.mark.parametrize("mark", ["", " [2]", " [3]", " [9]"])
def test_a_missing_or_wrong_mark_is_mended(
    serve: Serve, ask: Callable[..., Answer], mark: str
) -> None:
    """Which passage says it is found by the check, not taken from the model."""
    server = serve(say(f"{TRUE}{mark}."))
    answer = ask()
    assert [s.support for s in answer.sentences] == ["supported"]
    assert (answer.citations[0].paper.id, answer.citations[0].page) == ("herd", 2)
    right = number_of(server, "1.4 trillion")
    assert any(n.startswith("Corrected") for n in answer.notices) == (mark != f" [{right}]")


@pytest.mark.parametrize(
    "wrong",
    [
        "Herd-65B was trained on 2.4 trillion tokens of public text",
        "Herd-65B was trained on 1.4 billion tokens of public text",
        "Slim-65B was trained on 1.4 trillion tokens of public text",
        "Herd-65B was not trained on 1.4 trillion tokens of public text",
        "Bananas are grown by monks in the mountains of Peru",
    ],
)
def test_what_the_pages_do_not_say_is_not_supported(
    serve: Serve, ask: Callable[..., Answer], wrong: str
) -> None:
    """A swapped number, unit or name, an added negation, an invention: never supported."""
    serve(say(f"{wrong} [1]."))
    (sentence,) = ask().sentences
    assert sentence.support != "supported"


def test_markers_count_from_one_in_order(serve: Serve, ask: Callable[..., Answer]) -> None:
    """Whatever numbers the model used, the reader's count from 1 as they appear."""
    serve(
        say(
            f"Training took 21 days on 2048 accelerators [2]. {TRUE} [2]. "
            "Herd-65B was trained on 1.4 trillion tokens [1]."
        )
    )
    answer = ask()
    assert [s.citations for s in answer.sentences] == [(1,), (2,), (2,)]
    assert [c.marker for c in answer.citations] == [1, 2]


def test_unknown_marks_are_counted(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The reader is told how many marks pointed nowhere."""
    serve(say(f"{TRUE} [1][77]."))
    assert any(notice.startswith("Removed 1 citation mark pointing") for notice in ask().notices)


@pytest.mark.parametrize(
    "refusal",
    [
        REFUSAL,
        f"**{REFUSAL}**",
        "The passages do not provide this information.",
        "I cannot answer this from the passages.",
        "It is not specified on how many tokens Herd-65B was trained.",
        "Unfortunately, none of the passages mention the number of tokens.",
        "根据提供的段落，无法回答这个问题。",
    ],
)
def test_a_refusal_is_no_evidence(serve: Serve, ask: Callable[..., Answer], refusal: str) -> None:
    """The fixed refusal, and what models say in its place, become the status."""
    serve(say(refusal))
    answer = ask()
    assert (answer.status, answer.citations) == ("no_evidence", ())
    assert any("No evidence" in notice for notice in answer.notices)


def test_what_a_page_denies_is_no_refusal(
    serve: Serve, ask: Callable[..., Answer], whole_library: SmallLibrary
) -> None:
    """A sentence that sounds like one stays where it has a mark and a page says it."""
    page = "There is no evidence that private text was used in the training of Herd-65B."
    whole_library.write_pdf("herd", [("2 Training", page)])
    whole_library.sync()
    serve(say(f"{page[:-1]} [1]. There is no mention of cats in Oslo [1]."))
    answer = ask("Was private text used in the training of Herd-65B?")
    assert [(s.text, s.support) for s in answer.sentences] == [(page, "supported")]
    assert any("do not answer the whole question" in notice for notice in answer.notices)


def test_a_refusing_clause_beside_a_claim_refuses_only_its_part(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """The claim stays, also where the model set no mark."""
    serve(say(f"The passages do not mention the price, but {TRUE}."))
    answer = ask()
    assert answer.status == "answered" and TRUE in answer.sentences[0].text


def test_a_poor_draft_is_tried_once_more(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The model is told what was not supported, and the better answer is kept."""
    wrong = "Herd-65B was trained on 9.9 trillion tokens of private text"
    server = serve(say(f"{wrong} [1]."), say(f"{TRUE} [1]."))
    answer = ask()
    assert len(server.asked) == 2
    assert wrong in server.asked[1].text and wrong not in server.asked[0].text
    assert [s.support for s in answer.sentences] == ["supported"]


def test_a_worse_second_draft_is_not_kept(serve: Serve, ask: Callable[..., Answer]) -> None:
    """Two of four supported beats none of one."""
    half = f"{TRUE} [1]. It was painted blue by nine robots [1]."
    server = serve(say(half), say("Robots painted it green in Oslo [1]."))
    assert [s.support for s in ask().sentences] == ["supported", "unsupported"]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("asked", "notice"), [(ASKED, "its first draft"), (f"{ASKED} 请回答", "初稿")]
)
def test_the_first_draft_stays_where_the_second_fails(
    serve: Serve, ask: Callable[..., Answer], asked: str, notice: str
) -> None:
    """What the pages support is not lost with it, and the reader is told."""
    half = f"{TRUE} [1]. It was painted blue by nine robots [1]."
    serve(say(half), Say(status=401, error="no"))
    answer = ask(asked)
    assert [s.support for s in answer.sentences] == ["supported", "unsupported"]
    assert any(notice in told for told in answer.notices)


def test_a_good_draft_is_not_tried_again(serve: Serve, ask: Callable[..., Answer]) -> None:
    """One question, one request."""
    server = serve(say(f"{TRUE} [1]."))
    ask()
    assert len(server.asked) == 1


def test_unsupported_sentences_are_marked(serve: Serve, ask: Callable[..., Answer]) -> None:
    """What no page supports stays, without a citation and marked."""
    serve(say(f"{TRUE} [1]. It was painted blue by nine robots in Oslo [1]."))
    last = ask().sentences[-1]
    assert (last.support, last.citations) == ("unsupported", ())


def test_strict_drops_them_and_says_how_many(serve: Serve, ask: Callable[..., Answer]) -> None:
    """With --strict only what the pages support is left, and the reader is told."""
    serve(say(f"{TRUE} [1]. It was painted blue by nine robots in Oslo [1]."))
    answer = ask(strict=True)
    assert [s.support for s in answer.sentences] == ["supported"]
    assert any(notice.startswith("Left out 1 sentence ") for notice in answer.notices)


def test_strict_with_nothing_left_is_no_evidence(serve: Serve, ask: Callable[..., Answer]) -> None:
    """An answer without a supported sentence is none."""
    serve(say("It was painted blue by nine robots in Oslo [1]."))
    assert ask(strict=True).status == "no_evidence"


@pytest.mark.parametrize("text", ["", "   \n", "<think>only thoughts</think>", "[1] [2]"])
def test_an_empty_answer_is_an_error(serve: Serve, ask: Callable[..., Answer], text: str) -> None:
    """A model that says nothing is said to have said nothing."""
    serve(say(text))
    with pytest.raises(ModelError, match="empty"):
        ask()


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (say("<think>I go on and on"), "only its thoughts"),
        (Say(["**Answer:**"], finish="length"), "length limit"),
        (Say([""], finish="content_filter"), "filter withheld"),
        (Say([""], finish="tool_calls"), "called a tool"),
        (say(""), "empty answer\\."),
    ],
)
def test_an_empty_answer_has_a_reason(
    serve: Serve, ask: Callable[..., Answer], reply: Say, why: str
) -> None:
    """Which of them it is decides what to do."""
    serve(reply)
    with pytest.raises(ModelError, match=why):
        ask()


def test_a_short_answer_is_judged_with_its_question(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A bare number is supported where the passage gives it for what was asked."""
    serve(say("1.4 trillion [1]."))
    answer = ask("On how many trillion tokens of public text was Herd-65B trained?")
    assert answer.sentences[0].support == "supported"


@pytest.mark.parametrize("said", ["Bananas [1].", "Yes [1].", "香蕉 [1]。", "qV�Z�qV [1]"])
def test_a_short_answer_that_no_page_has_is_not_supported(
    serve: Serve, ask: Callable[..., Answer], said: str
) -> None:
    """The question's words, which the pages have, do not speak for the answer's."""
    serve(say(said))
    assert [s.support for s in ask().sentences] == ["unsupported"]


@pytest.mark.parametrize(
    ("said", "support"),
    [
        ("Herd-65B 在 1.4 万亿个公开文本 tokens 上训练 [1]。", "supported"),
        ("Herd-65B 在 2.4 万亿个公开文本 tokens 上训练 [1]。", "unsupported"),
        ("Herd-65B 不在 1.4 万亿个公开文本 tokens 上训练 [1]。", "unsupported"),
        ("Herd-65B 猴猫狗鱼鸟虎豹熊狼羊 1.4 万亿 tokens 训练 [1]。", "partly"),
    ],
)
def test_a_chinese_sentence_is_checked_as_far_as_it_is_understood(
    serve: Serve, ask: Callable[..., Answer], said: str, support: str
) -> None:
    """By the glossary: numbers and negations count, and what is not understood is not called true."""
    serve(say(said))
    assert [s.support for s in ask().sentences] == [support]


def test_a_broken_reply_is_checked_and_said_to_be_broken(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """What came before the break is kept."""
    serve(Say([f"{TRUE} [1]. And"], cut=True))
    answer = ask()
    assert answer.sentences[0].support == "supported"
    assert any("cut off" in notice for notice in answer.notices)


def test_less_evidence_is_tried_where_the_context_is_too_small(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A server that refuses the length gets half of the passages, and the reader is told."""
    full = Say(status=400, error="maximum context length is 512 tokens")
    server = serve(full, say(f"{TRUE} [1]."))
    answer = ask()
    n_passages = [asked.text.count("<passage number=") for asked in server.asked]
    assert n_passages[1] == n_passages[0] // 2
    assert any("did not fit" in notice for notice in answer.notices)


def long_assistant(library: SmallLibrary) -> Assistant:
    """One with more evidence than its model's 4,096 tokens can hold."""
    fact = "Herd-65B was trained on {} trillion tokens of public text in its run of that number."
    pages = [("2 Training", *(fact.format(100 * i + k) for k in range(12))) for i in range(1, 25)]
    library.write_pdf("herd", pages)
    library.sync()
    settings = RagConfig(llm="ollama:scripted", n_passages=24)
    return Assistant(Library(library.workspace, library.embedder), settings)


def test_what_was_wrong_with_a_draft_takes_room_from_the_evidence(
    serve: Serve, library: SmallLibrary
) -> None:
    """The second request holds the sentences that no page supports, and still fits."""
    wrong = " ".join(f"Nobody counted the {i} grey llamas of Peru [1]." for i in range(90))
    server = serve(say(wrong), say(f"{TRUE} [1]."))
    long_assistant(library).ask(ASKED)
    first, second = server.asked
    n_shown = [asked.text.count("<passage number=") for asked in (first, second)]
    assert 0 < n_shown[1] < n_shown[0]
    assert len(second.text.split()) < 4096 - ANSWER_TOKENS


def test_evidence_is_cut_to_a_known_context(serve: Serve, library: SmallLibrary) -> None:
    """A model whose context is known is not given more than it can read, and the reader is told."""
    server = serve(say(f"{TRUE}."))
    answer = long_assistant(library).ask(ASKED)
    [asked, *_] = server.asked
    n_shown = asked.text.count("<passage number=")
    assert asked.body["options"]["num_ctx"] == 4096
    assert 3 < n_shown < len(answer.hits)
    assert len(asked.text.split()) < 4096 - ANSWER_TOKENS
    left_out = f"{len(answer.hits) - n_shown} passages did not fit"
    assert any(notice.startswith(left_out) for notice in answer.notices)


def test_the_text_streams_before_the_answer(serve: Serve, whole_library: SmallLibrary) -> None:
    """The model's words come as they are written, the checked answer last."""
    serve(say(f"<think>Hm.</think>{TRUE} [1]."))
    assistant = Assistant(
        Library(whole_library.workspace, whole_library.embedder), RagConfig(llm="openai:scripted")
    )
    *pieces, answer = assistant.stream(ASKED)
    assert "".join(str(piece) for piece in pieces) == f"{TRUE} [1]."
    assert isinstance(answer, Answer)


def test_thoughts_that_were_streamed_are_taken_back(
    serve: Serve, whole_library: SmallLibrary
) -> None:
    """Where only their end tells that they were thoughts, the answer behind it replaces them."""
    serve(say(f"The user asks for tokens.\n</think>\n\n{TRUE} [1]."))
    assistant = Assistant(
        Library(whole_library.workspace, whole_library.embedder), RagConfig(llm="openai:scripted")
    )
    shown = ""
    for piece in assistant.stream(ASKED):
        if isinstance(piece, Answer):
            assert [s.text for s in piece.sentences] == [f"{TRUE}."]
        else:
            shown = piece.text if isinstance(piece, Replacement) else shown + piece
    assert shown == f"{TRUE} [1]."


def test_an_abandoned_answer_stops_the_request(serve: Serve, whole_library: SmallLibrary) -> None:
    """Who leaves the chat leaves no request running."""
    server = serve(Say(["word "], endless=True))
    assistant = Assistant(
        Library(whole_library.workspace, whole_library.embedder), RagConfig(llm="openai:scripted")
    )
    steps = assistant.stream(ASKED)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(10)


def test_the_conversation_is_shown(serve: Serve, ask: Callable[..., Answer]) -> None:
    """A follow-up is answered by a model that has read the turns before."""
    server = serve(say(f"{TRUE} [1]."))
    ask(
        "And on how many tokens of public text was it trained?",
        history=(Turn("What is Herd?", "A family of models."),),
    )
    assert "A family of models." in server.asked[0].text


def test_a_follow_up_is_searched_as_it_stands_alone(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """The evidence and the answer are for the question with its names; the answer keeps the words."""
    follow_up = "How many tokens was it trained on?"
    server = serve(say(ASKED), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What about the 65B one?", "It is in Herd."),))
    assert answer.question == follow_up
    assert answer.run and answer.run.asked == ASKED
    assert f"Question: {ASKED}" in server.asked[1].text
    assert [s.support for s in answer.sentences] == ["supported"]


def test_an_answer_in_place_of_a_rewritten_question_is_not_searched(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """It has most of the question's words, and asks nothing."""
    follow_up = "And on how many tokens of public text was it trained?"
    server = serve(say("It was trained on many tokens of public text."), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What is Herd?", "A family of models."),))
    assert answer.run and answer.run.asked == follow_up
    assert f"Question: {follow_up}" in server.asked[1].text


def test_the_record_tells_the_whole_story(
    serve: Serve, ask: Callable[..., Answer], tmp_path: Path
) -> None:
    """One JSON line an answer: question, evidence, prompt version, drafts, verdicts, time."""
    serve(say(f"{TRUE} [1]."))
    path = tmp_path / "trace.jsonl"
    ask(trace=path)
    ask(trace=path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    assert lines[0]["question"] == ASKED and lines[0]["run"]["prompt"] == VERSION
    assert lines[0]["run"]["drafts"] == [f"{TRUE} [1]."]
    assert lines[0]["sentences"][0]["support"] == "supported"
    assert any(evidence.startswith("herd:2:") for evidence in lines[0]["evidence"])


def test_a_chinese_question_gets_chinese_words(serve: Serve, ask: Callable[..., Answer]) -> None:
    """What the program itself says is in the question's language."""
    serve(say(REFUSAL))
    assert any(
        "没有找到证据" in n for n in ask("Herd-65B trained on 多少 trillion tokens?").notices
    )
