"""The chats that a browser keeps, and what an open page does not forget: in a real browser."""

from __future__ import annotations

import pytest
from openai_server import Say
from ui.visits import Open, ServeModel, Visit

ASKED = "How many tokens was Herd-65B trained on?"
BOX = "#question textarea"
TAB = '[role="tab"][aria-selected="true"]'


@pytest.fixture
def writing(serve_model: ServeModel, visit: Open) -> Visit:
    """A page on which a model has begun to write and does not come to an end."""
    url, _ = serve_model(Say(["It was trained on"], silent=True))
    seen = visit(url)
    seen.page.fill(BOX, ASKED)
    seen.page.keyboard.press("Enter")
    seen.page.locator(".streaming").wait_for()
    return seen


@pytest.mark.parametrize("leaves", ["reload", "new chat"])
def test_what_was_asked_outlives_its_answer(writing: Visit, leaves: str) -> None:
    """Whoever leaves in the middle finds the question again, as one that was stopped."""
    page = writing.page
    page.locator(".saved-chats li").wait_for(state="attached")
    if leaves == "reload":
        page.reload()
        writing.complaints.clear()  # gradio tells of the answer that it waited for
    else:
        page.click(".chat-history .new-chat")
        page.locator(".welcome").wait_for()
        page.click(".saved-chats summary")
        page.click(".saved-chats .open")
    assert page.locator(".user-message").inner_text().endswith(ASKED)
    page.locator(".notice", has_text="Stopped.").wait_for()


def test_a_reload_changes_nothing(answered: Visit) -> None:
    """The open chat, the tab and what is chosen to be new are as before; another window has its own."""
    page = answered.page
    answered.until_kept()
    page.get_by_role("tab", name="Library").click()
    page.reload()
    page.locator(".paper-table tbody tr:visible").first.wait_for()
    page.locator(TAB, has_text="Library").wait_for()
    page.get_by_role("tab", name="Chat").click()
    page.locator(".turn .sources").wait_for()
    answered.ask("How long did the training of Herd take?")
    answered.until_kept()
    page.reload()
    page.locator(".turn .answer-actions").nth(1).wait_for()
    assert (
        page.locator(".saved-chats li.current").count()
        == page.locator(".saved-chats li").count()
        == 1
    )
    beside = Visit(page.context.new_page())
    beside.page.goto(page.url)
    beside.page.locator(".saved-chats li").wait_for(state="attached")
    assert beside.page.locator(".turn").count() == 0
    page.click(".chat-history .new-chat")
    page.locator(".turn").first.wait_for(state="detached")
    page.reload()
    page.locator(".saved-chats li").wait_for(state="attached")
    assert page.locator(".turn").count() == 0


def test_chats_open_where_chats_are(answered: Visit) -> None:
    """A new one and an earlier one, from another tab; the page of a paper is closed."""
    page = answered.page
    page.locator(".citation").first.click()
    page.locator(".reader .quote-highlight").first.wait_for()
    page.get_by_role("tab", name="Library").click()
    page.click(".chat-history .new-chat")
    page.locator(".turn").wait_for(state="detached")
    page.locator(".reader").wait_for(state="detached")
    assert page.locator(TAB).inner_text() == "Chat"
    page.get_by_role("tab", name="Batch").click()
    page.click(".saved-chats summary")
    page.click(".saved-chats .open")
    page.locator(".turn .sources").wait_for()
    assert page.locator(TAB).inner_text() == "Chat"


def test_deleting_the_open_chat_clears_it(answered: Visit) -> None:
    """It does not come back with the next question."""
    page = answered.page
    page.click(".saved-chats summary")
    page.click(".saved-chats .delete-chat")
    page.locator(".turn").wait_for(state="detached")
    answered.ask("How long did the training of Herd take?")
    assert page.locator(".turn").count() == page.locator(".saved-chats li").count() == 1


@pytest.mark.parametrize("is_open", [True, False])
def test_deleting_a_chat_can_be_undone(answered: Visit, is_open: bool) -> None:
    """For a moment: it is back in the list, and back on the page if it was open."""
    page = answered.page
    answered.until_kept()
    if not is_open:
        page.click(".chat-history .new-chat")
        page.locator(".turn").wait_for(state="detached")
    page.clock.install()
    page.click(".saved-chats summary")
    page.click(".saved-chats .delete-chat")
    page.locator(".saved-chats").wait_for(state="hidden")
    page.locator(".undo", has_text="The chat was deleted.").get_by_role("button").click()
    page.locator(".saved-chats li").wait_for(state="attached")
    page.locator(".undo").wait_for(state="hidden")
    if is_open:
        page.locator(".turn .sources").wait_for()
        answered.ask("How long did the training of Herd take?")
        assert page.locator(".turn").count() == 2
    assert page.locator(".saved-chats li").count() == 1
    page.click(".saved-chats summary")
    page.click(".saved-chats .delete-chat")
    page.locator(".undo").wait_for()
    page.clock.fast_forward(10_000)
    page.locator(".undo").wait_for(state="hidden")


