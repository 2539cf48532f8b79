"""One ``provider:model`` string asks any model: the real client packages against a server on loopback."""

from __future__ import annotations

import traceback

import pytest
from openai_server import Say, Serve, say
from run_to_end import run_to_end

from ingest.errors import AssistantError, ContextTooSmall, ModelError, ModelUnreachable, UsageError
from rag.llm.chat_model import Ending
from rag.llm.langchain_model import check_model, load_model

MESSAGES = [("system", "Be short."), ("user", "How many layers?")]
SPECS = ["openai:scripted", "anthropic:scripted", "ollama:scripted"]
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


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (
            Say(status=401, error=f"Incorrect API key: {SECRET}"),
            ModelUnreachable,
            "refused the key",
        ),
        (Say(status=403, error="no"), ModelUnreachable, "refused the key"),
        (Say(status=404, error="no such model"), ModelError, "does not have the model"),
        (Say(status=429, error="slow down"), ModelUnreachable, "rate limit"),
        (Say(status=429, error="insufficient_quota"), ModelUnreachable, "no credit"),
        (Say(status=500, error="boom"), ModelUnreachable, "an internal error"),
        (Say(status=503, error="overloaded"), ModelUnreachable, "an internal error"),
        (
            Say(status=400, error="This model's maximum context length is 2048 tokens."),
            ContextTooSmall,
            "longer than",
        ),
        (Say(status=400, error="prompt is too long: 9000 tokens"), ContextTooSmall, "longer than"),
        (Say(status=400, error=f"bad field, key {SECRET}"), ModelError, "failed: "),
    ],
)
@pytest.mark.parametrize("spec", SPECS)
def test_errors_are_translated(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, spec: str, reply: Say, error: type, message: str
) -> None:
    """A client's error becomes one of the project's own: what happened and what to do, without the key."""
    serve(reply)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with pytest.raises(error) as caught:
        ask(spec)
    assert message in caught.value.message
    assert "extractive" in caught.value.hint
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("spec", SPECS)
def test_without_a_connection_the_address_is_named(
    monkeypatch: pytest.MonkeyPatch, waits: list[float], spec: str
) -> None:
    """If no server listens, the error names the address without its password."""
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OLLAMA_HOST"):
        monkeypatch.setenv(name, "http://user:secretpass@127.0.0.1:9/v1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    with pytest.raises(ModelUnreachable) as caught:
        ask(spec)
    assert "127.0.0.1:9" in caught.value.message and "secretpass" not in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("spec", SPECS)
def test_a_silent_server_times_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:
    """A server that sends nothing within the time limit is an error, without another try."""
    server = serve(Say(silent=True))
    monkeypatch.setenv("ASKPAPERS_LLM_TIMEOUT", "0.3")
    with pytest.raises(ModelUnreachable, match="in time"):
        ask(spec)
    assert len(server.asked) == 1


@pytest.mark.parametrize("spec", SPECS[:2])
def test_a_server_that_only_sends_pings_times_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:
    """Pings do not count as text: after the time limit the request ends, and text before the pings is kept."""
    monkeypatch.setenv("ASKPAPERS_LLM_TIMEOUT", "0.5")
    serve(Say(pings=True))
    with pytest.raises(ModelUnreachable, match="in time"):
        ask(spec)
    serve(Say(["It has 6"], pings=True))
    said, ending = ask(spec)
    assert (said, ending.finish) == ("It has 6", "cut")


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
def test_temporary_errors_are_retried(serve: Serve, waits: list[float], spec: str) -> None:
    """After a temporary error the request is sent again, after a wait that is longer each time."""
    serve(Say(status=500, error="boom"), Say(status=503, error="busy"), say("6"))
    assert ask(spec)[0] == "6"
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("spec", SPECS[:2])
def test_retry_after_is_respected(serve: Serve, waits: list[float], spec: str) -> None:
    """The wait before the next try is the one that the server asks for."""
    serve(Say(status=429, error="slow", headers={"Retry-After": "7"}), say("6"))
    assert ask(spec)[0] == "6"
    assert waits == [7.0]


@pytest.mark.parametrize("spec", SPECS[:2])
@pytest.mark.parametrize("status", [429, 503])
def test_a_very_long_wait_is_an_error(
    serve: Serve, waits: list[float], spec: str, status: int
) -> None:
    """If the server asks for a very long wait, the error says how long, and there is no other try."""
    server = serve(Say(status=status, error="slow", headers={"Retry-After": "3600"}))
    with pytest.raises(ModelUnreachable) as caught:
        ask(spec)
    assert "in 60 min" in caught.value.hint
    assert (len(server.asked), waits) == (1, [])


@pytest.mark.parametrize("spec", SPECS)
def test_a_temperature_that_is_refused_is_left_out(serve: Serve, spec: str) -> None:
    """If a server refuses the temperature, the request is sent again without it, and so are later ones."""
    refused = Say(status=400, error="temperature is not supported with this model")
    server = serve(refused, say("6"))
    assert ask(spec)[0] == ask(spec)[0] == "6"
    options = [asked.body.get("options", asked.body) for asked in server.asked]
    assert ["temperature" in given for given in options] == [True, False, False]


def test_a_temperature_is_left_out_only_once(serve: Serve) -> None:
    """If the server still complains about the temperature once it is left out, that is an error."""
    server = serve(Say(status=400, error="temperature is not supported with this model"))
    with pytest.raises(ModelError, match="temperature"):
        ask()
    assert len(server.asked) == 2


def test_permanent_errors_are_not_retried(serve: Serve, waits: list[float]) -> None:
    """An error that would come again, such as a refused key, is not followed by another try."""
    server = serve(Say(status=401, error="no"))
    with pytest.raises(ModelError):
        ask()
    assert (len(server.asked), waits) == (1, [])


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


def test_every_error_is_for_the_user(serve: Serve) -> None:
    """All errors are the project's own."""
    serve(Say(status=418, error="teapot"))
    with pytest.raises(AssistantError):
        ask()
