"""The sentences of a passage that could be quoted, and the score of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.indexing.words import terms
from rag.answer import Hit
from rag.retrieval.paper_queries import PaperQueries
from rag.retrieval.paper_view import Unit

MIN_WORDS, MAX_WORDS = 5, 70  # of a sentence that reads well
MIN_CUT_WORDS = 8  # of the beginning of a sentence that is shown without its end
MIN_CAPTION_WORDS = 12  # a shorter fragment is a heading rather than a caption
MIN_ROW_NUMBERS = 3  # in a fragment that is a row of a table

# What is subtracted from a sentence's score (mostly 0..3):
PAGE_PENALTY = 0.5  # times the difference between the best page's score and its own page's
REPETITION_PENALTY = 0.3  # times the share of the question that chosen sentences already cover
FAULT_PENALTY = 0.8  # for each fault that makes it hard to read
HEADING_PENALTY = 2.0  # it is a heading
FORMULA_PENALTY = 0.1  # for each symbol of a formula, up to five
ANNOUNCED_GAP = 0.05  # from the score of the sentence that announces it

_SENTENCE_END = re.compile(r"[.?!:;][\"'”’)\]]*\d{0,3}\s*$")
_CLAUSE_END = re.compile(r"[,;:]\s|\s(?=\(|and\b)")
_NUMBER = re.compile(r"(?<![\w.])[-+±−]?\d[\d.,]*%?(?!\w)")  # not the 7 of "7B"
_NUMBERED = re.compile(r"\s*(?:\d+|[A-Z])(?:\.\d+)+\.?\s")  # "4.2 Results." is a heading
_CAPTION = re.compile(r"\s*(?:Fig(?:ure|\.)|Tab(?:le|\.))\s*[A-Z]?\.?\d", re.IGNORECASE)
_SPLICED = re.compile(r"[a-z,]\s\d{1,2}[A-Z][a-z]+\s")  # "this 2They represent": a footnote within
# "There are several reasons for this.", "We compare three cases:": the next sentence says what.
_ANNOUNCES = re.compile(
    r":\s*$|\b(?:several|some|two|three|four|five|following) (?:\w+ ){0,2}(?:reasons|cases|datasets|steps"
    r"|limitations|heuristics|factors|candidates|problems|questions|stages)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w}]@[\w-]+\.\w")  # of an author: below the title, there is no prose
_THANKS = re.compile(r"\backnowledge?ments?\b", re.IGNORECASE)
_MATHS = re.compile(r"[^\x20-\x7e\s‘’“”–—…•·×±≤≥≈%α-ωé-ü]|\n\S{1,3}(?=\n)")

Confirms = Callable[[str, int, str], bool]  # of paper id, page and quote


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could be quoted: its place and its score.

    ``term_shares`` has the question's terms in it, each with its share of the question's rarity (0..1);
    ``header`` is that of the table whose row it is; ``is_cut``: only its beginning is shown.
    """

    hit: Hit
    start: int
    text: str
    score: float
    n_words: int
    term_shares: Mapping[str, float] = field(default_factory=dict)
    header: Candidate | None = None
    is_cut: bool = False

    @property
    def place(self) -> tuple[str, int | None, int]:
        """Paper, page (None: the list's entry) and offset."""
        return self.hit.paper.id, self.hit.page, self.start

    def marginal_score(self, covered: Container[str]) -> float:
        """Its score beside sentences that already cover the question's terms in ``covered``."""
        repeated = sum(share for term, share in self.term_shares.items() if term in covered)
        return self.score - REPETITION_PENALTY * repeated

    def confirmed(self, confirms: Confirms) -> Candidate | None:
        """Itself, or as many of its first clauses as the second reader finds; None if those are too few."""
        header = self.header and self.header.confirmed(confirms)
        page = self.hit.page
        if page is None or confirms(self.hit.paper.id, page, self.text):
            return replace(self, header=header)
        for clause_end in reversed(list(_CLAUSE_END.finditer(self.text))):
            text = self.text[: clause_end.start()]
            n_words = len(text.split())
            if n_words < MIN_CUT_WORDS:
                break
            if confirms(self.hit.paper.id, page, text):
                return replace(self, text=text, n_words=n_words, header=header, is_cut=True)
        return None


def candidates(hit: Hit, queries: PaperQueries, top: float) -> list[Candidate]:
    """The sentences of a passage; ``top`` is the score of the best page."""
    reading = queries.reading(hit.paper.id)
    unit = reading.view.unit(hit.page)
    scores = reading.scores_with_tables[unit.rows]
    headers = reading.view.tables.header[unit.rows]
    end = hit.start + len(hit.text)
    wants_number = any(kind.is_number for kind in reading.query.answer_types)
    found = []
    for sentence, score, header in zip(unit.sentences, scores, headers, strict=True):
        shown = hit.start <= sentence.start and sentence.end <= end
        if shown and sentence.kind != "references":
            text = unit.text[sentence.start : sentence.end]
            value = float(score)
            if hit.source == "paper":  # the entry's lines are short and meant to be read
                value -= _readability_penalty(text, sentence.n_words, wants_number)
                value -= FAULT_PENALTY * bool(_THANKS.search(sentence.section))
            value -= PAGE_PENALTY * (top - hit.scores.fused)
            found.append(
                Candidate(
                    hit=hit,
                    start=sentence.start,
                    text=text,
                    score=value,
                    n_words=sentence.n_words,
                    term_shares={t: reading.shares[t] for t in terms(text) if t in reading.shares},
                    header=_header(hit, unit, int(header) - unit.rows.start),
                )
            )
    return _with_announced(found)


def _with_announced(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates; one that the sentence before it announces has nearly that sentence's score."""
    behind = (
        replace(c, score=max(c.score, before.score - ANNOUNCED_GAP))
        if _ANNOUNCES.search(before.text)
        else c
        for before, c in pairwise(found)
    )
    return [*found[:1], *behind]


def _header(hit: Hit, unit: Unit, i: int) -> Candidate | None:
    """Sentence ``i`` of the unit as a header; None for a negative ``i``."""
    if i < 0:
        return None
    line = unit.sentences[i]
    return Candidate(hit, line.start, unit.text[line.start : line.end], 0.0, line.n_words)


def _readability_penalty(text: str, n_words: int, wants_number: bool) -> float:
    """What a sentence loses for being over-long, cut at either end, broken into, or full of formulas.

    A question answers none.  A heading is shown only if there is nothing else, as in slides.  A caption says
    what is shown, not what was found.  A table's row is no sentence either, but where a number is
    asked for it may be the answer.
    """
    loss = FORMULA_PENALTY * min(len(_MATHS.findall(text)), 5)
    is_row = wants_number and len(_NUMBER.findall(text)) >= MIN_ROW_NUMBERS
    is_cut = not is_row and not _SENTENCE_END.search(text)
    may_be_heading = is_cut or bool(_NUMBERED.match(text))
    if n_words < MIN_WORDS or (may_be_heading and n_words < MIN_CAPTION_WORDS):
        loss += HEADING_PENALTY
    faults = (
        n_words > MAX_WORDS,
        is_cut,
        text.rstrip().endswith("?"),
        text.lstrip()[:1].islower(),  # the rest of a sentence that a figure or column parts
        bool(_CAPTION.match(text)),
        bool(_SPLICED.search(text)),
        bool(_ADDRESS.search(text)),
    )
    return loss + FAULT_PENALTY * sum(faults)
