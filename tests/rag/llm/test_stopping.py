"""A request can be stopped at any time, even if its server is silent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from openai_server import SPECS, ModelServer, Say, Serve, say

from ingest.errors import ModelUnreachable
from rag.llm.chat_model import ChatModel
from rag.llm.langchain_model import load_model
from rag.llm.stoppable import read_in_steps

MESSAGES = [("user", "How many layers?")]
SOON_SECONDS = 30.0  # on a busy machine; the time limit of a request is two minutes


def wait_until_asked(server: ModelServer, steps: Generator[str, None, object]) -> None:
    while not server.asked:
        assert next(steps) == ""


def wait_until_no_thread_is_left() -> None:
    """Wait until no request has a thread: a thread that was stopped needs a moment."""
    for thread in threading.enumerate():
        if thread.name.startswith("llm-"):
            thread.join(SOON_SECONDS)
            assert not thread.is_alive()


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("before", [[], ["It has"]])
def test_stopping_closes_the_connection_to_a_silent_server(
    serve: Serve, spec: str, before: list[str]
) -> None:
    """Closing a reply closes the connection and ends its thread, whether the server has sent text before or not."""
    server = serve(Say(before, silent=True))
    steps = load_model(spec).stream(MESSAGES)
    if before:
        assert next(filter(None, steps)) == before[0]
    wait_until_asked(server, steps)
    steps.close()
    assert server.hung_up.wait(SOON_SECONDS)
    wait_until_no_thread_is_left()


@pytest.mark.parametrize("spec", SPECS)
def test_a_silent_server_gives_empty_pieces(serve: Serve, spec: str) -> None:
    """While a server is silent, empty pieces are yielded, so that the reader can stop in between."""
    server = serve(Say(silent=True))
    steps = load_model(spec).stream(MESSAGES)
    wait_until_asked(server, steps)
    assert [next(steps) for _ in range(3)] == ["", "", ""]
    steps.close()


def test_the_wait_between_two_tries_can_be_stopped(serve: Serve) -> None:
    """While a request waits for its next try, empty pieces are yielded, and closing it sends no other request."""
    server = serve(Say(status=429, error="slow", headers={"Retry-After": "15"}))
    steps = load_model("openai:scripted").stream(MESSAGES)
    wait_until_asked(server, steps)
    assert next(steps) == ""
    steps.close()
    assert len(server.asked) == 1


@pytest.mark.parametrize("spec", SPECS)
def test_a_finished_reply_leaves_no_thread(serve: Serve, spec: str) -> None:
    """After a complete reply and after an error, no thread of the request is left."""
    serve(say("It has 6."), Say(status=401, error="no"))
    model = load_model(spec)
    assert "".join(model.stream(MESSAGES)) == "It has 6."
    with pytest.raises(ModelUnreachable, match="refused"):
        list(model.stream(MESSAGES))
    wait_until_no_thread_is_left()


def test_generators_that_a_client_leaves_open_are_closed() -> None:
    """A generator that a client did not read to its end is closed before the event loop stops."""
    closed = threading.Event()

    async def connection() -> AsyncGenerator[int]:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0.05)
            closed.set()

    async def reply() -> AsyncGenerator[int]:
        async for piece in connection():
            yield piece
            break

    assert [piece for piece in read_in_steps(reply()) if piece] == [1]
    assert closed.is_set()


def test_stopping_a_fast_server_is_not_delayed() -> None:
    """Closing works at once even if the next piece is there already and the client ignores the cancellation."""
    closed = threading.Event()

    async def pieces() -> AsyncGenerator[int]:
        try:
            while True:
                with suppress(asyncio.CancelledError):  # as asyncio.wait_for does in Python 3.11
                    await asyncio.sleep(0)
                yield 1
        finally:
            closed.set()

    steps = read_in_steps(pieces())
    next(filter(None, steps))
    steps.close()
    assert closed.is_set()


@pytest.mark.parametrize("spec", SPECS[:2])  # Ollama's client closes its own when it is collected
def test_connections_are_reused(serve: Serve, spec: str) -> None:
    """The next question uses the same connection, from any thread."""
    server = serve(say("It has 6."), keeps_alive=True)
    model = load_model(spec)
    n_before = server.n_connections
    with ThreadPoolExecutor(1) as elsewhere:
        for thread in (lambda: _text(model), lambda: elsewhere.submit(_text, model).result()):
            assert thread() == "It has 6."
    assert server.n_connections == n_before + 1


def _text(model: ChatModel) -> str:
    return "".join(model.stream(MESSAGES))


def test_stopping_one_request_does_not_affect_others(serve: Serve) -> None:
    """Of two requests at the same time, one can be closed and the other is read to its end."""
    server = serve(Say(silent=True), say("It has 6."))
    model = load_model("openai:scripted")
    first, second = model.stream(MESSAGES), model.stream(MESSAGES)
    wait_until_asked(server, first)
    said = next(filter(None, second))
    first.close()
    assert said + "".join(second) == "It has 6."
    assert server.hung_up.wait(SOON_SECONDS)


def test_a_program_with_a_running_event_loop_can_ask(serve: Serve) -> None:
    """A model can be asked inside a running event loop, as in a notebook."""
    serve(say("It has 6."))

    async def program() -> str:
        return _text(load_model("openai:scripted"))

    with ThreadPoolExecutor(
        1
    ) as thread:  # this one has playwright's loop, once a page was looked at
        assert thread.submit(lambda: asyncio.run(program())).result() == "It has 6."
