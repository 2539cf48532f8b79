"""What comes out of a question: hits, sentences with citations, and their JSON forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ingest.corpus import Paper
from ingest.errors import ModelError, as_sentences

Source = Literal["paper", "list"]
Support = Literal["supported", "partly", "unsupported"]
Status = Literal["answered", "no_evidence"]

# What follows a sentence wherever an answer is text.
SUPPORT_MARKS: dict[Support, str] = {
    "supported": "",
    "partly": " (partly supported)",
    "unsupported": " (unsupported)",
}


def place_of(page: int | None) -> str:
    """The place of a quote or a passage, in English."""
    return f"p. {page}" if page else "from the list, not from the paper"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far, and its answer as text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A piece of a model's text that replaces all pieces before it."""

    text: str


Piece = str | Replacement


@dataclass(frozen=True, slots=True)
class Scores:
    """Why a passage's page was found.

    ``dense`` is the cosine of the question and the page's best passage (-1..1), ``lexical`` the best
    BM25 (from 0), ``fused`` what the page was ranked by; it only compares pages of one search.
    """

    dense: float
    lexical: float
    fused: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, an exact slice of one page or of the list's entry; rank from 1.

    ``start`` is the offset of ``text`` in its page (or entry); ``page`` is None for the list.
    ``has_pages`` tells whether any page of the paper is here.
    """

    rank: int
    source: Source
    paper: Paper
    page: int | None
    section: str
    start: int
    text: str
    scores: Scores
    has_pages: bool = True

    def as_json(self) -> dict[str, Any]:
        """The form of ``search --json``."""
        return {
            "rank": self.rank,
            "source": self.source,
            "paper": self.paper.id,
            "title": self.paper.title,
            "year": self.paper.year,
            "pages": [] if self.page is None else [self.page],
            "section": self.section,
            "text": self.text,
            "scores": {
                "dense": round(self.scores.dense, 4),
                "lexical": round(self.scores.lexical, 4),
                "fused": round(self.scores.fused, 4),
            },
            "url": self.paper.page_url,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """The source of a sentence: ``quote`` is ``page_text[start : start + len(quote)]``, verbatim.

    ``marker`` and ``page`` count from 1.  For the source "list", ``page`` is None and the quote is from
    the entry.
    """

    marker: int
    source: Source
    paper: Paper
    page: int | None
    quote: str
    start: int

    def as_json(self) -> dict[str, Any]:
        """One of the "citations" of ``ask --json``."""
        pdf_url = self.paper.pdf_url
        return {
            "marker": self.marker,
            "source": self.source,
            "paper": self.paper.id,
            "title": self.paper.title,
            "authors": list(self.paper.authors),
            "year": self.paper.year,
            "page": self.page,
            "quote": self.quote,
            "url": self.paper.page_url,
            "pdf_url": f"{pdf_url}#page={self.page}" if pdf_url and self.page else pdf_url,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, and the table's head (empty where it has none)."""

    head: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer, the markers of its citations, and whether they support it.

    ``lead`` names the paper in front of the first of several sentences from it, or is empty.  ``row`` is
    set where the sentence was written as a row; ``code`` follows the sentence, unchecked.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    lead: str = ""
    row: Row | None = None
    code: str = ""

    def as_json(self) -> dict[str, Any]:
        """One of the "sentences" of ``ask --json``."""
        return {"text": self.text, "citations": list(self.citations), "support": self.support}


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What a model was asked, what it wrote, and what that took.

    ``asked`` is the question as it stands alone, ``prompt`` the prompt's version; ``drafts`` are
    unchecked.  Tokens are None where the server does not count them.  ``citation_recall`` is the share
    of sentences that the passages the model itself cited support, ``citation_precision`` the share of
    its marks that point to a passage that supports its sentence, at least partly; 0..1, or None
    without sentences or marks.
    """

    asked: str
    prompt: str
    drafts: tuple[str, ...]
    prompt_tokens: int | None
    answer_tokens: int | None
    seconds: float
    citation_recall: float | None
    citation_precision: float | None


@dataclass(frozen=True, slots=True)
class Composed:
    """What was made of the evidence, before it becomes an ``Answer``.

    ``notices`` tell the reader what to know (a paper that is not fetched, markers that were
    removed).  ``run`` is None where no model was asked.
    """

    status: Status
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[str, ...] = ()
    run: ModelRun | None = None


@dataclass(frozen=True, slots=True)
class ModelFailure:
    """A model that was asked and did not answer: its name, why not, and what to do about it.

    ``exit_code`` is the error's: what a command ends with.
    """

    llm: str
    message: str
    hint: str
    exit_code: int = ModelError.exit_code

    @property
    def notice(self) -> str:
        """What to tell the reader before the answer that was given in its place."""
        said = f"{self.llm} could not be used, so these are sentences from the papers."
        return as_sentences(said, self.message, self.hint)

    def as_json(self) -> dict[str, str]:
        """The form of ``failure`` in ``ask --json`` and in the trace."""
        return {"llm": self.llm, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.  "no_evidence" is an answer, not an error.

    ``llm`` is what actually answered; ``failure`` describes the model that should have.  ``hits`` are
    the passages that were found; the answer was made from the first of them.  ``run`` is None where no
    model was asked.  ``compares`` says that papers are compared.
    """

    question: str
    status: Status
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    llm: str
    index: str
    hits: tuple[Hit, ...] = ()
    notices: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    run: ModelRun | None = None
    failure: ModelFailure | None = None
    compares: bool = False

    @property
    def text(self) -> str:
        """The answer as one text, each sentence followed by its markers and what the check found."""
        return "\n".join((*(_marked(s) for s in self.sentences), *self.notices))

    def as_json(self) -> dict[str, Any]:
        """The form of ``ask --json``; with "failure" where another model was to answer."""
        texts = (self.failure.notice, self.text) if self.failure else (self.text,)
        return {
            "question": self.question,
            "status": self.status,
            "answer": "\n".join(texts),
            "sentences": [sentence.as_json() for sentence in self.sentences],
            "citations": [citation.as_json() for citation in self.citations],
            "llm": self.llm,
            "index": self.index,
            "timings_ms": self.timings_ms,
            **({"failure": self.failure.as_json()} if self.failure else {}),
        }


def _marked(sentence: Sentence) -> str:
    marks = "".join(f"[{marker}]" for marker in sentence.citations)
    lead = f"{sentence.lead}\n" if sentence.lead else ""
    said = f"{lead}{sentence.text} {marks}{SUPPORT_MARKS[sentence.support]}".rstrip()
    return f"{said}\n{sentence.code}" if sentence.code else said
