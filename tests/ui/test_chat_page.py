"""The chat in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from openai_server import Say, say
from small_library import LLAMA, SmallLibrary
from ui.visits import Open, Serve, ServeModel, Visit, background_of

from ingest.corpus import Paper
from ingest.reading_list.edit import add_papers
from ingest.sync.pipeline import Progress, Sync
from ingest.sync.report import SyncReport
from ingest.terminal import LOG_NAME
from rag.assistant import Assistant

ASKED = "How many tokens was Herd-65B trained on?"


def test_a_question_is_answered_with_its_source(url: str, visit: Open) -> None:
    """Typed and sent with the Enter key: the fact, the page, the quote, the links."""
    seen = visit(url)
    seen.ask(ASKED)
    page = seen.page
    assert "1.4 trillion tokens" in page.locator(".sentence").first.inner_text()
    source = page.locator(".source-paper li").first.inner_text()
    assert "p. 2" in source
    links = [link.get_attribute("href") for link in page.locator(".sources a.external-link").all()]
    assert "https://arxiv.org/abs/2302.00001" in links
    assert "https://arxiv.org/pdf/2302.00001#page=2" in links
    assert page.locator(".support.supported").count() >= 1


def test_an_example_is_asked_by_a_click(url: str, visit: Open) -> None:
    """Every example that is offered gets an answer."""
    seen = visit(url)
    seen.page.locator(".example").first.click()
    seen.page.locator(".turn .sources").wait_for()


def test_the_list_can_be_asked_before_any_pdf_is_here(
    library: SmallLibrary, serve: Serve, visit: Open
) -> None:
    """The page opens over an empty folder, and the list answers as soon as it is read."""
    assistant = library.assistant()
    background = background_of(library, assistant, syncs=True)
    url = serve(assistant, background)
    seen = visit(url)
    assert "0 of 2 papers indexed" in seen.page.locator("#status").inner_text()
    background.start()
    seen.ask("What does Slim train?")
    assert "from the list, not from the paper" in seen.page.locator(".turn").inner_text()


def test_a_new_build_is_picked_up(
    library: SmallLibrary, assistant: Assistant, url: str, visit: Open
) -> None:
    """What a sync adds while the page is open can be asked without a restart."""
    seen = visit(url)
    library.write_pdf("slim")
    library.sync()
    seen.page.locator("#status", has_text="2 of 2 papers indexed").wait_for()
    seen.ask("Why does Slim save memory?")
    assert "optimizer states" in seen.page.locator(".reply").inner_text()


def test_a_follow_up_knows_what_went_before(url: str, visit: Open) -> None:
    """The second question leans on the first."""
    seen = visit(url)
    seen.ask(ASKED)
    seen.ask("How many days did the training of the model take on accelerators?")
    assert "21 days" in seen.page.locator(".turn").nth(1).inner_text()


def test_a_chat_outlives_its_window(url: str, visit: Open) -> None:
    """What is asked in another window is a chat of its own, beside the one before."""
    seen = visit(url)
    for n_kept in (1, 2):
        seen.ask(ASKED)
        seen.page.locator(".saved-chats li").nth(n_kept - 1).wait_for(state="attached")
        seen.until_kept()
        seen = Visit(seen.page.context.new_page())
        seen.page.goto(url)
        seen.page.locator(".saved-chats li").nth(n_kept - 1).wait_for(state="attached")
        assert seen.page.locator(".saved-chats li.current").count() == 0


def test_visitors_have_chats_of_their_own(url: str, visit: Open) -> None:
    """What one asks, the other never sees."""
    first, second = visit(url), visit(url)
    first.ask(ASKED)
    second.ask("How long did the training of Herd take?")
    assert first.page.locator(".turn").count() == second.page.locator(".turn").count() == 1
    assert "tokens" not in second.page.locator(".user-message").inner_text()


def test_the_page_speaks_the_browsers_language(url: str, visit: Open) -> None:
    """Chinese for a Chinese browser, and the other language by a click."""
    page = visit(url, locale="zh-CN").page
    page.locator(".welcome", has_text="你想了解什么？").wait_for()
    assert page.locator("#question textarea").get_attribute("placeholder") == "就这些论文提问……"
    page.click("#language-button")
    page.locator(".welcome", has_text="What would you like to know?").wait_for()


def test_a_phone_sees_the_whole_page(url: str, visit: Open) -> None:
    """At 390 pixels nothing is wider than the window, in the dark too."""
    seen = visit(url, width=390, color_scheme="dark")
    seen.ask(ASKED)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(20, 24, 31)"
    seen.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    tabs = seen.page.locator("#tabs > .tab-wrapper").bounding_box()
    assert tabs is not None and tabs["y"] == 0  # nothing is read above them


def test_an_unexpected_error_shows_its_id_only(
    url: str, visit: Open, library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has the rest; and the next question is answered as if nothing had been."""
    seen = visit(url)
    with monkeypatch.context() as broken:
        broken.setattr(Assistant, "stream", lambda *args: 1 / 0)
        seen.ask(ASKED)
    said = seen.page.locator(".error-message").inner_text()
    assert "(id " in said and "division" not in said
    log = (library.workspace.root / LOG_NAME).read_text(encoding="utf-8")
    assert "division" in log and log.split()[4] in said
    seen.ask(ASKED)
    assert "1.4 trillion" in seen.page.locator(".turn").nth(1).inner_text()


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en",
            [
                "openai:scripted could not be used, so these are sentences",
                "refused the key for openai:scripted.",
                "Check OPENAI_API_KEY in the environment",
            ],
        ),
        (
            "zh-CN",
            [
                "openai:scripted 无法使用，以下是论文原句。",
                "拒绝了 openai:scripted 的密钥。",
                "请检查环境变量或 .env 中的 OPENAI_API_KEY。",
            ],
        ),
    ],
)
def test_a_model_that_fails_gives_way(
    serve_model: ServeModel, visit: Open, locale: str, said: list[str]
) -> None:
    """The answer without it comes; above it stands why, in the page's language."""
    url, _ = serve_model(Say(status=401, error="no"))
    seen = visit(url, locale=locale)
    seen.ask(ASKED)
    first, *rest = seen.page.locator(".reply > p").all_inner_texts()
    assert [words for words in said if words not in first] == []
    assert "1.4 trillion tokens" in " ".join(rest)


