"""People who log in on the same browser, one after the other."""

from __future__ import annotations

from small_library import SmallLibrary
from ui.visits import Open, Serve, Visit, background_of

from rag.assistant import Assistant
from rag.ui.access import read_accounts

ASKED = "How many tokens was Herd-65B trained on?"


def _log_in(seen: Visit, user: str, password: str) -> None:
    seen.page.get_by_label("username").fill(user)
    seen.page.get_by_label("password").fill(password)
    seen.page.get_by_role("button", name="Login").click()
    seen.page.locator("#account", has_text=user).wait_for()


def test_nobody_reads_who_was_there_before(
    library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open
) -> None:
    """Whoever logs out leaves no chats to the next, and finds the own ones again, also after a reload."""
    background = background_of(library, assistant)
    background.start()
    accounts = read_accounts(["ann:one", "bob/x:two"])
    seen = visit(serve(assistant, background, accounts=accounts), login=("ann", "one"))
    chats = seen.page.locator(".saved-chats li")
    seen.ask(ASKED)
    chats.wait_for(state="attached")
    seen.page.get_by_role("link", name="Log out").click()
    _log_in(seen, "bob/x", "two")
    assert chats.count() == 0
    seen.ask("Who wrote Herd?")
    chats.wait_for(state="attached")
    assert chats.all_text_contents() == ["Who wrote Herd?✕"]
    seen.page.get_by_role("link", name="Log out").click()
    _log_in(seen, "ann", "one")
    chats.wait_for(state="attached")
    assert chats.all_text_contents() == [f"{ASKED}✕"]
    assert seen.page.locator(".turn").count() == 0
    seen.ask("What is Herd?")
    seen.until_kept()
    seen.page.reload()
    seen.page.locator(".user-message", has_text="What is Herd?").wait_for()


def test_without_accounts_nobody_logs_out(url: str, visit: Open) -> None:
    """There is nothing to leave."""
    assert visit(url).page.locator("#account a").count() == 0
