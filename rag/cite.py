"""Read what a model wrote: its sentences, and the passages that each one points to.

Marks come in many shapes, before the full stop or after it.  They are removed from the text; those that
point to no passage are counted.
Nothing that a model writes is trusted: tags, template tokens and links are removed as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import split_sentences
from rag.characters import without_controls
from rag.citation_marks import HELD, hold_marks, usual_marks
from rag.links import CUT, without_links
from rag.markdown import BULLET, plain_lines, without_emphasis
from rag.reply import own_turn, without_thoughts

MIN_WORDS_LEFT = 4  # of a sentence after its link is removed; "See ." is dropped


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One sentence of a model's answer, and the passages it points to (from 1, each once)."""

    text: str
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's answer, read.  ``n_unknown`` marks pointed nowhere, ``n_links`` links were removed."""

    claims: tuple[DraftClaim, ...]
    n_unknown: int = 0
    n_links: int = 0


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

_ORNAMENT = re.compile(r"^\s*(?:[-*•▪◦+>]\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+(?=\S))+")
_INTRODUCTION = re.compile(
    r"(?:(?:final |short )?answer|(?:based on|according to) the (?:provided |given )?passages?"
    r"|here (?:is|are)\b.{0,60}|回答|答案)\s*[:：]?\s*",
    re.IGNORECASE,
)
_SOURCES = re.compile(
    r"^[^\w\n]*(?:sources?|references?|citations?|参考文献|来源)[^\w\n]*$", re.I | re.M
)
_LEFT_COMMA = re.compile(r"[,;，；](?=[.!?。！？]|$)")  # "so, [1]."
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


def read_draft(text: str, titles: Sequence[str], links: Collection[str] = ()) -> Draft:
    """The claims of ``text``; mark ``n`` points to the passage from the paper ``titles[n - 1]``.

    Links other than ``links`` are removed.  A mark that is used as a noun ("as [2] shows") is
    replaced by the title.  A question, the reader's repeated for instance, claims nothing and is left
    out unless there is nothing else.
    """
    text = _SPACES.sub(_shortened, re.sub(f"[{HELD}{CUT}]", "", text))
    text = without_controls(text)
    text = _TOKEN.sub(" ", own_turn(without_thoughts(text)))
    text, n_links = without_links(usual_marks(text, len(titles)), links)
    text = _TAG.sub(" ", _NO_PROSE.sub(" ", text))
    sources = _SOURCES.search(text)
    if sources and text[: sources.start()].strip():
        text = text[: sources.start()]
    text, marks = hold_marks(plain_lines(text))
    claims, n_unknown = [], 0
    for piece, its_marks in _pieces(text, marks):
        numbers = dict.fromkeys(n for mark in its_marks for n in mark)
        known = tuple(n for n in numbers if n <= len(titles))
        n_unknown += len(numbers) - len(known)
        words = _plain(piece, its_marks, titles)
        if CUT in piece and len(_WORDS.findall(words)) < MIN_WORDS_LEFT:
            continue
        if re.search(r"\w", words) and not _INTRODUCTION.fullmatch(words):
            claims.append(DraftClaim(words, known))
    claims = [claim for claim in claims if not claim.text.endswith(("?", "？"))] or claims
    return Draft(tuple(claims), n_unknown, n_links)


def _shortened(spaces: re.Match[str]) -> str:
    """White space as a paragraph's end, a line's end or one space: long runs tell nothing more."""
    return "\n\n"[: spaces[0].count("\n")] or " "


def _pieces(text: str, marks: Sequence[list[int]]) -> Iterator[tuple[str, list[list[int]]]]:
    """The sentences with held marks in them, and the marks' numbers; marks alone join the last."""
    used = 0
    waiting: tuple[str, list[list[int]]] | None = None
    for start, end in split_sentences(text):
        piece = text[start:end]
        its_marks = list(marks[used : used + piece.count(HELD)])
        used += len(its_marks)
        if waiting and not re.search(r"\w", piece.replace(HELD, "")):
            waiting = (waiting[0] + HELD * len(its_marks), waiting[1] + its_marks)
            continue
        if waiting:
            yield waiting
        waiting = (piece, its_marks)
    if waiting:
        yield waiting


def _plain(piece: str, marks: Sequence[list[int]], titles: Sequence[str]) -> str:
    """A sentence without marks and emphasis; an item of a list keeps its bullet."""
    bullet = BULLET if piece.startswith(BULLET) else ""
    piece = _ORNAMENT.sub("", piece.replace(CUT, " "))
    words, *parts = piece.split(HELD)
    for i, (mark, part) in enumerate(zip(marks, parts, strict=True)):
        if mark[0] <= len(titles) and _stands_as_noun(words, "".join(parts[i:])):
            words = f"{words.rstrip()} “{titles[mark[0] - 1]}”{part}"
        else:
            words = words.rstrip() + part
    words = without_emphasis(words)
    words = re.sub(r"\s+([.,;:!?。，；：！？])", r"\1", words)
    if marks:
        words = _LEFT_COMMA.sub("", words)
    return bullet + " ".join(words.split())


def _stands_as_noun(before: str, after: str) -> bool:
    """Whether the mark between is a word of its sentence: "[2] reports", "as shown in [2]".

    At the end it seldom is: "which is 1 for both [2]."
    """
    if not before.strip():
        return bool(re.match(r"\s+[a-z]", after))
    is_last = not re.search(r"\w", after)
    return bool((_REPORTED_IN if is_last else _AS_NOUN).search(before))
