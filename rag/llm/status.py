"""Find out which providers can be used, and what the others need."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import httpx

from ingest.errors import ModelError
from rag.llm.errors import explain, hint_without_fallback
from rag.llm.langchain_model import check_provider, error_context, ollama_client
from rag.llm.providers import (
    PROVIDERS,
    Environment,
    login_header,
    read_environment,
    without_login,
)

Result = TypeVar("Result")

PATIENCE_SECONDS = 5.0
SHORT_PATIENCE_SECONDS = 2.0  # for the list to choose from on the page, where a visitor waits


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a provider's models can be used; ``reachable`` is None if it was not tried.

    ``example`` is a value for ``--llm``: a model of the server, if it lists them.
    """

    example: str
    configured: bool
    reachable: bool | None
    hint: str


@dataclass(frozen=True, slots=True)
class _Listing:
    """How to request a server's list of models, the cheapest request that needs the key."""

    path: str
    headers: Callable[[str], dict[str, str]]
    names: Callable[[Any], list[str]]


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _ids(reply: Any) -> list[str]:
    return [str(model["id"]) for model in reply["data"]]


_LISTINGS = {
    "openai": _Listing("/models", _bearer, _ids),
    "deepseek": _Listing("/models", _bearer, _ids),
    "mistralai": _Listing("/v1/models", _bearer, _ids),
    "anthropic": _Listing(
        "/v1/models", lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"}, _ids
    ),
    "google_genai": _Listing(
        "/v1beta/models",
        lambda key: {"x-goog-api-key": key},
        lambda reply: [m["name"].removeprefix("models/") for m in reply["models"]],
    ),
}


def configured_models() -> list[ModelStatus]:
    """The status of every provider, in a fixed order.  Sends requests to those that are configured."""
    return _for_each(_status, PROVIDERS, read_environment())


def offered_models() -> list[str]:
    """The models on the user's own servers, as values for ``--llm``.

    Those are Ollama and all servers whose address is set.  A server that does not answer is left out.
    """
    environment = read_environment()
    own = [*filter(environment.own_address, _LISTINGS), "ollama"]
    return list(chain(*_for_each(_offers, own, environment)))


def _for_each(
    ask: Callable[[str, Environment], Result], names: Collection[str], environment: Environment
) -> list[Result]:
    """What ``ask`` returns for each provider, in their order; a slow one delays no other."""
    with ThreadPoolExecutor(len(names)) as threads:
        return list(threads.map(lambda name: ask(name, environment), names))


def _offers(name: str, environment: Environment) -> list[str]:
    try:
        check_provider(PROVIDERS[name].example, environment)
        models = _list_models(name, environment, SHORT_PATIENCE_SECONDS)
    except Exception:  # `askpapers models` reports it
        return []
    return [f"{name}:{model}" for model in models]


def _status(name: str, environment: Environment) -> ModelStatus:
    example = PROVIDERS[name].example
    try:
        check_provider(example, environment)
    except ModelError as error:
        return ModelStatus(example, False, None, _one_line(error))
    if name == "huggingface":
        return ModelStatus(example, True, None, "Runs in this process.")
    try:
        models = _list_models(name, environment)
    except Exception as error:  # it must not affect the other providers
        explained = explain(error, example, *error_context(name, environment))
        return ModelStatus(example, True, False, _one_line(explained))
    if models and example.partition(":")[2] not in models:
        example = f"{name}:{models[0]}"
    return ModelStatus(example, True, True, "" if models else "The server has no model yet.")


def _one_line(error: ModelError) -> str:
    return f"{error.message} {hint_without_fallback(error)}".strip()


def _list_models(
    name: str, environment: Environment, patience: float = PATIENCE_SECONDS
) -> list[str]:
    if name == "ollama":
        listed = ollama_client(environment, patience).list().models
        return [model.model for model in listed if model.model]
    listing = _LISTINGS[name]
    address, login = without_login(environment.own_address(name) or PROVIDERS[name].address)
    if "://" not in address:
        address = f"http://{address}"
    # A login replaces the key, as in the client that asks the model.
    headers = listing.headers(environment.key(name) or "none") | login_header(login)
    url = address.rstrip("/") + listing.path
    # Redirects are not followed: they would send the key elsewhere.
    reply = httpx.get(url, headers=headers, timeout=patience, follow_redirects=False)
    return listing.names(reply.raise_for_status().json())
