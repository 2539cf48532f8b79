"""Errors of a model's server are translated, and temporary ones are tried again."""

from __future__ import annotations

import traceback

import pytest
from openai_server import SPECS, Say, Serve, say
from run_to_end import run_to_end

from ingest.errors import ContextTooSmall, ModelError, ModelUnreachable
from rag.llm.chat_model import Ending
from rag.llm.langchain_model import load_model

MESSAGES = [("system", "Be short."), ("user", "How many layers?")]


SECRET = "sk-verysecret-0123456789abcdef"


def ask(spec: str = "openai:scripted") -> tuple[str, Ending]:
    said, ending = run_to_end(load_model(spec).stream(MESSAGES))
    return "".join(said), ending


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
        (Say(status=418, error="teapot"), ModelError, "failed: "),
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
    with pytest.raises(ModelError, match="refused the key"):
        ask()
    assert (len(server.asked), waits) == (1, [])
