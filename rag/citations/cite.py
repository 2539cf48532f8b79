"""Read a model's reply: its sentences, and the passages that each one cites.

Marks come in many forms, before the full stop or after it.  They are removed from the text; those that
point to no passage are counted.  Nothing that a model writes is trusted: tags, template tokens and links
are removed, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ingest.characters import without_controls
from ingest.indexing.sentences import split_sentences
from rag.answer import Row
from rag.citations.asides import is_remark, without_lead_in
from rag.citations.links import LINK_PLACEHOLDER, without_links
from rag.citations.markdown import Code, blocks, split_item, without_emphasis
from rag.citations.marks import MARK_PLACEHOLDER, extract_marks, normalise_marks
from rag.citations.reply import until_turn_end, without_thoughts

MAX_INDENT = 16  # characters
MIN_WORDS_LEFT = 4  # of a sentence after its link is removed; "See ." is dropped


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One sentence of a model's answer, and the passages that it cites (from 1, each once).

    ``item`` is the bullet or number before it, ``row`` the table row that it was written as, ``code`` the
    content of a code block after it.
    """

    words: str
    markers: tuple[int, ...]
    item: str = ""
    row: Row | None = None
    code: str = ""

    @property
    def text(self) -> str:
        """The sentence as it is shown: an item with its bullet, the cells of a row with their heads."""
        if self.row is None:
            return self.item + self.words
        labels = zip_longest(self.row.head, self.row.cells, fillvalue="")
        return CELL_JOINT.join(": ".join(filter(None, label)) for label in labels if label[1])


@dataclass(frozen=True, slots=True)
class Draft:
    """A parsed answer.  ``n_unknown`` marks point to no passage, ``n_links`` links were removed."""

    claims: tuple[DraftClaim, ...]
    n_unknown: int = 0
    n_links: int = 0


CELL = "\ue002"  # separates the cells of a row while it is read; removed from replies
CELL_JOINT = " · "

_TOKEN = re.compile(
    r"<[|｜][^|｜<>]{0,60}[|｜]>|</?s>|\[/?(?:INST|SYS|SYSTEM_PROMPT)\]|<</?SYS>>"
    r"|^[ \t]*\[BOS\]|\[EOS\](?=\s*(?:<|$))",
    re.MULTILINE,
)
_NO_PROSE = re.compile(
    r"<(script|style|iframe|svg|object|template|reasoning|thoughts?|scratchpad|tool_calls?|tool_response"
    r"|function_calls?|invoke)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>"
    r"|<!--(?:(?!<!--).)*?-->",
    re.DOTALL | re.IGNORECASE,
)
# Any short tag, and one of any length, closed or not, that would load or run something.
_TAG = re.compile(
    r"</?[A-Za-z][^<>]{0,300}>"
    r"|<[A-Za-z][\w:-]*[\s/][^<>]*\b(?:on[a-z]{4,}|src|href|style)=(?:[^<>]*>|[^\s<>]*)"
)

_BEFORE_OBJECT = r"\b(?:in|by|from|of|to|per|see|with|than|for|on|as|at|and|both|that)"
_AS_NOUN = re.compile(rf"(?i:{_BEFORE_OBJECT})\s*$")
_REPORTED_IN = re.compile(
    r"\b(?:see|(?:shown|seen|described|reported|given|found|proposed|introduced|presented|stated|defined"
    r"|explained|according)\s+(?:in|by|to))\s*$",
    re.IGNORECASE,
)

_LIST_MARKS = re.compile(r"^\s*(?:[-*•▪◦+>]\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+(?=\S))+")
_SOURCES = re.compile(
    r"^[^\w\n]*(?:sources?|references?|citations?|参考文献|来源)[^\w\n]*$", re.I | re.M
)
_LEFT_COMMA = re.compile(r"[,;，；](?=[.!?。！？]|$)")  # "so, [1]."
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


def read_draft(text: str, titles: Sequence[str], links: Collection[str] = ()) -> Draft:
    """The claims of ``text``; mark ``n`` points to the passage from the paper ``titles[n - 1]``.

    Links other than ``links`` are removed.  A mark that is used as a noun ("as [2] shows") is replaced by
    the title.  Questions (usually the user's, repeated) and remarks to the reader are left out unless there
    is nothing else.  A repeated sentence is kept once, with all its marks.
    """
    text, n_links = _cleaned(text, len(titles), links)
    reader = _Reader(titles)
    for block in blocks(text):
        reader.read(block)
    claims = _without_broken_off(_each_once(reader.claims or reader.asides))
    return Draft(tuple(claims), reader.n_unknown, n_links)


def _cleaned(text: str, n_passages: int, links: Collection[str]) -> tuple[str, int]:
    """``text`` without everything that readers should not see, and how many links were removed."""
    text = _SPACES.sub(_collapse, re.sub(f"[{MARK_PLACEHOLDER}{LINK_PLACEHOLDER}{CELL}]", "", text))
    text = without_controls(text)
    text = _TOKEN.sub(" ", until_turn_end(without_thoughts(text)))
    text, n_links = without_links(normalise_marks(text, n_passages), links)
    text = _TAG.sub(" ", _NO_PROSE.sub(" ", text))
    sources = _SOURCES.search(text)
    if sources and text[: sources.start()].strip():
        text = text[: sources.start()]
    return text, n_links


