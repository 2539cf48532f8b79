"""What the tests with language models share: no keys or addresses of the real environment, no waits."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from openai_server import ModelServer, Say, Serve
from small_library import SmallLibrary

from rag.retrieval.retrieve import Retriever

VARIABLES = (
    "OPENAI_API_KEY OPENAI_BASE_URL OPENAI_API_BASE OPENAI_API_BASE_URL ANTHROPIC_API_KEY "
    "ANTHROPIC_BASE_URL ANTHROPIC_API_URL GOOGLE_API_KEY MISTRAL_API_KEY DEEPSEEK_API_KEY OLLAMA_HOST "
    "ASKPAPERS_LLM_TIMEOUT HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy"
).split()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def whole_library(library: SmallLibrary) -> SmallLibrary:
    """The list of two papers, with the pages of both."""
    library.write_pdf("herd")
    library.write_pdf("slim")
    library.sync()
    return library


@pytest.fixture
def retriever(whole_library: SmallLibrary) -> Retriever:
    return whole_library.open().retriever()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited between attempts."""
    seconds: list[float] = []

    def waited(wait: float) -> Iterator[None]:
        seconds.append(wait)
        yield

    monkeypatch.setattr("rag.llm.langchain_model.wait_in_steps", waited)
    return seconds


@pytest.fixture(scope="module", autouse=True)
def no_connections_left() -> Iterator[None]:
    """LangChain keeps connections to the servers that end here, and has no call that closes them."""
    yield
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> Iterator[Serve]:
    """Opens a server with these replies, and points every provider at it."""
    with ExitStack() as stack:

        def start(*replies: Say, **how: bool) -> ModelServer:
            server = stack.enter_context(ModelServer(*replies, **how))
            monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret-1")
            monkeypatch.setenv("OLLAMA_HOST", server.url)
            return server

        yield start
