"""Stop, ask again, edit, go back, take along, rate, narrow down: in a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai_server import Say
from small_library import SmallLibrary
from ui.visits import Open, ServeModel, Visit, wait_until

from ingest.reading_list.edit import remove_papers
from rag.assistant import Assistant
from rag.evaluation.evaluate import read_gold

ASKED = "How many tokens was Herd-65B trained on?"
BOX = "#question textarea"


@pytest.fixture
def writing(url: str, visit: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """A page on which a model has begun to write and does not come to an end; the next one does."""
    left = threading.Event()

    def endless(*args: object) -> Iterator[str]:
        try:
            yield "The model begins to"
            while not left.wait(0.05):
                yield ""
        finally:
            left.set()

    seen = visit(url)
    with monkeypatch.context() as slow:
        slow.setattr(Assistant, "stream", endless)
        seen.page.fill(BOX, ASKED)
        seen.page.keyboard.press("Enter")
        seen.page.locator(".streaming").wait_for()
    yield seen
    assert left.wait(5)


def test_an_answer_can_be_stopped(writing: Visit) -> None:
    """What was written so far stays, marked as unchecked; then one can ask again."""
    page = writing.page
    page.click("#question .stop-button")
    page.locator(".notice", has_text="was not checked").wait_for()
    page.locator('[data-action="retry"]').click()
    page.locator(".sources").wait_for()
    assert page.locator(".turn").count() == 1


def test_a_stopped_answer_gives_way_to_another_question(writing: Visit) -> None:
    """The box takes the next one at once."""
    page = writing.page
    page.click("#question .stop-button")
    page.locator(".notice", has_text="was not checked").wait_for()
    writing.ask("How long did the training of Herd take?")
    assert page.locator(".turn").count() == 2


def test_a_question_stops_the_answer_before(writing: Visit) -> None:
    """It needs no click on Stop; what was written so far stays, marked as unchecked."""
    page = writing.page
    writing.ask("How long did the training of Herd take?")
    page.locator(".turn").nth(0).locator(".notice", has_text="was not checked").wait_for()
    assert page.locator(".turn").count() == 2


def test_enter_hit_twice_asks_once(writing: Visit) -> None:
    """The same question while it is being answered is begun anew."""
    page = writing.page
    writing.page.fill(BOX, ASKED)
    writing.page.keyboard.press("Enter")
    page.locator(".sources").wait_for()
    assert page.locator(".turn").count() == 1


def test_a_new_chat_is_not_written_into(writing: Visit) -> None:
    """What was asked in the chat before shows nothing there any more."""
    page = writing.page
    page.click(".chat-history .new-chat")
    page.locator(".turn").wait_for(state="detached")
    writing.ask("How long did the training of Herd take?")
    assert page.locator(".turn").count() == 1
    assert "The model begins to" not in page.locator(".turn").inner_text()


def test_what_is_written_during_an_answer_stays(
    url: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The box is emptied when its question is sent, and not again by what streams in after it."""

    def at_length(*args: object) -> Iterator[str]:
        while True:
            time.sleep(0.1)
            yield "more and "

    monkeypatch.setattr(Assistant, "stream", at_length)
    page = visit(url).page
    page.fill(BOX, ASKED)
    page.keyboard.press("Enter")
    page.locator(".streaming").wait_for()
    assert page.input_value(BOX) == ""
    page.fill(BOX, "And then?")
    written = page.locator(".streaming").inner_text()
    page.wait_for_function(
        "n => document.querySelector('.streaming').innerText.length > n", arg=len(written) + 20
    )
    page.click("#question .stop-button")
    page.locator(".notice", has_text="Stopped.").wait_for()
    assert page.input_value(BOX) == "And then?"


