"""The corpus as two figures for plotly, which comes with gradio: a map and a timeline."""

from __future__ import annotations

import html
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ingest.indexing.index import IndexedPaper
from rag.ui.corpus_map.projection import Point
from rag.ui.paper_labels import first_topic, short_name
from rag.ui.texts import Language, text

SMALLEST, LARGEST = 8.0, 26.0  # diameters in pixels
MAX_PAGES = 100  # a longer paper is drawn no larger
TITLE_CHARS = 70
MAX_NAMED_PAPERS = 12
MAX_COMPARED = 300  # papers, to find the medoid of a topic
MIN_NAMED_TOPIC = 3  # papers of a topic that is named on the map
MAX_FULL_SIZE = 1_000  # papers on the map; of more the dots are smaller
DOT = 8.0  # the diameter on the timeline
MIN_ABREAST = (
    4  # dots side by side in a stack of the timeline; more where it needs more than ``MAX_ROWS``
)
MAX_ROWS = 40
STACK_PIXELS, LINE_PIXELS = 270, 900  # the height of a stack, and the width of all
FIXED_AXIS = {"zeroline": False, "fixedrange": True}
TRANSPARENT = "rgba(0,0,0,0)"
EDGE_LUMINANCES = 0.15, 0.24  # with a contrast of 3:1 to the light and to the dark background
NO_TOPIC_COLOUR = "#8a94a3"
# Twenty that are as distinct as possible and visible on light and dark backgrounds: at least .14 apart in
# OKLab, where hue counts 1.4 times.
COLOURS = (
    "#0f9d8a", "#ff88ff", "#cc2200", "#4455dd", "#ff9900", "#aa33aa", "#776600", "#55bb11",
    "#00bbff", "#9988ff", "#1177aa", "#cc77aa", "#aa9900", "#007700", "#995555", "#ddaa99",
    "#ff6655", "#dd3377", "#775599", "#88bb88",
)  # fmt: skip

Trace = dict[str, Any]
Dot = tuple[IndexedPaper, float, float]  # a paper, and where it is drawn
Diameter = Callable[[IndexedPaper], float]  # in pixels


def map_figure(
    papers: Mapping[str, IndexedPaper], points: Mapping[str, Point], language: Language
) -> str:
    """Every paper at its point: the colour shows its first topic, the size its number of pages.

    Papers without pages are hollow.  The figure is JSON for plotly.
    """
    dots = [(papers[paper], x, y) for paper, (x, y) in points.items() if paper in papers]
    hidden = {"visible": False}
    layout = {"height": 520, "xaxis": hidden, "yaxis": hidden, "annotations": _labels(dots)}
    scale = min(1.0, (MAX_FULL_SIZE / max(1, len(dots))) ** 0.25)
    traces = _traces(dots, language, lambda entry: scale * _diameter(entry.n_pages))
    return _figure_json(traces, layout)


def _labels(dots: Sequence[Dot]) -> list[Trace]:
    """The names of the topics above their dots, the largest first; then of the longest papers, below theirs.

    The script hides each that would overlap one before it.
    """
    points: dict[str, list[Point]] = defaultdict(list)
    for entry, x, y in dots:
        points[first_topic(entry.paper)].append((x, y))
    by_size = sorted(points.items(), key=lambda item: -len(item[1]))
    topics = [
        _label(f"<b>{html.escape(topic.replace('-', ' '))}</b>", *_medoid(group), LARGEST / 2, 13)
        for topic, group in by_size
        if topic and len(group) >= MIN_NAMED_TOPIC
    ]
    longest = sorted((dot for dot in dots if dot[0].n_pages), key=lambda dot: -dot[0].n_pages)
    named = [dot for dot in longest if short_name(dot[0].paper)][:MAX_NAMED_PAPERS]
    papers = [
        _label(html.escape(short_name(e.paper)), x, y, -_diameter(e.n_pages) / 2 - 8, 11)
        for e, x, y in named
    ]
    return topics + papers


def _label(words: str, x: float, y: float, above: float, size: int) -> Trace:
    """An annotation ``above`` a point by so many pixels (below it, if negative); ``size`` in pixels."""
    position = {"x": x, "y": y, "yshift": above, "showarrow": False}
    return {"text": words, "font": {"size": size}, **position}


def _medoid(points: Sequence[Point]) -> Point:
    """The point nearest to all others; of many points only a sample is compared."""
    sample = points[:: math.ceil(len(points) / MAX_COMPARED)]
    return min(sample, key=lambda point: sum(math.dist(point, other) for other in sample))


