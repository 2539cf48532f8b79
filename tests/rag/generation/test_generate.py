"""A model's answer is checked against the pages, and what they do not support is marked."""

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


def test_a_true_sentence_is_supported_and_cites_its_page(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A true sentence with the right mark is supported, and its citation has the paper, the page and the quote."""
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
    """A quote is a slice of its page's text, at the citation's offset."""
    serve(say(f"{TRUE} [1]. Training took 21 days on 2048 accelerators [1]."))
    pages = Library(whole_library.workspace, whole_library.embedder).retriever().index.pages
    citations = ask().citations
    assert len(citations) == 2
    for citation in citations:
        page = pages[citation.paper.id, citation.page or 0].text
        assert page[citation.start :].startswith(citation.quote)


@pytest.mark.parametrize("mark", ["", " [2]", " [3]", " [9]"])
def test_a_missing_or_wrong_mark_is_corrected(
    serve: Serve, ask: Callable[..., Answer], mark: str
) -> None:
    """The check finds the passage that supports a sentence, whatever the mark, and a notice reports a correction."""
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
    """A sentence with a changed number, unit or name, an added negation or invented content is not supported."""
    serve(say(f"{wrong} [1]."))
    (sentence,) = ask().sentences
    assert sentence.support != "supported"


def test_markers_count_from_one_in_order(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The markers of an answer are 1, 2, ... in order of appearance, whatever numbers the model used."""
    serve(
        say(
            f"Training took 21 days on 2048 accelerators [2]. {TRUE} [2]. "
            "Herd-65B was trained on 1.4 trillion tokens [1]."
        )
    )
    answer = ask()
    assert [s.citations for s in answer.sentences] == [(1,), (2,), (2,)]
    assert [c.marker for c in answer.citations] == [1, 2]


def test_marks_that_point_nowhere_are_counted_in_a_notice(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A notice says how many marks were removed because no passage has their number."""
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
def test_a_refusal_becomes_the_status_no_evidence(
    serve: Serve, ask: Callable[..., Answer], refusal: str
) -> None:
    """The refusal that the prompt prescribes, and other ways to say it, become the status "no_evidence"."""
    serve(say(refusal))
    answer = ask()
    assert (answer.status, answer.citations) == ("no_evidence", ())
    assert any("No evidence" in notice for notice in answer.notices)


def test_a_denial_that_a_page_supports_is_not_a_refusal(
    serve: Serve, ask: Callable[..., Answer], whole_library: SmallLibrary
) -> None:
    """A marked sentence that reads like a refusal is kept if a page says it; one that no page says is dropped."""
    page = "There is no evidence that private text was used in the training of Herd-65B."
    whole_library.write_pdf("herd", [("2 Training", page)])
    whole_library.sync()
    serve(say(f"{page[:-1]} [1]. There is no mention of cats in Oslo [1]."))
    answer = ask("Was private text used in the training of Herd-65B?")
    assert [(s.text, s.support) for s in answer.sentences] == [(page, "supported")]
    assert any("do not answer the whole question" in notice for notice in answer.notices)


def test_a_sentence_with_a_refusal_and_a_claim_is_kept(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A sentence that refuses in one clause and makes a claim in another is kept, even without a mark."""
    serve(say(f"The passages do not mention the price, but {TRUE}."))
    answer = ask()
    assert answer.status == "answered" and TRUE in answer.sentences[0].text


def test_a_poor_draft_leads_to_a_second_one(serve: Serve, ask: Callable[..., Answer]) -> None:
    """If too many sentences are unsupported, the model is shown them and asked again; the better draft is kept."""
    wrong = "Herd-65B was trained on 9.9 trillion tokens of private text"
    server = serve(say(f"{wrong} [1]."), say(f"{TRUE} [1]."))
    answer = ask()
    assert len(server.asked) == 2
    assert wrong in server.asked[1].text and wrong not in server.asked[0].text
    assert [s.support for s in answer.sentences] == ["supported"]


def test_a_worse_second_draft_is_not_kept(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The first draft is kept if a smaller share of the second one's sentences is supported."""
    half = f"{TRUE} [1]. It was painted blue by nine robots [1]."
    server = serve(say(half), say("Robots painted it green in Oslo [1]."))
    assert [s.support for s in ask().sentences] == ["supported", "unsupported"]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("asked", "notice"), [(ASKED, "its first draft"), (f"{ASKED} 请回答", "初稿")]
)
def test_the_first_draft_is_kept_if_the_second_request_fails(
    serve: Serve, ask: Callable[..., Answer], asked: str, notice: str
) -> None:
    """If the request for a second draft fails, the first draft is the answer, and a notice says so."""
    half = f"{TRUE} [1]. It was painted blue by nine robots [1]."
    serve(say(half), Say(status=401, error="no"))
    answer = ask(asked)
    assert [s.support for s in answer.sentences] == ["supported", "unsupported"]
    assert any(notice in told for told in answer.notices)


def test_a_good_draft_needs_one_request(serve: Serve, ask: Callable[..., Answer]) -> None:
    """A draft whose sentences are all supported is not followed by a second request."""
    server = serve(say(f"{TRUE} [1]."))
    ask()
    assert len(server.asked) == 1


def test_unsupported_sentences_are_marked(serve: Serve, ask: Callable[..., Answer]) -> None:
    """An unsupported sentence stays in the answer, marked as unsupported and without a citation."""
    serve(say(f"{TRUE} [1]. It was painted blue by nine robots in Oslo [1]."))
    last = ask().sentences[-1]
    assert (last.support, last.citations) == ("unsupported", ())


def test_strict_leaves_out_unsupported_sentences(serve: Serve, ask: Callable[..., Answer]) -> None:
    """With ``strict``, unsupported sentences are left out, and a notice says how many."""
    serve(say(f"{TRUE} [1]. It was painted blue by nine robots in Oslo [1]."))
    answer = ask(strict=True)
    assert [s.support for s in answer.sentences] == ["supported"]
    assert any(notice.startswith("Left out 1 sentence ") for notice in answer.notices)


def test_strict_without_a_supported_sentence_is_no_evidence(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """With ``strict``, an answer without any supported sentence has the status "no_evidence"."""
    serve(say("It was painted blue by nine robots in Oslo [1]."))
    assert ask(strict=True).status == "no_evidence"


@pytest.mark.parametrize("text", ["", "   \n", "<think>only thoughts</think>", "[1] [2]"])
def test_an_empty_answer_is_an_error(serve: Serve, ask: Callable[..., Answer], text: str) -> None:
    """A reply without any words, apart from thoughts and marks, raises an error."""
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
def test_the_error_about_an_empty_answer_gives_the_reason(
    serve: Serve, ask: Callable[..., Answer], reply: Say, why: str
) -> None:
    """The error says why there is no answer: only thoughts, the length limit, a filter, a tool call, or none known."""
    serve(reply)
    with pytest.raises(ModelError, match=why):
        ask()


def test_a_bare_number_is_judged_with_its_question(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """A bare number is supported if a passage gives it for what was asked."""
    serve(say("1.4 trillion [1]."))
    answer = ask("On how many trillion tokens of public text was Herd-65B trained?")
    assert answer.sentences[0].support == "supported"


@pytest.mark.parametrize("said", ["Bananas [1].", "Yes [1].", "香蕉 [1]。", "qV�Z�qV [1]"])
def test_a_short_answer_that_no_page_has_is_not_supported(
    serve: Serve, ask: Callable[..., Answer], said: str
) -> None:
    """A short answer is not supported just because the pages have the question's words."""
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
def test_a_chinese_sentence_is_checked_through_the_glossary(
    serve: Serve, ask: Callable[..., Answer], said: str, support: str
) -> None:
    """Chinese is translated with the glossary: numbers and negations must agree, unknown words give "partly"."""
    serve(say(said))
    assert [s.support for s in ask().sentences] == [support]


def test_a_reply_that_breaks_off_is_checked_and_reported(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """If the connection breaks, the text before the break is checked, and a notice says that the reply was cut off."""
    serve(Say([f"{TRUE} [1]. And"], cut=True))
    answer = ask()
    assert answer.sentences[0].support == "supported"
    assert any("cut off" in notice for notice in answer.notices)


def test_half_of_the_passages_are_sent_if_the_context_is_too_small(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """If a server refuses the prompt's length, half of the passages are sent, and a notice says so."""
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


def test_a_second_request_with_its_list_of_sentences_fits_the_context(
    serve: Serve, library: SmallLibrary
) -> None:
    """The second request lists the unsupported sentences and has fewer passages, so that it fits the context."""
    wrong = " ".join(f"Nobody counted the {i} grey llamas of Peru [1]." for i in range(90))
    server = serve(say(wrong), say(f"{TRUE} [1]."))
    long_assistant(library).ask(ASKED)
    first, second = server.asked
    n_shown = [asked.text.count("<passage number=") for asked in (first, second)]
    assert 0 < n_shown[1] < n_shown[0]
    assert len(second.text.split()) < 4096 - ANSWER_TOKENS


def test_evidence_is_cut_to_a_known_context(serve: Serve, library: SmallLibrary) -> None:
    """No more passages are sent than fit the model's context, and a notice says how many did not."""
    server = serve(say(f"{TRUE}."))
    answer = long_assistant(library).ask(ASKED)
    [asked, *_] = server.asked
    n_shown = asked.text.count("<passage number=")
    assert asked.body["options"]["num_ctx"] == 4096
    assert 3 < n_shown < len(answer.hits)
    assert len(asked.text.split()) < 4096 - ANSWER_TOKENS
    left_out = f"{len(answer.hits) - n_shown} passages did not fit"
    assert any(notice.startswith(left_out) for notice in answer.notices)


def test_text_is_streamed_before_the_checked_answer(
    serve: Serve, whole_library: SmallLibrary
) -> None:
    """The model's text is yielded as it is written, without its thoughts, and the checked answer comes last."""
    serve(say(f"<think>Hm.</think>{TRUE} [1]."))
    assistant = Assistant(
        Library(whole_library.workspace, whole_library.embedder), RagConfig(llm="openai:scripted")
    )
    *pieces, answer = assistant.stream(ASKED)
    assert "".join(str(piece) for piece in pieces) == f"{TRUE} [1]."
    assert isinstance(answer, Answer)


def test_streamed_thoughts_are_replaced(serve: Serve, whole_library: SmallLibrary) -> None:
    """If only a closing tag shows that the streamed text was thoughts, the text after the tag replaces it."""
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
    """Closing the stream of an answer closes the connection to the model."""
    server = serve(Say(["word "], endless=True))
    assistant = Assistant(
        Library(whole_library.workspace, whole_library.embedder), RagConfig(llm="openai:scripted")
    )
    steps = assistant.stream(ASKED)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(10)


def test_the_model_is_shown_the_conversation(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The prompt for a follow-up question contains the earlier turns."""
    server = serve(say(f"{TRUE} [1]."))
    ask(
        "And on how many tokens of public text was it trained?",
        history=(Turn("What is Herd?", "A family of models."),),
    )
    assert "A family of models." in server.asked[0].text


def test_a_follow_up_is_searched_and_answered_as_reworded(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """Evidence and answer are for the follow-up as the model reworded it; the answer shows the user's own words."""
    follow_up = "How many tokens was it trained on?"
    server = serve(say(ASKED), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What about the 65B one?", "It is in Herd."),))
    assert answer.question == follow_up
    assert answer.run and answer.run.asked == ASKED
    assert f"Question: {ASKED}" in server.asked[1].text
    assert [s.support for s in answer.sentences] == ["supported"]


def test_a_statement_instead_of_a_reworded_question_is_ignored(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """If the model makes a statement instead of rewording the question, the question is searched as it was typed."""
    follow_up = "And on how many tokens of public text was it trained?"
    server = serve(say("It was trained on many tokens of public text."), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What is Herd?", "A family of models."),))
    assert answer.run and answer.run.asked == follow_up
    assert f"Question: {follow_up}" in server.asked[1].text


def test_a_trace_record_has_every_step(
    serve: Serve, ask: Callable[..., Answer], tmp_path: Path
) -> None:
    """The trace has one JSON line per answer: question, evidence, prompt version, drafts and verdicts."""
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


def test_a_chinese_question_gets_chinese_notices(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The program's own notices are in the language of the question."""
    serve(say(REFUSAL))
    assert any(
        "没有找到证据" in n for n in ask("Herd-65B trained on 多少 trillion tokens?").notices
    )
