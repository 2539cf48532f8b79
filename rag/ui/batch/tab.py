"""The tab for many questions at once: a file in, answers in three forms out."""

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
from rag.ui.background import Background
from rag.ui.batch.progress import BatchRun, render_news
from rag.ui.exchange import Trouble
from rag.ui.limits import Place, Turnstile
from rag.ui.markup import safe
from rag.ui.options import Options
from rag.ui.reader.pane import Reader
from rag.ui.scope import names_of
from rag.ui.selection import read_selection
from rag.ui.session import QUEUED, QUIET, Runs, Session, asset, sent_number
from rag.ui.texts import Language, text
from rag.user_input import Warn

MAX_QUESTIONS = 1_000
KINDS = (".jsonl", ".json", ".csv", ".tsv", ".txt")
HOW = "Drop one: JSONL, CSV, or one question per line."
NAMES = {".jsonl": "JSONL", ".csv": "CSV", ".md": "Markdown"}

Shown = tuple[Any, ...]  # the progress, both buttons, and a download for each form


class Many:
    """The tab: drop a file, watch its questions being answered, download the answers.

    The model and the papers are those chosen beside the chat.
    """

    def __init__(
        self,
        assistant: Assistant,
        background: Background,
        options: Options,
        turnstile: Turnstile,
        reader: Reader,
    ) -> None:
        self._assistant = assistant
        self._background = background
        self._options = options
        self._reader = reader
        self._turnstile = turnstile
        self._root = assistant.library.workspace.root

    def build(self) -> None:
        """Put the place to drop a file on the page."""
        with gr.Column(elem_id="many"):
            self._how = gr.HTML(elem_id="many-how")
            self._chosen = gr.HTML(elem_id="many-chosen")
            # with `file_types` gradio would refuse others itself, in English
            self._file = gr.File(elem_id="many-file", height=150)
            with gr.Row():
                off: dict[str, Any] = {"scale": 0, "interactive": False}
                self._go = gr.Button(variant="primary", min_width=140, elem_id="many-go", **off)
                self._stop = gr.Button(min_width=110, elem_id="many-stop", **off)
            with gr.Row(elem_id="many-downloads"):
                self._downloads = [
                    gr.DownloadButton(NAMES[form], visible=False, scale=0, min_width=200)
                    for form in FORMATS
                ]
            self._table = gr.HTML(elem_id="many-table", js_on_load=asset("many.js"))

    @property
    def worded(self) -> list[Any]:
        """The parts that ``in_words`` gives updates for."""
        return [self._how, self._file, self._go, self._stop, *self._downloads]

    def in_words(self, language: Language) -> list[Any]:
        """Every part that holds words, in ``language``."""
        return [
            f'<p class="muted" lang="{language}">{text(language, "many how", n=MAX_QUESTIONS)}</p>',
            gr.update(label=text(language, "many file")),
            gr.update(value=text(language, "many go")),
            gr.update(value=text(language, "many stop")),
            *(gr.update(label=text(language, "download", form=NAMES[form])) for form in FORMATS),
        ]

    def wire(self, session: Session, tab: gr.Tab) -> None:
        """Connect the buttons; the selection is shown when the ``tab`` is opened."""
        runs, news = gr.State(Runs()), gr.State(None)
        shown = [news, self._go, self._stop, *self._downloads]
        chosen = [session.language, *self._options.inputs]
        for event in (tab.select, session.language.change):
            event(self._render_chosen, chosen, self._chosen, **QUIET)
        self._go.click(self._run, [self._file, runs, *self._options.inputs], shown, **QUEUED)
        self._stop.click(Runs.stop, runs, None, **QUIET)
        # gradio notifies of a changed state only if this waits in the queue
        self._file.change(self._accept, [self._file, news], [news, self._go], **QUEUED)
        for event in (news.change, session.language.change):
            event(render_news, [news, session.language], self._table, **QUIET)
        self._table.open(self._open, session.language, self._reader.opened, **QUIET)

    def _open(self, language: Language, event: gr.EventData) -> Any:
        return self._reader.open_paper(str(event.paper), language, sent_number(event.page))

    def _accept(self, path: str | None, news: BatchRun | Trouble | None) -> tuple[Any, Any]:
        """Say at once if the file cannot be read; otherwise the answers to the one before stay."""
        if path and Path(path).suffix.lower() not in KINDS:
            error = UsageError(f"{Path(path).name} is not a file of questions.", HOW)
            return Trouble.of(error), gr.update(interactive=False)
        told = None if isinstance(news, Trouble) else gr.skip()
        return told, gr.update(interactive=path is not None)

    def _render_chosen(self, language: Language, *options: Any) -> str:
        """Which model answers, and from which papers."""
        selection = read_selection(*options)
        llm = text(language, "no model") if selection.llm == EXTRACTIVE else selection.llm
        scope = names_of(selection.scope(self._background.papers()), language)
        papers = scope or text(language, "all papers")
        told = text(language, "many chosen", llm=safe(llm), papers=papers)
        return f'<p class="muted">{told}</p>'

    def _run(
        self, path: str | None, runs: Runs, request: gr.Request, *options: Any
    ) -> Iterator[Shown]:
        """The progress after each answer, and finally the downloads."""
        place = self._turnstile.place_of(request)
        notes: list[str] = []
        try:
            with unexpected_logged(self._root):
                items = _read(path, notes.append)
                selection = read_selection(*options).among(self._background.papers())
                answers = ItemAnswerer(
                    self._assistant.with_model(selection.llm), selection.filters()
                )
        except AssistantError as error:
            yield Trouble.of(error), *_buttons(False), *_nothing()
        else:
            yield from self._answer_all(items, tuple(notes), answers, place, runs)

    def _answer_all(
        self,
        items: Sequence[Item],
        notes: tuple[str, ...],
        answers: ItemAnswerer,
        place: Place,
        runs: Runs,
    ) -> Iterator[Shown]:
        """All answers; after Stop, the downloads hold those that are there.

        Whatever goes wrong, the answers stay on the page.
        """
        run, number = BatchRun(len(items), notes=notes), runs.begin()
        unchanged = [gr.skip() for _ in ("go", "stop", *FORMATS)]
        try:
            with unexpected_logged(self._root):
                with place(), closing(_records(items, answers)) as records:
                    yield run, *_buttons(True), *_nothing()
                    begun = time.monotonic()
                    for record in records:
                        run = run.after(record, time.monotonic() - begun) if record else run
                        yield run if record else gr.skip(), *unchanged
                        if runs.is_stopped(number):
                            break
                run = replace(run, is_over=True)
                with TemporaryDirectory(prefix="askpapers-") as folder:
                    # gradio takes its copies of the files before it asks for more than this
                    yield run, *_buttons(False), *_files(Path(folder), run.records)
        except AssistantError as error:
            over = replace(run, trouble=Trouble.of(error), is_over=True)
            yield over, *_buttons(False), *_nothing()


def _records(items: Sequence[Item], answers: ItemAnswerer) -> Generator[Record | None]:
    """For each question the answer in the form of ``askpapers batch``, or what went wrong.

    None while a model is waited for, so that Stop is heard.
    """
    for item in items:
        try:
            item.check()
            for record in answers.stream(item):
                yield {"id": item.id, **record} if record else None
        except AssistantError as error:
            yield {"id": item.id, **failed_record(item, error)}


def _read(path: str | None, tell: Warn) -> list[Item]:
    """The questions of the file that was dropped.  Raises ``UsageError``."""
    if not path:
        raise UsageError("There is no file yet.", HOW)
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


def _buttons(is_running: bool) -> list[Any]:
    """The two buttons: answer the file, or stop."""
    return [gr.update(interactive=not is_running), gr.update(interactive=is_running)]


def _nothing() -> list[Any]:
    return [gr.update(visible=False) for _ in FORMATS]


def _files(folder: Path, records: Sequence[Record]) -> list[Any]:
    """A download for each form."""
    paths = [folder / f"answers{form}" for form in FORMATS]
    for path in paths:
        write_records(path, records)
    return [gr.update(value=str(path), visible=True) for path in paths]
