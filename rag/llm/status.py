"""Tell which providers can be used, and what the others lack."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import httpx

from ingest.errors import ModelError
from rag.llm.errors import explain, own_hint
from rag.llm.langchain_model import check_provider, ollama_client, where
from rag.llm.providers import (
    PROVIDERS,
    Environment,
    login_header,
    read_environment,
    without_login,
)

Told = TypeVar("Told")

PATIENCE_SECONDS = 5.0
SHORT_PATIENCE_SECONDS = 2.0  # where a visitor waits for a list to choose from


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a provider's models can be used; ``reachable`` is None where it was not tried.

    ``example`` is a string for ``--llm``: a model that the server has, where it lists them.
    """

    example: str
    configured: bool
    reachable: bool | None
    hint: str


@dataclass(frozen=True, slots=True)
class _Listing:
    """How to ask a server which models it has, the cheapest question that needs the key."""

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
    """Every provider, in a fixed order.  Asks the servers of those that are configured."""
    return _at_once(_status, PROVIDERS, read_environment())


def offered_models() -> list[str]:
    """The models on the user's own servers, as strings for ``--llm``.

    Those are Ollama, and any server whose address is set.  One that cannot be asked offers nothing.
    """
    environment = read_environment()
    own = [*filter(environment.own_address, _LISTINGS), "ollama"]
    return list(chain(*_at_once(_offers, own, environment)))


def _at_once(
    ask: Callable[[str, Environment], Told], names: Collection[str], environment: Environment
) -> list[Told]:
    """What ``ask`` returns for each provider, in their order; a slow one delays no other."""
    with ThreadPoolExecutor(len(names)) as threads:
        return list(threads.map(lambda name: ask(name, environment), names))


def _offers(name: str, environment: Environment) -> list[str]:
    try:
        check_provider(PROVIDERS[name].example, environment)
        models = _list_models(name, environment, SHORT_PATIENCE_SECONDS)
    except Exception:  # `askpapers models` says what is wrong with it
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
    except Exception as error:  # whatever it is, it concerns this provider alone
        told = explain(error, example, *where(name, environment))
        return ModelStatus(example, True, False, _one_line(told))
    if models and example.partition(":")[2] not in models:
        example = f"{name}:{models[0]}"
    return ModelStatus(example, True, True, "" if models else "The server has no model yet.")


def _one_line(error: ModelError) -> str:
    return f"{error.message} {own_hint(error)}".strip()


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
    # A login takes the place of the key, as in the client that asks the model.
    headers = listing.headers(environment.key(name) or "none") | login_header(login)
    url = address.rstrip("/") + listing.path
    # Not redirected: that would take the key elsewhere.
    reply = httpx.get(url, headers=headers, timeout=patience, follow_redirects=False)
    return listing.names(reply.raise_for_status().json())
