"""The page beside the chat, in a real browser."""

from __future__ import annotations

import io

import pytest
from pdfs import HEIGHT, LEADING
from PIL import Image
from small_library import SmallLibrary
from ui.visits import Open, Visit

from ingest.corpus import Paper
from ingest.pdf.page_picture import draw_page
from ingest.reading_list.edit import add_papers

ASKED = "How many tokens was Herd-65B trained on?"


@pytest.fixture
def reading(url: str, visit: Open) -> Visit:
    """The page of the first citation is open."""
    seen = visit(url)
    seen.ask(ASKED)
    seen.page.locator(".citation").first.click()
    seen.page.locator(".reader .quote-highlight").first.wait_for()
    return seen


def test_a_citation_opens_its_page(reading: Visit) -> None:
    """Title, authors, links and the page's number stand above the picture."""
    said = reading.page.locator(".reader").inner_text()
    assert "Herd: Open Language Models (2023)" in said
    assert "Ada Lane, Bo Chen" in said and "2 / 2" in said
    links = [a.get_attribute("href") for a in reading.page.locator(".reader a").all()]
    assert links == ["https://arxiv.org/abs/2302.00001", "https://arxiv.org/pdf/2302.00001#page=2"]


def test_the_marked_pixels_are_where_the_words_are(reading: Visit, library: SmallLibrary) -> None:
    """Yellow stands on the quote's line, found in a picture of the window, and nowhere else."""
    sheet = reading.page.locator(".page-image")
    box = sheet.bounding_box()
    assert box is not None
    picture = Image.open(io.BytesIO(sheet.screenshot())).convert("RGB")
    yellow = [
        y
        for y in range(picture.height)
        for x in range(0, picture.width, 3)
        if _is_yellow(picture.getpixel((x, y)))  # type: ignore[arg-type]
    ]
    part = draw_page(library.workspace.paper("herd").pdf, 2).part
    line = ((100 + LEADING) / HEIGHT - part.top) / part.height * picture.height  # the second line
    slack = 0.03 / part.height * picture.height
    assert yellow
    assert line - slack < min(yellow) <= max(yellow) < line + slack


def _is_yellow(pixel: tuple[int, int, int]) -> bool:
    red, green, blue = pixel
    return red > 200 and green > 160 and blue < 150


def test_the_page_stays_in_the_window(url: str, visit: Open) -> None:
    """However far down the chat one is."""
    seen = visit(url)
    for _ in range(3):
        seen.ask(ASKED)
    seen.page.locator(".turn:last-child .citation").first.click()
    seen.page.locator(".reader .quote-highlight").first.wait_for()
    assert seen.page.evaluate("window.scrollY") > 0
    box = seen.page.locator(".reader").bounding_box()
    assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 800


def test_one_leafs_through_the_paper(reading: Visit) -> None:
    """Back and forth, not beyond the ends; marks only on the cited page."""
    page = reading.page
    page.click('[data-step="-1"]')
    page.locator(".page-position", has_text="1 / 2").wait_for()
    assert page.locator(".quote-highlight").count() == 0
    assert page.locator('[data-step="-1"]').is_disabled()
    page.click('[data-step="1"]')
    page.locator(".quote-highlight").first.wait_for()
    assert page.locator('[data-step="1"]').is_disabled()


def test_the_page_grows_and_shrinks(reading: Visit) -> None:
    """Zoom makes the picture wider, and smaller again."""
    width = "document.querySelector('.page-image').clientWidth"
    before = reading.page.evaluate(width)
    reading.page.click('[data-zoom="1"]')
    assert reading.page.evaluate(width) > 1.2 * before
    reading.page.click('[data-zoom="-1"]')
    assert reading.page.evaluate(width) == before
    assert reading.page.locator('[data-zoom="-1"]').is_disabled()


def test_leafing_stays_at_the_column(reading: Visit) -> None:
    """The next page begins at its top, as far to the right as the one before."""
    page = reading.page
    for _ in range(3):
        page.click('[data-zoom="1"]')
    page.evaluate("document.querySelector('.page-scroller').scrollTo(120, 300)")
    page.click('[data-step="-1"]')
    page.locator(".page-position", has_text="1 / 2").wait_for()
    place = "(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop])"
    assert page.evaluate(f"{place}(document.querySelector('.page-scroller'))") == [120, 0]


