"""How much one visitor or program may ask at once, and how much it may send."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import gradio as gr
import httpx
import pytest
from openai_server import Say
from small_library import SmallLibrary
from ui.visits import Open, ServeModel, background_of, wait_until

from ingest.embedding.embed import Vectors
from ingest.errors import UsageError
from rag.assistant import Assistant
from rag.ui.chat.answering import answer_question
from rag.ui.exchange import Chat
from rag.ui.limits import QuestionLimit
from rag.ui.selection import Selection

ASKED = "How many tokens was Herd-65B trained on?"
REFUSED = "of your questions are being answered"


def call(url: str, endpoint: str, **arguments: object) -> str:
    """What an endpoint says to a program that knows no session: its events, as they were sent."""
    begun = httpx.post(f"{url}gradio_api/call/v2/{endpoint}", json=arguments)
    event = begun.json()["event_id"]
    return httpx.get(f"{url}gradio_api/call/v2/{endpoint}/{event}", timeout=60).text


def test_a_program_has_two_questions_at_once(serve_model: ServeModel) -> None:
    """However many sessions it makes, and whatever it asks: its address is what counts."""
    url, model = serve_model(Say(silent=True))
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(call, url, "ask", question=ASKED)
        wait_until(lambda: len(model.asked) == 2)
        for endpoint in ("ask", "search"):
            said = call(url, endpoint, question=ASKED)
            assert "event: error" in said and REFUSED in said
        model.closing.set()


def test_one_visitor_leaves_room_for_the_others() -> None:
    """A third question at once is refused to one, not to another; a finished one frees its place."""
    question_limit = QuestionLimit(at_once=2)
    with question_limit.hold_slot("ada"):
        with (
            question_limit.hold_slot("ada"),
            question_limit.hold_slot("bo"),
            pytest.raises(UsageError, match="are being answered"),
            question_limit.hold_slot("ada"),
        ):
            pass
        with question_limit.hold_slot("ada"):
            pass


@pytest.mark.parametrize("frees", [True, False])
def test_a_question_waits_for_the_place_of_one_that_was_stopped(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, frees: bool
) -> None:
    """So the last of several that were sent at once is answered; it is refused only after a while."""
    background = background_of(library, assistant)
    background.ready.set()
    slot = partial(QuestionLimit(at_once=1).hold_slot, "ada")
    with ExitStack() as before:
        before.enter_context(slot())
        steps = answer_question(assistant, background, Chat(), ASKED, Selection(), slot)
        waiting = next(steps)
        assert next(steps) == next(steps) == waiting
        if frees:
            before.close()
        else:
            monkeypatch.setattr("rag.ui.chat.answering.SLOT_WAIT_SECONDS", 0.0)
            steps = answer_question(assistant, background, Chat(), ASKED, Selection(), slot)
        *_, last = steps
    exchange = last.exchanges[-1]
    assert exchange.done is frees
    assert frees or (exchange.error and REFUSED in exchange.error.message)


def test_the_last_of_three_quick_questions_is_answered(
    library: SmallLibrary, url: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the search of those before it goes on."""
    embed, sent = library.embedder.embed_passages, threading.Event()

    def slow(texts: Sequence[str]) -> Vectors:
        assert sent.wait(20)
        return embed(texts)

    page = visit(url).page
    monkeypatch.setattr(library.embedder, "embed_passages", slow)
    for question in ("How long did the training take?", "Why does Slim save memory?", ASKED):
        page.fill("#question textarea", question)
        page.keyboard.press("Enter")
        page.locator(".user-message", has_text=question).wait_for()
    page.wait_for_timeout(1000)  # it would have been refused by now
    sent.set()
    page.locator(".turn:last-child", has_text="1.4 trillion").wait_for()
    assert page.locator(".turn .error-message").count() == 0


def _request(session: str, username: str | None = None) -> gr.Request:
    client = {"host": "192.0.2.7", "port": 1}
    return gr.Request(username=username, session_hash=session, client=client)


Sent = Callable[[str], gr.Request]


@pytest.mark.parametrize(
    ("is_program", "request_of", "are_one"),
    [
        (False, _request, False),  # a team behind one address
        (True, _request, True),  # one program that makes sessions
        (False, partial(_request, username="ada"), True),
        (True, partial(_request, username="ada"), True),
    ],
)
def test_who_is_one_visitor(is_program: bool, request_of: Sent, are_one: bool) -> None:
    """Pages of one address are several visitors, its programs are one; an account is one anyway."""
    question_limit = QuestionLimit(at_once=1)
    slot = question_limit.program_slot if is_program else question_limit.visitor_slot
    with slot(request_of("first"))():
        if are_one:
            with pytest.raises(UsageError), slot(request_of("second"))():
                pass
        else:
            with slot(request_of("second"))():
                pass
