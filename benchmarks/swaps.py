"""Swap one hard fact in sentences of real papers.

Each sentence keeps its passage as evidence: unchanged it is supported, swapped it must not be.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import ParseError
from ingest.indexing.sentences import split_sentences
from ingest.pdf.parse import parse_pdf
from rag.answer import Hit, Scores

PASSAGE_WORDS = 200
MIN_WORDS, MAX_WORDS = 8, 45

_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w/.,-]*\d)")
_UNITS = (
    ("%", " points"),
    ("hours", "minutes", "days", "weeks"),
    ("layers", "heads", "blocks"),
    ("tokens", "words", "sentences", "characters"),
    ("million", "billion", "thousand"),
    ("GB", "MB", "TB"),
    ("epochs", "steps", "iterations"),
    ("examples", "tasks", "documents"),
    ("parameters", "neurons"),
    ("times", "percent"),
    ("GPUs", "TPUs", "CPUs"),
)
_NAME = re.compile(
    r"(?<![\w-])(?:[A-Z][a-z]*[A-Z]\w*|[A-Z]{3,}|[A-Z]\w*-\d+\w*|[A-Z][a-z]+\d)(?![\w-])"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|can|does|do|did|has|have|will|should|could|would)\b(?! not| n't)"
)
_NOT = re.compile(r"\b(?:does|do|did|is|are|was|were|can|could|has|have) ?(not)\b", re.IGNORECASE)
_TURNS = (
    ("increases", "decreases"),
    ("improves", "degrades"),
    ("higher", "lower"),
    ("larger", "smaller"),
    ("better", "worse"),
    ("more", "less"),
    ("outperforms", "underperforms"),
    ("with", "without"),
)


@dataclass(frozen=True, slots=True)
class Swap:
    """A sentence, the same with one fact swapped, which kind of fact, and its passage."""

    sentence: str
    swapped: str
    kind: str
    hit: Hit


def make_swaps(folder: Path, n: int, seed: int = 1) -> list[Swap]:
    """``n`` swaps from the PDFs in ``folder``, of every kind the same number as far as possible."""
    dice = random.Random(seed)  # noqa: S311 - the same swaps every time
    paths = sorted(folder.glob("*.pdf"))
    dice.shuffle(paths)
    found: dict[str, list[Swap]] = {kind: [] for kind in _KINDS}
    for path in paths:
        mine = [swap for hit, sentence in _sentences(path) for swap in _swaps(sentence, hit, dice)]
        dice.shuffle(mine)
        for kind in found:
            found[kind] += [swap for swap in mine if swap.kind == kind][:6]
        if all(len(swaps) >= n // len(found) for swaps in found.values()):
            break
    return [swap for swaps in found.values() for swap in swaps[: n // len(found)]]


def _sentences(path: Path) -> Iterator[tuple[Hit, str]]:
    """Whole sentences of the paper's body, each with the passage around it."""
    try:
        text = parse_pdf(path)
    except ParseError:
        return
    for page in text.pages[: max(1, len(text.pages) * 2 // 3)]:
        page_text = text.page_text(page.number)
        spans = split_sentences(page_text)
        for i, (start, end) in enumerate(spans):
            sentence = " ".join(page_text[start:end].split())
            n_words = len(sentence.split())
            if MIN_WORDS <= n_words <= MAX_WORDS and re.fullmatch(r"[A-Z].*[a-z)]\.", sentence):
                first, last = _around(page_text, spans, i)
                yield _hit(path.stem, page.number, page_text, first, last), sentence


def _around(text: str, spans: Sequence[tuple[int, int]], i: int) -> tuple[int, int]:
    """Start and end of the whole sentences around sentence ``i``, as long as a passage is."""
    first = last = i
    grown = True
    while grown:
        grown = False
        for before, behind in ((1, 0), (0, 1)):
            a, b = first - before, last + behind
            if a < 0 or b == len(spans):
                continue
            if len(text[spans[a][0] : spans[b][1]].split()) <= PASSAGE_WORDS:
                first, last, grown = a, b, True
    return spans[first][0], spans[last][1]


def _hit(paper: str, page: int, text: str, start: int, end: int) -> Hit:
    known = Paper(id=paper, title="", arxiv=paper)
    return Hit(1, "paper", known, page, "", start, text[start:end], Scores(0, 0, 0))


def _swaps(sentence: str, hit: Hit, dice: random.Random) -> Iterator[Swap]:
    for kind, swap in _KINDS.items():
        swapped = swap(sentence, hit.text, dice)
        if swapped and swapped != sentence:
            yield Swap(sentence, swapped, kind, hit)


def _put(sentence: str, match: re.Match[str], other: str) -> str:
    return sentence[: match.start()] + other + sentence[match.end() :]


def _swap_number(sentence: str, passage: str, dice: random.Random) -> str | None:
    """Another number: of the passage (the hard case), or one digit changed."""
    matches = list(_NUMBER.finditer(sentence))
    if not matches:
        return None
    match = dice.choice(matches)
    others = [m[0] for m in _NUMBER.finditer(passage) if m[0] != match[0] and m[0] not in sentence]
    if others and dice.random() < 0.5:
        return _put(sentence, match, dice.choice(others))
    i = dice.randrange(len(match[0]))
    digit = str((int(match[0][i]) + dice.randint(1, 8)) % 10) if match[0][i].isdigit() else "7"
    return _put(sentence, match, match[0][:i] + digit + match[0][i + 1 :])


def _swap_unit(sentence: str, passage: str, dice: random.Random) -> str | None:
    for group in dice.sample(_UNITS, len(_UNITS)):
        for unit in group:
            match = re.search(rf"(?<=\d)(?:{unit}|[ -]{unit})(?!\w)", sentence)
            if match:
                other = dice.choice([u for u in group if u != unit])
                gap = " " if match[0][0] == " " and other[0] != " " else ""
                return _put(sentence, match, gap + other)
    return None


def _swap_name(sentence: str, passage: str, dice: random.Random) -> str | None:
    """Another name: of the passage where it has one, else one that any paper may have."""
    matches = list(_NAME.finditer(sentence))
    if not matches:
        return None
    match = dice.choice(matches)
    others = {m[0] for m in _NAME.finditer(passage)} - {m[0] for m in matches}
    known = {"ResNet-50", "BART", "CIFAR10", "AdaGrad", "MuZero", "SQuAD"} - {match[0]}
    pool = sorted(others) if others and dice.random() < 0.5 else sorted(known)
    return _put(sentence, match, dice.choice(pool))


def _swap_negation(sentence: str, passage: str, dice: random.Random) -> str | None:
    """Take a "not" out, put one in, or reverse a direction."""
    found = _NOT.search(sentence)
    if found:
        return (sentence[: found.start(1)] + sentence[found.end(1) + 1 :]).replace("  ", " ")
    for a, b in dice.sample(_TURNS, len(_TURNS)):
        for word, other in ((a, b), (b, a)):
            match = re.search(rf"\b{word}\b", sentence)
            if match and dice.random() < 0.5:
                return _put(sentence, match, other)
    match = _VERB.search(sentence)
    return _put(sentence, match, f"{match[0]} not") if match else None


_KINDS: dict[str, Callable[[str, str, random.Random], str | None]] = {
    "number": _swap_number,
    "unit": _swap_unit,
    "name": _swap_name,
    "negation": _swap_negation,
}
