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
from rag.ui.alerts import render_error, render_notice
from rag.ui.background import BackgroundWorker
from rag.ui.library.added_papers import render_added
from rag.ui.library.edit import add_by_name, add_pdf, not_a_pdf, remove_paper
from rag.ui.library.table import render_library_table
from rag.ui.library.view import WHOLE_LIST, View, read_view
from rag.ui.markup import safe
from rag.ui.options import Options, select_only_paper
from rag.ui.reader.pane import ReaderPane
from rag.ui.session import QUEUED, UNQUEUED, Session, read_asset, skip_unchanged
from rag.ui.texts import Language, text

REFRESH_SECONDS = 3.0

Add = Callable[[Sync], Paper]
AddUpdate = tuple[Any, ...]  # the message, both buttons, both boxes, the papers added


class LibraryTab:
    """The list as a table, refreshed while its tab is open."""

    def __init__(self, background: BackgroundWorker, reader: ReaderPane, read_only: bool) -> None:
        self._background = background
        self._reader = reader
        self.can_change = background.sync is not None and not read_only

    def build(self) -> None:
        """Put the table, and the controls that change the list, on the page."""
        with gr.Column(elem_id="library"):
            with gr.Row(elem_id="add-form", visible=self.can_change):
                self._source = gr.Textbox(scale=3, max_length=300, elem_id="add-source")
                self._title = gr.Textbox(scale=3, max_length=300, elem_id="add-title")
                self._add = gr.Button(scale=0, min_width=90, elem_id="add", variant="primary")
                self._upload = gr.UploadButton(
                    scale=0, min_width=110, file_count="multiple", elem_id="add-pdf"
                )
                self._sync_now = gr.Button(scale=0, min_width=110, elem_id="sync-now")
            script = read_asset("library_drop.js") if self.can_change else None
            self._hint = gr.HTML(elem_id="add-hint", js_on_load=script)
            self._message = gr.HTML(elem_id="library-message")
            self._added = gr.HTML(elem_id="added-papers")
            self._table = gr.HTML(
                elem_id="library-table", js_on_load=read_asset("library_table.js")
            )
            self._timer = gr.Timer(REFRESH_SECONDS, active=False)

    @property
    def localized(self) -> list[Any]:
        """The components that ``localize`` updates."""
        return [
            self._source,
            self._title,
            self._add,
            self._upload,
            self._sync_now,
            self._hint,
            self._message,
        ]

    def localize(self, language: Language) -> list[Any]:
        """The components with texts, in ``language``; the table follows with its next refresh."""
        return [
            gr.update(label=text(language, "add what"), placeholder="2106.09685"),
            gr.update(label=text(language, "add title"), placeholder=text(language, "add asks")),
            gr.update(value=text(language, "add")),
            gr.update(label=text(language, "add pdf")),
            gr.update(value=text(language, "sync now")),
            self._render_hint(language),
            "",
        ]

    def wire(self, session: Session, tabs: gr.Tabs, tab: gr.Tab, options: Options) -> None:
        """Connect the events; ``options`` and ``tabs`` are set when a paper is to be asked."""
        language = session.language
        shown, added = gr.State(("", "")), gr.State(())  # added: ids, the newest first
        view = gr.State(WHOLE_LIST)
        state = [language, added, view, shown]
        refresh = (self._refresh, state, [self._added, self._table, shown])
        tabs.select(self._set_timer, None, self._timer, **UNQUEUED)
        for event in (tab.select, self._timer.tick, language.change):
            event(*refresh, **UNQUEUED)
        viewed = [self._added, self._table, shown, view]
        self._table.view(self._change_view, state, viewed, trigger_mode="always_last", **UNQUEUED)
        changed = [self._message, *self._reader.outputs, tabs, options.papers]
        action = self._table.action(self._run_action, [language], changed, **QUEUED)
        action.then(*refresh, **UNQUEUED)
        if self.can_change:
            self._wire_form(language, added, refresh)

    def _wire_form(self, language: gr.State, added: gr.State, refresh: tuple[Any, ...]) -> None:
        """Connect what adds papers and syncs; afterwards the table is refreshed."""
        named = [self._source, self._title, language, added]
        uploaded = [self._upload, self._title, language, added]
        changed = [self._message, self._add, self._upload, self._source, self._title, added]
        for event in (self._add.click, self._source.submit, self._title.submit):
            event(self._add_named_paper, named, changed, **QUEUED).then(*refresh, **UNQUEUED)
        upload = self._upload.upload(self._add_uploads, uploaded, changed, **QUEUED)
        upload.then(*refresh, **UNQUEUED)
        self._hint.refuse(self._refuse_upload, language, self._message, **UNQUEUED)
        self._sync_now.click(self._request_sync, None, self._message, **UNQUEUED)

    def _render_hint(self, language: Language) -> str:
        """How else papers can be added, or that the list cannot be changed."""
        key = "add how" if self.can_change else "list fixed"
        return f'<p class="muted">{text(language, key)}</p>'

    def _set_timer(self, event: gr.SelectData) -> Any:
        """Refresh the table only while its tab is open."""
        return gr.Timer(active=event.index == 1)

    def _change_view(
        self,
        language: Language,
        added: tuple[str, ...],
        before: View,
        shown: tuple[str, str],
        event: gr.EventData,
    ) -> tuple[Any, ...]:
        """Show what the visitor searches for in a long list."""
        view = read_view(str(event.view))
        return *self._refresh(language, added, view, shown), view

    def _refresh(
        self, language: Language, added: tuple[str, ...], view: View, shown: tuple[str, str]
    ) -> tuple[Any, ...]:
        now = self._render(language, added, view)
        return *skip_unchanged(now, shown), now

    def _render(self, language: Language, added: tuple[str, ...], view: View) -> tuple[str, str]:
        """What became of the papers that were added, and the table."""
        is_busy = (
            not self._background.idle.is_set()
        )  # asked first, so that the states are not older
        try:
            states = self._background.paper_states()
        except AssistantError as error:
            return "", render_error(error, language)
        papers = self._background.papers()
        return (
            render_added(states, papers, added, is_busy, language),
            render_library_table(states, papers, language, self.can_change, added, view),
        )

    def _run_action(self, language: Language, event: gr.EventData) -> list[Any]:
        """The effect of a button in the table: a message, an open page, another tab, a filter."""
        paper, action = str(event.paper), str(event.action)
        message, page, open_page, tabs, papers = (gr.skip() for _ in range(5))
        if action == "ask-paper":
            tabs = gr.Tabs(selected="chat")
            papers = select_only_paper(self._background.papers(), paper)
        elif action == "read-paper":
            page, open_page = self._reader.open_paper(paper, language)
        elif self.can_change:
            message = self._change(action, paper, language)
        return [message, page, open_page, tabs, papers]

    def _change(self, action: str, paper: str, language: Language) -> str:
        assert self._background.sync is not None
        try:
            title = safe(self._title_of(paper))
            if action == "remove-paper":
                remove_paper(self._background.sync, paper)
                self._background.request(removing=[paper])
                return render_notice(text(language, "removed", title=title))
            self._background.request(only=(paper,), retry_failed=True)
            return render_notice(text(language, "tried again", title=title))
        except AssistantError as error:
            return render_error(error, language)

    def _title_of(self, paper: str) -> str:
        """The title in the list; the id of a paper that is not in it any more."""
        states = self._background.paper_states()
        return next((s.paper.title for s in states if s.paper.id == paper), paper)

    def _add_named_paper(
        self, what: str, title: str, language: Language, added: tuple[str, ...]
    ) -> Iterator[AddUpdate]:
        yield from self._add_papers(language, added, [lambda sync: add_by_name(sync, what, title)])

    def _add_uploads(
        self, uploads: list[str] | None, title: str, language: Language, added: tuple[str, ...]
    ) -> Iterator[AddUpdate]:
        """Add each PDF; the title that was typed is used only for a single one."""
        paths = [Path(upload) for upload in uploads or ()]
        title = title if len(paths) == 1 else ""
        adds = [partial(_add_file, path, title) for path in paths]
        yield from self._add_papers(language, added, adds)

    def _refuse_upload(self, language: Language, event: gr.EventData) -> str:
        return render_error(not_a_pdf(str(event.name)), language)

    def _add_papers(
        self, language: Language, added: tuple[str, ...], adds: Sequence[Add]
    ) -> Iterator[AddUpdate]:
        """Add papers and request their sync; the boxes are emptied only if all went well."""
        off, on = gr.update(interactive=False), gr.update(interactive=True)
        yield render_notice(text(language, "adding")), off, off, gr.skip(), gr.skip(), gr.skip()
        papers: list[Paper] = []
        error = self._add_all(adds, papers)
        ids = tuple(paper.id for paper in papers)
        if ids:
            self._background.request(only=ids)
        message = render_error(error, language) if error else ""
        box = gr.skip() if error else ""
        yield message, on, on, box, box, (*reversed(ids), *added)

    def _add_all(self, adds: Sequence[Add], papers: list[Paper]) -> AssistantError | None:
        """Add one after the other to the list and to ``papers``; returns the error that stopped it."""
        assert self._background.sync is not None
        try:
            with unexpected_logged(self._background.workspace.root):
                for add in adds:
                    papers.append(add(self._background.sync))
        except AssistantError as error:
            return error
        return None

    def _request_sync(self) -> str:
        """Request a sync; no message is needed, because the header shows its progress."""
        self._background.request(retry_failed=True)
        return ""


def _add_file(path: Path, title: str, sync: Sync) -> Paper:
    return add_pdf(sync, path, path.name, title)
