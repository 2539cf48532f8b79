"""A model's answer is checked against the pages, and what they do not support is marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openai_server import ModelServer, Say, Serve, say
from small_library import ASKED, TRUE, SmallLibrary

from rag.answer import Answer, Replacement
from rag.generation.prompts import REFUSAL, VERSION


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
    pages = whole_library.open().retriever().index.pages
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


def test_text_is_streamed_before_the_checked_answer(
    serve: Serve, whole_library: SmallLibrary
) -> None:
    """The model's text is yielded as it is written, without its thoughts, and the checked answer comes last."""
    serve(say(f"<think>Hm.</think>{TRUE} [1]."))
    assistant = whole_library.assistant(llm="openai:scripted")
    *pieces, answer = assistant.stream(ASKED)
    assert "".join(str(piece) for piece in pieces) == f"{TRUE} [1]."
    assert isinstance(answer, Answer)


def test_streamed_thoughts_are_replaced(serve: Serve, whole_library: SmallLibrary) -> None:
    """If only a closing tag shows that the streamed text was thoughts, the text after the tag replaces it."""
    serve(say(f"The user asks for tokens.\n</think>\n\n{TRUE} [1]."))
    assistant = whole_library.assistant(llm="openai:scripted")
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
    assistant = whole_library.assistant(llm="openai:scripted")
    steps = assistant.stream(ASKED)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(10)


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