def test_what_no_page_says_is_underlined(serve_model: ServeModel, visit: Open) -> None:
    """With dots, in every line of it; what a page says is not."""
    url, _ = serve_model(
        say("Herd-65B was trained on 1.4 trillion tokens of public text [1].\nIt likes grass.")
    )
    seen = visit(url)
    seen.ask(ASKED)
    lines = "all => all.map(p => getComputedStyle(p).textDecorationLine)"
    assert seen.page.locator(".sentence").evaluate_all(lines) == ["none", "underline"]


@pytest.fixture
def evil_library(library: SmallLibrary) -> SmallLibrary:
    """A list whose newest paper has a title, an alias and pages full of markup."""
    evil = Paper(
        id="evil",
        title="Evil <img src=x onerror=alert(1)> Markup",
        year=2024,
        arxiv="2401.00001",
        aliases=("Evil</button><script>alert(1)</script>",),
    )
    library.manifest.write_text("", encoding="utf-8")
    add_papers(library.manifest, [LLAMA, evil])
    words = 'Evil markup is <img src="https://evil.example/x.png" onerror="alert(1)"> everywhere.'
    library.write_pdf("evil", [[words, "<script>alert(2)</script> ends the evil markup."]])
    library.sync()
    return library


def test_markup_in_papers_is_only_text(
    evil_library: SmallLibrary, assistant: Assistant, url: str, visit: Open
) -> None:
    """No element, no script, no picture comes from a title, a page, a name or a question."""
    seen = visit(url)
    seen.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    seen.ask("What is Evil markup? <img src=x onerror=alert(3)>")
    assert seen.page.locator("#conversation img, #conversation script, .examples img").count() == 0
    assert "<img" in seen.page.locator(".user-message").inner_text()
    assert "<img" in seen.page.locator(".reply").inner_text()


def test_markup_in_titles_is_only_text_in_every_view(
    evil_library: SmallLibrary, assistant: Assistant, url: str, visit: Open
) -> None:
    """In the choices, the table, the paper's own page, on the map and in a batch."""
    page = visit(url).page
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.click("#options > button")
    page.get_by_label("Papers").click()
    page.get_by_role("option", name="Evil <img").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Evil <img src=x onerror=alert(1)> Markup").first.click()
    page.locator(".reader .page-image").wait_for()
    assert "<img" in page.locator(".reader h2").inner_text()
    page.get_by_role("tab", name="Map").click()
    page.locator("#years .point").first.hover(force=True)
    page.get_by_role("tab", name="Batch").click()
    with page.expect_file_chooser() as chooser:
        page.click("#batch-file button")
    asked = b"What is Evil markup? <img src=x onerror=alert(4)>"
    named = {"name": "a<img src=x>.txt", "mimeType": "text/plain", "buffer": asked}
    chooser.value.set_files([named])  # type: ignore[list-item]
    page.locator("#batch-file", has_text=".txt").wait_for()
    page.click("#batch-start")
    page.locator(".batch-answers", has_text="<img src=x onerror=alert(4)>").wait_for()
    assert page.locator('img[src="x"], img[src*="evil.example"], [onerror]').count() == 0


def test_one_asks_while_the_list_is_indexed(
    library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The chat goes on, and what the sync brings can be asked when it is done."""
    background = background_of(library, assistant, syncs=True)
    background.start()
    assert background.idle.wait(60)
    go_on, run = threading.Event(), Sync.run

    def slow(
        sync: Sync, listen: Callable[[Progress], None], stop: Callable[[], bool]
    ) -> SyncReport:
        go_on.wait(60)
        return run(sync, listen, stop)

    monkeypatch.setattr(Sync, "run", slow)
    seen = visit(serve(assistant, background))
    library.write_pdf("slim")
    seen.page.get_by_role("tab", name="Library").click()
    seen.page.click("#sync-now")
    seen.page.locator("#status", has_text="Getting ready").wait_for()
    seen.page.get_by_role("tab", name="Chat").click()
    seen.ask(ASKED)
    assert "1.4 trillion" in seen.page.locator(".reply").inner_text()
    go_on.set()
    seen.page.locator("#status", has_text="2 of 2 papers indexed").wait_for()
    seen.ask("Why does Slim save memory?")
    assert "optimizer states" in seen.page.locator(".turn").nth(1).inner_text()


def test_two_ask_at_the_same_time(url: str, visit: Open) -> None:
    """Each gets the answer to the own question."""
    first, second = visit(url), visit(url)
    for seen, question in (
        (first, ASKED),
        (second, "Herd training took how many days on 2048 accelerators?"),
    ):
        seen.page.fill("#question textarea", question)
        seen.page.keyboard.press("Enter")
    for seen, fact in ((first, "1.4 trillion"), (second, "21 days")):
        seen.page.locator(".answer-actions").wait_for()
        assert fact in seen.page.locator(".reply").inner_text()
        assert seen.page.locator(".turn").count() == 1
