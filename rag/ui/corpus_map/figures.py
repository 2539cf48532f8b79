"""The corpus as two figures for plotly, which comes with gradio: a map, and a time line."""

from __future__ import annotations

import html
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ingest.corpus import Paper
from ingest.indexing.index import IndexedPaper
from rag.ui.corpus_map.landscape import Place
from rag.ui.short_names import short_name
from rag.ui.texts import Language, text

SMALLEST, LARGEST = 8.0, 26.0  # diameters in pixels
MAX_PAGES = 100  # a longer paper is drawn no larger
TITLE_CHARS = 70
NAMED_PAPERS = 12
MAX_COMPARED = 300  # to find the middle of a topic
FEWEST_NAMED = 3  # papers of a topic whose name is shown on the map
MANY = 1_000  # papers; the dots of more are smaller
DOT = 8.0  # of the time line
ABREAST = 4  # dots in a row of it; more where a stack would have more than ``MAX_ROWS``
MAX_ROWS = 40
STACK_PIXELS, LINE_PIXELS = 270, 900  # the room for a stack, and for one row of all stacks
STILL = {"zeroline": False, "fixedrange": True}
NOTHING = "rgba(0,0,0,0)"
EDGE_LIGHT = 0.15, 0.24  # luminances with a contrast of 3:1 to the light and the dark ground
OTHERS = "#8a94a3"
# As far apart as twenty can be that are seen on light and on dark ground: at least .14 in OKLab, where
# hue counts 1.4 times.
COLOURS = (
    "#0f9d8a", "#ff88ff", "#cc2200", "#4455dd", "#ff9900", "#aa33aa", "#776600", "#55bb11",
    "#00bbff", "#9988ff", "#1177aa", "#cc77aa", "#aa9900", "#007700", "#995555", "#ddaa99",
    "#ff6655", "#dd3377", "#775599", "#88bb88",
)  # fmt: skip

Trace = dict[str, Any]
Dot = tuple[IndexedPaper, float, float]  # a paper, and where it is drawn
Diameter = Callable[[IndexedPaper], float]  # in pixels


def map_figure(
    papers: Mapping[str, IndexedPaper], places: Mapping[str, Place], language: Language
) -> str:
    """Every paper at its place: the colour shows its first topic, the size its number of pages.

    Hollow where its pages are not here.  The figure is JSON for plotly.
    """
    dots = [(papers[paper], x, y) for paper, (x, y) in places.items() if paper in papers]
    hidden = {"visible": False}
    layout = {"height": 520, "xaxis": hidden, "yaxis": hidden, "annotations": _words(dots)}
    scale = min(1.0, (MANY / max(1, len(dots))) ** 0.25)
    traces = _traces(dots, language, lambda entry: scale * _diameter(entry.n_pages))
    return _figure(traces, layout)


def _words(dots: Sequence[Dot]) -> list[Trace]:
    """The names of the topics above their dots, the largest first; then of the longest papers, below theirs.

    The script hides each that would cover one before it.
    """
    places: dict[str, list[Place]] = defaultdict(list)
    for entry, x, y in dots:
        places[_topic(entry.paper)].append((x, y))
    topics = [
        _word(
            f"<b>{html.escape(topic.replace('-', ' '))}</b>", *_middle(group), LARGEST / 2, size=13
        )
        for topic, group in sorted(places.items(), key=lambda item: -len(item[1]))
        if topic and len(group) >= FEWEST_NAMED
    ]
    longest = sorted((dot for dot in dots if dot[0].n_pages), key=lambda dot: -dot[0].n_pages)
    named = [dot for dot in longest if short_name(dot[0].paper)][:NAMED_PAPERS]
    return topics + [
        _word(html.escape(short_name(e.paper)), x, y, -_diameter(e.n_pages) / 2 - 8, size=11)
        for e, x, y in named
    ]


def _word(words: str, x: float, y: float, above: float, size: int) -> Trace:
    """Words so many pixels above a place (below it, if negative)."""
    place = {"x": x, "y": y, "yshift": above, "showarrow": False}
    return {"text": words, "font": {"size": size}, **place}


def _middle(places: Sequence[Place]) -> Place:
    """The one of them to which the others are nearest; of many, those in a sample are compared."""
    sample = places[:: math.ceil(len(places) / MAX_COMPARED)]
    return min(sample, key=lambda place: sum(math.dist(place, other) for other in sample))


