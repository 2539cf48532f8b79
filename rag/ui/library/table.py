"""The list as a table: each paper with its state, what went wrong with it, and what can be done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ingest.corpus import STATUSES, Paper
from ingest.indexing.index import IndexedPaper
from ingest.sync.state import PaperState
from rag.ui.alerts import explain
from rag.ui.library.view import COLUMNS, WHOLE_LIST, View, filter_values, search_text
from rag.ui.markup import button, in_attribute, safe, tags
from rag.ui.reader.paper_header import render_source_link
from rag.ui.texts import Language, text

# A browser takes 15 s for the rows of 10,000 papers; these it draws and filters without a delay.
PAGE_ROWS = 300
SORT_OPTIONS = (("title", True), ("year", False), ("state", True))  # and whether it is ascending


def render_library_table(
    states: Sequence[PaperState],
    indexed: Mapping[str, IndexedPaper],
    language: Language,
    can_change: bool,
    added: Sequence[str] = (),
    view: View = WHOLE_LIST,
) -> str:
    """The filter bar and the table, first the papers ``added`` by this visitor.

    The page's script filters and sorts; but of a long list only the first rows of the ``view`` are sent.
    """
    rank = {paper: i for i, paper in enumerate(added)}
    shown = sorted(states, key=lambda state: rank.get(state.paper.id, len(rank)))
    data = more = ""
    if len(states) > PAGE_ROWS:
        found = view.matching(shown, language)
        shown = found[: view.n_pages * PAGE_ROWS]
        sent_view = in_attribute(view.sent)
        data = f' data-n-found="{len(found)}" data-n-listed="{len(states)}" data-view="{sent_view}"'
        more = _render_more_button(language) if len(found) > len(shown) else ""
    rows = "".join(
        _render_row(state, indexed, language, can_change, state.paper.id in rank) for state in shown
    )
    return (
        f'<div class="paper-table"{data}>{_render_filter_bar(states, language)}'
        f'<div class="table-box" tabindex="0" role="region" aria-label="{text(language, "library")}">'
        f"<table><thead><tr>{_render_headers(language)}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{more}{_render_no_match(language)}</div>"
    )


def _render_headers(language: Language) -> str:
    """The headers of the columns, which sort by a click, and one for the actions."""
    headers = "".join(
        f'<th scope="col" aria-sort="none">{button(text(language, f"column {column}"), data_sort=i)}</th>'
        for i, column in enumerate(COLUMNS)
    )
    actions = text(language, "actions")
    return f'{headers}<th scope="col"><span class="visually-hidden">{actions}</span></th>'


def _render_no_match(language: Language) -> str:
    """What the script shows where no paper matches."""
    show_all = button(text(language, "show all"), "plain-button", data_show_all=True)
    return f'<p class="muted no-match" hidden>{text(language, "nothing fits")} {show_all}</p>'


def _render_more_button(language: Language) -> str:
    more = button(text(language, "more papers"), "plain-button", data_show_more=True)
    return f'<p class="more">{more}</p>'


def _render_filter_bar(states: Sequence[PaperState], language: Language) -> str:
    papers = [state.paper for state in states]
    counts = Counter(state.status for state in states)
    statuses = [(s, f"{text(language, s)} ({counts[s]})") for s in STATUSES if counts[s]]
    label = text(language, "find")
    return (
        '<div class="filter-bar"><input type="search" data-search maxlength="200"'
        f' aria-label="{label}" placeholder="{label}">'
        + _render_select("state", "any state", statuses, language)
        + _render_select("topics", "any topic", _count_names(p.topics for p in papers), language)
        + _render_select("lists", "any list", _count_names(p.lists for p in papers), language)
        + _render_select("year", "any year", _count_years(papers), language)
        + _render_sort_select(language)
        + '<span class="match-count" role="status"></span></div>'
    )


def _render_select(
    field: str, key: str, values: Iterable[tuple[str, str]], language: Language
) -> str:
    """A filter by ``field``; the text of ``key`` stands for any of the ``values``, each with its label."""
    label = text(language, key)
    options = "".join(f'<option value="{safe(v)}">{safe(shown)}</option>' for v, shown in values)
    return (
        f'<select data-filter="{field}" aria-label="{label}"><option value="">{label}</option>'
        f"{options}</select>"
    )


def _render_sort_select(language: Language) -> str:
    """A choice of orders, for narrow windows, where the headers of the table are hidden."""
    label = text(language, "sort by")
    options = "".join(
        f'<option value="{COLUMNS.index(column)}{"+" if is_ascending else "-"}">'
        f"{text(language, f'by {column}')}</option>"
        for column, is_ascending in SORT_OPTIONS
    )
    return (
        f'<select data-sort-by aria-label="{label}"><option value="" disabled selected hidden>'
        f"{label}</option>{options}</select>"
    )


def _count_names(groups: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    counts = Counter(name for group in groups for name in group)
    return [(name, f"{name} ({n})") for name, n in sorted(counts.items())]


def _count_years(papers: Iterable[Paper]) -> list[tuple[str, str]]:
    counts = Counter(paper.year for paper in papers if paper.year)
    return [(str(year), f"{year} ({n})") for year, n in sorted(counts.items(), reverse=True)]


def _render_row(
    state: PaperState,
    indexed: Mapping[str, IndexedPaper],
    language: Language,
    can_change: bool,
    is_new: bool,
) -> str:
    paper = state.paper
    entry = indexed.get(paper.id)
    n_pages = entry.n_pages if entry else 0
    return (
        f'<tr{" class=new" if is_new else ""} data-search-text="{safe(search_text(paper))}"'
        f' data-values="{safe(json.dumps(filter_values(state), ensure_ascii=False))}">'
        f'<td class="paper-cell">{_render_title(paper, language)}</td><td>{safe(paper.year or "")}</td>'
        f"<td>{tags(paper.topics)}</td><td>{_render_state(state, n_pages, language)}</td>"
        f"<td>{_render_actions(state, n_pages, language, can_change)}</td></tr>"
    )


def _render_title(paper: Paper, language: Language) -> str:
    names = ", ".join(paper.authors[:2]) + (" et al." if len(paper.authors) > 2 else "")
    title = button(safe(paper.title), "title", data_action="read-paper", data_paper=paper.id)
    return f'{title}<span class="muted">{safe(names)} {render_source_link(paper, language)}</span>'


def _render_state(state: PaperState, n_pages: int, language: Language) -> str:
    css_class = state.status.replace(" ", "-")
    pages = f" · {text(language, 'n pages', n=n_pages)}" if n_pages else ""
    why = ""
    if state.failure:
        why = f'<span class="failure-reason">{explain(state.failure, language)}</span>'
    return f'<span class="state {css_class}">{text(language, state.status)}{pages}</span>{why}'


def _render_actions(state: PaperState, n_pages: int, language: Language, can_change: bool) -> str:
    """Buttons for what can be done with a paper; those that change the list only where it is allowed."""
    actions = ["ask-paper"]
    actions += ["read-paper"] if n_pages else []
    actions += ["retry-paper"] if can_change and state.failure else []
    actions += ["remove-paper"] if can_change else []
    buttons = "".join(_render_action(action, state.paper, language) for action in actions)
    return f'<span class="row-actions">{buttons}</span>'


def _render_action(action: str, paper: Paper, language: Language) -> str:
    """The button for ``action``; before a paper is removed, the script asks for confirmation."""
    question = text(language, "confirm remove", title=paper.title)
    return button(
        text(language, action),
        "plain-button",
        data_action=action,
        data_paper=paper.id,
        data_confirm=question if action == "remove-paper" else False,
    )
