"""One ``provider:model`` string asks any model: the real client packages against a server on loopback."""

from __future__ import annotations

import pytest
from openai_server import SPECS, Say, Serve, say
from run_to_end import run_to_end

from ingest.errors import ModelError, UsageError
from rag.llm.chat_model import Ending
from rag.llm.langchain_model import check_model, load_model

MESSAGES = [("system", "Be short."), ("user", "How many layers?")]
LONG = " ".join(f"word {i}" for i in range(600))
SECRET = "sk-verysecret-0123456789abcdef"


def ask(spec: str = "openai:scripted") -> tuple[str, Ending]:
    said, ending = run_to_end(load_model(spec).stream(MESSAGES))
    return "".join(said), ending


@pytest.mark.parametrize("spec", SPECS)
def test_text_comes_in_pieces_and_complete(serve: Serve, spec: str) -> None:
    """With each client, in any language, the pieces of a reply add up to the server's text."""
    serve(say("It has 6 layers [1]. 它有六层。", size=3))
    pieces = list(load_model(spec).stream(MESSAGES))
    assert "".join(pieces) == "It has 6 layers [1]. 它有六层。"
    assert len(pieces) > 3


@pytest.mark.parametrize("spec", SPECS)
def test_system_prompt_and_question_are_sent(serve: Serve, spec: str) -> None:
    """The system prompt and the question both reach the server."""
    server = serve(say("6"))
    ask(spec)
    assert "Be short." in server.asked[0].text and "How many layers?" in server.asked[0].text


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize(("reason", "finish"), [("stop", "stop"), ("length", "length")])
def test_how_a_reply_ended_is_known(serve: Serve, spec: str, reason: str, finish: str) -> None:
    """The ending says whether a reply is complete or stopped at a length limit."""
    serve(Say(["It has"], finish=reason))
    assert ask(spec)[1].finish == finish


@pytest.mark.parametrize("spec", ["anthropic:scripted", "ollama:scripted"])
def test_token_counts_of_the_server_are_kept(serve: Serve, spec: str) -> None:
    """The server's counts of prompt and answer tokens are in the ending."""
    serve(say("six", size=1))
    ending = ask(spec)[1]
    assert (ending.prompt_tokens, ending.answer_tokens) == (11, 3)


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_BASE_URL"])
def test_every_variable_for_the_address_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The address of one's own server may be in any of the usual variables, and no key is needed."""
    server = serve(say("6"))
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv(name, server.openai_url)
    assert ask()[0] == "6"


