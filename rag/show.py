"""Results as text for a terminal: plain, no colour, wrapped to its width."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence

from ingest.corpus import HANDBOOK
from ingest.sync.state import PaperState
from rag.answer import SUPPORT_MARKS, Answer, Hit
from rag.columns import wrapped
from rag.evaluation.evaluate import Group, Scored, within_pages
from rag.evaluation.runs import Change, Run, changed_questions, changes
from rag.generation.notices import place_in, wording_for
from rag.llm.status import ModelStatus

MEASURES = (
    "page@1",
    "page@5",
    "page@10",
    "quote@5",
    "paper@1",
    "paper@5",
    "key facts@5",
    "key facts",
    "page cited",
    "wrongly refused",
    "rightly refused",
)
MODEL_MEASURES = (
    "key facts",
    "supported",
    "citation recall",
    "citation precision",
    "verbatim",
    "wrongly refused",
    "rightly refused",
    "tokens in",
    "tokens out",
    "seconds",
)


def counted(n: int, noun: str) -> str:
    """How many there are of what ``noun`` names.

    >>> counted(1, "paper"), counted(2, "paper")
    ('1 paper', '2 papers')
    """
    return f"1 {noun}" if n == 1 else f"{n} {noun}s"


def show_answer(answer: Answer) -> str:
    """The answer, then its sources."""
    lines = []
    for sentence in answer.sentences:
        if sentence.lead:
            lines += ["", _wrap(sentence.lead)]
        marks = "".join(f"[{marker}]" for marker in sentence.citations)
        lines.append(_wrap(f"{sentence.text} {marks}{SUPPORT_MARKS[sentence.support]}", "  "))
        lines += [f"    {line}" for line in sentence.code.split("\n") if sentence.code]
    lines += ["", *(_wrap(notice) for notice in answer.notices)] if answer.notices else []
    if answer.citations:
        lines += ["", wording_for(answer.question)["sources"]]
        lines += [_wrap(line, "  ", "    ") for line in _sources(answer)]
    return "\n".join(lines).strip()


def _sources(answer: Answer) -> list[str]:
    """A line for each place that is cited, with all markers that point to it."""
    places: dict[str, list[str]] = {}
    for citation in answer.citations:
        paper = citation.paper
        link = citation.as_json()["pdf_url"] or ""
        place = f"{paper.dated_title}, {place_in(citation.page, answer.question)}  {link}".rstrip()
        places.setdefault(place, []).append(f"[{citation.marker}]")
    return [f"{''.join(markers)} {place}" for place, markers in places.items()]


def show_hits(hits: Sequence[Hit], asked: str) -> str:
    """Each passage with its place, in the language of the question, and its scores."""
    if not hits:
        return "Nothing was found."
    return "\n\n".join(
        f"{_wrap(_hit_head(hit, asked))}\n{_wrap(' '.join(hit.text.split()), '   ')}"
        for hit in hits
    )


def _hit_head(hit: Hit, asked: str) -> str:
    section = f", {hit.section}" if hit.section else ""
    s = hit.scores
    return (
        f"{hit.rank}. {hit.paper.dated_title}, {place_in(hit.page, asked)}{section}  "
        f"[fused {s.fused:.2f}, dense {s.dense:.2f}, lexical {s.lexical:.1f}]"
    )


def show_papers(states: Sequence[PaperState]) -> str:
    """One line per paper, and a last line that counts them by status."""
    width = max((len(state.paper.id) for state in states), default=0)
    lines = []
    for state in states:
        why = f"  {state.failure.explanation}" if state.failure else ""
        year = state.paper.year or "    "
        lines.append(
            f"{state.status:<11} {state.paper.id:<{width}} {year} {state.paper.title}{why}"
        )
    counts = Counter(state.status for state in states)
    total = ", ".join(f"{n} {status}" for status, n in counts.most_common())
    return "\n".join([*lines, f"{_counted_papers(states)}: {total}."])


def _counted_papers(states: Sequence[PaperState]) -> str:
    """The number of papers, with the handbook apart, as answers about the list count them."""
    n_papers = sum(state.paper.id != HANDBOOK for state in states)
    if n_papers == len(states):
        return counted(n_papers, "paper")
    return f"{counted(n_papers, 'paper')} and the handbook" if n_papers else "The handbook"


def show_scores(groups: Mapping[str, Group], measures: Sequence[str] = MEASURES) -> str:
    """The scores as a table with one row per group."""
    measures = [m for m in measures if any(m in group.means for group in groups.values())]
    width = max(len(name) for name in groups)
    head = "".join(f" {measure:>{_column(measure)}}" for measure in measures)
    lines = [f"{'':<{width}}    n{head}"]
    for name, group in groups.items():
        cells = "".join(f" {_cell(group.means.get(m), m):>{_column(m)}}" for m in measures)
        lines.append(f"{name:<{width}} {group.n:>4}{cells}")
    return "\n".join(lines)


def _column(measure: str) -> int:
    return max(len(measure), 4)


def _cell(value: float | None, measure: str) -> str:
    if value is None:
        return ""
    if measure in ("tokens in", "tokens out"):
        return f"{value:.0f}"
    return f"{value:.1f}" if measure == "seconds" else f"{value:.2f}".removeprefix("0")


def show_changes(name: str, before: Run, now: Run) -> str:
    """How the measures changed since the run ``name``, and on which questions."""
    shared = before.questions.keys() & now.questions.keys()
    n_alone = len(before.questions.keys() ^ now.questions.keys())
    alone = f"; {n_alone} in one of them only" if n_alone else ""
    head = f"against {name} ({before.llm}, index {before.index}): {len(shared)} questions{alone}"
    found = changes(before, now)
    measures = [m for m in dict.fromkeys((*MEASURES, *MODEL_MEASURES)) if m in found]
    width = max(len(measure) for measure in (*measures, "measure"))
    lines = [head, f"{'measure':<{width}}    n  before   now  difference, and its 95 % interval"]
    lines += [_change_line(f"{measure:<{width}}", found[measure]) for measure in measures]
    moved = changed_questions(before, now)
    return "\n".join([*lines, "", *(_moved_line(*item) for item in moved.items())]).rstrip()


def _change_line(head: str, change: Change) -> str:
    before, now = _cell(change.before, ""), _cell(change.now, "")
    return f"{head} {change.n:>4} {before:>7} {now:>5}  {show_difference(change)}"


def show_difference(change: Change) -> str:
    """The mean difference, and its 95 % interval in brackets."""
    return f"{change.difference:+.3f} ({change.low:+.2f}, {change.high:+.2f})"


def _moved_line(question: str, moved: Mapping[str, tuple[float, float]]) -> str:
    parts = (f"{m} {_cell(old, m)} -> {_cell(new, m)}" for m, (old, new) in moved.items())
    return f"{question}: {', '.join(parts)}"


def show_models(states: Sequence[ModelStatus]) -> str:
    """One line per provider: an example of a model, whether it can be used, and what is missing."""
    rows = [("extractive", "ready", "No model: the papers' own sentences.")]
    rows += [(state.example, _readiness(state), state.hint) for state in states]
    width = max(len(example) for example, _, _ in rows)
    return "\n".join(f"{name:<{width}}  {how:<13}  {hint}".rstrip() for name, how, hint in rows)


def _readiness(state: ModelStatus) -> str:
    if not state.configured:
        return "not set up"
    return "not reachable" if state.reachable is False else "ready"


def show_misses(scored: Sequence[Scored]) -> str:
    """Each question whose page is not among the first five, or that was wrongly refused or answered.

    With what was wanted and what was found.
    """
    return "\n\n".join(_miss(one) for one in scored if _missed(one))


def _missed(one: Scored) -> bool:
    wrong = ("wrongly refused", 1.0), ("rightly refused", 0.0)
    return one.scores.get("page@5", 1.0) < 1 or any(one.scores.get(m) == v for m, v in wrong)


def _miss(one: Scored) -> str:
    gold = one.gold
    wanted = "; ".join(
        f"{place.paper} p. {sorted(place.pages)} “{place.quote}”" for place in gold.places
    )
    came = ", ".join(f"{hit.paper.id} p. {hit.page}" for hit in within_pages(one.answer.hits, 5))
    return (
        f"{gold.id} [{gold.language} {gold.kind}] {gold.question}\n"
        f"  wanted: {wanted or 'a refusal'}\n  came:   {came}\n"
        f"  answer: {' '.join(one.answer.text.split())[:600]}"
    )


def _wrap(text: str, indent: str = "", hanging: str = "") -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return wrapped(text, width, indent, hanging)
