"""With ``fall_back``, a model that fails is replaced by the answer without a model, and a notice says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from openai_server import Say, Serve, say
from small_library import SmallLibrary

from ingest.errors import ModelError, UsageError
from rag.answer import Answer, Turn
from rag.assistant import Assistant
from rag.ui.chat.export import as_markdown
from rag.ui.chat_storage import chat_from_json, chat_to_json
from rag.ui.exchange import Chat, Exchange

ASKED = "How many tokens was Herd-65B trained on?"
TRUE = "Herd-65B was trained on 1.4 trillion tokens of public text [1]."
INVENTED = "It was painted blue by nine robots in Oslo [1]."


@pytest.fixture
def assistant(library: SmallLibrary) -> Assistant:
    library.write_pdf("herd")
    library.sync()
    return library.assistant(llm="openai:scripted", fall_back=True)


def with_config(assistant: Assistant, **changes: object) -> Assistant:
    config = replace(assistant.config, **changes)  # type: ignore[arg-type]
    return Assistant(assistant.library, config)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Say(status=401, error="no"), "refused the key"),
        (Say(status=404, error="no"), "does not have the model"),
        (Say(status=429, error="slow down"), "rate limit"),
        (Say(status=500, error="boom"), "an internal error"),
        (Say(status=400, error="maximum context length is 9"), "longer than"),
        (Say(silent=True), "did not answer in time"),
        (Say(raw=b"data: {not json\n\n"), "failed"),
        (Say(cut=True), "no connection"),
        (say(""), "empty answer"),
    ],
)
def test_after_any_failure_there_is_an_answer(
    serve: Serve, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, reply: Say, why: str
) -> None:
    """After any failure the answer is the one without a model, and says which model failed, why, and what to do."""
    serve(reply)
    monkeypatch.setenv("ASKPAPERS_LLM_TIMEOUT", "0.3")
    answer = assistant.ask(ASKED)
    assert answer.llm == "extractive" and "1.4 trillion" in answer.text
    assert answer.failure and answer.failure.llm == "openai:scripted"
    assert why in answer.failure.message and answer.failure.hint
    assert "--llm" not in answer.failure.hint


@pytest.mark.parametrize(
    ("llm", "why"),
    [
        ("anthropic:any", "ANTHROPIC_API_KEY"),
        ("nobody:model", "no provider"),
        ("huggingface:/no/such/folder", "cannot be loaded"),
        ("mistralai:small", "package langchain-mistralai"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_replaced(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, llm: str, why: str
) -> None:
    """A missing key, package, provider or folder also leads to an answer without a model."""
    monkeypatch.setenv("MISTRAL_API_KEY", "k")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    failure = with_config(assistant, llm=llm).ask(ASKED).failure
    assert failure and why in failure.message


def test_a_missing_connection_is_named_in_the_notice(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    """If no server listens, the notice names the address."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    answer = assistant.ask(ASKED)
    assert answer.failure and "127.0.0.1:9" in answer.failure.notice


def test_streamed_text_is_not_in_the_answer_after_a_failure(
    serve: Serve, assistant: Assistant
) -> None:
    """If a model fails after some text was streamed, none of that text is in the answer."""
    serve(say(INVENTED), Say(status=401, error="no"))
    *pieces, answer = assistant.stream(ASKED)
    assert "Oslo" in "".join(str(piece) for piece in pieces)
    assert isinstance(answer, Answer) and answer.failure
    assert "Oslo" not in answer.text and "1.4 trillion" in answer.text


def test_a_follow_up_is_understood_without_the_model(serve: Serve, assistant: Assistant) -> None:
    """If the model fails to reword a follow-up question, it is read by the rules that need no model."""
    server = serve(Say(status=401, error="no"))
    asked = "How many days did the training of the model take on accelerators?"
    answer = assistant.ask(asked, [Turn(ASKED, "1.4 trillion.")])
    assert answer.question == asked and answer.failure
    assert "21 days" in answer.text and len(server.asked) == 1


def test_without_fall_back_a_failure_is_an_error(serve: Serve, assistant: Assistant) -> None:
    """Without ``fall_back``, as on the command line, the failure of a model is an error."""
    serve(Say(status=401, error="no"))
    with pytest.raises(ModelError, match="refused"):
        with_config(assistant, fall_back=False).ask(ASKED)


@pytest.mark.parametrize(
    ("asked", "llm", "said"),
    [("  ", "openai:scripted", "question is empty"), (ASKED, "gpt", "gpt")],
)
def test_a_usage_error_is_not_a_failure_of_the_model(
    serve: Serve, assistant: Assistant, asked: str, llm: str, said: str
) -> None:
    """An empty question and an invalid name of a model are usage errors, not failures of a model."""
    serve(say(TRUE))
    with pytest.raises(UsageError, match=said):
        with_config(assistant, llm=llm).ask(asked)


def test_a_model_that_answers_leaves_no_notice(serve: Serve, assistant: Assistant) -> None:
    """If the model answers, neither the answer nor its JSON form mentions a failure."""
    serve(say(TRUE))
    answer = assistant.ask(ASKED)
    assert (answer.llm, answer.failure) == ("openai:scripted", None)
    assert "failure" not in answer.as_json()


def test_the_failure_is_kept_with_the_answer(
    serve: Serve, assistant: Assistant, tmp_path: Path
) -> None:
    """The failure is in the JSON form, the trace, the exported text and the chat that the browser keeps."""
    serve(Say(status=401, error="no"))
    path = tmp_path / "trace.jsonl"
    answer = with_config(assistant, trace=path).ask(ASKED)
    assert answer.failure
    record = answer.as_json()
    assert record["failure"]["llm"] == "openai:scripted"
    assert (
        record["answer"].startswith("openai:scripted could not be used")
        and "[1]" in record["answer"]
    )
    [line] = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["failure"]["message"] == answer.failure.message
    assert "refused the key" in as_markdown(answer).partition("[1]")[0]
    kept = chat_to_json(Chat((Exchange(ASKED, answer=answer, n_shown=99),)))
    chat = chat_from_json(json.loads(json.dumps(kept)))
    assert chat and chat.exchanges[0].answer
    assert chat.exchanges[0].answer.failure == answer.failure


def test_the_conversation_has_answers_without_failures(serve: Serve, assistant: Assistant) -> None:
    """The turns that the next question comes with have the answers, but not the notices about failures."""
    serve(Say(status=401, error="no"))
    chat = Chat((Exchange(ASKED, answer=assistant.ask(ASKED), n_shown=99),))
    (turn,) = chat.turns()
    assert "1.4 trillion" in turn.answer and "could not be used" not in turn.answer
