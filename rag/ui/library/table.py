"""The list as a table: what is in it, how far each paper got, and why no further."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ingest.corpus import STATUSES, Paper
from ingest.indexing.index import IndexedPaper
from ingest.sync.state import PaperState
from rag.ui.library.view import COLUMNS, EVERYTHING, View, values_of, words_of
from rag.ui.markup import in_attribute, safe
from rag.ui.messages import told
from rag.ui.reader.paper_head import render_way
from rag.ui.texts import Language, text

# A browser takes 15 s for the rows of 10,000 papers; so many it draws and filters at once.
PAGE_ROWS = 300
SORTED_BY = (("title", True), ("year", False), ("state", True))  # and whether it goes up


def render_shelf(
    states: Sequence[PaperState],
    indexed: Mapping[str, IndexedPaper],
    language: Language,
    can_change: bool,
    added: Sequence[str] = (),
    view: View = EVERYTHING,
) -> str:
    """The search line and the table, first the papers ``added`` by this visitor.

    The script beside it filters and sorts, but for a long list, of which only the first rows of the
    ``view`` are sent.
    """
    place = {paper: i for i, paper in enumerate(added)}
    shown = sorted(states, key=lambda state: place.get(state.paper.id, len(place)))
    part = more = ""
    if len(states) > PAGE_ROWS:
        found = view.matching(shown, language)
        shown = found[: view.n_pages * PAGE_ROWS]
        part = f' data-found="{len(found)}" data-listed="{len(states)}" data-view="{in_attribute(view.sent)}"'
        more = _more(language) if len(found) > len(shown) else ""
    rows = "".join(
        _row(state, indexed, language, can_change, state.paper.id in place) for state in shown
    )
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-sort="{i}">'
        f"{text(language, f'column {column}')}</button></th>"
        for i, column in enumerate(COLUMNS)
    )
    actions = f'<th scope="col"><span class="unseen">{text(language, "actions")}</span></th>'
    return (
        f'<div class="shelf"{part}>{_search(states, language)}<div class="table-box" tabindex="0"'
        f' role="region" aria-label="{text(language, "library")}"><table>'
        f"<thead><tr>{heads}{actions}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
        f'<p class="muted none" hidden>{text(language, "nothing fits")}'
        f' <button type="button" class="plain" data-all>{text(language, "show all")}</button></p></div>'
    )


def _more(language: Language) -> str:
    return f'<p class="more"><button type="button" class="plain" data-more>{text(language, "more papers")}</button></p>'


def _search(states: Sequence[PaperState], language: Language) -> str:
    papers = [state.paper for state in states]
    counts = Counter(state.status for state in states)
    statuses = [(s, f"{text(language, s)} ({counts[s]})") for s in STATUSES if counts[s]]
    find = text(language, "find")
    return (
        f'<div class="find"><input type="search" data-find maxlength="200" aria-label="{find}" placeholder="{find}">'
        + _select("state", "any state", statuses, language)
        + _select("topics", "any topic", _names(p.topics for p in papers), language)
        + _select("lists", "any list", _names(p.lists for p in papers), language)
        + _select("year", "any year", _years(papers), language)
        + _sort_by(language)
        + '<span class="count" role="status"></span></div>'
    )


def _select(field: str, none: str, options: Iterable[tuple[str, str]], language: Language) -> str:
    first = f'<option value="">{text(language, none)}</option>'
    rest = "".join(f'<option value="{safe(v)}">{safe(shown)}</option>' for v, shown in options)
    label = text(language, none)
    return f'<select data-filter="{field}" aria-label="{label}">{first}{rest}</select>'


def _sort_by(language: Language) -> str:
    """What does the work of the table's heads where there is no room for them."""
    label = text(language, "sort by")
    options = "".join(
        f'<option value="{COLUMNS.index(column)}{"+" if goes_up else "-"}">'
        f"{text(language, f'by {column}')}</option>"
        for column, goes_up in SORTED_BY
    )
    return (
        f'<select data-by aria-label="{label}"><option value="" disabled selected hidden>'
        f"{label}</option>{options}</select>"
    )


def _names(groups: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    counts = Counter(name for group in groups for name in group)
    return [(name, f"{name} ({n})") for name, n in sorted(counts.items())]


def _years(papers: Iterable[Paper]) -> list[tuple[str, str]]:
    counts = Counter(paper.year for paper in papers if paper.year)
    return [(str(year), f"{year} ({n})") for year, n in sorted(counts.items(), reverse=True)]


def _row(
    state: PaperState,
    indexed: Mapping[str, IndexedPaper],
    language: Language,
    can_change: bool,
    is_new: bool,
) -> str:
    paper = state.paper
    entry = indexed.get(paper.id)
    n_pages = entry.n_pages if entry else 0
    topics = "".join(f'<span class="topic">{safe(topic)}</span>' for topic in paper.topics)
    return (
        f'<tr{" class=new" if is_new else ""} data-words="{safe(words_of(paper))}"'
        f' data-fits="{safe(json.dumps(values_of(state), ensure_ascii=False))}">'
        f'<td class="what">{_title(paper, language)}</td><td>{safe(paper.year or "")}</td>'
        f"<td>{topics}</td><td>{_state(state, n_pages, language)}</td>"
        f"<td>{_actions(state, n_pages, language, can_change)}</td></tr>"
    )


def _title(paper: Paper, language: Language) -> str:
    names = ", ".join(paper.authors[:2]) + (" et al." if len(paper.authors) > 2 else "")
    return (
        f'<button type="button" class="title" data-does="read-paper" data-paper="{safe(paper.id)}">'
        f"{safe(paper.title)}</button>"
        f'<span class="muted">{safe(names)} {render_way(paper, language)}</span>'
    )


def _state(state: PaperState, n_pages: int, language: Language) -> str:
    css = state.status.replace(" ", "-")
    pages = f" · {text(language, 'n pages', n=n_pages)}" if n_pages else ""
    why = ""
    if state.failure:
        said = told(language, state.failure.message, state.failure.hint)
        why = f'<span class="why-not">{safe(said)}</span>'
    return f'<span class="state {css}">{text(language, state.status)}{pages}</span>{why}'


def _actions(state: PaperState, n_pages: int, language: Language, can_change: bool) -> str:
    """What can be done with a paper; what would change the list only where that is allowed."""
    paper = state.paper
    does = ["ask-paper", *(["read-paper"] if n_pages else [])]
    if can_change:
        does += [*(["retry-paper"] if state.failure else []), "remove-paper"]
    sure = safe(text(language, "sure", title=paper.title))
    return (
        '<span class="does">'
        + "".join(
            f'<button type="button" class="plain" data-does="{do}" data-paper="{safe(paper.id)}"'
            f'{f""" data-sure="{sure}" """ if do == "remove-paper" else ""}>{text(language, do)}</button>'
            for do in does
        )
        + "</span>"
    )
