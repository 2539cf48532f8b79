"""The picture of the corpus: every paper is on it once, and a click opens it."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from small_library import LLAMA, PAGES, SmallLibrary
from ui.visits import Open, Serve, background_of

from ingest.corpus import Paper
from ingest.indexing.index import IndexedPaper, open_build
from ingest.reading_list.edit import add_papers
from rag.assistant import Assistant
from rag.ui.corpus_map.figures import COLOURS, _edge_colour, map_figure, topic_colours, years_figure
from rag.ui.corpus_map.projection import project_papers

TOPICS = ("alpacas", "llamas", "vicunas")
PAPERS = {
    f"p{i}": IndexedPaper(
        Paper(id=f"p{i}", title=f"Paper {i}", year=2020 + i % 3, topics=(TOPICS[i % 3],)), i, ""
    )
    for i in range(12)
}
PLACES = {paper: (float(i), float(-i)) for i, paper in enumerate(PAPERS)}


def _ids(figure: str) -> list[str]:
    return sorted(paper for trace in json.loads(figure)["data"] for paper in trace["customdata"])


def test_every_paper_is_drawn_once() -> None:
    """On the map and on the time line."""
    assert _ids(map_figure(PAPERS, PLACES, "en")) == sorted(PAPERS)
    assert _ids(years_figure(PAPERS, "en")) == sorted(PAPERS)


def test_no_dot_lies_on_another_of_the_time_line() -> None:
    """However many papers a year has."""
    many = {
        f"q{i}": IndexedPaper(Paper(id=f"q{i}", title="Q", year=2023), 1, "") for i in range(50)
    }
    traces = json.loads(years_figure(many, "en"))["data"]
    places = [place for trace in traces for place in zip(trace["x"], trace["y"], strict=True)]
    assert len(set(places)) == 50


def test_many_papers_have_smaller_dots() -> None:
    """On the map, and on the time line, where no stack is higher than the figure."""
    many = {
        f"q{i}": IndexedPaper(Paper(id=f"q{i}", title="Q", year=2023), 9, "") for i in range(4_000)
    }
    few = dict(list(many.items())[:1_000])
    (crowd,) = json.loads(map_figure(many, dict.fromkeys(many, (0.0, 0.0)), "en"))["data"]
    (group,) = json.loads(map_figure(few, dict.fromkeys(few, (0.0, 0.0)), "en"))["data"]
    assert crowd["marker"]["size"][0] == pytest.approx(group["marker"]["size"][0] * 0.5**0.5)
    (stack,) = json.loads(years_figure(many, "en"))["data"]
    assert max(stack["y"]) < 40 and stack["marker"]["size"][0] < 8


def test_a_topic_has_one_colour_in_both_figures() -> None:
    """The one that the legend tells."""
    for figure in (map_figure(PAPERS, PLACES, "en"), years_figure(PAPERS, "en")):
        drawn = {
            trace["name"]: trace["marker"]["color"][-1] for trace in json.loads(figure)["data"]
        }
        assert drawn == topic_colours(PAPERS)
    assert len(set(COLOURS)) == len(COLOURS)


def test_a_paper_without_pages_is_hollow() -> None:
    """And longer papers are larger."""
    traces = json.loads(map_figure(PAPERS, PLACES, "en"))["data"]
    markers = {
        paper: (symbol, size)
        for trace in traces
        for paper, symbol, size in zip(
            trace["customdata"], trace["marker"]["symbol"], trace["marker"]["size"], strict=True
        )
    }
    assert markers["p0"][0] == "circle-open" and markers["p1"][0] == "circle"
    assert markers["p0"][1] < markers["p1"][1] < markers["p11"][1]


def test_a_title_is_text_on_the_map_too() -> None:
    """Plotly reads some markup in labels."""
    evil = Paper(id="e", title='<a href="https://evil.example">x</a>', year=2020)
    figure = json.loads(map_figure({"e": IndexedPaper(evil, 1, "")}, {"e": (0.0, 0.0)}, "en"))
    (label,) = figure["data"][0]["hovertext"]
    assert "<a" not in label and "&lt;a" in label


def test_the_map_has_words() -> None:
    """The topics, the largest first, in the middle of their papers; then the longest papers."""
    named = IndexedPaper(
        Paper(id="z", title="Zed<b>: Long", topics=("one-alone",), year=2020), 50, ""
    )
    figure = json.loads(map_figure({**PAPERS, "z": named}, {**PLACES, "z": (0.0, 0.0)}, "en"))
    words = [(word["text"], word["x"]) for word in figure["layout"]["annotations"]]
    assert {text for text, _ in words[:3]} == {f"<b>{topic}</b>" for topic in TOPICS}
    assert words[0] == ("<b>alpacas</b>", 3.0)
    assert words[3:] == [("Zed&lt;b&gt;", 0.0)]


def test_no_word_of_the_map_covers_another(
    crowd: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open
) -> None:
    """However narrow the window is; some are shown."""
    background = background_of(crowd, assistant)
    background.start()
    page = visit(serve(assistant, background), width=390).page
    page.get_by_role("tab", name="Map").click()
    page.locator("#map .annotation").first.wait_for(state="attached")
    page.wait_for_timeout(500)
    boxes = [
        word.bounding_box()
        for word in page.locator("#map .annotation text").all()
        if word.is_visible()
    ]
    assert boxes
    for one, other in combinations(boxes, 2):
        assert one and other
        assert (
            one["x"] + one["width"] <= other["x"]
            or other["x"] + other["width"] <= one["x"]
            or one["y"] + one["height"] <= other["y"]
            or other["y"] + other["height"] <= one["y"]
        )


@pytest.fixture
def crowd(library: SmallLibrary) -> SmallLibrary:
    """Two dozen papers about one of two things."""
    about = ("llamas graze on high meadows", "matrices multiply on fast chips")
    papers = [
        Paper(
            id=f"n{i}",
            title=f"On {about[i % 2]} {i}",
            arxiv=f"2401.{i:05}",
            year=2024,
            topics=(f"a-topic-with-a-long-name-{i % 2}",),
        )
        for i in range(24)
    ]
    library.manifest.write_text("", encoding="utf-8")
    add_papers(library.manifest, [LLAMA, *papers])
    library.write_pdf("herd", PAGES["herd"])
    library.sync()
    return library


@pytest.mark.parametrize("max_projected", [2_000, 13])
def test_papers_about_the_same_lie_together(
    crowd: SmallLibrary, max_projected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearest neighbours are of one kind, also where some are not projected; the map is always the same."""
    monkeypatch.setattr("rag.ui.corpus_map.projection.MAX_PROJECTED", max_projected)
    index = open_build(crowd.workspace.current_build())
    places = project_papers(index)
    assert places == project_papers(index) and set(places) == set(index.papers)
    same = [
        int(min((b for b in places if b not in (a, "herd")), key=lambda b: _far(places, a, b))[1:])
        % 2
        == int(a[1:]) % 2
        for a in places
        if a != "herd"
    ]
    assert sum(same) >= 20


