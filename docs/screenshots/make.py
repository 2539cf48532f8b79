"""Take a picture of each view of the chat, for ``docs/``: ``python docs/screenshots/make.py``.

Needs what the tests need: Playwright, and a Chromium that is installed.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
sys.path[:0] = [str(HERE), str(DOCS.parent)]

from papers import papers, write_pdfs  # noqa: E402

from ingest.embedding.embed import load_embedder  # noqa: E402
from ingest.reading_list.edit import add_papers  # noqa: E402
from ingest.storage.workspace import Workspace  # noqa: E402
from ingest.sync.pipeline import Sync, SyncOptions  # noqa: E402
from rag.assistant import Assistant  # noqa: E402
from rag.config import RagConfig  # noqa: E402
from rag.library import Library  # noqa: E402
from rag.ui.background import BackgroundWorker  # noqa: E402
from rag.ui.serve import build_page, launch  # noqa: E402

WIDE, PHONE = (1280, 860), (390, 844)
QUESTIONS = "How many tokens was Herd-65B trained on?\nHow much memory does Slim save?\nWhat do people prefer?\n"


def show_welcome(page: Page) -> None:
    page.locator(".example").first.wait_for()


def show_answer(page: Page) -> None:
    _ask(page, "How many tokens was Herd-65B trained on?")
    page.locator(".citation").first.click()
    page.locator(".reader .quote-highlight").first.wait_for()


def show_chinese(page: Page) -> None:
    _ask(page, "Herd-65B 是用多少 token 训练的？")
    page.locator(".citation").first.click()
    page.locator(".reader .quote-highlight").first.wait_for()


def show_comparison(page: Page) -> None:
    _ask(page, "Compare the memory that Slim and Quiet need")


def show_phone(page: Page) -> None:
    _ask(page, "How does Slim save memory?")


def show_library(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()
    page.locator(".paper-table tbody tr:visible").first.wait_for()


def show_paper(page: Page) -> None:
    show_library(page)
    page.locator('.title[data-paper="slim"]').click()
    page.locator(".reader .page-image").wait_for()
    page.click(".sections summary")


def show_map(page: Page) -> None:
    page.get_by_role("tab").nth(2).click()
    page.locator("#years .point").first.wait_for()


def show_batch(page: Page) -> None:
    page.get_by_role("tab").nth(3).click()
    with page.expect_file_chooser() as chooser:
        page.click("#batch-file button")
    file = {"name": "questions.txt", "mimeType": "text/plain", "buffer": QUESTIONS.encode()}
    chooser.value.set_files([file])  # type: ignore[list-item]
    page.locator("#batch-file", has_text="questions").wait_for()
    page.click("#batch-start")
    page.locator("#batch-downloads :visible", has_text="JSONL").first.wait_for()


def _ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.locator(".turn .answer-actions").wait_for()


PICTURES: dict[str, tuple[Callable[[Page], None], tuple[int, int], str, str]] = {
    "welcome": (show_welcome, WIDE, "light", "en-US"),
    "chat": (show_answer, WIDE, "light", "en-US"),
    "chinese": (show_chinese, WIDE, "dark", "zh-CN"),
    "comparison": (show_comparison, WIDE, "light", "en-US"),
    "library": (show_library, WIDE, "light", "en-US"),
    "paper": (show_paper, WIDE, "light", "en-US"),
    "map": (show_map, WIDE, "dark", "en-US"),
    "batch": (show_batch, WIDE, "light", "en-US"),
    "phone": (show_phone, PHONE, "light", "en-US"),
    "phone-map": (show_map, PHONE, "dark", "zh-CN"),
}


def main() -> int:
    """Make the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(PICTURES)
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder)) as url,
        _browser() as browser,
    ):
        for name in wanted:
            _take(browser, url, name)
    return 0


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """The page over the invented papers, indexed; its address."""
    manifest, pdfs, workspace = home / "list.yaml", home / "pdfs", Workspace(home / "data")
    manifest.write_text("", encoding="utf-8")
    add_papers(manifest, papers())
    write_pdfs(pdfs)
    embedder = load_embedder()
    options = SyncOptions(pdf_dirs=(pdfs,), offline=True)
    sync = Sync(manifest, workspace, embedder, _no_network, options)
    assistant = Assistant(Library(workspace, embedder), RagConfig())
    background = BackgroundWorker(assistant, manifest, workspace, sync)
    background.start()
    background.idle.wait()
    blocks = build_page(assistant, background)
    try:
        yield launch(blocks, "127.0.0.1", _free_port())
    finally:
        blocks.close()


def _no_network() -> None:
    raise AssertionError("the pictures are made without a network")


@contextmanager
def _browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _take(browser: Browser, url: str, name: str) -> None:
    show, (width, height), scheme, locale = PICTURES[name]
    window = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
    )
    page = window.new_page()
    page.goto(url)
    page.locator(".welcome").wait_for()
    show(page)
    page.wait_for_timeout(1_000)  # what moves has come to rest
    page.screenshot(path=DOCS / f"{name}.png")
    window.close()
    print(f"docs/{name}.png", file=sys.stderr)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