@pytest.mark.parametrize("written", [[], ["It was"]])
def test_stop_reaches_a_silent_model(
    serve_model: ServeModel, visit: Open, written: list[str]
) -> None:
    """Its server is hung up on at once, whether it had begun to write or not."""
    url, server = serve_model(Say(written, silent=True))
    seen = visit(url)
    seen.page.fill(BOX, ASKED)
    seen.page.keyboard.press("Enter")
    wait_until(lambda: bool(server.asked))
    seen.page.locator(".streaming" if written else ".waiting").wait_for()
    assert not server.hung_up.wait(1)
    seen.page.click("#question .stop-button")
    assert server.hung_up.wait(3)
    seen.page.locator(".notice", has_text="Stopped.").wait_for()


def test_a_question_can_be_edited(answered: Visit) -> None:
    """The last question goes back into the box, and its answer away."""
    answered.page.click('[data-action="edit"]')
    answered.page.locator(".turn").wait_for(state="detached")
    assert answered.page.input_value(BOX) == ASKED


def test_only_the_last_question_is_asked_again(answered: Visit) -> None:
    """Earlier ones keep their answers."""
    answered.ask("How long did the training take?")
    answered.page.locator('.turn:last-child [data-action="retry"]').wait_for()
    assert answered.page.locator('[data-action="retry"]').count() == 1
    answered.page.click('[data-action="retry"]')
    answered.page.locator(".turn:last-child .waiting").wait_for(state="detached")
    assert answered.page.locator(".turn").count() == 2