def years_figure(papers: Mapping[str, IndexedPaper], language: Language) -> str:
    """A dot for each paper, stacked above its year, in the colour that it has on the map.

    Years without a paper are left out; the number above a stack is that of its papers.
    """
    heaps: dict[int, list[IndexedPaper]] = {}
    for entry in papers.values():
        if entry.paper.year:
            heaps.setdefault(entry.paper.year, []).append(entry)
    years = sorted(heaps)
    tallest = max(map(len, heaps.values()), default=1)
    abreast = max(ABREAST, math.ceil(tallest / MAX_ROWS))
    dots = [
        (entry, column + (k % abreast - (abreast - 1) / 2) * 0.8 / abreast, float(k // abreast))
        for column, year in enumerate(years)
        for k, entry in enumerate(sorted(heaps[year], key=lambda entry: _topic(entry.paper)))
    ]
    counts = [
        {"x": column, "y": (len(heaps[year]) - 1) // abreast, "text": str(len(heaps[year]))}
        for column, year in enumerate(years)
    ]
    layout = {
        "height": 330,
        "xaxis": {
            "tickvals": [*range(len(years))],
            "ticktext": years,
            "showgrid": False,
            **STILL,
            "automargin": True,
        },
        "yaxis": {"visible": False, **STILL},
        "annotations": [{**count, "yshift": 16, "showarrow": False} for count in counts],
    }
    room = STACK_PIXELS * abreast / tallest, LINE_PIXELS / (abreast * max(1, len(years)))
    size = DOT if abreast == ABREAST else min(DOT, *room)
    return _figure(_traces(dots, language, lambda entry: size), layout)


def topics_of(papers: Mapping[str, IndexedPaper]) -> dict[str, str]:
    """The first topics of ``papers``, the most frequent first, each with its colour."""
    counts = Counter(_topic(entry.paper) for entry in papers.values())
    colours = {topic: COLOURS[i % len(COLOURS)] for i, topic in enumerate(sorted(counts))}
    colours[""] = OTHERS
    return {topic: colours[topic] for topic in sorted(counts, key=lambda t: (t == "", -counts[t]))}


def _traces(dots: Sequence[Dot], language: Language, diameter: Diameter) -> list[Trace]:
    """A trace for each topic."""
    by_topic: dict[str, list[Dot]] = defaultdict(list)
    for dot in dots:
        by_topic[_topic(dot[0].paper)].append(dot)
    colours = topics_of({dot[0].paper.id: dot[0] for dot in dots})
    return [
        _trace(topic, by_topic[topic], colour, diameter, language)
        for topic, colour in colours.items()
    ]


def _trace(
    topic: str, dots: Sequence[Dot], colour: str, diameter: Diameter, language: Language
) -> Trace:
    entries, xs, ys = zip(*dots, strict=True)
    edge = _edge_of(colour)
    diameters = [diameter(entry) for entry in entries]
    edge_width = min(1.0, min(diameters) / DOT)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": topic,
        "x": xs,
        "y": ys,
        "customdata": [entry.paper.id for entry in entries],
        "hovertext": [_label(entry, language) for entry in entries],
        "hoverinfo": "text",
        "marker": {
            "color": [colour if entry.n_pages else edge for entry in entries],
            "size": diameters,
            "symbol": ["circle" if entry.n_pages else "circle-open" for entry in entries],
            "opacity": 0.85,
            "line": {
                "color": edge,
                "width": [edge_width * (1 if entry.n_pages else 2) for entry in entries],
            },
        },
    }


def _edge_of(colour: str) -> str:
    """The colour made darker or lighter, so that its edge can be seen on either ground."""
    parts = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    wanted = min(max(light, EDGE_LIGHT[0]), EDGE_LIGHT[1])
    if wanted < light:
        parts = [part * wanted / light for part in parts]
    else:
        parts = [1 - (1 - part) * (1 - wanted) / (1 - light) for part in parts]
    return "#" + "".join(f"{round(255 * part ** (1 / 2.2)):02x}" for part in parts)


def _topic(paper: Paper) -> str:
    return paper.topics[0] if paper.topics else ""


def _diameter(n_pages: int) -> float:
    """The diameter in pixels; the area, not the diameter, is proportional to the pages."""
    share = min(n_pages, MAX_PAGES) / MAX_PAGES
    return float(SMALLEST + (LARGEST - SMALLEST) * share**0.5)


def _label(entry: IndexedPaper, language: Language) -> str:
    """The tooltip of a paper; plotly interprets some markup, so everything is escaped."""
    title = entry.paper.title
    short = title if len(title) <= TITLE_CHARS else f"{title[:TITLE_CHARS]}…"
    pages = text(language, "n pages", n=entry.n_pages) if entry.n_pages else ""
    rest = " · ".join(filter(None, [str(entry.paper.year or ""), _topic(entry.paper), pages]))
    return f"<b>{html.escape(short)}</b><br>{html.escape(rest)}"


def _figure(traces: list[Trace], layout: Mapping[str, Any]) -> str:
    common = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 30},
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "paper_bgcolor": NOTHING,
        "plot_bgcolor": NOTHING,
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
    }
    config = {"displayModeBar": False, "scrollZoom": False}
    return json.dumps({"data": traces, "layout": {**common, **layout}, "config": config})
