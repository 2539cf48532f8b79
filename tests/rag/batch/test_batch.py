"""A batch writes its answers in order, continues after an interruption, and is not stopped by an invalid line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from batches import answer, items, lines
from openai_server import Say, Serve, say
from small_library import ASKED, SmallLibrary

from ingest.errors import ModelError, ModelUnreachable
from rag.answer import Turn
from rag.batch.batch import FORMATS, journal_of, run_batch
from rag.batch.item_answers import MAX_FIRST_FAILURES, CircuitBreaker, ItemAnswerer, Record
from rag.batch.items import Item


def test_answers_come_in_order_of_the_input(tmp_path: Path) -> None:
    """The answers are in the order of the questions, also with several workers."""
    asked = [Item(str(n), f"q{n}") for n in range(20)]
    assert run_batch(asked, tmp_path / "o.jsonl", answer, n_workers=4).failed == 0
    assert [r["id"] for r in lines(tmp_path / "o.jsonl")] == [str(n) for n in range(20)]


def test_an_invalid_line_does_not_stop_the_rest(tmp_path: Path) -> None:
    """The record of an invalid line has an error with the line's number, and the other lines are answered."""
    asked = items(tmp_path, '{"question": "a"}', "{broken", '{"id": 7}', "[]", '{"question": "b"}')
    assert run_batch(asked, tmp_path / "o.jsonl", answer).failed == 3
    out = lines(tmp_path / "o.jsonl")
    assert ["error" in r for r in out] == [False, True, True, True, False]
    assert "Line 2" in out[1]["error"]["message"] and out[1]["error"]["hint"]


class Recorder:
    """Answers questions, and records their ids; is interrupted by the question "kill"."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def __call__(self, item: Item) -> Record:
        if item.question == "kill":
            raise KeyboardInterrupt
        self.ids.append(item.id)
        return answer(item)


def asked_by(asked: list[Item], out: Path, how: str = "") -> list[str]:
    """The ids of the questions that a batch asks."""
    noted = Recorder()
    run_batch(asked, out, noted, how)
    return noted.ids


FORM = pytest.mark.parametrize("form", FORMATS)


@FORM
def test_an_interrupted_batch_continues(tmp_path: Path, form: str) -> None:
    """A batch that was interrupted asks only what it had not answered, and writes its output at the end."""
    out = tmp_path / f"o{form}"
    with pytest.raises(KeyboardInterrupt):
        run_batch([Item("1", "a"), Item("2", "b"), Item("3", "kill")], out, Recorder())
    assert not out.exists()
    assert asked_by([Item("1", "a"), Item("2", "b"), Item("3", "c")], out) == ["3"]
    assert out.exists()


def test_an_incomplete_line_of_the_journal_affects_no_other(tmp_path: Path) -> None:
    """If the journal's last line is incomplete, only its question is asked again."""
    out = tmp_path / "o.jsonl"
    run_batch([Item("1", "a"), Item("2", "b")], out, answer)
    content = journal_of(out).read_bytes()
    journal_of(out).write_bytes(content[:-20])
    asked = [Item("1", "a"), Item("2", "b")]
    assert asked_by(asked, out) == ["2"]
    assert asked_by(asked, out) == []


@FORM
def test_only_what_failed_or_changed_is_asked_again(tmp_path: Path, form: str) -> None:
    """A question is asked again if it failed, or if its wording, history or papers change, but not if its id does."""
    out = tmp_path / f"o{form}"
    run_batch([Item("1", "a"), Item("2", "fail"), Item("3", "c"), Item("4", "d")], out, answer)
    assert asked_by([Item("1", "a"), Item("2", "b"), Item("x", "c"), Item("4", "d")], out) == ["2"]
    turns = (Turn("before", "so"),)
    changed = [Item("1", "a", turns), Item("2", "other"), Item("3", "c", papers=("p",))]
    assert asked_by([*changed, Item("4", "d")], out) == ["1", "2", "3"]


@FORM
def test_all_is_asked_again_with_other_settings_or_without_the_journal(
    tmp_path: Path, form: str
) -> None:
    """Other settings, such as another model, or a missing journal cause all questions to be asked again."""
    out, asked = tmp_path / f"o{form}", [Item("1", "a"), Item("2", "b")]
    run_batch(asked, out, answer, "extractive")
    assert asked_by(asked, out, "extractive") == []
    assert asked_by(asked, out, "ollama:x") == ["1", "2"]
    journal_of(out).unlink()
    assert asked_by(asked, out, "extractive") == ["1", "2"]


