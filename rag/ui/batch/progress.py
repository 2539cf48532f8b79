"""How far a file of questions has been answered, and how that is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.batch.item_answers import Record
from rag.ui.exchange import Trouble
from rag.ui.markup import safe
from rag.ui.messages import told, told_here
from rag.ui.notes import told_alert
from rag.ui.status import time_left
from rag.ui.texts import Language, place_in, text

ROWS_SHOWN = 12
ANSWER_CHARS = 400


@dataclass(frozen=True, slots=True, eq=False)  # gradio asks for a hash, and records have none
class BatchRun:
    """How far a file of questions has been answered.

    ``notes`` are messages about the file, ``trouble`` is why the run ended early, or without files;
    ``seconds`` is what the answers so far took, ``is_over`` whether no more will come.
    """

    total: int
    records: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: Trouble | None = None
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


def render_news(news: BatchRun | Trouble | None, language: Language) -> str:
    """How far the file has been answered, or why it cannot be."""
    if isinstance(news, Trouble):
        return told_alert(language, news.message, news.hint)
    return render_run(news, language) if news else ""


def render_run(run: BatchRun, language: Language) -> str:
    """The bar, and the latest answers, the newest first."""
    n_done = len(run.records)
    share = round(100 * n_done / run.total)
    label = _label(run, language)
    notes = "".join(f'<p class="muted">{safe(told(language, note))}</p>' for note in run.notes)
    trouble = render_news(run.trouble, language)
    rows = "".join(_row(record, language) for record in reversed(run.records[-ROWS_SHOWN:]))
    return (
        f'<div class="run"><p role="status">{label}</p>{notes}{trouble}<div class="bar" role="progressbar"'
        f' aria-label="{label}" aria-valuenow="{share}" aria-valuemin="0" aria-valuemax="100">'
        f'<span style="width:{share}%"></span></div><ol class="latest">{rows}</ol></div>'
    )


def _label(run: BatchRun, language: Language) -> str:
    """How many are done and how long the rest takes; at the end, what became of them."""
    done = {"done": len(run.records), "total": run.total}
    if not run.is_over:
        return text(language, "many so far", **done) + time_left(run.seconds_left, language)
    counts = {"refused": run.n_refused, "unanswered": run.n_failed}
    parts = [text(language, "many answered", n=run.n_answered)]
    parts += [text(language, f"many {key}", n=n) for key, n in counts.items() if n]
    return text(language, "many done", **done, counts=text(language, "comma").join(parts))


def _row(record: Record, language: Language) -> str:
    if "error" in record:
        error = record["error"]
        words, css = told(language, error["message"], error["hint"]), "trouble"
    else:
        words, css = told_here(record["answer"]), ""
    places = dict.fromkeys(_place(citation, language) for citation in record.get("citations", ()))
    short = words if len(words) <= ANSWER_CHARS else f"{words[:ANSWER_CHARS]}…"
    return (
        f'<li class="{css}"><strong>{safe(record["question"] or record["id"])}</strong>'
        f'<p dir="auto">{safe(short)}</p><p>{"".join(places)}</p></li>'
    )


def _place(citation: Record, language: Language) -> str:
    """Where an answer comes from; a page opens next to the answers."""
    words = f"{safe(citation['title'])}, {place_in(language, citation['page'])}"
    if not citation["page"]:
        return f'<span class="topic">{words}</span>'
    return (
        f'<button type="button" class="topic" data-paper="{safe(citation["paper"])}"'
        f' data-page="{citation["page"]}">{words}</button>'
    )
