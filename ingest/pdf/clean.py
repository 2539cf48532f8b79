"""Turn the raw text of a PDF's pages into clean text: a pure function of strings.

Removed: control characters, LaTeXiT sources, arXiv's stamp in the margin, running heads and feet, page
numbers, the line numbers of a review copy, the tick labels of axes.  Repaired: ligature codes of bitmap
fonts, and words divided at line ends.  Words are never reordered, replaced or invented, so any other
reader finds a sentence of the clean text on its page (except for white space and hyphens).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.pdf.furniture import number_offsets, strip_furniture
from ingest.pdf.line_numbers import strip_line_numbers

JOINT = "\ufffe"
"""The mark of a place where a reader joined a word that was divided at a line's end."""

MIN_LIGATURES = 10  # codes inside words, from which they are taken to be ligatures
MIN_TICKS = 6  # lines with one number each, in even steps: from here an axis, not a table's column

_STAMP = re.compile(  # arXiv:2303.17564v1 [cs.LG] 30 Mar 2023
    r"arXiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\s+\[[\w.-]+\]\s+"
    r"\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}[ \t]*\n?"
)
_NOISE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffd\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)

# TeX's bitmap fonts have their ligatures at fixed codes, and many PDFs don't say what these mean:
# 0x0b to 0x0f in the old encoding (OT1; 0x0d, a carriage return, is "fl"), 0x1b to 0x1f in T1.
_LIGATURES = {
    chr(first + i): letters
    for first in (0x0B, 0x1B)
    for i, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl"))
}
_CODE = "[\x0b-\x0f\x1b-\x1f]"
_CODE_INSIDE = re.compile(f"(?<=[a-z]){_CODE}(?=[a-z]{{2}})")
_LIGATURE = re.compile(
    f"(?<=[A-Za-z]){_CODE}(?=[a-z])|(?<!\\w){_CODE}(?=[a-z]{{2}})|(?<=[a-z]{{2}}){_CODE}(?!\\w)"
)

_SOFT_HYPHEN = re.compile(r"\u00ad\n?")
_PLAIN_JOINT = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_JOINT_AND_RIGHT = re.compile(rf"{JOINT}(?=([^\W_]*))")
_DIVIDED = re.compile(rf"\b[^\W_]+{JOINT}[^\W_]*")
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:-[^\W\d_]+)+")
_JOINED_NUMBER = re.compile(rf"{JOINT}(\d{{1,5}})\s*\Z")
_FOOTNOTE = re.compile(r"\d{1,2}(?:[A-Z][a-z]|http)")

_LOOSE_ACCENTS = frozenset("´¨ˆ˜`¸ˇ˘˙˚¯")
_STRANDED = re.compile(r"\n(?=[.,;:)\]](?:\s|$))")
_RAISED = re.compile(r"(?<=\d[eE])\n(?=[−-]\d{1,2}\b)")  # "1.5e", with its exponent on a new line
_MANY_ENDS = re.compile(r"\n{3,}")
_TICK = re.compile(r"([-−–]?)(\d+(?:\.\d+)?)\s?([%kKMB]?)")


def clean_pages(raw_pages: Sequence[str]) -> list[str]:
    """The clean text of each page, with its line breaks; "" for a page without text."""
    pages = _mend_ligatures([page.replace("\r\n", "\n") for page in raw_pages])
    pages = [_normalise(page) for page in pages]
    pages[:1] = [_STAMP.sub("", page) for page in pages[:1]]
    pages = strip_line_numbers(pages, JOINT)
    pages = [_tidy(page) for page in _resolve_joints(_separate_page_numbers(pages))]
    return [_strip_ticks(page) for page in strip_furniture(pages)]


def _mend_ligatures(pages: list[str]) -> list[str]:
    """Replace ligature codes by letters, in a document that has them inside many words."""
    if sum(len(_CODE_INSIDE.findall(page)) for page in pages) < MIN_LIGATURES:
        return pages
    return [_LIGATURE.sub(lambda code: _LIGATURES[code[0]], page) for page in pages]


def _normalise(page: str) -> str:
    """Normalise one page's characters and line ends; the joints of divided words stay marked."""
    page = _strip_latexit(page)
    page = re.sub(r"[\r\u2028\u2029]", "\n", page)
    page = re.sub(r"[\t\v\f]", " ", page)
    page = page.replace("\x02", JOINT)
    page = _SOFT_HYPHEN.sub("", page)
    page = _NOISE.sub("", page)
    if unicodedata.is_normalized("NFKC", page):
        return page
    return _composable_runs().sub(_nfkc, page)


def _strip_latexit(page: str) -> str:
    """The page without the hidden sources that LaTeXiT stores beside formulas."""
    *before, rest = page.split("</latexit>")
    return "".join(part.partition("<latexit")[0] for part in before) + rest