def test_the_journal_has_only_the_last_batch(tmp_path: Path) -> None:
    """The journal does not grow from batch to batch, and it has no failures."""
    out, asked = tmp_path / "o.jsonl", [Item("1", "a"), Item("2", "b"), Item("3", "fail")]
    run_batch(asked, out, answer, "index 0")
    size = journal_of(out).stat().st_size
    for n in range(1, 4):
        assert asked_by(asked[:2], out, f"index {n}") == ["1", "2"]
        assert journal_of(out).stat().st_size == size
    assert asked_by(asked[:2], out, "index 3") == []


def test_a_model_that_never_answers_does_not_use_up_memory() -> None:
    """Once a model is given up, each further question gets an error whose traceback does not grow."""
    breaker = CircuitBreaker()
    for _ in range(MAX_FIRST_FAILURES):
        breaker.record_failure(ModelUnreachable("It does not answer.", "Start it."))
    depths = set()
    for _ in range(100):
        with pytest.raises(ModelUnreachable, match="It does not answer") as raised:
            breaker.check()
        depths.add(len(raised.traceback))
    assert len(depths) == 1


def test_duplicates_are_asked_once(tmp_path: Path) -> None:
    """The same question in several lines is asked once, and each of the lines gets the answer or the error."""
    out = tmp_path / "o.jsonl"
    asked = [Item("1", "a"), Item("2", "fail"), Item("3", "a"), Item("4", "b"), Item("5", "fail")]
    asked += [Item(id, "", problem=f"Line {id} is odd.") for id in ("6", "7")]
    noted, seen, done = Recorder(), list[str](), list[int]()

    def ask(item: Item) -> Record:
        seen.append(item.question)
        return noted(item)

    counts = run_batch(asked, out, ask, n_workers=3, on_done=done.append)
    assert sorted(seen) == ["a", "b", "fail"]
    assert (counts.kept, counts.failed, sum(done)) == (0, 4, 7)
    records = lines(out)
    assert [r["id"] for r in records] == list("1234567")
    assert [r["question"] for r in records] == [item.question for item in asked]
    assert [r["error"]["message"] for r in records[5:]] == ["Line 6 is odd.", "Line 7 is odd."]
    assert run_batch(asked, out, ask).kept == 3


def test_a_kept_answer_has_the_form_of_a_new_one(tmp_path: Path) -> None:
    """Answers kept from an earlier batch are written exactly as before, with the id first."""
    out = tmp_path / "o.jsonl"
    run_batch([Item("1", "a")], out, answer)
    before = out.read_bytes()
    assert list(lines(out)[0]) == ["id", "question", "status", "answer", "citations"]
    counts = run_batch([Item("1", "a")], out, answer)
    assert (counts.kept, counts.failed) == (1, 0)
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("given", "unique"),
    [("x x", "x x#2"), ("a a a#2", "a a#3 a#2"), ("a a#2 a a", "a a#2 a#3 a#4")],
)
def test_ids_are_made_unique(tmp_path: Path, given: str, unique: str) -> None:
    """Lines with the same id are all answered, under different ids."""
    rows = [json.dumps({"id": id, "question": str(n)}) for n, id in enumerate(given.split())]
    asked = items(tmp_path, *rows)
    assert [item.id for item in asked] == unique.split()
    run_batch(asked, tmp_path / "o.jsonl", answer)
    assert [r["question"] for r in lines(tmp_path / "o.jsonl")] == [i.question for i in asked]


LIMITED = Say(status=402, error="no credit")


@pytest.mark.parametrize(("answered", "n_asked"), [(0, 3), (1, 5)])
def test_a_model_that_answers_none_of_the_first_is_not_asked_further(
    serve: Serve, library: SmallLibrary, answered: int, n_asked: int
) -> None:
    """A model that fails the first three questions is not asked again; after one answer it is asked all of them."""
    server = serve(*[say("Herd-65B was trained on 1.4 trillion tokens [1].")] * answered, LIMITED)
    library.write_pdf("herd")
    library.sync()
    answers = ItemAnswerer(library.assistant(llm="openai:scripted"))
    for n in range(5):
        try:
            assert list(answers.stream(Item(str(n), ASKED)))[-1]
        except ModelError as error:
            assert "no credit" in error.message
    assert len(server.asked) == n_asked


def test_the_passages_beside_an_answer_are_those_it_was_made_from(
    serve: Serve, whole_library: SmallLibrary
) -> None:
    """The passages in a record are found for the question as reworded, and can be more than the model was shown."""
    serve(say("Why does Slim save memory?"), say("Its optimizer states are few [1]."))
    assistant = whole_library.assistant(llm="openai:scripted", n_passages=1)
    asked = Item("1", "And why does the other one save memory?", (Turn("What is Herd?", ""),))
    record = ItemAnswerer(assistant, n_hits=3).answer(asked)
    assert [hit["rank"] for hit in record["hits"]] == [1, 2, 3]
    assert record["hits"][0]["paper"] == "slim"
    assert {citation["paper"] for citation in record["citations"]} == {"slim"}
