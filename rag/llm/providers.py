"""The known providers, and their settings in the environment."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import unquote

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of models: its package, the variable of its key ("" for none), an example, its address."""

    package: str
    key: str
    example: str
    address: str

    @property
    def is_installed(self) -> bool:
        """Whether its package is installed."""
        return find_spec(self.package.replace("-", "_")) is not None


PROVIDERS = {
    "openai": Provider(
        "langchain-openai", "OPENAI_API_KEY", "openai:gpt-4.1-mini", "https://api.openai.com/v1"
    ),
    "anthropic": Provider(
        "langchain-anthropic",
        "ANTHROPIC_API_KEY",
        "anthropic:claude-haiku-4-5",
        "https://api.anthropic.com",
    ),
    "google_genai": Provider(
        "langchain-google-genai",
        "GOOGLE_API_KEY",
        "google_genai:gemini-2.5-flash",
        "https://generativelanguage.googleapis.com",
    ),
    "mistralai": Provider(
        "langchain-mistralai",
        "MISTRAL_API_KEY",
        "mistralai:mistral-small-latest",
        "https://api.mistral.ai",
    ),
    "deepseek": Provider(
        "langchain-deepseek",
        "DEEPSEEK_API_KEY",
        "deepseek:deepseek-chat",
        "https://api.deepseek.com/v1",
    ),
    "ollama": Provider("langchain-ollama", "", "ollama:llama3.2:1b", "http://localhost:11434"),
    "huggingface": Provider(
        "transformers", "", "huggingface:Qwen/Qwen2.5-0.5B-Instruct", "this computer"
    ),
}

MIN_SECRET_CHARS = 3  # removing every "a" from a message would make it unreadable

# User and password, even with a slash that should have been "%2F", but no "@" in the path.
_LOGIN = re.compile(r"^([a-z][a-z0-9+.-]*://)?([^/]*|[^/]*:(?!\d+/).*)@", re.IGNORECASE)

# Variables with the addresses of the user's own servers; the first that is set counts.
_ADDRESSES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_BASE_URL"),
    "anthropic": ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
    "ollama": ("OLLAMA_HOST",),
}


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings for models: own addresses and keys by provider, and a time limit."""

    addresses: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout_seconds: float = 120.0

    def own_address(self, provider: str) -> str | None:
        """The address that replaces the public one of ``provider``, if one is set."""
        return dict(self.addresses).get(provider)

    def shown_address(self, provider: str) -> str:
        """The address of requests in a form that can be shown: no user, password or query."""
        known = PROVIDERS.get(provider)
        address = self.own_address(provider) or (known.address if known else provider)
        return re.split(r"[?#]", without_login(address)[0])[0]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may contain: the keys, and the users and passwords of addresses."""
        logins = [without_login(address)[1] for _, address in self.addresses]
        parts = [part for login in logins for part in (login, *re.split("[:/?#]", login))]
        forms = [form for part in parts for form in (part, unquote(part))]
        return (*(key for _, key in self.keys), *(f for f in forms if len(f) >= MIN_SECRET_CHARS))

    def key(self, provider: str) -> str | None:
        """The key for ``provider``, if one is set."""
        return dict(self.keys).get(provider)

    def is_ready(self, provider: str) -> bool:
        """Whether ``provider`` has a key, or needs none: the user's own server does not."""
        known = PROVIDERS.get(provider)
        needs_key = known is not None and bool(known.key)
        own_server = provider == "openai" and self.own_address(provider) is not None
        return not needs_key or own_server or self.key(provider) is not None


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Read the settings for models, which only this function does.  Raises ``UsageError``."""
    # A .env file may have "\r" at the ends of lines.
    values = {name: value.strip() for name, value in variables.items()}
    keys = {name: values.get(provider.key) for name, provider in PROVIDERS.items()}
    addresses = {
        name: next((values[v] for v in names if values.get(v)), None)
        for name, names in _ADDRESSES.items()
    }
    return Environment(
        addresses=tuple((name, value) for name, value in addresses.items() if value),
        keys=tuple((name, value) for name, value in keys.items() if value),
        timeout_seconds=_seconds(values.get("ASKPAPERS_LLM_TIMEOUT") or "120"),
    )


def without_login(address: str) -> tuple[str, str]:
    """``address`` without user and password, and these as written in it, or "".

    >>> without_login("http://me:secret@127.0.0.1:8000/v1")
    ('http://127.0.0.1:8000/v1', 'me:secret')
    """
    login = _LOGIN.match(address)
    return (_LOGIN.sub(r"\1", address), login[2]) if login else (address, "")


def login_header(login: str) -> dict[str, str]:
    """The header that sends this user and password to a server; no header for ""."""
    encoded = b64encode(unquote(login).encode()).decode()
    return {"Authorization": f"Basic {encoded}"} if login else {}


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(
            f"ASKPAPERS_LLM_TIMEOUT is {text!r}.", "Give a number of seconds, such as 300."
        )
    return seconds
