"""Load a language model by its name.  Home of langchain's ``init_chat_model`` and its providers.

Errors of a provider's package become a ``ModelError`` with a hint.  Nothing heavy is imported before a
model is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, cast

from ingest.errors import ModelError, UsageError
from rag.llm.chat_model import ChatModel, Ending, Message
from rag.llm.errors import (
    MAX_WAIT_SECONDS,
    WITHOUT_MODEL,
    classify,
    explain,
    retry_after_seconds,
    status_of,
)
from rag.llm.langchain_reply import Reply
from rag.llm.loaded_once import loaded_once
from rag.llm.providers import (
    PROVIDERS,
    Environment,
    login_header,
    read_environment,
    without_login,
)
from rag.llm.stoppable import wait_in_steps

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from ollama import Client

TRIES = 3
OLLAMA_CONTEXT = 8_192  # tokens; Ollama's own default is at most half, and it truncates silently
UNKNOWN_CONTEXT = 8_192  # tokens, for a server that does not state its context


def load_model(spec: str) -> ChatModel:
    """The model named ``provider:model``, loaded once.

    Raises ``UsageError`` for an invalid ``spec``, ``ModelError`` for a missing package or key.  Whether a
    server can be reached is known only at the first question.
    """
    return _load(spec, read_environment())


def check_model(spec: str) -> None:
    """Raise what ``load_model`` would raise, as far as this is known without loading or a request."""
    environment = read_environment()
    name, model = _split_spec(spec)
    check_provider(spec, environment)
    if name not in PROVIDERS:  # LangChain has more of them
        _init(spec, name, model, environment)


def _split_spec(spec: str) -> tuple[str, str]:
    name, _, model = spec.partition(":")
    if not name or not model:
        raise UsageError(f"{spec!r} is not the name of a model.", _examples())
    return name, model


@loaded_once(8)
def _load(spec: str, environment: Environment) -> ChatModel:
    name, model = _split_spec(spec)
    check_provider(spec, environment)
    if name == "huggingface":
        from rag.llm.local_model import LocalModel

        return LocalModel(model)
    return LangChainModel(spec, _init(spec, name, model, environment), environment)


def _examples() -> str:
    known = ", ".join(provider.example for provider in PROVIDERS.values())
    return f"Write provider:model, such as {known}; or `extractive` for no model."


def check_provider(spec: str, environment: Environment) -> None:
    """Raise ``ModelError`` if the package or the key for ``spec`` is missing."""
    name = spec.partition(":")[0]
    provider = PROVIDERS.get(name)
    if provider and not provider.is_installed:
        raise _missing_package(spec, provider.package)
    if provider and not environment.is_ready(name):
        raise ModelError(
            f"{spec} needs a key, and {provider.key} is not set.",
            f"Set {provider.key} in the environment or in .env. {WITHOUT_MODEL}",
        )


def _missing_package(spec: str, package: str) -> ModelError:
    return ModelError(
        f"{spec} needs the package {package}.", f"`pip install {package}`. {WITHOUT_MODEL}"
    )


def _init(spec: str, name: str, model: str, environment: Environment) -> BaseChatModel:
    """LangChain's model, without retries in its client: ``LangChainModel.stream`` retries."""
    from langchain.chat_models import init_chat_model

    options = _options(name, model, environment)
    try:
        return cast("BaseChatModel", init_chat_model(model, model_provider=name, **options))
    except ImportError as error:
        raise _missing_package(spec, (error.name or name).replace("_", "-")) from error
    except Exception as error:  # an invalid address, or anything else that its client rejects
        if name not in PROVIDERS and isinstance(error, ValueError):
            raise ModelError(f"There is no provider {name!r}.", _examples()) from error
        raise explain(error, spec, *error_context(name, environment)) from None