def _far(places: dict[str, tuple[float, float]], a: str, b: str) -> float:
    (ax, ay), (bx, by) = places[a], places[b]
    return (ax - bx) ** 2 + (ay - by) ** 2


def test_a_click_on_a_dot_opens_the_paper(
    library: SmallLibrary, assistant: Assistant, serve: Serve, visit: Open
) -> None:
    """Drawn on the machine itself; a topic of the legend makes the others pale."""
    background = background_of(library, assistant)
    background.start()
    page = visit(serve(assistant, background)).page
    page.get_by_role("tab", name="Map").click()
    page.locator("#map .point").nth(1).wait_for()
    page.locator("#years .point").nth(1).wait_for()
    page.click('[data-topic="tuning"]')
    faint = "[...document.querySelectorAll('#map .point')].map(p => p.style.opacity).sort().join()"
    page.wait_for_function(f"{faint} === '0.08,0.85'")
    page.click('[data-topic="tuning"]')
    dot = page.locator("#map .trace.scatter").first.locator(".point").bounding_box()
    assert dot is not None
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.locator(".reader .ask").wait_for()


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("ground", ["#f7f7f5", "#14181f"])
def test_every_dot_has_an_edge_that_is_seen(colour: str, ground: str) -> None:
    """At least 3:1 against the page, light or dark, however pale the dot is."""
    lights = sorted((_luminance(_edge_colour(colour)) + 0.05, _luminance(ground) + 0.05))
    assert lights[1] / lights[0] >= 3


def test_what_goes_wrong_with_the_figures_is_told(
    url: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their place, with an id; when the tab is opened again, they are drawn again."""
    page = visit(url).page
    with monkeypatch.context() as broken:
        broken.setattr("rag.ui.corpus_map.projection.project_papers", lambda *args: 1 / 0)
        page.get_by_role("tab", name="Map").click()
        page.locator("#corpus-map .error-message", has_text="(id ").wait_for()
    page.get_by_role("tab", name="Chat").click()
    page.get_by_role("tab", name="Map").click()
    page.locator("#years .point").first.wait_for()
    assert page.locator("#corpus-map .error-message").count() == 0