class _Reader:
    """Turns the blocks of a reply into claims."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.claims: list[DraftClaim] = []
        self.asides: list[DraftClaim] = []  # questions and remarks
        self.n_unknown = 0
        self._titles = titles

    def read(self, block: str | Row | Code) -> None:
        """Add the claims of ``block``.  Code belongs to the claim before it; if there is none, it is prose."""
        if isinstance(block, Row):
            self._read_row(block)
        elif isinstance(block, str):
            self._read_prose(block)
        elif self.claims:
            self.claims[-1] = replace(
                self.claims[-1], code=block.text.replace(LINK_PLACEHOLDER, " ")
            )
        else:
            self._read_prose(block.text)

    def _read_prose(self, text: str) -> None:
        for piece, marks in _pieces(*extract_marks(text)):
            known = self._known(marks)
            item, words = _plain(piece, marks, self._titles)
            words = without_lead_in(words)
            if LINK_PLACEHOLDER in piece and len(_WORDS.findall(words)) < MIN_WORDS_LEFT:
                continue
            if re.search(r"\w", words):
                is_aside = words.endswith(("?", "？")) or is_remark(_with_passages(piece))
                (self.asides if is_aside else self.claims).append(DraftClaim(words, known, item))

    def _read_row(self, row: Row) -> None:
        text, marks = extract_marks(CELL.join(row.cells))
        known = self._known(marks)
        _, words = _plain(text, marks, self._titles)
        cells = tuple(cell.strip() for cell in words.split(CELL))
        head = tuple(_plain(*extract_marks(cell), self._titles)[1] for cell in row.head)
        if re.search(r"\w", words):
            self.claims.append(DraftClaim(CELL_JOINT.join(cells), known, row=Row(head, cells)))

    def _known(self, marks: Sequence[list[int]]) -> tuple[int, ...]:
        """The numbers of ``marks`` that point to a passage; the others are counted."""
        numbers = dict.fromkeys(n for mark in marks for n in mark)
        known = tuple(n for n in numbers if n <= len(self._titles))
        self.n_unknown += len(numbers) - len(known)
        return known


def _each_once(claims: Iterable[DraftClaim]) -> tuple[DraftClaim, ...]:
    """``claims`` without duplicates under the same heading; the first one gets the marks of all."""
    found: dict[object, DraftClaim] = {}
    heading = 0
    for i, claim in enumerate(claims):
        is_heading = claim.words.endswith((":", "："))
        heading = i if is_heading else heading
        key = (heading, claim.words.casefold().rstrip(".。!！"))
        first = found.get(key, claim)
        found[key] = replace(first, markers=tuple(dict.fromkeys(first.markers + claim.markers)))
    return tuple(found.values())


def _without_broken_off(claims: Sequence[DraftClaim]) -> Sequence[DraftClaim]:
    """``claims`` without an incomplete last one that only repeats the beginning of an earlier one."""
    *before, last = claims or [DraftClaim("", ())]
    start = last.words.rstrip(" [(")
    is_start = not last.item and any(claim.words.startswith(start) for claim in before)
    return before if is_start and last.row is None else claims


def _collapse(spaces: re.Match[str]) -> str:
    """Reduce white space to a paragraph's end, a line's end with an indent, or one space."""
    lines, end, indent = spaces[0].rpartition("\n")
    return "\n\n"[: lines.count("\n") + 1] + indent[:MAX_INDENT] if end else " "


def _pieces(text: str, marks: Sequence[list[int]]) -> Iterator[tuple[str, list[list[int]]]]:
    """The sentences with placeholders for marks, and the marks' numbers.

    Marks without a sentence belong to the sentence before.
    """
    used = 0
    waiting: tuple[str, list[list[int]]] | None = None
    for start, end in split_sentences(text):
        piece = text[start:end]
        its_marks = list(marks[used : used + piece.count(MARK_PLACEHOLDER)])
        used += len(its_marks)
        if waiting and not re.search(r"\w", piece.replace(MARK_PLACEHOLDER, "")):
            waiting = (waiting[0] + MARK_PLACEHOLDER * len(its_marks), waiting[1] + its_marks)
            continue
        if waiting:
            yield waiting
        waiting = (piece, its_marks)
    if waiting:
        yield waiting


def _plain(piece: str, marks: Sequence[list[int]], titles: Sequence[str]) -> tuple[str, str]:
    """The bullet or number of an item, and the sentence without marks and emphasis."""
    item, piece = split_item(piece)
    piece = _LIST_MARKS.sub("", piece.replace(LINK_PLACEHOLDER, " "))
    words, *parts = piece.split(MARK_PLACEHOLDER)
    for i, (mark, part) in enumerate(zip(marks, parts, strict=True)):
        if mark[0] <= len(titles) and _stands_as_noun(words, "".join(parts[i:])):
            words = f"{words.rstrip()} “{titles[mark[0] - 1]}”{part}"
        else:
            words = words.rstrip() + part
    words = without_emphasis(words)
    words = re.sub(r"\s+([.,;:!?。，；：！？])", r"\1", words)
    if marks:
        words = _LEFT_COMMA.sub("", words)
    return item, " ".join(words.split())


def _with_passages(piece: str) -> str:
    return " ".join(piece.replace(MARK_PLACEHOLDER, " passage").split())


def _stands_as_noun(before: str, after: str) -> bool:
    """Whether the mark between ``before`` and ``after`` is a noun: "[2] reports", "as shown in [2]".

    At the end of a sentence it rarely is: "which is 1 for both [2]."
    """
    if not before.strip():
        return bool(re.match(r"\s+[a-z]", after))
    is_last = not re.search(r"\w", after)
    return bool((_REPORTED_IN if is_last else _AS_NOUN).search(before))