def _nfkc(run: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", run[0])


@lru_cache(maxsize=1)
def _composable_runs() -> re.Pattern[str]:
    """A pattern for runs of characters that NFKC may normalise.

    It must not join an exponent to its base (10² would be 102), split a fraction or a trade mark,
    add a space before a separate accent, or make Chinese punctuation Latin.
    """
    codes = (*range(0xA0, 0xFFFF), *range(0x1F100, 0x1F300))
    kept = [chr(code) for code in codes if _is_kept(chr(code))]
    return re.compile(f"[^{re.escape(''.join(kept))}]+")


def _is_kept(character: str) -> bool:
    form, _, rest = unicodedata.decomposition(character).partition(" ")
    if form in ("<super>", "<sub>", "<fraction>", "<circle>", "<square>"):
        return True
    if form == "<wide>":
        return unicodedata.category(character).startswith("P")
    return form == "<compat>" and rest.startswith("0020 ")


def _separate_page_numbers(pages: Sequence[str]) -> list[str]:
    """Put page numbers that a reader took for the rest of a divided word on separate lines.

    A number that does not increase with the pages is left: a page may end with "GPT-3".
    """
    parted = [_JOINED_NUMBER.sub(r"-\n\1", page) for page in pages]
    offsets = number_offsets([page.rstrip().split("\n") for page in parted])
    return [
        after if (n := _JOINED_NUMBER.search(page)) and (False, int(n[1]) - i) in offsets else page
        for i, (page, after) in enumerate(zip(pages, parted, strict=True))
    ]


def _resolve_joints(pages: Sequence[str]) -> list[str]:
    """Join divided words, with a hyphen where the document writes the word with one elsewhere."""
    pages = [_PLAIN_JOINT.sub(JOINT, page) for page in pages]
    words: Counter[str] = Counter()
    compounds: Counter[tuple[str, str]] = Counter()
    for page in pages:
        whole = _DIVIDED.sub(" ", page).lower()
        words.update(_WORD.findall(whole))
        for compound in _COMPOUND.findall(whole):
            compounds.update(pairwise(compound.split("-")))

    def resolve(joint: re.Match[str]) -> str:
        before = joint.string[max(0, joint.start() - 80) : joint.start()]
        return _resolve_joint(before, joint[1], words, compounds)

    return [_JOINT_AND_RIGHT.sub(resolve, page) for page in pages]


def _resolve_joint(
    before: str, right: str, words: Counter[str], compounds: Counter[tuple[str, str]]
) -> str:
    """What to put at a joint between the text ``before`` and the word's rest: "" or a hyphen."""
    left = re.split(r"[\W_]", before)[-1]
    if not left:
        return ""  # not a divided word, but a symbol for which the font gives no character
    if not right:
        return "-"
    if _FOOTNOTE.match(right):
        return "-\n"  # the column ended here, and a footnote follows
    if not (left + right).isalpha() or "://" in before.rsplit(" ", maxsplit=1)[-1]:
        return "-"
    n_joined = words[(left + right).lower()]
    n_hyphened = compounds[left.lower(), right.lower()]
    if n_joined == n_hyphened == 0:
        return "-" if _is_compound(left, right, words) else ""
    return "-" if n_hyphened > n_joined else ""


def _is_compound(left: str, right: str, words: Counter[str]) -> bool:
    """Whether two halves that are found together nowhere else look like a compound of two words.

    CheckedDraft where the document has the answer, this guess is right nine times out of ten.
    """
    if right[0].isupper() and not left.isupper():
        return True
    return all(len(half) > 3 and words[half.lower()] > 1 for half in (left, right))


def _tidy(page: str) -> str:
    """Remove empty lines and double spaces, and line breaks before a stop or the exponent of a number.

    A broken exponent would split a table's row.  Separate accents are removed, too: TeX draws them
    beside a letter, but which one is unknown.
    """
    lines = (
        " ".join(word for word in line.split() if word not in _LOOSE_ACCENTS)
        for line in page.split("\n")
    )
    return _RAISED.sub("", _STRANDED.sub("", "\n".join(line for line in lines if line)))


def _strip_ticks(page: str) -> str:
    """The page without runs of lines that count up or down in even steps, as the labels of an axis do.

    A table with one cell per line also has runs of numbers, but uneven ones, which are kept.  An empty
    line replaces a run, so that no quote ever reaches across it.
    """
    lines = page.split("\n")
    ticks = [_tick(line) for line in lines]
    drop = [False] * len(lines)
    start = 0
    while start < len(lines):
        end = _even_run(ticks, start)
        if end - start >= MIN_TICKS:
            drop[start:end] = [True] * (end - start)
        start = max(end - 1, start + 1)
    return _MANY_ENDS.sub(
        "\n\n",
        "\n".join("" if gone else line for line, gone in zip(lines, drop, strict=True)).strip("\n"),
    )


def _tick(line: str) -> float | None:
    match = _TICK.fullmatch(line) if len(line) <= 12 else None
    if match is None:
        return None
    return -float(match[2]) if match[1] else float(match[2])


def _even_run(ticks: Sequence[float | None], start: int) -> int:
    """The end of the longest run from ``start`` whose numbers have one difference, not zero."""
    first, second = (*ticks[start : start + 2], None, None)[:2]
    if first is None or second is None or first == second:
        return start + 1
    step, end, last = second - first, start + 2, second
    while end < len(ticks) and (tick := ticks[end]) is not None:
        if abs(tick - last - step) > abs(step) * 0.01:
            break
        end, last = end + 1, tick
    return end
