"""The browser keeps chats, and whatever it gives back does no harm."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from small_library import LLAMA

from rag.answer import Answer, Citation, Hit, ModelFailure, Row, Scores, Sentence
from rag.ui.chat_storage import MAX_CHARS, MAX_EXCHANGES, chat_from_json, chat_to_json
from rag.ui.exchange import Chat, Exchange, ShownError

HIT = Hit(1, "paper", LLAMA, 2, "Training", 5, "some words", Scores(0.5, 1.5, 2.5))
CITATION = Citation(1, "paper", LLAMA, 2, "So.", 7)
ANSWER = Answer(
    "How?",
    "answered",
    (
        Sentence("So.", (1,), "partly", "Herd:"),
        Sentence("a: b", (1,), "partly", row=Row(("a",), ("b",)), code="x\n  y"),
    ),
    (CITATION,),
    "extractive",
    "build",
    (HIT,),
    ("A notice.",),
)


def _chat_of(*answers: Answer) -> Chat:
    return Chat(tuple(Exchange(a.question, answer=a, n_shown=len(a.sentences)) for a in answers))


CHAT = _chat_of(ANSWER)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


def test_a_chat_comes_back_as_it_is_seen() -> None:
    """Through JSON and back: the same words, places and scores."""
    back = chat_from_json(json.loads(json.dumps(chat_to_json(CHAT))))
    assert back is not None and back.id == CHAT.id and back.title == "How?"
    answer = back.exchanges[0].answer
    assert answer is not None and answer.text == ANSWER.text
    assert answer.citations[0].as_json() == ANSWER.citations[0].as_json()
    assert answer.hits[0].scores == HIT.scores
    assert back.turns() == CHAT.turns()


def test_what_was_stopped_or_failed_is_kept_as_it_is() -> None:
    """With what was written by then; only what is still being answered is not."""
    stopped = Exchange("And then?", partial="It was", stopped=True, scope=("Herd",))
    failed = Exchange("Why?", error=ShownError("No.", "Ask again."))
    asked = Exchange("Now?", progress_key="searching")
    chat = replace(CHAT, exchanges=(*CHAT.exchanges, stopped, failed, asked))
    back = chat_from_json(json.loads(json.dumps(chat_to_json(chat))))
    assert back is not None and back.exchanges[1:] == (stopped, failed)


def test_what_was_kept_before_a_field_was_there_is_read() -> None:
    """Such as the exit code of a failure."""
    failed = replace(ANSWER, failure=ModelFailure("ollama:x", "No.", "Ask again.", exit_code=4))
    record = chat_to_json(_chat_of(failed))
    del record["exchanges"][0]["answer"]["failure"]["exit_code"]
    back = chat_from_json(record)
    assert back is not None and back.exchanges[0].answer is not None
    assert back.exchanges[0].answer.failure == ModelFailure("ollama:x", "No.", "Ask again.")


def test_nothing_is_kept_that_is_not_read_back() -> None:
    """A browser has room for some 5 MB, and a chat goes there with each answer."""
    noted = replace(LLAMA, note="n" * 999, topics=("t" * 999,), aliases=("a" * 999,))
    answer = replace(
        ANSWER, hits=(replace(HIT, paper=noted),), citations=(replace(CITATION, paper=noted),)
    )
    assert chat_to_json(_chat_of(answer)) == chat_to_json(CHAT)
    assert "timings" not in json.dumps(chat_to_json(CHAT))


def test_the_oldest_exchanges_give_way_where_a_browser_has_no_room() -> None:
    """The newest are always kept."""
    long = replace(ANSWER, sentences=(Sentence("x" * (MAX_CHARS // 4), (1,), "supported"),))
    record = chat_to_json(_chat_of(*(replace(long, question=str(i)) for i in range(12))))
    assert len(json.dumps(record)) <= MAX_CHARS
    assert [exchange["question"] for exchange in record["exchanges"]] == ["9", "10", "11"]


def test_a_chat_in_chinese_has_as_much_room() -> None:
    """A browser counts characters, and stores them as they are."""
    long = replace(ANSWER, sentences=(Sentence("字" * (MAX_CHARS // 4), (1,), "supported"),))
    record = chat_to_json(_chat_of(*(replace(long, question=str(i)) for i in range(12))))
    assert [exchange["question"] for exchange in record["exchanges"]] == ["9", "10", "11"]


def test_of_a_chat_without_end_the_newest_exchanges_are_kept() -> None:
    """As many as are read back."""
    answers = [replace(ANSWER, question=str(i)) for i in range(MAX_EXCHANGES + 3)]
    back = chat_from_json(chat_to_json(_chat_of(*answers)))
    assert back is not None and len(back.exchanges) == MAX_EXCHANGES
    assert back.exchanges[-1].question == answers[-1].question


@given(json_values)
def test_anything_in_the_browser_is_survived(found: object) -> None:
    """Storage that other hands wrote to gives no chat, and no error."""
    assert chat_from_json(found) is None


@given(json_values, st.sampled_from(["status", "sentences", "citations", "hits", "notices"]))
def test_a_damaged_answer_is_no_chat(found: object, where: str) -> None:
    """A record with a part that is none either gives a chat that can be shown, or none."""
    record = json.loads(json.dumps(chat_to_json(CHAT)))
    record["exchanges"][0]["answer"][where] = found
    chat = chat_from_json(record)
    assert chat is None or chat.turns()
