"""The tab that answers a file of questions, and gives the answers in three formats."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr

from ingest.errors import AssistantError, UsageError
from ingest.terminal import unexpected_logged
from rag.assistant import Assistant
from rag.batch.batch import FORMATS, write_records
from rag.batch.item_answers import ItemAnswerer, Record, failed_record
from rag.batch.items import Item, read_items
from rag.config import EXTRACTIVE
from rag.ui.background import BackgroundWorker
from rag.ui.batch.progress import BatchRun, render_batch
from rag.ui.exchange import ShownError
from rag.ui.limits import QuestionLimit, Slot
from rag.ui.markup import safe
from rag.ui.options import Options
from rag.ui.reader.pane import ReaderPane
from rag.ui.scope import scope_names
from rag.ui.selection import read_selection
from rag.ui.session import QUEUED, UNQUEUED, Runs, Session, number_from_browser, read_asset
from rag.ui.texts import Language, text
from rag.user_input import Warn

MAX_QUESTIONS = 1_000
FILE_SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".txt")
FILE_HINT = "Drop one: JSONL, CSV, or one question per line."
FORMAT_NAMES = {".jsonl": "JSONL", ".csv": "CSV", ".md": "Markdown"}

BatchUpdate = tuple[Any, ...]  # the state, both buttons, and a download for each format


class BatchTab:
    """Drop a file, watch its questions being answered, download the answers.

    The model and the papers are those chosen in the chat's options.
    """

    def __init__(
        self,
        assistant: Assistant,
        background: BackgroundWorker,
        options: Options,
        question_limit: QuestionLimit,
        reader: ReaderPane,
    ) -> None:
        self._assistant = assistant
        self._background = background
        self._options = options
        self._reader = reader
        self._question_limit = question_limit
        self._root = assistant.library.workspace.root

    def build(self) -> None:
        """Put the file, its buttons and the results on the page."""
        with gr.Column(elem_id="batch"):
            self._hint = gr.HTML(elem_id="batch-hint")
            self._selection = gr.HTML(elem_id="batch-selection")
            # with `file_types` gradio would refuse others itself, in English
            self._file = gr.File(elem_id="batch-file", height=150)
            with gr.Row():
                off: dict[str, Any] = {"scale": 0, "interactive": False}
                self._start = gr.Button(
                    variant="primary", min_width=140, elem_id="batch-start", **off
                )
                self._stop = gr.Button(min_width=110, elem_id="batch-stop", **off)
            with gr.Row(elem_id="batch-downloads"):
                self._downloads = [
                    gr.DownloadButton(FORMAT_NAMES[suffix], visible=False, scale=0, min_width=200)
                    for suffix in FORMATS
                ]
            self._results = gr.HTML(elem_id="batch-results", js_on_load=read_asset("batch.js"))

    @property
    def localized(self) -> list[Any]:
        """The components that ``localize`` updates."""
        return [self._hint, self._file, self._start, self._stop, *self._downloads]

    def localize(self, language: Language) -> list[Any]:
        """The components with texts, in ``language``."""
        names = [FORMAT_NAMES[suffix] for suffix in FORMATS]
        return [
            f'<p class="muted" lang="{language}">{text(language, "batch how", n=MAX_QUESTIONS)}</p>',
            gr.update(label=text(language, "batch file")),
            gr.update(value=text(language, "batch start")),
            gr.update(value=text(language, "batch stop")),
            *(gr.update(label=text(language, "download", form=name)) for name in names),
        ]

    def wire(self, session: Session, tab: gr.Tab) -> None:
        """Connect the events; the selection is shown when the ``tab`` is opened."""
        runs, state = gr.State(Runs()), gr.State(None)
        shown = [state, self._start, self._stop, *self._downloads]
        chosen = [session.language, *self._options.inputs]
        for event in (tab.select, session.language.change):
            event(self._render_selection, chosen, self._selection, **UNQUEUED)
        self._start.click(self._run, [self._file, runs, *self._options.inputs], shown, **QUEUED)
        self._stop.click(Runs.stop, runs, None, **UNQUEUED)
        # gradio notifies of a changed state only if this waits in the queue
        self._file.change(self._check_file, [self._file, state], [state, self._start], **QUEUED)
        for event in (state.change, session.language.change):
            event(render_batch, [state, session.language], self._results, **UNQUEUED)
        self._results.open(self._open_paper, session.language, self._reader.outputs, **UNQUEUED)

    def _open_paper(self, language: Language, event: gr.EventData) -> Any:
        return self._reader.open_paper(str(event.paper), language, number_from_browser(event.page))

    def _check_file(self, path: str | None, state: BatchRun | ShownError | None) -> tuple[Any, Any]:
        """Say at once if the file cannot be read; otherwise the answers of the last run stay."""
        if path and Path(path).suffix.lower() not in FILE_SUFFIXES:
            error = UsageError(f"{Path(path).name} is not a file of questions.", FILE_HINT)
            return ShownError.of(error), gr.update(interactive=False)
        kept = None if isinstance(state, ShownError) else gr.skip()
        return kept, gr.update(interactive=path is not None)

    def _render_selection(self, language: Language, *options: Any) -> str:
        """Which model answers from which papers."""
        selection = read_selection(*options)
        llm = text(language, "no model") if selection.llm == EXTRACTIVE else selection.llm
        scope = scope_names(selection.scope(self._background.papers()), language)
        papers = scope or text(language, "all papers")
        selected = text(language, "batch selection", llm=safe(llm), papers=papers)
        return f'<p class="muted">{selected}</p>'

    def _run(
        self, path: str | None, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[BatchUpdate]:
        """The progress after each answer, and finally the downloads."""
        slot = self._question_limit.visitor_slot(request)
        notes: list[str] = []
        try:
            with unexpected_logged(self._root):
                items = _read_questions(path, notes.append)
                selection = read_selection(*options).without_missing(self._background.papers())
                assistant = self._assistant.with_model(selection.llm)
                answerer = ItemAnswerer(assistant, selection.filters())
        except AssistantError as error:
            yield ShownError.of(error), *_button_updates(False), *_hide_downloads()
        else:
            yield from self._answer_all(items, tuple(notes), answerer, slot, runs)

    def _answer_all(
        self,
        items: Sequence[Item],
        notes: tuple[str, ...],
        answerer: ItemAnswerer,
        slot: Slot,
        runs: Runs,
    ) -> Iterator[BatchUpdate]:
        """Answer all questions; after Stop, the downloads hold the answers so far.

        Whatever goes wrong, the answers stay on the page.
        """
        run, number = BatchRun(len(items), notes=notes), runs.begin()
        unchanged = [gr.skip() for _ in ("start", "stop", *FORMATS)]
        try:
            with unexpected_logged(self._root):
                with slot(), closing(_stream_records(items, answerer)) as records:
                    yield run, *_button_updates(True), *_hide_downloads()
                    started = time.monotonic()
                    for record in records:
                        run = run.after(record, time.monotonic() - started) if record else run
                        yield run if record else gr.skip(), *unchanged
                        if runs.is_stopped(number):
                            break
                run = replace(run, is_over=True)
                with TemporaryDirectory(prefix="askpapers-") as folder:
                    # gradio copies the files before it asks for the next update
                    yield run, *_button_updates(False), *_write_downloads(Path(folder), run.records)
        except AssistantError as error:
            run = replace(run, error=ShownError.of(error), is_over=True)
            yield run, *_button_updates(False), *_hide_downloads()


def _stream_records(items: Sequence[Item], answerer: ItemAnswerer) -> Generator[Record | None]:
    """The record of ``askpapers batch`` for each question: its answer, or what went wrong.

    None while a model is waited for, so that Stop is noticed.
    """
    for item in items:
        try:
            item.check()
            for record in answerer.stream(item):
                yield {"id": item.id, **record} if record else None
        except AssistantError as error:
            yield {"id": item.id, **failed_record(item, error)}


def _read_questions(path: str | None, tell: Warn) -> list[Item]:
    """The questions of the file that was dropped.  Raises ``UsageError``."""
    if not path:
        raise UsageError("There is no file yet.", FILE_HINT)
    try:
        items = read_items(Path(path), tell)
    except UsageError as error:  # the path on the server is private
        raise UsageError(error.message.replace(path, Path(path).name), error.hint) from error
    if not items:
        raise UsageError("The file contains no questions.", "Write one per line.")
    if len(items) > MAX_QUESTIONS:
        raise UsageError(
            f"The file has {len(items):,} questions; the limit here is {MAX_QUESTIONS:,}.",
            "`askpapers batch` on the command line has no limit.",
        )
    return items


def _button_updates(is_running: bool) -> list[Any]:
    """The updates of the two buttons, start and stop."""
    return [gr.update(interactive=not is_running), gr.update(interactive=is_running)]


def _hide_downloads() -> list[Any]:
    return [gr.update(visible=False) for _ in FORMATS]


def _write_downloads(folder: Path, records: Sequence[Record]) -> list[Any]:
    """Write the answers in each format; the updates of the downloads."""
    paths = [folder / f"answers{suffix}" for suffix in FORMATS]
    for path in paths:
        write_records(path, records)
    return [gr.update(value=str(path), visible=True) for path in paths]
