"""The model is chosen in the page, in one word: what is offered, what is written, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai_server import ModelServer, say
from small_library import SmallLibrary
from ui.visits import Open, Serve, Visit, background_of

from rag.assistant import Assistant
from rag.llm.providers import PROVIDERS
from rag.ui.access import Accounts, read_accounts
from rag.ui.models import ModelChoices

ASKED = "How many tokens was Herd-65B trained on?"
TRUE = "Herd-65B was trained on 1.4 trillion tokens of public text [1]."
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """An OpenAI-compatible server and an Ollama in one; no other provider is set up."""
    for provider in PROVIDERS.values():
        monkeypatch.delenv(provider.key or "NO_KEY", raising=False)
    with ModelServer(say(TRUE)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server


@pytest.fixture
def seen(server: ModelServer, url: str, visit: Open) -> Visit:
    seen = visit(url)
    seen.page.click("#options > button")
    return seen


def _write(seen: Visit, model: str) -> None:
    box = seen.page.get_by_label("Model", exact=True)
    box.fill(model)
    box.press("Enter")
    box.press("Tab")


def test_what_the_servers_have_can_be_chosen(seen: Visit, server: ModelServer) -> None:
    """They are asked when the choices are opened; the model that is clicked answers."""
    seen.page.get_by_label("Model", exact=True).click()
    for name in ("openai:scripted", "openai:other", "ollama:scripted", "ollama:other"):
        seen.page.get_by_role("option", name=name).wait_for()
    seen.page.get_by_role("option", name="openai:other").click()
    seen.page.locator("#options > button", has_text="openai:other").wait_for()
    seen.ask(ASKED)
    assert server.asked[0].body["model"] == "other"
    assert "1.4 trillion" in seen.page.locator(".sentence").first.inner_text()


def test_another_model_can_be_written(seen: Visit, server: ModelServer) -> None:
    """Whatever --llm takes, the box takes."""
    _write(seen, "openai:not-in-the-list")
    seen.page.locator("#options > button", has_text="openai:not-in-the-list").wait_for()
    seen.ask(ASKED)
    assert server.asked[0].body["model"] == "not-in-the-list"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("gpt", "not the name of a model"),
        ("nobody:model", "no provider"),
        ("anthropic:any", "ANTHROPIC_API_KEY"),
        ("mistralai:<b>small", "pip install langchain-mistralai"),
    ],
)
def test_what_is_wrong_with_it_is_said_at_once(seen: Visit, written: str, said: str) -> None:
    """Before anything is asked; and it goes away with the mistake."""
    _write(seen, written)
    error = seen.page.locator("#model-error .error-message")
    error.filter(has_text=said).wait_for()
    assert "--llm" not in error.inner_text()
    _write(seen, "openai:scripted")
    error.wait_for(state="detached")


@pytest.mark.parametrize("accounts", [None, read_accounts(["ada:s3cret"])])
def test_a_page_for_others_offers_no_other(
    library: SmallLibrary,
    assistant: Assistant,
    server: ModelServer,
    serve: Serve,
    visit: Open,
    accounts: Accounts | None,
) -> None:
    """Where nobody may change the list, or where people log in, nobody may name a model either."""
    background = background_of(library, assistant)
    background.start()
    url = serve(assistant, background, read_only=accounts is None, accounts=accounts)
    seen = visit(url, login=("ada", "s3cret") if accounts else None)
    seen.page.click("#options > button")
    assert seen.page.get_by_text("Or write provider:model").count() == 0
    _write(seen, "openai:not-in-the-list")
    seen.ask(ASKED)
    assert server.asked == []


def test_where_there_is_no_model_it_is_said_how_to_get_one(
    server: ModelServer,
    library: SmallLibrary,
    assistant: Assistant,
    serve: Serve,
    visit: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To whoever can change that; not where there is a model, nor to a visitor."""
    background = background_of(library, assistant)
    background.start()
    owned, visited = (serve(assistant, background, read_only=is_shared) for is_shared in (0, 1))
    hint = "No model found. Start Ollama"
    assert not _is_told(visit(owned), hint)
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert _is_told(visit(owned), hint) and not _is_told(visit(visited), hint)


def _is_told(seen: Visit, hint: str) -> bool:
    """Whether ``hint`` stands among the choices, as soon as the servers were asked."""
    with seen.page.expect_response(lambda response: "/run/predict" in response.url):
        seen.page.click("#options > button")
    seen.page.wait_for_timeout(700)
    return seen.page.get_by_text(hint).is_visible()


def test_nobody_waits_for_a_server(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known already is given without asking; what was found when asked is known then."""
    models = ModelChoices("openai:scripted")
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    assert models.choices() == ["extractive", "openai:scripted"]
    assert models.refresh() == ["extractive", "openai:scripted", "openai:other"]
    assert models.choices() == models.refresh()


def test_an_own_server_takes_the_place_of_the_public_one(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key alone an example of the provider is offered, with an address what is there."""
    models = ModelChoices("extractive")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert models.choices() == ["extractive"]
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert models.choices() == ["extractive", PROVIDERS["openai"].example]
