"""Answer a visitor's question: from the question to the chat as it is shown, step by step."""

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
from rag.ui.background import Background
from rag.ui.exchange import Chat, Exchange, Trouble
from rag.ui.limits import Place
from rag.ui.selection import Selection

SENTENCE_SECONDS = 0.08  # between two sentences of an answer that arrived all at once
LOOK_SECONDS = 1.0  # between two checks while waiting
PLACE_LOOK_SECONDS = 0.1
PLACE_WAIT_SECONDS = 10.0  # what was stopped ends within a second or two
LONGEST_WAIT_SECONDS = 600.0  # for the model to load and, on a slow machine, the list to be read


def converse(
    assistant: Assistant,
    background: Background,
    chat: Chat,
    asked: str,
    selection: Selection,
    place: Place = nullcontext,
) -> Generator[Chat]:
    """The chat after each step of answering ``asked``.  Errors become part of the chat.

    ``place`` is held while the answer is made; it may refuse with ``UsageError``.
    """
    chat = chat.before(asked)
    exchange = Exchange(asked, doing="searching" if background.ready.is_set() else "waking")
    waiting = chat.with_last(exchange)
    yield waiting
    give_up = time.monotonic() + LONGEST_WAIT_SECONDS
    while not background.ready.wait(LOOK_SECONDS) and time.monotonic() < give_up:
        yield waiting
    known = background.papers()
    selection, exchange = selection.among(known), replace(exchange, scope=selection.scope(known))
    try:
        with unexpected_logged(background.workspace.root), ExitStack() as held:
            for _ in _until_placed(place, held):
                yield waiting
            for step in _answered(assistant, chat, exchange, selection):
                yield chat.with_last(step)
    except AssistantError as error:
        yield chat.with_last(replace(exchange, trouble=Trouble.of(error)))


def _until_placed(place: Place, held: ExitStack) -> Iterator[None]:
    """Have ``held`` hold a place as soon as there is one: what was stopped keeps its own for a moment.

    Raises ``UsageError`` if they stay taken.
    """
    give_up = time.monotonic() + PLACE_WAIT_SECONDS
    while True:
        try:
            held.enter_context(place())
            return
        except UsageError:
            if time.monotonic() > give_up:
                raise
        yield
        time.sleep(PLACE_LOOK_SECONDS)


def ask_again(
    assistant: Assistant,
    background: Background,
    chat: Chat,
    selection: Selection,
    place: Place = nullcontext,
) -> Generator[Chat]:
    """The chat while its last question is asked again; the old answer stays until there is a new one."""
    last, before = chat.exchanges[-1], chat.without_last()
    with closing(converse(assistant, background, before, last.question, selection, place)) as steps:
        for step in steps:
            yield step.without_last().with_last(step.exchanges[-1].in_place_of(last))


def fetch_and_ask(
    assistant: Assistant,
    background: Background,
    chat: Chat,
    paper: str,
    selection: Selection,
    place: Place = nullcontext,
) -> Generator[Chat]:
    """The chat while ``paper`` is fetched before all others and the last question is asked again.

    If it cannot be fetched, the existing answer stays, with the reason.
    """
    last, before = chat.exchanges[-1], chat.without_last()
    known = background.papers()[paper].paper
    fetching = before.with_last(replace(last, fetching=known.title, in_vain=()))
    try:
        job = background.request(only=(paper,), retry_failed=True)
        while not job.done():
            yield fetching
            wait([job], timeout=LOOK_SECONDS)
        report = job.result()
    except AssistantError as error:
        yield before.with_last(replace(last, in_vain=(Trouble.of(error),)))
        return
    if background.papers()[paper].n_pages:
        yield from ask_again(assistant, background, chat, selection, place)
        return
    why = tuple(
        Trouble(f.message, f.hint, known.title) for f in report.failed if f.paper in (paper, None)
    )
    yield before.with_last(replace(last, in_vain=why))


def _answered(
    assistant: Assistant, chat: Chat, exchange: Exchange, selection: Selection
) -> Iterator[Exchange]:
    answering = assistant.with_model(selection.llm, fall_back=True)
    for piece in answering.stream(exchange.question, chat.turns(), selection.filters()):
        if isinstance(piece, Answer):
            seen = bool(exchange.partial) and piece.failure is None
            yield from _revealed(replace(exchange, answer=piece), seen)
        else:
            written = piece.text if isinstance(piece, Replacement) else exchange.partial + piece
            exchange = replace(exchange, partial=written)
            yield exchange


def _revealed(exchange: Exchange, seen: bool) -> Iterator[Exchange]:
    """The answer sentence by sentence; at once if its text was ``seen`` while it was written."""
    assert exchange.answer is not None
    n_sentences = len(exchange.answer.sentences)
    for n in range(n_sentences if seen else min(1, n_sentences), n_sentences + 1):
        yield replace(exchange, n_shown=n)
        if n < n_sentences:
            time.sleep(SENTENCE_SECONDS)
