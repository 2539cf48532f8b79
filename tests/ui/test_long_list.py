"""A list of thousands comes to the browser page by page; all of it can be searched."""

from __future__ import annotations

import json

import pytest
from small_library import SmallLibrary
from ui.visits import Open, Visit

from ingest.corpus import Paper
from ingest.reading_list.edit import add_papers
from ingest.sync.state import PaperState
from rag.ui.library.view import WHOLE_LIST, read_view

ROWS = ".paper-table tbody tr:visible"
PAPERS = [
    Paper(
        f"p{i}",
        f"Quokkas {i}",
        authors=("Ada Lane",) if i % 2 else ("Bo Chen",),
        year=2015 + i if i else None,
        arxiv=f"2401.0000{i}",
        topics=("marsupials", "smiles")[: 1 + i % 2],
    )
    for i in range(8)
]


@pytest.fixture
def long_list(library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> SmallLibrary:
    """Ten papers where three make a page."""
    monkeypatch.setattr("rag.ui.library.table.PAGE_ROWS", 3)
    monkeypatch.setattr("rag.ui.options.MAX_CHOICES", 3)
    add_papers(library.manifest, PAPERS)
    library.sync()
    return library


@pytest.fixture
def library_tab(long_list: SmallLibrary, url: str, visit: Open) -> Visit:
    seen = visit(url)
    seen.page.get_by_role("tab", name="Library").click()
    seen.page.locator(ROWS).first.wait_for()
    return seen


def _wait_for(library_tab: Visit, count: str, n_rows: int) -> list[str]:
    """The titles as soon as the table has so many rows and says how many match."""
    library_tab.page.locator(".match-count", has_text=count).wait_for()
    library_tab.page.wait_for_function(
        f"() => document.querySelectorAll('.paper-table tbody tr').length === {n_rows}"
    )
    return library_tab.page.locator(".paper-table .title").all_inner_texts()


def test_a_long_list_comes_page_by_page(library_tab: Visit) -> None:
    """The next rows on request, until all are there; the count is that of the whole list."""
    assert len(_wait_for(library_tab, "10 / 10", 3)) == 3
    for n_rows in (6, 9, 10):
        library_tab.page.get_by_role("button", name="Show more").click()
        _wait_for(library_tab, "10 / 10", n_rows)
    assert library_tab.page.locator(".more:visible").count() == 0


def test_all_of_a_long_list_is_searched(library_tab: Visit) -> None:
    """By words and by filters, also what is on no page yet; then everything is shown again."""
    page = library_tab.page
    page.fill("[data-search]", "LANE  quokkas")
    assert len(_wait_for(library_tab, "4 / 10", 3)) == 3
    page.select_option('[data-filter="year"]', "2022")
    assert _wait_for(library_tab, "1 / 10", 1) == ["Quokkas 7"]
    page.fill("[data-search]", "no such paper")
    page.locator(".no-match").wait_for()
    page.get_by_role("button", name="Show all").click()
    _wait_for(library_tab, "10 / 10", 3)
    assert page.input_value("[data-search]") == page.input_value('[data-filter="year"]') == ""


def test_all_of_a_long_list_is_sorted(library_tab: Visit) -> None:
    """By year, up and down, and said to screen readers."""
    library_tab.page.get_by_role("button", name="Year").click()
    library_tab.page.locator('th[aria-sort="ascending"]').wait_for()
    library_tab.page.locator(ROWS).first.filter(has_text="Quokkas 1").wait_for()
    library_tab.page.get_by_role("button", name="Year").click()
    library_tab.page.locator(ROWS).first.filter(has_text="Herd").wait_for()
    assert library_tab.page.locator('th[aria-sort="descending"]').count() == 1


def test_papers_are_chosen_from_a_long_list_as_they_are_typed(
    long_list: SmallLibrary, url: str, visit: Open
) -> None:
    """What was chosen stays, whatever is typed next, and in the other language."""
    page = visit(url).page
    page.click("#options > button")
    page.get_by_label("Papers (all)").first.click()
    assert page.get_by_role("option").count() == 3
    for name in ("quokkas 7", "slim"):
        page.keyboard.type(name)
        page.get_by_role("option", name=name.capitalize()).click()
        page.locator("#scope", has_text=name.capitalize()).wait_for()
    page.mouse.click(5, 400)
    page.click("#language-button")
    page.locator("#scope", has_text="仅检索").wait_for()
    assert "Quokkas 7 · Slim" in page.locator("#scope").inner_text()


def _states() -> list[PaperState]:
    return [PaperState(paper, None, {}, ("fetch",), None, False) for paper in PAPERS]


def _ids(**chosen: object) -> list[str]:
    view = read_view(json.dumps(chosen))
    return [state.paper.id for state in view.matching(_states(), "en")]


def test_numbers_are_sorted_as_numbers_and_what_is_missing_comes_last() -> None:
    """Whichever way a column is sorted."""
    assert _ids(column=1)[0] == "p1" and _ids(column=1)[-1] == "p0"
    assert _ids(column=1, up=False)[0] == "p7" and _ids(column=1, up=False)[-1] == "p0"
    assert _ids(column=0, up=False)[0] == "p7"
    assert _ids(column=2)[:4] == ["p0", "p2", "p4", "p6"]
    assert _ids(column=3) == [paper.id for paper in PAPERS]


@pytest.mark.parametrize(
    "sent", ["", "{", "[1]", '{"column": 9, "pages": "x"}', '{"pages": -1}', '{"column": "1"}']
)
def test_what_makes_no_sense_shows_everything(sent: str) -> None:
    """A browser may send anything."""
    view = read_view(sent)
    assert view.matching(_states(), "en") == WHOLE_LIST.matching(_states(), "en")
    assert view.n_pages == 1
