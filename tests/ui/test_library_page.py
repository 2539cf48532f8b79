"""The list as a table, in a real browser."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pdfs import plain_pdf
from small_library import SmallLibrary
from ui.visits import Open, Serve, Visit, background_of

from ingest.corpus import Paper
from ingest.errors import SourceError
from ingest.fetch.download import Downloader
from ingest.reading_list.edit import add_papers
from ingest.reading_list.manifest import read_manifest
from ingest.sync.pipeline import SyncOptions
from rag.assistant import Assistant
from rag.ui.background import BackgroundWorker

ROWS = ".paper-table tbody tr:visible"


@pytest.fixture
def background(library: SmallLibrary, assistant: Assistant) -> BackgroundWorker:
    background = background_of(library, assistant, syncs=True)
    background.start()
    return background


@pytest.fixture
def library_tab(
    assistant: Assistant, background: BackgroundWorker, serve: Serve, visit: Open
) -> Visit:
    return _opened(visit(serve(assistant, background)))


def _opened(seen: Visit) -> Visit:
    """The page with the list open."""
    seen.page.get_by_role("tab", name="Library").click()
    seen.page.locator(ROWS).first.wait_for()
    return seen


def _row(library_tab: Visit, title: str) -> str:
    return library_tab.page.locator(ROWS, has_text=title).inner_text()


def test_each_paper_has_its_state(library_tab: Visit) -> None:
    """Indexed with its pages, or not fetched."""
    assert "indexed" in _row(library_tab, "Herd") and "2 p." in _row(library_tab, "Herd")
    assert "not fetched" in _row(library_tab, "Slim")


def test_the_table_is_searched_and_filtered(library_tab: Visit) -> None:
    """By words of title, authors and aliases; by state, topic, list and year."""
    page = library_tab.page
    page.fill("[data-search]", "LANE herd")
    assert page.locator(ROWS).count() == 1
    assert page.locator(".match-count").inner_text() == "1 / 2"
    page.fill("[data-search]", "no such paper")
    page.locator(".no-match").wait_for()
    page.get_by_role("button", name="Show all").click()
    assert page.locator(ROWS).count() == 2 and page.input_value("[data-search]") == ""
    page.select_option('[data-filter="state"]', "not fetched")
    assert "Slim" in page.locator(ROWS).inner_text()
    page.select_option('[data-filter="state"]', "")
    page.select_option('[data-filter="year"]', "2023")
    assert "Herd" in page.locator(ROWS).inner_text()


def test_the_list_is_filtered_on_a_phone(
    assistant: Assistant, background: BackgroundWorker, serve: Serve, visit: Open
) -> None:
    """Where each row is a block, a row that does not match has no height."""
    page = _opened(visit(serve(assistant, background), width=390)).page
    page.fill("[data-search]", "herd")
    page.locator(".match-count", has_text="1 / 2").wait_for()
    assert page.locator(ROWS).count() == 1
    page.fill("[data-search]", "")
    page.select_option('[data-filter="state"]', "not fetched")
    assert page.locator(ROWS).count() == 1


@pytest.mark.parametrize(
    ("field", "name"), [("topics", "vision and language"), ("lists", 'my "list"')]
)
def test_a_filter_matches_names_with_spaces(
    library: SmallLibrary, url: str, visit: Open, field: str, name: str
) -> None:
    """Topics and lists may be named as one likes."""
    add_papers(
        library.manifest,
        [Paper(id="new", title="A New Paper", arxiv="2401.00009", **{field: (name,)})],
    )
    page = _opened(visit(url)).page
    page.select_option(f'[data-filter="{field}"]', name)
    assert "A New Paper" in page.locator(ROWS).inner_text()


def test_a_filter_outlives_a_refresh(
    library_tab: Visit, library: SmallLibrary, background: BackgroundWorker
) -> None:
    """When a sync changes the table, what was searched stays searched."""
    library_tab.page.fill("[data-search]", "slim")
    library.write_pdf("slim")
    background.request()
    library_tab.page.locator(ROWS, has_text="indexed").wait_for()
    assert library_tab.page.locator(ROWS).count() == 1


def test_the_table_is_sorted_by_a_head(library_tab: Visit) -> None:
    """Up at the first click, down at the second, and told to screen readers."""
    titles = ".paper-table tbody .title"
    library_tab.page.get_by_role("button", name="Year").click()
    assert "Slim" in library_tab.page.locator(titles).first.inner_text()
    library_tab.page.get_by_role("button", name="Year").click()
    assert "Herd" in library_tab.page.locator(titles).first.inner_text()
    assert library_tab.page.locator('th[aria-sort="descending"]').count() == 1


def test_what_has_no_year_comes_last(library: SmallLibrary, library_tab: Visit) -> None:
    """Whichever way the table is sorted."""
    add_papers(
        library.manifest, [Paper("old", "An Undated Paper", url="https://example.org/a.pdf")]
    )
    library_tab.page.locator(ROWS, has_text="Undated").wait_for()
    for _ in range(2):
        library_tab.page.get_by_role("button", name="Year").click()
        assert "Undated" in library_tab.page.locator(ROWS).last.inner_text()


def test_the_row_of_the_open_paper_is_marked_and_stays(library_tab: Visit) -> None:
    """The table gets narrower beside the page; the row that was clicked does not move."""
    page, row = library_tab.page, library_tab.page.locator(ROWS, has_text="Herd")
    page.set_viewport_size({"width": 1000, "height": 320})
    row.scroll_into_view_if_needed()
    before = row.bounding_box()
    row.locator(".title").click()
    page.locator('tr[aria-current="true"]', has_text="Herd").wait_for()
    page.wait_for_timeout(300)
    after = row.bounding_box()
    assert before and after and before["width"] > after["width"]
    assert before["y"] == pytest.approx(after["y"], abs=2)
    page.click(".reader .close")
    page.locator('tr[aria-current="true"]').wait_for(state="detached")


def test_a_phone_sorts_and_sees_several_papers(
    assistant: Assistant, background: BackgroundWorker, serve: Serve, visit: Open
) -> None:
    """A choice takes the place of the heads, which have no room; a row is three or four lines."""
    page = visit(serve(assistant, background), width=390).page
    page.get_by_role("tab", name="Library").click()
    page.locator(ROWS).first.wait_for()
    page.select_option("[data-sort-by]", label="Newest first")
    assert "Herd" in page.locator(ROWS).first.inner_text()
    page.select_option("[data-sort-by]", label="By title")
    assert "Herd" in page.locator(ROWS).first.inner_text()
    box = page.locator(ROWS).first.bounding_box()
    assert box is not None and box["height"] < 130


def test_a_paper_has_a_page_of_its_own(library_tab: Visit) -> None:
    """Links, topics, sections that lead to their page, and a button to ask it alone."""
    page = library_tab.page
    page.get_by_role("button", name="Herd: Open Language Models").click()
    page.locator(".reader .page-position", has_text="1 / 2").wait_for()
    page.click(".reader .about summary")
    assert "foundation-models" in page.locator(".reader .paper-note").inner_text()
    page.keyboard.press("Escape")
    links = [a.get_attribute("href") for a in page.locator(".reader a").all()]
    assert links == ["https://arxiv.org/abs/2302.00001", "https://arxiv.org/pdf/2302.00001#page=1"]
    page.click('.reader [data-step="1"]')
    page.locator(".reader .page-position", has_text="2 / 2").wait_for()
    page.click(".sections summary")
    page.locator(".sections button", has_text="Introduction").click()
    page.locator(".reader .page-position", has_text="1 / 2").wait_for()
    page.click(".reader .ask")
    page.locator("#scope .scope-names").wait_for()


def test_a_paper_without_pages_tells_what_the_list_knows(library_tab: Visit) -> None:
    """Its note, its links, and what would bring its pages."""
    library_tab.page.get_by_role("button", name="Slim Adapters for Large Models").click()
    said = library_tab.page.locator(".reader")
    said.locator(".notice", has_text="not here yet").wait_for()
    assert "two small matrices" in said.inner_text()


def test_a_paper_is_asked(library_tab: Visit) -> None:
    """The chat opens with that paper alone chosen."""
    library_tab.page.locator(ROWS, has_text="Slim").locator('[data-action="ask-paper"]').click()
    library_tab.page.locator("#scope .scope-names").wait_for()
    library_tab.ask("How many tokens was Herd-65B trained on?")
    assert "1.4 trillion" not in library_tab.page.locator(".reply").inner_text()


def test_a_dropped_pdf_becomes_askable(library_tab: Visit, tmp_path: Path) -> None:
    """Added, indexed in the background, and answered from, without a restart."""
    lines = ["The quokka smiles because its mouth is shaped that way.", "Quokkas eat leaves."]
    pdf = plain_pdf(tmp_path / "Quokka_smiles.pdf", [lines])
    with library_tab.page.expect_file_chooser() as chooser:
        library_tab.page.click("#add-pdf")
    chooser.value.set_files(pdf)
    library_tab.page.locator(
        "#added-papers .notice", has_text="“Quokka smiles” was added"
    ).wait_for()
    first = library_tab.page.locator(ROWS).first
    assert "Quokka smiles" in first.inner_text() and "indexed" in first.inner_text()
    library_tab.page.get_by_role("tab", name="Chat").click()
    library_tab.ask("Why the quokka smiles: how is its mouth shaped?")
    assert "mouth is shaped" in library_tab.page.locator(".reply").inner_text()


DRAG = """([where, names, bytes]) => {
  const held = new DataTransfer();
  for (const name of names) held.items.add(new File([bytes + name], name));
  const on = document.querySelector(where);
  return ["dragenter", "dragover", "drop"].map((type) => {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: held });
    on.dispatchEvent(event);
    return [event.defaultPrevented, document.querySelector("#library.drop-target") !== null];
  });
}"""


def _drag(library_tab: Visit, where: str, pdf: Path, *names: str) -> list[list[bool]]:
    """Drag copies of a file to a part of the page; at each step: did the page take it, is it seen."""
    steps: list[list[bool]] = library_tab.page.evaluate(
        DRAG, [where, names, pdf.read_bytes().decode("latin-1")]
    )
    return steps


def test_a_pdf_that_cannot_be_read_is_told(library_tab: Visit, tmp_path: Path) -> None:
    """Why, in the place of the word that it was added; the count in the head leads to its row."""
    whole = plain_pdf(tmp_path / "quokka.pdf").read_bytes()
    cut = tmp_path / "Cut_short.pdf"
    cut.write_bytes(whole[: len(whole) // 2])
    _drag(library_tab, "#library", cut, "Cut_short.pdf")
    library_tab.page.locator(
        "#added-papers .error-message", has_text="“Cut short” is in the list, but"
    ).wait_for()
    assert library_tab.page.locator("#library-message p").count() == 0
    library_tab.page.get_by_role("tab", name="Chat").click()
    library_tab.page.get_by_role("button", name="1 failed").click()
    library_tab.page.locator(".match-count", has_text="1 / 3").wait_for()
    assert "Cut short" in library_tab.page.locator(ROWS).inner_text()


@pytest.mark.parametrize("comes_in_time", [True, False])
def test_the_list_is_not_waited_for_for_ever(
    library: SmallLibrary,
    assistant: Assistant,
    serve: Serve,
    visit: Open,
    monkeypatch: pytest.MonkeyPatch,
    comes_in_time: bool,
) -> None:
    """Who follows a number of the head while the list has problems finds it filtered if it comes soon."""
    monkeypatch.setattr("rag.ui.background.LIST_POLL_SECONDS", 600.0)
    background = background_of(library, assistant, syncs=True)
    background.start()
    whole = library.manifest.read_text(encoding="utf-8")
    page = visit(serve(assistant, background)).page
    page.get_by_role("button", name="1 not fetched yet").wait_for()
    library.manifest.write_text("- id: x\n", encoding="utf-8")
    page.clock.install()
    page.get_by_role("button", name="1 not fetched yet").click()
    page.locator("#library-table .error-message").wait_for()
    if not comes_in_time:
        page.clock.fast_forward(60_000)
    library.manifest.write_text(whole, encoding="utf-8")
    page.locator(".match-count", has_text="1 / 2" if comes_in_time else "2 / 2").wait_for()


def test_while_it_is_added_the_page_says_so(
    library_tab: Visit, background: BackgroundWorker
) -> None:
    """No second click, and nothing that was said before stands there."""
    assert background.sync is not None
    asked, answered = threading.Event(), threading.Event()

    def slow() -> Downloader:
        asked.set()
        answered.wait(20)
        raise SourceError("arXiv cannot be reached.", "Try later.")

    background.sync = replace(background.sync, open_downloader=slow, options=SyncOptions())
    page = library_tab.page
    page.fill("#add-source textarea", "nonsense")
    page.click("#add")
    page.locator("#library-message .error-message").wait_for()
    page.fill("#add-source textarea", "2401.00001")
    page.click("#add")
    page.locator("#library-message .notice", has_text="Adding").wait_for()
    assert page.locator("#library-message .error-message").count() == 0
    assert page.locator("#add").is_disabled() and page.locator("#add-pdf").is_disabled()
    answered.set()
    page.locator("#library-message .error-message", has_text="enter its title").wait_for()
    assert page.locator("#add").is_enabled()


def test_pdfs_are_dropped_on_the_list(library_tab: Visit, tmp_path: Path) -> None:
    """Several at once, each an entry; while they are over it the list shows that it takes them."""
    pdf = plain_pdf(tmp_path / "quokka.pdf", [["Quokkas eat leaves."]])
    steps = _drag(library_tab, "#library-table table", pdf, "One_quokka.pdf", "Two_quokkas.pdf")
    assert steps[1:] == [[True, True], [True, False]]
    for title in ("One quokka", "Two quokkas"):
        library_tab.page.locator(ROWS, has_text=title).filter(has_text="indexed").wait_for()


def test_what_is_no_pdf_cannot_be_dropped(library_tab: Visit, tmp_path: Path) -> None:
    """It is named, and nothing is sent."""
    _drag(library_tab, "#library", plain_pdf(tmp_path / "a.pdf"), "a.pdf", "<b>notes.txt")
    library_tab.page.locator(
        "#library-message .error-message", has_text="<b>notes.txt is not a PDF"
    ).wait_for()
    assert library_tab.page.locator(ROWS).count() == 2


def test_what_is_no_pdf_cannot_be_chosen(library_tab: Visit, tmp_path: Path) -> None:
    """We say so, in the reader's language, and not gradio; neither does a PDF's name help."""
    page = library_tab.page
    page.click("#language-button")
    page.get_by_role("button", name="添加 PDF").wait_for()
    (tmp_path / "note.txt").write_text("A note.")
    (tmp_path / "fake.pdf").write_text("A note.")
    for name in ("note.txt", "fake.pdf"):
        with page.expect_file_chooser() as chooser:
            page.click("#add-pdf")
        assert page.locator("#add-form input[type=file]").get_attribute("accept") == ".pdf"
        chooser.value.set_files(tmp_path / name)
        page.locator("#library-message .error-message", has_text=f"{name} 不是 PDF。").wait_for()
    assert page.get_by_test_id("toast-body").count() == 0
    assert page.locator(ROWS).count() == 2


def test_a_file_dropped_elsewhere_changes_nothing(library_tab: Visit, tmp_path: Path) -> None:
    """The browser would show the file in its place; text can still be dragged into the box."""
    library_tab.page.get_by_role("tab", name="Chat").click()
    pdf = plain_pdf(tmp_path / "a.pdf")
    for where in ("body", "#question textarea", "#page-header"):
        assert [taken for taken, _ in _drag(library_tab, where, pdf, "a.pdf")][1:] == [True, True]
    assert not any(taken for taken, _ in _drag(library_tab, "#question textarea", pdf))


@pytest.mark.parametrize("syncs", [False, True])
def test_a_list_that_cannot_be_changed_says_so(
    library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open, syncs: bool
) -> None:
    """In the place of what would change it."""
    background = background_of(library, assistant, syncs=syncs)
    background.start()
    page = visit(serve(assistant, background, read_only=syncs)).page
    page.get_by_role("tab", name="Library").click()
    page.locator("#add-hint", has_text="cannot be changed").wait_for()
    assert page.locator("#add").count() == 0


def test_what_cannot_be_added_is_told(library_tab: Visit) -> None:
    """With what to do; the list is as before."""
    library_tab.page.fill("#add-source textarea, #add-source input", "nonsense")
    library_tab.page.fill("#add-title textarea, #add-title input", "A Title")
    library_tab.page.click("#add")
    library_tab.page.locator(
        "#library-message .error-message", has_text="not an arXiv id"
    ).wait_for()
    assert library_tab.page.locator(ROWS).count() == 2


def test_nothing_is_said_of_a_sync_when_it_is_over(
    library_tab: Visit, library: SmallLibrary
) -> None:
    """The head tells how far it is, the table what it has done; what was said before is gone."""
    page = library_tab.page
    page.fill("#add-source textarea", "nonsense")
    page.click("#add")
    page.locator("#library-message .error-message").wait_for()
    library.write_pdf("slim")
    page.click("#sync-now")
    page.locator(ROWS, has_text="Slim").filter(has_text="indexed").wait_for()
    assert page.locator("#library-message p").count() == 0


def test_a_paper_is_removed_after_a_question(library_tab: Visit, library: SmallLibrary) -> None:
    """Who says no keeps it."""
    page = library_tab.page
    remove = page.locator(ROWS, has_text="Slim").locator('[data-action="remove-paper"]')
    page.once("dialog", lambda dialog: dialog.dismiss())
    remove.click()
    assert len(read_manifest(library.manifest)) == 2
    page.once("dialog", lambda dialog: dialog.accept())
    remove.click()
    page.locator("#library-message", has_text="taken off the list").wait_for()
    page.locator(ROWS, has_text="Slim").wait_for(state="detached")
    assert [paper.id for paper in read_manifest(library.manifest)] == ["herd"]
