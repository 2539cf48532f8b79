"""The tab with the list: view it, ask or read a paper, and, where that is allowed, change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ingest.corpus import Paper
from ingest.errors import AssistantError
from ingest.sync.pipeline import Sync
from ingest.terminal import unexpected_logged
from rag.ui.background import Background
from rag.ui.library.added import render_added
from rag.ui.library.edit import add_by_name, add_pdf, no_pdf, remove
from rag.ui.library.table import render_shelf
from rag.ui.library.view import EVERYTHING, View, read_view
from rag.ui.markup import safe
from rag.ui.notes import note, told_alert
from rag.ui.options import Options, only_paper
from rag.ui.reader.pane import Reader
from rag.ui.session import QUEUED, QUIET, Session, asset
from rag.ui.texts import Language, text

REFRESH_SECONDS = 3.0

Add = Callable[[Sync], Paper]
Adding = tuple[Any, ...]  # the note, both buttons, both boxes, the papers added


class Shelf:
    """The list as a table, refreshed while its tab is open."""

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
                    scale=0, min_width=110, file_count="multiple", elem_id="drop"
                )
                self._again = gr.Button(scale=0, min_width=110, elem_id="reindex")
            script = asset("drop.js") if self.can_change else None
            self._how = gr.HTML(elem_id="add-how", js_on_load=script)
            self._said = gr.HTML(elem_id="said")
            self._outcome = gr.HTML(elem_id="added")
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
            self._render_how(language),
            "",
        ]

    def wire(self, session: Session, tabs: gr.Tabs, tab: gr.Tab, options: Options) -> None:
        """Connect the buttons; ``options`` and ``tabs`` are set when a paper is to be asked."""
        language = session.language
        shown, added = gr.State(("", "")), gr.State(())  # ids, the newest first
        view = gr.State(EVERYTHING)
        seen = [language, added, view, shown]
        fresh = (self._refresh, seen, [self._outcome, self._table, shown])
        tabs.select(self._watch, None, self._timer, **QUIET)
        tab.select(*fresh, **QUIET)
        self._timer.tick(*fresh, **QUIET)
        session.language.change(*fresh, **QUIET)
        viewed = [self._outcome, self._table, shown, view]
        self._table.view(self._view, seen, viewed, trigger_mode="always_last", **QUIET)
        asked = [self._said, *self._reader.opened, tabs, options.papers]
        self._table.does(self._does, [language], asked, **QUEUED).then(*fresh, **QUIET)
        if not self.can_change:
            return
        named = [self._what, self._title, language, added]
        dropped = [self._drop, self._title, language, added]
        then = [self._said, self._add, self._drop, self._what, self._title, added]
        for event in (self._add.click, self._what.submit, self._title.submit):
            event(self._add_named, named, then, **QUEUED).then(*fresh, **QUIET)
        self._drop.upload(self._add_dropped, dropped, then, **QUEUED).then(*fresh, **QUIET)
        self._how.refuse(self._refuse, language, self._said, **QUIET)
        self._again.click(self._sync_again, None, self._said, **QUIET)

    def _render_how(self, language: Language) -> str:
        """How else papers are added, or that they are not."""
        return (
            f'<p class="muted">{text(language, "add how" if self.can_change else "list fixed")}</p>'
        )

    def _watch(self, event: gr.SelectData) -> Any:
        """Refresh the table only while its tab is open."""
        return gr.Timer(active=event.index == 1)

    def _view(
        self,
        language: Language,
        added: tuple[str, ...],
        before: View,
        shown: tuple[str, str],
        event: gr.EventData,
    ) -> tuple[Any, ...]:
        """What the visitor is looking for in a long list."""
        view = read_view(str(event.view))
        return *self._refresh(language, added, view, shown), view

    def _refresh(
        self, language: Language, added: tuple[str, ...], view: View, shown: tuple[str, str]
    ) -> tuple[Any, ...]:
        now = self._render(language, added, view)
        changed = (new if new != old else gr.skip() for new, old in zip(now, shown, strict=True))
        return *changed, now

    def _render(self, language: Language, added: tuple[str, ...], view: View) -> tuple[str, str]:
        """What became of the papers that were added, and the table."""
        is_busy = not self._background.idle.is_set()  # asked first: the states are as new at least
        try:
            states = self._background.paper_states()
        except AssistantError as error:
            return "", _refused(error, language)
        papers = self._background.papers()
        return (
            render_added(states, papers, added, is_busy, language),
            render_shelf(states, papers, language, self.can_change, added, view),
        )

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
            title = safe(self._title_of(paper))
            if does == "remove-paper":
                remove(self._background.sync, paper)
                self._background.request(removing=[paper])
                return note(text(language, "removed", title=title))
            self._background.request(only=(paper,), retry_failed=True)
            return note(text(language, "tried again", title=title))
        except AssistantError as error:
            return _refused(error, language)

    def _title_of(self, paper: str) -> str:
        """The title in the list; the id of a paper that has gone from it."""
        states = self._background.paper_states()
        return next((s.paper.title for s in states if s.paper.id == paper), paper)

    def _add_named(
        self, what: str, title: str, language: Language, added: tuple[str, ...]
    ) -> Iterator[Adding]:
        yield from self._adding(language, added, [lambda sync: add_by_name(sync, what, title)])

    def _add_dropped(
        self, uploads: list[str] | None, title: str, language: Language, added: tuple[str, ...]
    ) -> Iterator[Adding]:
        """Add each PDF; a title was meant for one alone."""
        paths = [Path(upload) for upload in uploads or ()]
        said = title if len(paths) == 1 else ""
        yield from self._adding(language, added, [partial(_add_file, path, said) for path in paths])

    def _refuse(self, language: Language, event: gr.EventData) -> str:
        return _refused(no_pdf(str(event.name)), language)

    def _adding(
        self, language: Language, added: tuple[str, ...], adds: Sequence[Add]
    ) -> Iterator[Adding]:
        """Add papers and request a sync; the boxes are emptied only if all went well."""
        busy, free = (gr.update(interactive=on) for on in (False, True))
        yield note(text(language, "adding")), busy, busy, gr.skip(), gr.skip(), gr.skip()
        papers: list[Paper] = []
        trouble = self._add_all(adds, papers)
        ids = tuple(paper.id for paper in papers)
        if ids:
            self._background.request(only=ids)
        said = _refused(trouble, language) if trouble else ""
        box = gr.skip() if trouble else ""
        yield said, free, free, box, box, (*reversed(ids), *added)

    def _add_all(self, adds: Sequence[Add], papers: list[Paper]) -> AssistantError | None:
        """Add one after the other to the list and to ``papers``; return the error that stopped it."""
        assert self._background.sync is not None
        try:
            with unexpected_logged(self._background.workspace.root):
                for add in adds:
                    papers.append(add(self._background.sync))
        except AssistantError as error:
            return error
        return None

    def _sync_again(self) -> str:
        """Request a sync; the head of the page shows how far it is, so a note is not needed."""
        self._background.request(retry_failed=True)
        return ""


def _add_file(path: Path, title: str, sync: Sync) -> Paper:
    return add_pdf(sync, path, path.name, title)


def _refused(error: AssistantError, language: Language) -> str:
    return told_alert(language, error.message, error.hint)