def _options(name: str, model: str, environment: Environment) -> dict[str, Any]:
    """The arguments of the provider's class; providers have different names for the same options."""
    own_address = environment.own_address(name)
    options: dict[str, Any] = {} if _sets_its_own_temperature(name, model) else {"temperature": 0}
    if own_address:
        options["base_url"] = own_address
    if name == "ollama":
        options["client_kwargs"] = {"timeout": environment.timeout_seconds}
        options["num_ctx"] = min(OLLAMA_CONTEXT, _ollama_context(model, environment))
    elif name in PROVIDERS:
        options |= {"timeout": environment.timeout_seconds, "max_retries": 0}
    if name in ("openai", "deepseek"):  # the default limit between two pieces is 120 s
        options["stream_chunk_timeout"] = environment.timeout_seconds
    if key := environment.key(name):  # stripped; without it, the client reads the environment
        options["api_key"] = key
    elif name == "openai" and own_address:
        options["api_key"] = "none"  # the user's own server needs no key, but the client does
    return options


def _sets_its_own_temperature(name: str, model: str) -> bool:
    """Whether OpenAI refuses a temperature for it (o1, o3-mini, ...); LangChain handles gpt-5."""
    return name == "openai" and re.search(r"(?:^|/)o\d", model) is not None


def _ollama_context(model: str, environment: Environment) -> int:
    """The model's context in tokens; errors are ignored here, and come again with the question."""
    try:
        details = ollama_client(environment, patience_seconds=5).show(model).modelinfo or {}
    except Exception:
        return OLLAMA_CONTEXT
    lengths = [int(v) for k, v in details.items() if k.endswith(".context_length")]
    return min(lengths, default=OLLAMA_CONTEXT)


def ollama_client(environment: Environment, patience_seconds: float) -> Client:
    """Ollama's own client: OLLAMA_HOST may be a host, a port, or both, with no scheme."""
    from ollama import Client

    address, login = without_login(environment.own_address("ollama") or "")
    return Client(
        address, timeout=patience_seconds, follow_redirects=False, headers=login_header(login)
    )


def error_context(name: str, environment: Environment) -> tuple[str, str, tuple[str, ...]]:
    """The arguments of ``explain``: the address, the variable of the key, and the secrets to hide."""
    key = PROVIDERS[name].key if name in PROVIDERS else ""
    return environment.shown_address(name), key, environment.secrets


class LangChainModel:
    """Any model that LangChain supports, over the network."""

    def __init__(self, spec: str, chat: BaseChatModel, environment: Environment) -> None:
        self._spec = spec
        self._chat = chat
        self._error_context = error_context(spec.partition(":")[0], environment)
        self._patience_seconds = environment.timeout_seconds

    @property
    def context_tokens(self) -> int:
        """The context by the model's profile, or ``UNKNOWN_CONTEXT``."""
        profile = self._chat.profile or {}
        known = profile.get("max_input_tokens") or UNKNOWN_CONTEXT
        return int(getattr(self._chat, "num_ctx", None) or known)

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Ending]:
        """As ``ChatModel.stream``; transient failures are retried as long as no text has been received."""
        for attempt in range(1, TRIES + 1):
            reply = Reply(self._chat, messages, self._patience_seconds)
            try:
                yield from reply.pieces()
            except Exception as error:
                if reply.has_begun:
                    return reply.ending("cut")
                if self._drops_refused_temperature(error):
                    return (yield from self.stream(messages))
                wait = retry_after_seconds(error)
                wait = 2.0 ** (attempt - 1) if wait is None else wait
                passes = classify(error).worth_retrying and wait <= MAX_WAIT_SECONDS
                if attempt == TRIES or not passes:
                    # Not "from error": a server's reply may repeat the key.
                    raise explain(error, self._spec, *self._error_context) from None
                yield from ("" for _ in wait_in_steps(wait))
                continue
            return reply.ending()
        raise AssertionError("the last attempt returns or raises")

    def _drops_refused_temperature(self, error: Exception) -> bool:
        """Whether the model refused its temperature; from now on, none is sent."""
        is_refused = (
            getattr(self._chat, "temperature", None) is not None
            and status_of(error) in (400, 422)
            and "temperature" in str(error).lower()
        )
        if is_refused:
            self._chat = self._chat.model_copy(update={"temperature": None})
        return is_refused