def test_two_windows_on_one_chat_lose_nothing(answered: Visit) -> None:
    """Where both go on with it, the second to do so goes on in a chat of its own."""
    beside = Visit(answered.page.context.new_page())
    beside.page.goto(answered.page.url)
    beside.page.click(".saved-chats summary")
    beside.page.click(".saved-chats .open")
    beside.page.locator(".turn .sources").wait_for()
    answered.ask("How long did the training of Herd take?")
    for question in ("Who wrote Herd?", "What is Herd?"):
        beside.ask(question)
        beside.page.locator(".turn:last-child .answer-actions").wait_for()
    beside.page.locator(".saved-chats li").nth(1).wait_for(state="attached")
    kept = """() => Object.values(localStorage).map((kept) => JSON.parse(kept).chat)
        .filter((chat) => chat).map((chat) => chat.exchanges.length).sort()"""
    beside.page.wait_for_function(f"({kept})().join() === '2,3'")
    assert beside.page.locator(".saved-chats li.current").count() == 1


def test_an_edit_can_be_called_off(answered: Visit) -> None:
    """Escape brings back the answer, and the draft that stood in the box."""
    page = answered.page
    page.fill(BOX, "And then?")
    page.click('[data-action="edit"]')
    page.locator(".editing-note").wait_for()
    assert page.input_value(BOX) == ASKED
    page.keyboard.press("Escape")
    page.locator(".turn .sources").wait_for()
    page.wait_for_function(f"document.querySelector('{BOX}').value === 'And then?'")
    page.click('[data-action="edit"]')
    page.locator(".editing-note").wait_for()
    answered.ask("Herd training took how many days on 2048 accelerators?")
    page.locator(".answer-actions").wait_for()
    assert page.locator(".turn").count() == 1
    assert page.input_value(BOX) == "And then?"


def test_copied_is_said_for_a_moment(url: str, visit: Open) -> None:
    """However often the button is pressed."""
    seen = visit(url, permissions=["clipboard-read", "clipboard-write"])
    seen.ask(ASKED)
    copy = seen.page.locator("[data-copy]").first
    copy.click()
    seen.page.locator(".answer-actions", has_text="Copied").wait_for()
    copy.click()
    seen.page.locator(".answer-actions", has_text="Copied").wait_for(state="detached")
    assert copy.inner_text() == "Copy"


def test_folds_stay_as_they_are_left(seen: Visit) -> None:
    """What is drawn anew beside them shuts none."""
    seen.ask("What is the boiling point of ethanol?")
    seen.page.click(".nearest summary")
    seen.page.click('[data-liked="yes"]')
    seen.page.locator('[data-liked="yes"][aria-pressed="true"]').wait_for()
    assert seen.page.locator(".nearest").evaluate("fold => fold.open")
    seen.page.click(".nearest summary")
    assert not seen.page.locator(".nearest").evaluate("fold => fold.open")


def test_each_tab_is_found_where_it_was_left(seen: Visit) -> None:
    """The chat is as far down as before."""
    for _ in range(2):
        seen.ask(ASKED)
    page = seen.page
    page.wait_for_timeout(800)  # it is still on its way to the question
    page.evaluate("window.scrollTo(0, 100)")
    page.wait_for_function("window.scrollY === 100")
    page.wait_for_timeout(100)
    page.get_by_role("tab", name="Library").click()
    page.locator("#library-table tbody tr").first.wait_for()
    page.get_by_role("tab", name="Chat").click()
    page.wait_for_function("window.scrollY === 100")


def test_a_server_that_has_gone_is_told(writing: Visit) -> None:
    """Nothing goes on waiting for what will never come."""
    page = writing.page
    page.context.set_offline(True)
    page.locator(".server-gone", has_text="cannot be reached").wait_for()
    assert page.locator(".streaming").count() == 0
    assert not page.locator("#question .stop-button").is_visible()
    assert "It was trained on" in page.locator(".reply").inner_text()
    writing.complaints.clear()  # of gradio, in its own words
