"""A file of questions is answered in the page and taken along, in a real browser."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from openai_server import Say, say
from pdfs import plain_pdf
from small_library import SmallLibrary
from ui.visits import Open, Serve, ServeModel, Visit, background_of, wait_until

from rag.assistant import Assistant
from rag.ui.batch import tab
from rag.ui.batch.progress import MAX_ANSWERS_SHOWN, BatchRun, render_batch_run

QUESTIONS = """\
{"id": "a", "question": "How many tokens was Herd-65B trained on?"}
{"id": "b", "question":
{"id": "c", "question": "What is the capital of Mongolia?"}
"""


@pytest.fixture
def batch(library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open) -> Visit:
    background = background_of(library, assistant)
    background.start()
    seen = visit(serve(assistant, background))
    seen.page.get_by_role("tab", name="Batch").click()
    return seen


def _drop(batch: Visit, path: Path) -> None:
    with batch.page.expect_file_chooser() as chooser:
        batch.page.click("#batch-file button")
    chooser.value.set_files(path)
    batch.page.locator("#batch-file", has_text=path.stem).wait_for()
    batch.page.click("#batch-start")


def _answer_questions(batch: Visit, folder: Path) -> None:
    path = folder / "questions.jsonl"
    path.write_text(QUESTIONS, encoding="utf-8")
    _drop(batch, path)
    batch.page.locator(
        ".batch-run", has_text="3 of 3 done: 1 answered, 1 without evidence, 1 failed"
    ).wait_for()


def test_a_file_is_answered_and_taken_along(batch: Visit, tmp_path: Path) -> None:
    """In order, a broken line told and passed over; all three forms can be downloaded."""
    _answer_questions(batch, tmp_path)
    assert "1.4 trillion" in batch.page.locator(".batch-answers").inner_text()
    batch.page.locator(".batch-answers button.topic", has_text="p. 2").first.click()
    batch.page.locator(".reader .page-position", has_text="2 / 2").wait_for()
    with batch.page.expect_download() as download:
        batch.page.get_by_role("button", name="JSONL").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records][::2] == ["a", "c"]
    assert records[0]["citations"][0]["paper"] == "herd" and "error" in records[1]
    assert batch.page.get_by_role("button", name="CSV").is_visible()
    assert batch.page.get_by_role("button", name="Markdown").is_visible()


def test_stop_reaches_a_silent_model(serve_model: ServeModel, visit: Open, tmp_path: Path) -> None:
    """The request of the question at hand is ended at once; what is answered can be taken along."""
    path = tmp_path / "questions.txt"
    path.write_text("How many tokens was Herd-65B trained on?\n" * 2, encoding="utf-8")
    url, server = serve_model(say("1.4 trillion tokens [1]."), Say(silent=True))
    seen = visit(url)
    seen.page.get_by_role("tab", name="Batch").click()
    _drop(seen, path)
    seen.page.locator(".batch-run", has_text="1 of 2 · ").wait_for()
    wait_until(lambda: len(server.asked) == 2)
    seen.page.click("#batch-stop")
    assert server.hung_up.wait(3)
    seen.page.get_by_role("button", name="JSONL").wait_for()


def test_only_what_does_something_can_be_clicked(
    serve_model: ServeModel, visit: Open, tmp_path: Path
) -> None:
    """Without a file nothing, with one its start, while it is answered its end."""
    path = tmp_path / "questions.txt"
    path.write_text("How many tokens was Herd-65B trained on?\n", encoding="utf-8")
    url, _ = serve_model(Say(silent=True))
    page = visit(url).page
    page.get_by_role("tab", name="Batch").click()
    go, stop = page.locator("#batch-start"), page.locator("#batch-stop")
    page.locator("#batch-start[disabled]").wait_for()
    assert stop.is_disabled()
    with page.expect_file_chooser() as chooser:
        page.click("#batch-file button")
    chooser.value.set_files(path)
    go.click()
    page.locator("#batch-start[disabled]").wait_for()
    stop.click()
    page.locator("#batch-stop[disabled]").wait_for()
    assert go.is_enabled()


def test_the_answers_follow_the_language(batch: Visit, tmp_path: Path) -> None:
    """What is told of them, and what went wrong with one, in the language that is chosen."""
    _answer_questions(batch, tmp_path)
    batch.page.click("#language-button")
    batch.page.locator(".batch-run", has_text="完成 3/3：已回答 1，无证据 1，失败 1").wait_for()
    batch.page.locator(".batch-answers .error-message", has_text="请改正").wait_for()


def test_answers_that_cannot_be_written_stay_on_the_page(
    batch: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what went wrong; and the file can be answered again."""
    path = tmp_path / "questions.txt"
    path.write_text("How many tokens was Herd-65B trained on?\n", encoding="utf-8")
    with monkeypatch.context() as broken:
        broken.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
        _drop(batch, path)
        batch.page.locator(".batch-run .error-message", has_text="(id ").wait_for()
    assert "1.4 trillion" in batch.page.locator(".batch-answers").inner_text()
    batch.page.click("#batch-start")
    batch.page.get_by_role("button", name="JSONL").wait_for()
    assert batch.page.locator(".error-message").count() == 0


def test_a_file_that_cannot_be_read_is_told_by_its_name(batch: Visit, tmp_path: Path) -> None:
    """Where it lies on the server is not shown."""
    path = tmp_path / "sheet.csv"
    path.write_text("no,such,column\n1,2,3\n", encoding="utf-8")
    _drop(batch, path)
    said = batch.page.locator("#batch-results .error-message")
    said.wait_for()
    assert said.inner_text().startswith("sheet.csv has no column")


@pytest.mark.parametrize("kind", [".tsv", ".TXT"])
def test_each_kind_of_file_is_taken(batch: Visit, tmp_path: Path, kind: str) -> None:
    """Whatever `askpapers batch` reads."""
    path = tmp_path / f"questions{kind}"
    path.write_text("question\nHow many tokens was Herd-65B trained on?\n", encoding="utf-8")
    _drop(batch, path)
    batch.page.locator(".batch-answers", has_text="1.4 trillion").wait_for()


def test_another_kind_of_file_is_told_in_the_readers_language(batch: Visit, tmp_path: Path) -> None:
    """At once, by us and not by gradio; another file takes its place."""
    page = batch.page
    page.click("#language-button")
    page.locator("#batch-start", has_text="全部回答").wait_for()
    pdf = plain_pdf(tmp_path / "paper.pdf", [["A page."]])
    page.set_input_files("#batch-file input[type=file]", pdf)
    page.locator("#batch-results .error-message", has_text="paper.pdf 不是问题文件。").wait_for()
    assert (
        page.locator("#batch-start").is_disabled()
        and page.get_by_test_id("toast-body").count() == 0
    )
    page.locator("#batch-file").get_by_role("button").first.click()
    page.locator("#batch-file input[type=file]").wait_for(state="attached")
    (tmp_path / "questions.txt").write_text("What is Herd?\n", encoding="utf-8")
    page.set_input_files("#batch-file input[type=file]", tmp_path / "questions.txt")
    page.locator("#batch-start:enabled").wait_for()
    page.locator("#batch-results .error-message").wait_for(state="detached")


def test_too_many_questions_are_told(
    batch: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is said before any is answered, and where there is none."""
    monkeypatch.setattr(tab, "MAX_QUESTIONS", 2)
    path = tmp_path / "many.txt"
    path.write_text("One?\nTwo?\nThree?\n", encoding="utf-8")
    _drop(batch, path)
    batch.page.locator("#batch-results .error-message", has_text="askpapers batch").wait_for()


def test_only_the_latest_answers_are_shown() -> None:
    """However long the file is, the page stays light."""
    records = tuple({"id": str(i), "question": f"Q{i}", "answer": "A"} for i in range(100))
    shown = render_batch_run(BatchRun(200, records, seconds=120), "en")
    assert shown.count("<li") == MAX_ANSWERS_SHOWN and "Q99" in shown
    assert "100 of 200 · about 2 min left" in shown
    assert "100 of 200 done: 100 answered" in render_batch_run(
        BatchRun(200, records, is_over=True), "en"
    )


def test_the_choices_of_the_chat_are_used_and_told(batch: Visit, tmp_path: Path) -> None:
    """Of another year, the papers know nothing."""
    page = batch.page
    page.locator("#batch-selection", has_text=" · all papers").wait_for()
    page.get_by_role("tab", name="Chat").click()
    page.click("#options > button")
    page.get_by_label("Years").fill("2021")
    page.locator("#scope .scope-names", has_text="2021").wait_for()
    page.get_by_role("tab", name="Batch").click()
    page.locator("#batch-selection", has_text=" · 2021").wait_for()
    path = tmp_path / "questions.txt"
    path.write_text("How many tokens was Herd-65B trained on?", encoding="utf-8")
    _drop(batch, path)
    page.locator(".batch-run", has_text="1 of 1 done").wait_for()
    assert "1.4 trillion" not in page.locator(".batch-answers").inner_text()


def test_what_should_be_known_of_the_file_is_told_in_the_readers_language() -> None:
    """As long as its answers are shown."""
    notes = ("q.csv: ignored `year`; known fields are `question`.",)
    shown = render_batch_run(BatchRun(1, notes=notes), "zh")
    assert "q.csv：未读取 `year`" in shown
