"""The state of a batch, which is a file of questions being answered, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.batch.item_answers import Record
from rag.ui.alerts import render_error
from rag.ui.exchange import ShownError
from rag.ui.markup import button, progress_bar, safe
from rag.ui.messages import translate, without_cli_advice
from rag.ui.status import time_left
from rag.ui.texts import Language, place_in, text

MAX_ANSWERS_SHOWN = 12
ANSWER_CHARS = 400


@dataclass(frozen=True, slots=True, eq=False)  # gradio needs a hash, and records have none
class BatchRun:
    """How far a file of questions has been answered.

    ``notes`` are messages about the file, ``error`` is why the run ended early or without downloads;
    ``seconds`` is the time that the answers so far took, ``is_over`` whether no more will come.
    """

    total: int
    records: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()
    error: ShownError | None = None
    seconds: float = 0.0
    is_over: bool = False

    @property
    def n_failed(self) -> int:
        """How many questions failed so far."""
        return sum("error" in record for record in self.records)

    @property
    def n_refused(self) -> int:
        """How many questions the papers did not answer."""
        return sum(record.get("status") == "no_evidence" for record in self.records)

    @property
    def n_answered(self) -> int:
        """How many questions were answered so far."""
        return len(self.records) - self.n_failed - self.n_refused

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest will take; None before the first answer."""
        n_done = len(self.records)
        return self.seconds / n_done * (self.total - n_done) if n_done else None

    def after(self, record: Record, seconds: float) -> BatchRun:
        """The run with one more record."""
        return replace(self, records=(*self.records, record), seconds=seconds)


def render_batch(state: BatchRun | ShownError | None, language: Language) -> str:
    """How far the file has been answered, or why it cannot be."""
    if isinstance(state, ShownError):
        return render_error(state, language)
    return render_batch_run(state, language) if state else ""


def render_batch_run(run: BatchRun, language: Language) -> str:
    """The progress, and the latest answers, the newest first."""
    percent = round(100 * len(run.records) / run.total)
    label = _progress_text(run, language)
    notes = "".join(f'<p class="muted">{safe(translate(language, note))}</p>' for note in run.notes)
    error = render_batch(run.error, language)
    latest = reversed(run.records[-MAX_ANSWERS_SHOWN:])
    answers = "".join(_render_answer(record, language) for record in latest)
    return (
        f'<div class="batch-run"><p role="status">{label}</p>{notes}{error}'
        f'{progress_bar(label, percent)}<ol class="batch-answers">{answers}</ol></div>'
    )


def _progress_text(run: BatchRun, language: Language) -> str:
    """How many questions are done and how long the rest takes; at the end, how they were answered."""
    done = {"done": len(run.records), "total": run.total}
    if not run.is_over:
        return text(language, "batch progress", **done) + time_left(run.seconds_left, language)
    counts = {"refused": run.n_refused, "unanswered": run.n_failed}
    parts = [text(language, "batch answered", n=run.n_answered)]
    parts += [text(language, f"batch {key}", n=n) for key, n in counts.items() if n]
    return text(language, "batch done", **done, counts=text(language, "comma").join(parts))


def _render_answer(record: Record, language: Language) -> str:
    if "error" in record:
        error = record["error"]
        answer, css_class = translate(language, error["message"], error["hint"]), "error-message"
    else:
        answer, css_class = without_cli_advice(record["answer"]), ""
    citations = record.get("citations", ())
    sources = dict.fromkeys(_render_source(citation, language) for citation in citations)
    short = answer if len(answer) <= ANSWER_CHARS else f"{answer[:ANSWER_CHARS]}…"
    return (
        f'<li class="{css_class}"><strong>{safe(record["question"] or record["id"])}</strong>'
        f'<p dir="auto">{safe(short)}</p><p>{"".join(sources)}</p></li>'
    )


def _render_source(citation: Record, language: Language) -> str:
    """A paper and its page, as a button that opens the page beside the answers."""
    source = f"{safe(citation['title'])}, {place_in(language, citation['page'])}"
    if not citation["page"]:
        return f'<span class="topic">{source}</span>'
    return button(source, "topic", data_paper=citation["paper"], data_page=citation["page"])
