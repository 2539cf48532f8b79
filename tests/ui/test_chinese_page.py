"""On a page in Chinese what goes wrong is told in Chinese, wherever it went wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from small_library import SmallLibrary
from ui.visits import Open, Serve, Visit, background_of

from ingest.corpus import Paper
from ingest.reading_list.edit import add_papers
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.ui.access import read_accounts

Chinese = Callable[..., Visit]

ENGLISH_WORDS = re.compile(r"\b[a-z]{3,}\b(?: [a-z]+){2}")  # three of them in a row


@pytest.fixture
def chinese(library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open) -> Chinese:
    """Opens the page in Chinese, with a sync behind it, or with another assistant."""

    def opened(asking: Assistant = assistant) -> Visit:
        background = background_of(library, asking, syncs=True)
        background.start()
        return visit(serve(asking, background), locale="zh-CN")

    return opened


def _tab(seen: Visit, name: str) -> Page:
    seen.page.get_by_role("tab", name=name).click()
    return seen.page


def _is_told(page: Page, place: str, words: str) -> None:
    """``words`` come to stand at ``place``, and no English sentence beside them."""
    said = page.locator(place, has_text=words)
    said.first.wait_for()
    assert not ENGLISH_WORDS.search(said.first.inner_text())


def _drop(page: Page, button: str, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.click(button)
    chooser.value.set_files(path)


def test_what_is_no_question(chinese: Chinese) -> None:
    """Years that are none are refused in the chat."""
    seen = chinese()
    seen.page.get_by_role("button", name="模型与论文范围").click()
    seen.page.get_by_label("年份").fill("soon")
    seen.ask("What is Herd?")
    _is_told(seen.page, ".error-message", "'soon' 不是年份范围。")
    _is_told(seen.page, ".error-message", "请写成 2020、2020-2023、2020- 或 -2023。")


def test_a_model_without_its_key(chinese: Chinese, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the model that was written, in the language to which the page is set."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    page = chinese().page
    page.get_by_role("button", name="模型与论文范围").click()
    page.get_by_label("模型", exact=True).fill("anthropic:x")
    page.keyboard.press("Enter")
    _is_told(page, "#model-error", "anthropic:x 需要密钥，但未设置 ANTHROPIC_API_KEY。")
    page.click("#language-button")
    page.click("#options > button")
    page.locator("#model-error", has_text="anthropic:x needs a key").wait_for()


def test_what_cannot_be_added(chinese: Chinese, tmp_path: Path) -> None:
    """An arXiv id that is none, and a file that is not a PDF."""
    page = _tab(chinese(), "论文库")
    page.fill("#add-source textarea, #add-source input", "nonsense")
    page.fill("#add-title textarea, #add-title input", "A Title")
    page.click("#add")
    _is_told(
        page,
        "#library-message .error-message",
        "不是 arXiv 编号、https 网址或 PDF 文件。请给出其中之一",
    )
    path = tmp_path / "letter.pdf"
    path.write_text("Dear all, this is a letter.", encoding="utf-8")
    _drop(page, "#add-pdf", path)
    _is_told(
        page,
        "#library-message .error-message",
        "letter.pdf 不是 PDF。请拖入 PDF 阅读器能打开的文件。",
    )


def test_a_paper_that_failed(chinese: Chinese, library: SmallLibrary) -> None:
    """Why a paper is not indexed is kept on disk in English."""
    add_papers(library.manifest, [Paper("torn", "A Torn Paper", file="torn.pdf")])
    (library.manifest.parent / "torn.pdf").write_bytes(b"%PDF-1.7\n1 0 obj")
    page = _tab(chinese(), "论文库")
    _is_told(page, ".failure-reason", "PDF 不完整：缺少结尾部分。请重试")


def test_a_broken_list(chinese: Chinese, library: SmallLibrary) -> None:
    """The sync stops; each problem is told with its line."""
    library.manifest.write_text("- id: x\n  year: soon\n", encoding="utf-8")
    page = chinese().page
    _is_told(page, "#status .warning", "第 1 行：该条目缺少 `title`")
    _is_told(page, "#status .warning", "必须在 1900 到 2100 之间，但这里是文本（soon）")


def test_a_file_of_questions_with_a_broken_line(chinese: Chinese, tmp_path: Path) -> None:
    """The line is told in the page; the answers to take along are those of the command line."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "What is Herd?"}\n{"id": "b"}\n{"question"', encoding="utf-8")
    page = _tab(chinese(), "批量")
    _drop(page, "#batch-file button", path)
    page.locator("#batch-file", has_text=path.stem).wait_for()
    page.click("#batch-start")
    _is_told(page, ".batch-answers .error-message", "第 2 行缺少“question”。请改正")
    page.locator(
        ".batch-answers .error-message", has_text="第 3 行不是问题：这不是 JSON"
    ).wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSONL").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["error"]["message"].startswith("Line 2 has no “question”.")


def test_a_batch_whose_model_fails(
    chinese: Chinese, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question tells why it has no answer."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    path = tmp_path / "questions.txt"
    path.write_text("What is Herd?", encoding="utf-8")
    asking = Assistant(assistant.library, RagConfig(llm="openai:scripted"))
    page = _tab(chinese(asking), "批量")
    _drop(page, "#batch-file button", path)
    page.locator("#batch-file", has_text=path.stem).wait_for()
    page.click("#batch-start")
    _is_told(
        page, ".batch-answers .error-message", "openai:scripted 需要密钥，但未设置 OPENAI_API_KEY。"
    )


def test_the_wrong_password(
    library: SmallLibrary, assistant: Assistant, serve: Serve, chromium: Browser
) -> None:
    """gradio's page for logging in follows the browser's language."""
    background = background_of(library, assistant)
    url = serve(assistant, background, accounts=read_accounts(["ada:s3cret"]))
    with closing(chromium.new_context(locale="zh-CN")) as window:
        page = window.new_page()
        page.goto(url)
        page.get_by_label("用户名").fill("ada")
        page.get_by_label("密码").fill("wrong")
        page.get_by_role("button", name="登录").click()
        page.get_by_text("凭据不正确").wait_for()