def test_a_good_answer_outlives_a_second_try(
    answered: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again and stopped, or failed, it is there as before, also after a reload."""

    def endless(*args: object) -> Iterator[str]:
        yield "The model begins to"
        while True:
            time.sleep(0.05)
            yield ""

    page = answered.page
    with monkeypatch.context() as slow:
        slow.setattr(Assistant, "stream", endless)
        page.click('[data-action="retry"]')
        page.locator(".streaming").wait_for()
        page.click("#question .stop-button")
        page.locator(".sources").wait_for()
    with monkeypatch.context() as broken:
        broken.setattr(Assistant, "stream", lambda *args: 1 / 0)
        page.click('[data-action="retry"]')
        page.locator(".fetch-offer .notice").wait_for()
    assert page.locator(".turn").count() == 1
    assert "1.4 trillion" in page.locator(".reply").inner_text()
    page.reload()
    page.locator(".turn .sources").wait_for()
    assert "1.4 trillion" in page.locator(".reply").inner_text()


def test_what_was_stopped_is_kept(writing: Visit) -> None:
    """With what was written by then, and said to be unchecked."""
    page = writing.page
    page.click("#question .stop-button")
    page.locator(".notice", has_text="was not checked").wait_for()
    page.wait_for_timeout(500)  # the answer hears of it, too
    page.reload()
    page.locator(".turn").wait_for()
    said = page.locator(".reply").inner_text()
    assert "The model begins to" in said and "was not checked" in said


def test_chats_are_kept_in_the_browser(answered: Visit) -> None:
    """After a reload the chat is in the list, opens as it was, goes on, and can be deleted."""
    page = answered.page
    answered.until_kept()
    page.click(".chat-history .new-chat")
    page.locator(".turn").wait_for(state="detached")
    page.reload()
    page.locator(".welcome").wait_for()
    page.click(".saved-chats summary")
    page.click(".saved-chats .open")
    page.locator(".turn .sources").wait_for()
    page.locator(".citation").first.click()
    page.locator(".reader .quote-highlight").first.wait_for()
    page.click(".reader .close")
    answered.ask("How long did the training of Herd take?")
    assert page.locator(".turn").count() == 2
    page.click(".chat-history .new-chat")
    page.locator(".welcome").wait_for()
    page.click(".saved-chats summary")
    page.click(".saved-chats .delete-chat")
    page.locator(".saved-chats").wait_for(state="hidden")


def test_windows_side_by_side_take_no_chats_from_one_another(answered: Visit) -> None:
    """Each keeps its own chat, and the list shows those of the others at once."""
    window = answered.page.context
    chats = answered.page.locator(".saved-chats li")
    chats.nth(0).wait_for(state="attached")
    beside = Visit(window.new_page())
    beside.page.goto(answered.page.url)
    beside.page.locator(".saved-chats li").wait_for(state="attached")
    answered.page.click(".chat-history .new-chat")
    for seen, question in ((answered, "How long did it take?"), (beside, "Who wrote Herd?")):
        seen.page.locator(".welcome").wait_for()
        seen.ask(question)
    for seen in (answered, beside):
        seen.page.locator(".saved-chats li").nth(2).wait_for(state="attached")
        titles = seen.page.locator(".saved-chats .open").all_text_contents()
        assert titles == ["Who wrote Herd?", "How long did it take?", ASKED]
        assert seen.page.locator(".saved-chats li.current").count() == 1


def test_the_oldest_chats_give_way(seen: Visit) -> None:
    """Twenty are kept; what another hand wrote among them does no harm."""
    old = "{at: i, chat: {id: String(i), title: `Chat ${i}`, exchanges: []}}"
    seen.page.evaluate(
        "for (let i = 1; i <= 25; i++)"
        f" localStorage.setItem(`askpapers-chat//${{i}}`, i % 7 ? JSON.stringify({old}) : '7{{')"
    )
    seen.ask(ASKED)
    seen.page.locator(".saved-chats li.current").wait_for(state="attached")
    titles = seen.page.locator(".saved-chats .open").all_text_contents()
    assert len(titles) == 20 and titles[:2] == [ASKED, "Chat 25"]
    assert "Chat 4" in titles and "Chat 3" not in titles


def test_a_rating_that_cannot_be_recorded_is_told(answered: Visit, library: SmallLibrary) -> None:
    """Under its answer, with what to do; the rating is as before, and can be given again."""
    page, folder = answered.page, library.workspace.root / "feedback"
    folder.write_text("This is no folder.", encoding="utf-8")
    page.click('[data-liked="yes"]')
    page.locator(".turn .notice", has_text="cannot be written").wait_for()
    assert page.locator('[aria-pressed="true"]').count() == 0
    folder.unlink()
    page.click('[data-liked="yes"]')
    page.locator('[data-liked="yes"][aria-pressed="true"]').wait_for()
    assert page.locator(".turn .notice", has_text="cannot be written").count() == 0


def test_the_chosen_language_stays(seen: Visit) -> None:
    """After a reload the page speaks what was chosen, not what the browser prefers."""
    seen.page.click("#language-button")
    seen.page.locator(".welcome", has_text="你想了解什么？").wait_for()
    seen.page.reload()
    seen.page.locator(".welcome", has_text="你想了解什么？").wait_for()


def test_an_answer_can_be_copied(url: str, visit: Open) -> None:
    """As Markdown and as BibTeX, to the clipboard."""
    seen = visit(url, permissions=["clipboard-read", "clipboard-write"])
    seen.ask(ASKED)
    copied = "navigator.clipboard.readText()"
    seen.page.locator("[data-copy]").nth(0).click()
    seen.page.locator(".answer-actions", has_text="Copied").wait_for()
    assert "1.4 trillion tokens" in seen.page.evaluate(copied)
    seen.page.locator("[data-copy]").nth(1).click()
    seen.page.wait_for_function(f"{copied}.then(t => t.startsWith('@misc{{herd'))")


def test_a_liked_answer_becomes_a_question_for_eval(answered: Visit, library: SmallLibrary) -> None:
    """``askpapers eval`` reads the file; the cited pages are its gold."""
    answered.page.click('[data-liked="yes"]')
    answered.page.locator('[data-liked="yes"][aria-pressed="true"]').wait_for()
    (gold,) = read_gold(_feedback(library) / "liked.jsonl")
    assert gold.question == ASKED
    assert (gold.places[0].paper, 2 in gold.places[0].pages) == ("herd", True)
    answered.page.click('[data-liked="no"]')
    answered.page.locator('[data-liked="no"][aria-pressed="true"]').wait_for()
    disliked = _feedback(library) / "disliked.jsonl"
    assert disliked.read_bytes()
    kept = "Object.values(localStorage).some((chat) => chat.includes('\"disliked\"'))"
    answered.page.wait_for_function(kept)
    answered.page.reload()
    answered.page.locator('[data-liked="no"][aria-pressed="true"]').click()
    answered.page.locator('[data-liked="no"][aria-pressed="false"]').wait_for()
    assert not disliked.read_bytes()


def _feedback(library: SmallLibrary) -> Path:
    return library.workspace.root / "feedback"


def test_one_asks_within_chosen_papers(seen: Visit) -> None:
    """A year before the paper finds nothing of it; years that are none are told kindly."""
    page = seen.page
    page.click("#options > button")
    years = page.get_by_label("Years")
    years.fill("2021")
    seen.ask(ASKED)
    assert "1.4 trillion" not in page.locator(".turn").nth(0).inner_text()
    page.locator("#scope .scope-names", has_text="2021").wait_for()
    page.click("#options > button")
    years.fill("soon")
    seen.ask(ASKED)
    assert "not a range of years" in page.locator(".turn .error-message").inner_text()
    page.click("#options > button")
    page.locator("#years-error", has_text="not a range of years").wait_for()
    years.fill("2023")
    years.blur()
    page.locator("#years-error .error-message").wait_for(state="detached")
    seen.ask(ASKED)
    assert "1.4 trillion" in page.locator(".turn").nth(2).inner_text()


def test_the_choices_fold(seen: Visit) -> None:
    """When a question is asked or anything else is clicked: they would cover the answer."""
    page, unfolded = seen.page, seen.page.locator("#options > button.open")
    page.click("#options > button")
    unfolded.wait_for()
    seen.ask(ASKED)
    unfolded.wait_for(state="detached")
    page.click("#options > button")
    page.get_by_label("Papers").click()
    page.get_by_role("option", name="Slim").click()
    page.locator("#scope .scope-names", has_text="Slim").wait_for()
    assert unfolded.count() == 1
    page.locator(".turn .user-message").click()
    unfolded.wait_for(state="detached")


def test_tab_passes_by_a_list(seen: Visit) -> None:
    """It opens at a key or a click, not because the focus comes along."""
    page = seen.page
    page.click("#options > button")
    page.get_by_label("Years").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Papers")
    page.wait_for_timeout(300)
    assert page.get_by_role("option").count() == 0
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="Slim").wait_for()


def test_one_sees_that_one_paper_is_asked(seen: Visit) -> None:
    """Above the box, under a refusal and in the examples; a click asks all papers again."""
    page = seen.page
    page.get_by_role("tab", name="Library").click()
    page.locator('[data-action="ask-paper"][data-paper="slim"]').click()
    page.locator("#scope .scope-names", has_text="Slim Adapters").wait_for()
    page.locator(".example", has_text="Herd").first.wait_for(state="detached")
    seen.ask(ASKED)
    page.locator(".scope-notice", has_text="Searched only: Slim Adapters").wait_for()
    page.locator(".scope-notice button", has_text="Ask all papers").click()
    page.locator(".turn .sources").wait_for()
    assert page.locator(".turn").count() == 1
    assert "1.4 trillion" in page.locator(".reply").inner_text()
    page.locator(".scope").wait_for(state="detached")


def test_the_line_above_the_box_lets_all_papers_be_asked(seen: Visit) -> None:
    """Its button takes away every filter."""
    page = seen.page
    page.click("#options > button")
    page.get_by_label("Years").fill("2021")
    page.click("#scope button")
    page.locator(".scope").wait_for(state="detached")
    assert page.get_by_label("Years").input_value() == ""


def test_a_paper_that_has_gone_is_asked_no_more(library: SmallLibrary, seen: Visit) -> None:
    """Whoever chose it asks the papers that are left."""
    page = seen.page
    page.get_by_role("tab", name="Library").click()
    page.locator('[data-action="ask-paper"][data-paper="slim"]').click()
    page.locator("#scope .scope-names", has_text="Slim Adapters").wait_for()
    remove_papers(library.manifest, ["slim"])
    library.sync(yes=True)
    page.locator(".scope").wait_for(state="detached")
    seen.ask(ASKED)
    assert "1.4 trillion" in page.locator(".reply").inner_text()
