"""What was thought of an answer is kept once, and as a question only where it proves something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.corpus import Paper
from ingest.errors import StorageError
from rag.answer import Answer, Citation, Sentence, Status
from rag.evaluation.evaluate import read_gold
from rag.ui.chat.feedback import record_rating
from rag.ui.exchange import Chat, Exchange

HERD = Paper("herd", "Herd")


def chat_with(page: int | None, status: Status = "answered") -> Chat:
    """A chat of one answer, which cites ``page`` of a paper, or its entry in the list."""
    said = Sentence("It took 21 days.", (1,), "supported")
    place = Citation(1, "paper" if page else "list", HERD, page, "It took 21 days.", 0)
    cited = (place,) if status == "answered" else ()
    answer = Answer("How long?", status, (said,), cited, "extractive", "i")
    return Chat((Exchange("How long?", answer=answer, n_shown=1),), "0123456789")


def ids_in(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["id"] for line in lines]


def test_the_last_rating_of_an_answer_counts(tmp_path: Path) -> None:
    """However often it is rated it stands once, in the file of what was said last."""
    liked, disliked = tmp_path / "liked.jsonl", tmp_path / "disliked.jsonl"
    chat = chat_with(page=2)
    assert record_rating(tmp_path, chat, 1, liked=True) and record_rating(
        tmp_path, chat, 1, liked=True
    )
    (gold,) = read_gold(liked)
    assert (gold.id, gold.places[0].paper, gold.places[0].pages) == (
        "01234567-1",
        "herd",
        frozenset({2}),
    )
    assert record_rating(tmp_path, chat, 1, liked=False)
    assert (ids_in(liked), ids_in(disliked)) == ([], [gold.id])
    assert record_rating(tmp_path, chat, 1, liked=True)
    assert (ids_in(liked), ids_in(disliked)) == ([gold.id], [])


def test_lines_of_others_stay_as_they_are(tmp_path: Path) -> None:
    """Also what somebody wrote by hand, broken or not."""
    disliked = tmp_path / "disliked.jsonl"
    by_hand = b'{"question":"q", "id":"other-1"}\n{broken\n7\n\xff\n'
    disliked.write_bytes(by_hand)
    for liked in (False, False, True):
        record_rating(tmp_path, chat_with(page=2), 1, liked)
    assert disliked.read_bytes() == by_hand


def test_a_last_line_without_an_end_stays_a_line(tmp_path: Path) -> None:
    """An editor may leave it so; the next rating begins a line of its own."""
    disliked = tmp_path / "disliked.jsonl"
    disliked.write_text('{"id": "by-hand"}', encoding="utf-8")
    record_rating(tmp_path, chat_with(page=2), 1, liked=False)
    assert ids_in(disliked) == ["by-hand", "01234567-1"]


def test_what_stands_on_the_list_alone_proves_no_page(tmp_path: Path) -> None:
    """Such a question would read as one to be refused; what was said before goes all the same."""
    assert record_rating(tmp_path, chat_with(page=None), 1, liked=False)
    assert record_rating(tmp_path, chat_with(page=None), 1, liked=True)
    assert ids_in(tmp_path / "liked.jsonl") == ids_in(tmp_path / "disliked.jsonl") == []


def test_a_refusal_that_was_liked_should_be_refused(tmp_path: Path) -> None:
    """No places is then what is meant."""
    assert record_rating(tmp_path, chat_with(page=None, status="no_evidence"), 1, liked=True)
    (gold,) = read_gold(tmp_path / "liked.jsonl")
    assert gold.places == ()


@pytest.mark.parametrize("turn", [0, 2])
def test_what_is_not_there_is_not_rated(tmp_path: Path, turn: int) -> None:
    """The page may send any number."""
    assert not record_rating(tmp_path, chat_with(page=2), turn, liked=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("liked", [True, False])
def test_a_rating_that_cannot_be_kept_is_told(tmp_path: Path, liked: bool) -> None:
    """Here a file is where the folder should be."""
    (tmp_path / "feedback").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written"):
        record_rating(tmp_path / "feedback", chat_with(page=2), 1, liked=liked)
