"""A poor draft is followed by a second one, strict answers leave sentences out, and empty replies are errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openai_server import Say, Serve, say
from small_library import ASKED, TRUE

from ingest.errors import ModelError
from rag.answer import Answer


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