def test_the_key_is_sent_as_a_bearer_token(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key in OPENAI_API_KEY is sent as a bearer token."""
    server = serve(say("6"))
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    ask()
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"


def test_ollama_is_asked_for_the_whole_context_of_the_model(serve: Serve) -> None:
    """Ollama is told to use the model's whole context, because its small default would silently cut off evidence."""
    server = serve(say("6"))
    ask("ollama:scripted")
    assert server.asked[0].body["options"]["num_ctx"] == 4096
    assert load_model("ollama:scripted").context_tokens == 4096


@pytest.mark.parametrize("reply", [Say(["It has 6"], pings=True), Say([LONG], endless=True)])
def test_a_reply_that_takes_too_long_is_stopped(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, reply: Say
) -> None:
    """A reply is stopped after the longest time allowed, even if the server is still writing."""
    monkeypatch.setattr("rag.llm.langchain_reply.LONGEST_REPLY_SECONDS", 0.5)
    monkeypatch.setattr("rag.llm.langchain_reply.MAX_REPLY_CHARS", 10**9)
    server = serve(reply)
    said, ending = ask()
    assert ending.finish == "length" and said
    assert server.hung_up.wait(10)


def test_the_temperature_is_zero(serve: Serve) -> None:
    """Requests have temperature 0, so that the same question gets the same answer as far as possible."""
    server = serve(say("6"))
    for spec in SPECS:
        ask(spec)
    assert [a.body.get("options", a.body)["temperature"] for a in server.asked] == [0, 0, 0]


@pytest.mark.parametrize("model", ["o1", "o3-mini", "o4-mini", "gpt-5-mini"])
def test_reasoning_models_get_no_temperature(serve: Serve, model: str) -> None:
    """OpenAI's reasoning models refuse any temperature but 1."""
    server = serve(say("6"))
    ask(f"openai:{model}")
    assert server.asked[0].body.get("temperature", 1) == 1


@pytest.mark.parametrize("spec", SPECS)
def test_a_reply_that_breaks_off_is_kept(serve: Serve, spec: str) -> None:
    """If the connection breaks, the text before the break is kept, and the reply ends as "cut"."""
    serve(Say(["It has 6 ", "layers [1]. And"], cut=True))
    said, ending = ask(spec)
    assert said == "It has 6 layers [1]. And"
    assert ending.finish == "cut"


@pytest.mark.parametrize("spec", SPECS)
def test_a_reply_without_a_reason_for_its_end_is_cut(serve: Serve, spec: str) -> None:
    """A reply that ends without a reason, as behind a proxy that gives up, ends as "cut"."""
    serve(Say(["It has 6 ", "layers"], unfinished=True))
    assert ask(spec)[1].finish == "cut"


@pytest.mark.parametrize(
    ("spec", "reason", "finish"),
    [
        ("openai:scripted", "content_filter", "filtered"),
        ("openai:scripted", "tool_calls", "tools"),
        ("anthropic:scripted", "refusal", "filtered"),
        ("anthropic:scripted", "tool_use", "tools"),
    ],
)
def test_a_filtered_reply_or_a_tool_call_is_not_complete(
    serve: Serve, spec: str, reason: str, finish: str
) -> None:
    """The ending says if the provider's filter or a call of a tool ended the reply early."""
    serve(Say(["It has 6 layers [1]. And"], finish=reason))
    assert ask(spec)[1].finish == finish


@pytest.mark.parametrize("spec", SPECS)
def test_a_character_split_between_pieces_is_joined(serve: Serve, spec: str) -> None:
    """An emoji whose halves are in two pieces becomes one character; half an emoji alone is replaced."""
    serve(Say(["It has \ud83d", "\ude00 6", " \ud83d.", " layers \ud83d"]))
    assert ask(spec)[0] == "It has 😀 6 \ufffd. layers "


def test_thoughts_do_not_count_towards_the_length_limit(serve: Serve) -> None:
    """A reply may have thoughts that are longer than the limit of the answer's length."""
    serve(
        say(
            f"<think>{' '.join(f'Passage {i}?' for i in range(2000))}</think>It has 6 layers [1].",
            400,
        )
    )
    said, ending = ask()
    assert said.endswith("It has 6 layers [1].") and ending.finish == "stop"


def test_an_invalid_reply_is_an_error(serve: Serve) -> None:
    """A reply that is not JSON is a model error."""
    serve(Say(raw=b"data: {not json\n\n"))
    with pytest.raises(ModelError, match="failed"):
        ask()


def test_a_reply_that_is_too_long_is_stopped(serve: Serve) -> None:
    """A reply that never ends is cut at the length limit, and the connection is closed."""
    server = serve(Say([LONG], endless=True))
    said, ending = ask()
    assert ending.finish == "length" and len(said) < 50_000
    assert server.hung_up.wait(10)


@pytest.mark.parametrize("before", ["", "<think>"])
def test_a_reply_that_repeats_itself_is_stopped(serve: Serve, before: str) -> None:
    """Repetition stops a reply long before the length limit, even within thoughts, which have no such limit."""
    server = serve(Say([f"{before}It has", *[" 6 layers [1]. It has"] * 900], endless=True))
    said, ending = ask()
    assert ending.finish == "repeats" and len(said) < 1_000
    assert server.hung_up.wait(10)


@pytest.mark.parametrize("spec", SPECS)
def test_an_abandoned_reply_stops_the_request(serve: Serve, spec: str) -> None:
    """Closing the generator of a reply closes the connection."""
    server = serve(Say(["word "], endless=True))
    steps = load_model(spec).stream(MESSAGES)
    assert next(filter(None, steps)) == "word "
    steps.close()
    assert server.hung_up.wait(10)


@pytest.mark.parametrize("spec", ["gpt", "openai:", ":x", ""])
def test_an_invalid_spec_is_a_usage_error(spec: str) -> None:
    """A model's name without provider or model is a usage error that shows the right form."""
    with pytest.raises(UsageError) as caught:
        load_model(spec)
    assert "openai:" in caught.value.hint


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("nobody:model", "no provider"),
        ("openai:gpt-4.1-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-haiku-4-5", "ANTHROPIC_API_KEY"),
    ],
)
def test_an_unknown_provider_or_missing_key_is_named(spec: str, said: str) -> None:
    """The error names the unknown provider or the variable of the missing key, before anything is sent."""
    with pytest.raises(ModelError, match=said):
        load_model(spec)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the package of a provider is missing, the error says how to install it."""
    monkeypatch.setattr("rag.llm.providers.find_spec", lambda name: None)
    with pytest.raises(ModelError) as caught:
        load_model("mistralai:small")
    assert "pip install langchain-mistralai" in caught.value.hint


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("gpt", UsageError),
        ("nobody:model", ModelError),
        ("anthropic:any", ModelError),
        ("huggingface:/no/such/folder", None),
        ("openai:any", None),
    ],
)
def test_a_model_is_checked_without_a_request(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, spec: str, error: type | None
) -> None:
    """``check_model`` checks the name and the key, but loads nothing and sends nothing."""
    server = serve(say("6"))
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    if error is None:
        check_model(spec)
    else:
        with pytest.raises(error):
            check_model(spec)
    assert server.n_connections == 0
