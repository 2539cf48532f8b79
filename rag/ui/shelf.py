"""The tab with the list: look at it, ask or read a paper, and, where that is allowed, change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ingest.corpus import Paper
from ingest.errors import AssistantError
from ingest.pipeline import Sync
from ingest.terminal import unforeseen
from rag.ui.background import Background
from rag.ui.list_edit import add_by_name, add_pdf, no_pdf, remove
from rag.ui.markup import safe
from rag.ui.messages import told
from rag.ui.options import Options, only_paper
from rag.ui.reader import Reader
from rag.ui.session import QUEUED, QUIET, Session, asset
from rag.ui.shelf_table import render_shelf
from rag.ui.texts import Language, text

REFRESH_SECONDS = 3.0


class Shelf:
    """The list as a table, kept fresh while somebody looks at it."""

    def __init__(self, background: Background, reader: Reader, read_only: bool) -> None:
        self._background = background
        self._reader = reader
        self.can_change = background.sync is not None and not read_only

    def build(self) -> None:
        """Put the table, and the ways to change the list, on the page."""
        with gr.Column(elem_id="library"):
            with gr.Row(elem_id="adding", visible=self.can_change):
                self._what = gr.Textbox(scale=3, max_length=300, elem_id="add-what")
                self._title = gr.Textbox(scale=3, max_length=300, elem_id="add-title")
                self._add = gr.Button(scale=0, min_width=90, elem_id="add", variant="primary")
                self._drop = gr.UploadButton(
                    scale=0,
                    min_width=110,
                    file_types=[".pdf"],
                    file_count="multiple",
                    elem_id="drop",
                )
                self._again = gr.Button(scale=0, min_width=110, elem_id="reindex")
            script = asset("drop.js") if self.can_change else None
            self._how = gr.HTML(elem_id="add-how", js_on_load=script)
            self._said = gr.HTML(elem_id="said")
            self._table = gr.HTML(elem_id="shelf", js_on_load=asset("shelf.js"))
            self._timer = gr.Timer(REFRESH_SECONDS, active=False)

    @property
    def worded(self) -> list[Any]:
        """The parts that ``in_words`` gives updates for."""
        return [self._what, self._title, self._add, self._drop, self._again, self._how, self._said]

    def in_words(self, language: Language) -> list[Any]:
        """Every part that holds words, in ``language``; the table follows when it is looked at."""
        return [
            gr.update(label=text(language, "add what"), placeholder="2106.09685"),
            gr.update(label=text(language, "add title"), placeholder=text(language, "add asks")),
            gr.update(value=text(language, "add")),
            gr.update(label=text(language, "add pdf")),
            gr.update(value=text(language, "sync now")),
            f'<p class="muted">{text(language, "add how")}</p>' if self.can_change else "",
            "",
        ]

    def wire(self, session: Session, tabs: gr.Tabs, tab: gr.Tab, options: Options) -> None:
        """Connect the buttons; ``options`` and ``tabs`` are set when a paper is to be asked."""
        language = session.language
        shown = gr.State("")
        fresh = (self._refresh, [language, shown], [self._table, shown])
        tabs.select(self._watch, None, self._timer, **QUIET)
        tab.select(*fresh, **QUIET)
        self._timer.tick(*fresh, **QUIET)
        session.language.change(*fresh, **QUIET)
        asked = [self._said, *self._reader.opened, tabs, options.papers]
        self._table.does(self._does, [language], asked, **QUEUED).then(*fresh, **QUIET)
        if not self.can_change:
            return
        adding = [self._what, self._title, language]
        added = [self._said, self._what, self._title]
        for event in (self._add.click, self._what.submit, self._title.submit):
            event(self._add_named, adding, added, **QUEUED).then(*fresh, **QUIET)
        dropped = self._drop.upload(
            self._add_dropped, [self._drop, self._title, language], added, **QUEUED
        )
        dropped.then(*fresh, **QUIET)
        self._how.refuse(self._refuse, language, self._said, **QUIET)
        self._again.click(self._sync_again, language, self._said, **QUIET)

    def _watch(self, event: gr.SelectData) -> Any:
        """Only who looks at the table has it refreshed."""
        return gr.Timer(active=event.index == 1)

    def _refresh(self, language: Language, shown: str) -> tuple[Any, Any]:
        now = self._render(language)
        return (gr.skip(), gr.skip()) if now == shown else (now, now)

    def _render(self, language: Language) -> str:
        try:
            states = self._background.paper_states()
        except AssistantError as error:
            return _refused(error, language)
        return render_shelf(states, self._background.papers(), language, self.can_change)

    def _does(self, language: Language, event: gr.EventData) -> list[Any]:
        """What a button in the table asked for: a note, a page, a tab, a filter."""
        paper, does = str(event.paper), str(event.does)
        said, page, reading, tabs, papers = (gr.skip() for _ in range(5))
        if does == "ask-paper":
            tabs, papers = gr.Tabs(selected="chat"), only_paper(self._background.papers(), paper)
        elif does == "read-paper":
            page, reading = self._reader.open_paper(paper, language)
        elif self.can_change:
            said = self._change(does, paper, language)
        return [said, page, reading, tabs, papers]

    def _change(self, does: str, paper: str, language: Language) -> str:
        assert self._background.sync is not None
        try:
            if does == "remove-paper":
                remove(self._background.sync, paper)
                self._background.request(removing=[paper])
                return _note(text(language, "removed", paper=safe(paper)))
            self._background.request(only=(paper,), retry_failed=True)
            return _note(text(language, "tried again", paper=safe(paper)))
        except AssistantError as error:
            return _refused(error, language)

    def _add_named(self, what: str, title: str, language: Language) -> tuple[Any, Any, Any]:
        return self._added(language, [lambda sync: add_by_name(sync, what, title)])

    def _add_dropped(
        self, uploads: list[str] | None, title: str, language: Language
    ) -> tuple[Any, Any, Any]:
        """Add each PDF; a title was meant for one alone."""
        paths = [Path(upload) for upload in uploads or ()]
        said = title if len(paths) == 1 else ""
        return self._added(language, [partial(_add_file, path, said) for path in paths])

    def _refuse(self, language: Language, event: gr.EventData) -> str:
        return _refused(no_pdf(str(event.name)), language)

    def _added(
        self, language: Language, adds: Sequence[Callable[[Sync], Paper]]
    ) -> tuple[Any, Any, Any]:
        """Add, have it synced, and say so; the boxes are emptied only if all went well."""
        papers: list[Paper] = []
        trouble = self._add_all(adds, papers)
        if papers:
            self._background.request(only=tuple(paper.id for paper in papers))
        if trouble:
            return _refused(trouble, language), gr.skip(), gr.skip()
        titles = ", ".join(paper.title for paper in papers)
        return _note(text(language, "added", title=safe(titles))), "", ""

    def _add_all(
        self, adds: Sequence[Callable[[Sync], Paper]], papers: list[Paper]
    ) -> AssistantError | None:
        """Add one after the other to the list and to ``papers``; gives what keeps the rest away."""
        assert self._background.sync is not None
        try:
            for add in adds:
                papers.append(add(self._background.sync))
        except AssistantError as error:
            return error
        except Exception as error:
            return unforeseen(error, self._background.workspace.root)
        return None

    def _sync_again(self, language: Language) -> str:
        self._background.request(retry_failed=True)
        return _note(text(language, "syncing"))


def _add_file(path: Path, title: str, sync: Sync) -> Paper:
    return add_pdf(sync, path, path.name, title)


def _note(words: str) -> str:
    return f'<p class="notice" role="status">{words}</p>'


def _refused(error: AssistantError, language: Language) -> str:
    words = safe(told(language, error.message, error.hint))
    return f'<p class="trouble" role="alert">{words}</p>'
