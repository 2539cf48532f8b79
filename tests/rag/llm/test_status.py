"""The list of models says which can be used, and no secret is ever shown."""

from __future__ import annotations

import logging
import re
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
from loopback_server import LoopbackServer
from openai_server import MODELS, Serve, say
from run_to_end import run_to_end

from ingest.errors import ModelError, UsageError
from rag.llm.langchain_model import load_model
from rag.llm.providers import read_environment
from rag.llm.status import configured_models, offered_models

SECRET = "sk-verysecret-0123456789abcdef"


def ask(spec: str = "openai:scripted") -> str:
    return "".join(run_to_end(load_model(spec).stream([("user", "How many layers?")]))[0])


def test_an_invalid_time_limit_is_a_usage_error() -> None:
    """ASKPAPERS_LLM_TIMEOUT must be a number of seconds."""
    with pytest.raises(UsageError, match="ASKPAPERS_LLM_TIMEOUT is 'soon'"):
        read_environment({"ASKPAPERS_LLM_TIMEOUT": "soon"})


def test_the_environment_does_not_show_keys() -> None:
    """The repr of the environment does not contain a key."""
    environment = read_environment({"OPENAI_API_KEY": SECRET})
    assert SECRET not in repr(environment)
    assert environment.key("openai") == SECRET


@pytest.mark.parametrize(
    "address",
    [
        "http://user:hunter2@myhost/v1",
        "http://user:hun/ter2@myhost/v1",
        "http://user:hun#ter2@myhost/v1",
        "http://user:hunter%322@myhost:port/v1",
        "user:hunter2@myhost:port",
    ],
)
@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OLLAMA_HOST"])
def test_the_login_of_an_address_is_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, waits: list[float], variable: str, address: str
) -> None:
    """However user and password are written, neither the list of models nor an error shows them."""
    monkeypatch.setenv(variable, address)
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    spec = f"{variable.partition('_')[0].lower()}:scripted"
    with pytest.raises(ModelError) as caught:
        ask(spec)
    told = [str(caught.value), *(f"{s.example} {s.hint}" for s in configured_models())]
    told.append(repr(read_environment()))
    assert not re.search("hunter|hun|ter2", " ".join(told))


@pytest.mark.parametrize("key", ["p@ss/W0rd+Secret!\r", "p@ss/W0rd+Secret!\nmore"])
def test_an_invalid_key_is_shown_nowhere(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """A trailing "\\r" is removed; an error about other invalid characters does not quote the key."""
    server = serve(say("6"))
    monkeypatch.setenv("OPENAI_API_KEY", key)
    told = [status.hint for status in configured_models()]
    if key.endswith("\r"):
        ask()
        assert server.asked[0].headers["authorization"] == f"Bearer {key.strip()}"
    else:
        with pytest.raises(ModelError) as caught:
            ask()
        told.append(str(caught.value))
    assert "W0rd" not in " ".join(told)


def test_models_are_listed_with_the_login_of_the_address(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user and password in an address are used to list models as they are to ask them."""
    server = serve(say("6"))
    monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url.replace("//", "//user:pass@"))
    states = {status.example: status for status in configured_models()}
    assert states["openai:scripted"].reachable
    assert ask() == "6"


def test_no_log_line_contains_a_key(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No log line contains the key, even at level DEBUG."""
    serve(say("6"))
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with caplog.at_level(logging.DEBUG):
        ask()
    assert caplog.records and SECRET not in caplog.text


def test_the_status_says_which_servers_are_reachable(serve: Serve) -> None:
    """Configured servers are asked for their models, and the example is a model that they have."""
    serve(say("6"))
    states = {status.example.partition(":")[0]: status for status in configured_models()}
    assert states["openai"].reachable and states["openai"].example == "openai:scripted"
    assert states["ollama"].reachable and states["ollama"].example == "ollama:scripted"
    assert states["anthropic"].reachable
    assert not states["mistralai"].configured and states["mistralai"].hint


@pytest.mark.parametrize("scheme", ["http://127.0.0.1", "127.0.0.1", "0.0.0.0", ""])
def test_ollamas_address_may_be_incomplete(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """OLLAMA_HOST needs no scheme and no host, in lists and answers."""
    server = serve(say("6"))
    monkeypatch.setenv("OLLAMA_HOST", f"{scheme}:{server.url.rpartition(':')[2]}")
    assert f"ollama:{MODELS[0]}" in offered_models()
    assert {s.example: s.reachable for s in configured_models()}["ollama:scripted"]
    assert ask("ollama:scripted") == "6"


class Moved(BaseHTTPRequestHandler):
    """A server that redirects every request to /elsewhere, and records it."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.end_headers()


def test_a_key_is_not_sent_to_a_redirected_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect is not followed: the server is reported as not reachable, and the key goes nowhere else."""
    with LoopbackServer(Moved) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
        states = {status.example.partition(":")[0]: status for status in configured_models()}
    assert states["openai"].reachable is False and states["openai"].hint
    assert Moved.asked == ["/v1/models"]


def test_a_provider_that_cannot_be_used_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that cannot be used has a hint of one line that says what is missing."""
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    states = {status.example.partition(":")[0]: status for status in configured_models()}
    assert "OPENAI_API_KEY" in states["openai"].hint
    assert states["ollama"].reachable is False and "127.0.0.1:9" in states["ollama"].hint
    assert all("\n" not in status.hint for status in states.values())


def test_own_servers_offer_their_models(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are offered from Ollama and from servers whose address is set, but not from one that does not answer."""
    serve(say("6"))
    assert offered_models() == [
        f"{name}:{model}" for name in ("openai", "anthropic", "ollama") for model in MODELS
    ]
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert offered_models() == [f"ollama:{model}" for model in MODELS]
