"""Whoever can't see the page, or can't point, can use it: axe-core finds nothing serious."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from small_library import SmallLibrary
from ui.visits import Open, Serve, background_of

from rag.assistant import Assistant
from rag.ui.access import read_accounts

ASKED = "How many tokens was Herd-65B trained on?"
# the colours behind the form where one logs in, up to what fills the window
GROUNDS = """() => {
  const grounds = [];
  const whole = document.querySelector(".gradio-container");
  for (let part = document.querySelector(".form"); part !== whole; ) {
    part = part.parentElement;
    grounds.push(getComputedStyle(part).backgroundColor);
  }
  return grounds;
}"""


@pytest.fixture
def url(library: SmallLibrary, assistant: Assistant, serve: Serve) -> str:
    background = background_of(library, assistant, syncs=True)
    background.start()
    return serve(assistant, background)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_can_log_in(
    library: SmallLibrary, assistant: Assistant, serve: Serve, chromium: Browser, scheme: str
) -> None:
    """The page in front of the page, too; gradio gives it no title, and no way to give it one."""
    background = background_of(library, assistant)
    url = serve(assistant, background, accounts=read_accounts(["ada:s3cret"]))
    with closing(chromium.new_context(color_scheme=scheme)) as window:  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(url)
        page.get_by_label("password").wait_for()
        page.wait_for_timeout(400)
        assert [told for told in _serious(page) if not told.startswith("document-title")] == []
        assert len(set(page.evaluate(GROUNDS)) - {"rgba(0, 0, 0, 0)"}) == 1


def _serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements that it means."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def _welcome(page: Page) -> None:
    page.locator(".example").first.wait_for()


def _chat(page: Page) -> None:
    page.fill("#question textarea", ASKED)
    page.keyboard.press("Enter")
    page.locator(".turn .answer-actions").wait_for()
    page.click("#options > button")
    page.locator("#options input").first.wait_for()


def _reader(page: Page) -> None:
    page.fill("#question textarea", ASKED)
    page.keyboard.press("Enter")
    page.locator("button.page-link").first.click()
    page.locator(".reader .quote-highlight").first.wait_for()


def _library(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()
    page.locator(".paper-table tbody tr:visible").first.wait_for()


def _map(page: Page) -> None:
    page.get_by_role("tab").nth(2).click()
    page.locator("#years .point").first.wait_for()


def _batch(page: Page) -> None:
    page.get_by_role("tab").nth(3).click()
    page.locator("#batch-start").wait_for()


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1280, "light", "en-US"), (390, "dark", "zh-CN")]
)
@pytest.mark.parametrize("go", [_welcome, _chat, _reader, _library, _map, _batch])
def test_axe_finds_nothing_serious(
    url: str, visit: Open, go: Callable[[Page], None], width: int, scheme: str, locale: str
) -> None:
    """In each view, wide and narrow, light and dark, English and Chinese."""
    page = visit(url, width=width, color_scheme=scheme, locale=locale).page
    go(page)
    page.wait_for_timeout(400)  # transitions of colour are over
    assert _serious(page) == []
