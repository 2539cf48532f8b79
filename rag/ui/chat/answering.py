"""Answer a visitor's question, and give the chat as it is shown after each step."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from concurrent.futures import wait
from contextlib import ExitStack, closing, nullcontext
from dataclasses import replace

from ingest.errors import AssistantError, UsageError
from ingest.terminal import unexpected_logged
from rag.answer import Answer, Replacement
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker
from rag.ui.exchange import Chat, Exchange, ShownError
from rag.ui.limits import Slot
from rag.ui.selection import Selection

SENTENCE_SECONDS = 0.08  # between two sentences of an answer that arrived all at once
POLL_SECONDS = 1.0  # between two checks while waiting
SLOT_POLL_SECONDS = 0.1
SLOT_WAIT_SECONDS = 10.0  # a stopped question frees its slot within a second or two
MAX_WAIT_SECONDS = 600.0  # for the model to load and, on a slow machine, the list to be read


def answer_question(
    assistant: Assistant,
    background: BackgroundWorker,
    chat: Chat,
    asked: str,
    selection: Selection,
    slot: Slot = nullcontext,
) -> Generator[Chat]:
    """The chat after each step of answering ``asked``.  Errors become part of the chat.

    ``slot`` is held while the answer is made; it may refuse with ``UsageError``.
    """
    chat = chat.ready_for(asked)
    exchange = Exchange(
        asked, progress_key="searching" if background.ready.is_set() else "warming up"
    )
    waiting = chat.with_last(exchange)
    yield waiting
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not background.ready.wait(POLL_SECONDS) and time.monotonic() < deadline:
        yield waiting
    known = background.papers()
    exchange = replace(exchange, scope=selection.scope(known))
    selection = selection.without_missing(known)
    try:
        with unexpected_logged(background.workspace.root), ExitStack() as stack:
            for _ in _wait_for_slot(slot, stack):
                yield waiting
            for step in _stream_answer(assistant, chat, exchange, selection):
                yield chat.with_last(step)
    except AssistantError as error:
        yield chat.with_last(replace(exchange, error=ShownError.of(error)))


def _wait_for_slot(slot: Slot, stack: ExitStack) -> Iterator[None]:
    """Enter a slot into ``stack`` as soon as one is free: a stopped question keeps its own for a moment.

    Raises ``UsageError`` if none gets free.
    """
    deadline = time.monotonic() + SLOT_WAIT_SECONDS
    while True:
        try:
            stack.enter_context(slot())
            return
        except UsageError:
            if time.monotonic() > deadline:
                raise
        yield
        time.sleep(SLOT_POLL_SECONDS)


def ask_again(
    assistant: Assistant,
    background: BackgroundWorker,
    chat: Chat,
    selection: Selection,
    slot: Slot = nullcontext,
) -> Generator[Chat]:
    """The chat while its last question is asked again; the old answer stays until there is a new one."""
    last, before = chat.exchanges[-1], chat.without_last()
    steps = answer_question(assistant, background, before, last.question, selection, slot)
    with closing(steps):
        for step in steps:
            yield step.without_last().with_last(step.exchanges[-1].replacing(last))


def fetch_and_ask(
    assistant: Assistant,
    background: BackgroundWorker,
    chat: Chat,
    paper: str,
    selection: Selection,
    slot: Slot = nullcontext,
) -> Generator[Chat]:
    """The chat while ``paper`` is fetched before all others and the last question is asked again.

    If it cannot be fetched, the existing answer stays, with the reason.
    """
    last, before = chat.exchanges[-1], chat.without_last()
    known = background.papers()[paper].paper
    fetching = before.with_last(replace(last, fetching=known.title, action_errors=()))
    try:
        job = background.request(only=(paper,), retry_failed=True)
        while not job.done():
            yield fetching
            wait([job], timeout=POLL_SECONDS)
        report = job.result()
    except AssistantError as error:
        yield before.with_last(replace(last, action_errors=(ShownError.of(error),)))
        return
    if background.papers()[paper].n_pages:
        yield from ask_again(assistant, background, chat, selection, slot)
        return
    failures = [f for f in report.failed if f.paper in (paper, None)]
    errors = tuple(ShownError(f.message, f.hint, known.title) for f in failures)
    yield before.with_last(replace(last, action_errors=errors))


def _stream_answer(
    assistant: Assistant, chat: Chat, exchange: Exchange, selection: Selection
) -> Iterator[Exchange]:
    assistant = assistant.with_model(selection.llm, fall_back=True)
    for piece in assistant.stream(exchange.question, chat.turns(), selection.filters()):
        if isinstance(piece, Answer):
            is_streamed = bool(exchange.partial) and piece.failure is None
            yield from _reveal(replace(exchange, answer=piece), is_streamed)
        else:
            partial = piece.text if isinstance(piece, Replacement) else exchange.partial + piece
            exchange = replace(exchange, partial=partial)
            yield exchange


def _reveal(exchange: Exchange, is_streamed: bool) -> Iterator[Exchange]:
    """The answer sentence by sentence; all at once if the visitor saw it being written."""
    assert exchange.answer is not None
    n_sentences = len(exchange.answer.sentences)
    for n in range(n_sentences if is_streamed else min(1, n_sentences), n_sentences + 1):
        yield replace(exchange, n_shown=n)
        if n < n_sentences:
            time.sleep(SENTENCE_SECONDS)