def _is_in_view(seen: Visit) -> bool:
    """Whether the first marked words are within the picture's own box."""
    return bool(
        seen.page.evaluate(
            """() => {
                const mark = document.querySelector(".quote-highlight").getBoundingClientRect();
                const box = document.querySelector(".page-scroller").getBoundingClientRect();
                return mark.top >= box.top && mark.bottom <= box.bottom
                    && mark.left >= box.left && mark.left < box.right - 20;
            }"""
        )
    )


def test_the_marked_words_stay_in_view(reading: Visit) -> None:
    """However large the page is, and when another citation is opened; the chat does not move."""
    before = reading.page.evaluate("window.scrollY")
    for _ in range(3):
        reading.page.click('[data-zoom="1"]')
        assert _is_in_view(reading)
    reading.page.evaluate("document.querySelector('.page-scroller').scrollTo(0, 0)")
    reading.page.locator(".sources .page-link").last.click()
    reading.page.wait_for_timeout(500)
    assert _is_in_view(reading)
    assert reading.page.evaluate("window.scrollY") == before


def test_five_quick_clicks_turn_five_pages(library: SmallLibrary, url: str, visit: Open) -> None:
    """And the Enter key goes on turning, as long as there is a page."""
    library.write_pdf("herd", [[f"This is page {i} of Herd."] for i in range(9)])
    library.sync()
    page = visit(url).page
    page.locator("#status", has_text="indexed").wait_for()
    page.get_by_role("tab", name="Library").click()
    page.locator('[data-action="read-paper"]').first.click()
    page.locator(".page-position", has_text="1 / 9").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.evaluate(
        "() => { for (let i = 0; i < 5; i++) document.querySelector('[data-step=\"1\"]').click(); }"
    )
    page.locator(".page-position", has_text="6 / 9").wait_for()
    page.locator('[data-step="1"]').focus()
    for number in (7, 8, 9):
        page.keyboard.press("Enter")
        page.locator(".page-position", has_text=f"{number} / 9").wait_for()
    page.wait_for_function("document.activeElement.classList.contains('page-scroller')")


def test_why_this_passage_is_told(reading: Visit) -> None:
    """Its place, its section, the words in common and each part of the score; Escape folds it."""
    reading.page.click(".why summary")
    said = reading.page.locator(".why").inner_text()
    assert "1st of" in said and "Section" in said and "BM25" in said and "tokens" in said
    reading.page.keyboard.press("Escape")
    assert reading.page.locator(".menu[open]").count() == 0
    assert reading.page.locator(".reader").count() == 1


def test_a_section_is_gone_to(url: str, library: SmallLibrary, visit: Open) -> None:
    """The list folds, and the heading comes to the top of the box, also on the page that is open."""
    prose = [
        f"Here line {i} says something about herds that no other line says." for i in range(86)
    ]
    first = ["Herd: Open Language Models", *prose[:8], "1 Introduction", *prose[8:43]]
    library.write_pdf("herd", [first, [*prose[43:50], "2 Conclusion", *prose[50:]]])
    library.sync()
    page = visit(url).page
    page.locator("#status", has_text="indexed").wait_for()
    page.get_by_role("tab", name="Library").click()
    page.locator('[data-action="read-paper"]').first.click()
    for number in ("1 / 2", "2 / 2"):
        page.click(".sections summary")
        page.locator(".sections button", has_text=f"p. {number[0]}").click()
        page.locator(".page-position", has_text=number).wait_for()
        page.locator(".heading-highlight").wait_for()
        assert page.locator(".menu[open]").count() == 0
        assert page.evaluate(GAP_ABOVE_HEADING) < 60


GAP_ABOVE_HEADING = """() => {
  const [box, heading] = [".page-scroller", ".heading-highlight"].map((at) => document.querySelector(at));
  return heading.getBoundingClientRect().top - box.getBoundingClientRect().top;
}"""


def test_what_is_in_the_middle_stays_there(reading: Visit) -> None:
    """Where the marks are out of view, or there are none."""
    page = reading.page
    page.click('[data-step="-1"]')
    page.locator(".page-position", has_text="1 / 2").wait_for()
    page.click('[data-zoom="1"]')
    page.click('[data-zoom="1"]')
    middle = "((b) => (b.scrollLeft + b.clientWidth / 2) / b.scrollWidth)"
    across = page.evaluate(f"{middle}(document.querySelector('.page-scroller'))")
    assert across == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("where", [".page-scroller", "#question textarea"])