def years_figure(papers: Mapping[str, IndexedPaper], language: Language) -> str:
    """A dot for each paper, stacked above its year, in its colour on the map.

    Years without a paper are left out; above each stack is the number of its papers.
    """
    by_year: dict[int, list[IndexedPaper]] = defaultdict(list)
    for entry in papers.values():
        if entry.paper.year:
            by_year[entry.paper.year].append(entry)
    years = sorted(by_year)
    stacks = [sorted(by_year[year], key=lambda entry: first_topic(entry.paper)) for year in years]
    tallest = max(map(len, stacks), default=1)
    n_abreast = max(MIN_ABREAST, math.ceil(tallest / MAX_ROWS))
    dots = [
        (
            entry,
            column + (k % n_abreast - (n_abreast - 1) / 2) * 0.8 / n_abreast,
            float(k // n_abreast),
        )
        for column, stack in enumerate(stacks)
        for k, entry in enumerate(stack)
    ]
    available = STACK_PIXELS * n_abreast / tallest, LINE_PIXELS / (n_abreast * max(1, len(years)))
    size = DOT if n_abreast == MIN_ABREAST else min(DOT, *available)
    layout = _years_layout(years, [len(stack) for stack in stacks], n_abreast)
    return _figure_json(_traces(dots, language, lambda entry: size), layout)


def _years_layout(years: Sequence[int], counts: Sequence[int], n_abreast: int) -> dict[str, Any]:
    """The axes of the timeline, and the count of papers above each year."""
    labels = [
        {"x": column, "y": (n - 1) // n_abreast, "text": str(n), "yshift": 16, "showarrow": False}
        for column, n in enumerate(counts)
    ]
    ticks = {"tickvals": [*range(len(years))], "ticktext": years, "automargin": True}
    return {
        "height": 330,
        "xaxis": {**ticks, "showgrid": False, **FIXED_AXIS},
        "yaxis": {"visible": False, **FIXED_AXIS},
        "annotations": labels,
    }


def topic_colours(papers: Mapping[str, IndexedPaper]) -> dict[str, str]:
    """The first topics of ``papers``, the most frequent first, each with its colour."""
    counts = Counter(first_topic(entry.paper) for entry in papers.values())
    colours = {topic: COLOURS[i % len(COLOURS)] for i, topic in enumerate(sorted(counts))}
    colours[""] = NO_TOPIC_COLOUR
    return {topic: colours[topic] for topic in sorted(counts, key=lambda t: (t == "", -counts[t]))}


def _traces(dots: Sequence[Dot], language: Language, diameter: Diameter) -> list[Trace]:
    """A trace for each topic."""
    by_topic: dict[str, list[Dot]] = defaultdict(list)
    for dot in dots:
        by_topic[first_topic(dot[0].paper)].append(dot)
    colours = topic_colours({dot[0].paper.id: dot[0] for dot in dots})
    return [
        _trace(topic, by_topic[topic], colour, diameter, language)
        for topic, colour in colours.items()
    ]


def _trace(
    topic: str, dots: Sequence[Dot], colour: str, diameter: Diameter, language: Language
) -> Trace:
    entries, xs, ys = zip(*dots, strict=True)
    edge = _edge_colour(colour)
    diameters = [diameter(entry) for entry in entries]
    edge_width = min(1.0, min(diameters) / DOT)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": topic,
        "x": xs,
        "y": ys,
        "customdata": [entry.paper.id for entry in entries],
        "hovertext": [_tooltip(entry, language) for entry in entries],
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


def _edge_colour(colour: str) -> str:
    """The colour made darker or lighter, so that it is visible on either background."""
    parts = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    wanted = min(max(luminance, EDGE_LUMINANCES[0]), EDGE_LUMINANCES[1])
    if wanted < luminance:
        parts = [part * wanted / luminance for part in parts]
    else:
        parts = [1 - (1 - part) * (1 - wanted) / (1 - luminance) for part in parts]
    return "#" + "".join(f"{round(255 * part ** (1 / 2.2)):02x}" for part in parts)


def _diameter(n_pages: int) -> float:
    """The diameter in pixels; the area, not the diameter, is proportional to the pages."""
    share = min(n_pages, MAX_PAGES) / MAX_PAGES
    return float(SMALLEST + (LARGEST - SMALLEST) * share**0.5)


def _tooltip(entry: IndexedPaper, language: Language) -> str:
    """The tooltip of a paper; plotly interprets some markup, so everything is escaped."""
    title = entry.paper.title
    short = title if len(title) <= TITLE_CHARS else f"{title[:TITLE_CHARS]}…"
    pages = text(language, "n pages", n=entry.n_pages) if entry.n_pages else ""
    rest = " · ".join(filter(None, [str(entry.paper.year or ""), first_topic(entry.paper), pages]))
    return f"<b>{html.escape(short)}</b><br>{html.escape(rest)}"


def _figure_json(traces: list[Trace], layout: Mapping[str, Any]) -> str:
    common = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 30},
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
    }
    config = {"displayModeBar": False, "scrollZoom": False}
    return json.dumps({"data": traces, "layout": {**common, **layout}, "config": config})