def test_escape_closes_the_page(reading: Visit, where: str) -> None:
    """From the page and from the box; one is back at the mark that led there."""
    reading.page.locator(where).focus()
    reading.page.keyboard.press("Escape")
    reading.page.locator(".reader").wait_for(state="detached")
    assert reading.page.evaluate("document.activeElement.className") == "citation"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_browsers_back_closes_the_page(url: str, visit: Open, width: int) -> None:
    """And does not leave the chat; the button leaves no step behind, nor does a reload."""
    seen = visit(url, width=width)
    seen.ask(ASKED)
    for close in (seen.page.go_back, lambda: seen.page.click(".reader .close")):
        seen.page.locator("button.page-link").first.click()
        seen.page.locator(".reader .quote-highlight").first.wait_for()
        close()
        seen.page.locator(".reader").wait_for(state="detached")
        assert seen.page.locator(".turn").count() == 1
    seen.page.wait_for_function("!history.state?.reader")
    seen.page.locator("button.page-link").first.click()
    seen.page.locator(".reader .quote-highlight").first.wait_for()
    seen.until_kept()
    seen.page.reload()
    seen.page.locator(".turn").wait_for()
    seen.page.wait_for_function("!history.state?.reader")
    assert seen.page.locator(".reader").count() == 0


def test_on_a_phone_the_page_fills_the_window(url: str, visit: Open) -> None:
    """At 390 pixels the page lies over the chat and can be closed."""
    seen = visit(url, width=390)
    seen.ask(ASKED)
    seen.page.locator("button.page-link").first.click()
    seen.page.locator(".reader .quote-highlight").first.wait_for()
    box = seen.page.locator(".reader").bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"]) == (0, 0, 390)
    assert _is_in_view(seen)
    mark = seen.page.locator(".quote-highlight").first.bounding_box()
    assert mark is not None and mark["x"] >= 0 and mark["x"] + mark["width"] <= 390
    seen.page.click(".reader .close")
    seen.page.locator(".reader").wait_for(state="detached")


def test_on_a_phone_a_note_is_shown_whole(library: SmallLibrary, url: str, visit: Open) -> None:
    """It is all that there is of a paper without pages."""
    note = "It says a great deal about adapters. " * 12
    paper = Paper(id="lost", title="A Paper without", arxiv="2401.00002", note=note)
    add_papers(library.manifest, [paper])
    library.sync()
    page = visit(url, width=390).page
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name=paper.title, exact=True).click()
    shown = page.locator(".reader > .paper-note p")
    shown.wait_for()
    assert note.strip() in shown.inner_text()
    assert not shown.evaluate("p => p.scrollHeight > p.clientHeight")


def test_a_missing_pdf_is_said(library: SmallLibrary, url: str, visit: Open) -> None:
    """The quote stays; only its picture cannot be shown."""
    seen = visit(url)
    seen.ask(ASKED)
    library.workspace.paper("herd").pdf.unlink()
    seen.page.locator(".citation").first.click()
    seen.page.locator(".reader .notice", has_text="cannot be opened").wait_for()


def test_the_nearest_passages_open_their_pages(url: str, visit: Open) -> None:
    """Under a refusal, also when the chat is opened again."""
    seen = visit(url)
    seen.ask("What is the boiling point of ethanol?")
    seen.until_kept()
    seen.page.reload()
    seen.page.click(".nearest summary")
    first = seen.page.locator(".nearest li", has=seen.page.locator("button.page-link")).first
    assert len(first.locator("q").inner_text()) > 20
    first.locator("button.page-link").click()
    seen.page.locator(".reader .quote-highlight").first.wait_for()


def test_a_forged_click_opens_nothing(reading: Visit) -> None:
    """Turns and markers that are none are passed over, and the page goes on working."""
    reading.page.evaluate(
        "() => { const m = document.querySelector('.citation'); m.dataset.turn = '99'; m.click(); }"
    )
    reading.page.evaluate(
        "() => { const m = document.querySelector('.citation'); m.dataset.turn = 'x'; m.click(); }"
    )
    assert reading.page.locator(".reader").count() == 1


def test_an_open_page_changes_its_language(reading: Visit) -> None:
    """With all the rest, at once."""
    reading.page.click("#language-button")
    reading.page.get_by_role("button", name="下一页").wait_for()
