"""The hard facts of a sentence (numbers, units, names, negations), and whether a text agrees.

Words may be put differently, these may not.  A claim that nearly repeats the text is aligned with it
word by word, so that a number taken from elsewhere on the page does not pass either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ingest.words import STOP_WORDS, stem

Fact = Literal["number", "unit", "name", "negation", "direction"]

NEARLY_REPEATED = 0.6  # share of a claim's words, in order, from which it is aligned
ROUNDING = 0.05  # how far "about 40" may be off

_TOKEN = re.compile(
    r"(?P<number>(?<![\w.])\d+(?:[.,]\d+)*(?:e[-+−]?\d+)?|(?<![\w.])\.\d+)"
    r"|(?P<word>[^\W_]+(?:[-'’./+&][^\W_]+)*\+*)"
    r"|(?P<sign>[%‰°×$€£])"
)
_SPELLED = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SPELLED_UNSURE = frozenset({"zero", "one"})  # "one can see": rarely a count
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "M": 1e6,
    "billion": 1e9,
    "B": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "T": 1e12,
}
_UNITS = {
    name: group.split()[0]
    for group in (
        "% percent percentage pct",
        "points point pp",
        "× x times fold",
        "ms millisecond milliseconds",
        "s sec secs second seconds",
        "min mins minute minutes",
        "h hr hrs hour hours",
        "day days",
        "week weeks",
        "month months",
        "year years",
        "B byte bytes",
        "KB kilobyte kilobytes KiB",
        "MB megabyte megabytes MiB",
        "GB gigabyte gigabytes GiB",
        "TB terabyte terabytes TiB",
        "bit bits",
        "token tokens",
        "word words",
        "parameter parameters param params",
        "layer layers",
        "head heads",
        "step steps",
        "iteration iterations",
        "epoch epochs",
        "GPU GPUs",
        "TPU TPUs",
        "core cores",
        "sample samples",
        "example examples",
        "dimension dimensions",
        "$ dollar dollars USD",
        "€ euro euros EUR",
        "FLOP FLOPs FLOPS",
        "° degree degrees",
        "km kilometer kilometers",
        "kg kilogram kilograms",
        "mg milligram milligrams",
        "Hz hertz",
        "kHz",
        "MHz",
        "GHz",
        "W watt watts",
        "kWh",
    )
    for name in group.split()
}
_HEDGE = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|approximately|some|over|more than|less than|under|"
    r"up to|at least|at most|close to|~)\s*$",
    re.IGNORECASE,
)
NEGATIONS = frozenset(
    "not no never neither nor none nothing without cannot can't don't doesn't didn't isn't aren't "
    "wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't nobody nowhere hardly "
    "barely lack lacks lacking fail fails failed unable".split()
)
_PREFIXES = ("un", "non", "non-", "in", "im", "dis", "ir", "il", "a")
_OPPOSITES = [
    ("increase", "decrease reduce lower drop decline"),
    ("improve", "worsen degrade hurt harm"),
    ("high", "low"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("large", "small"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("more", "less fewer"),
    ("most", "least fewest"),
    ("better", "worse"),
    ("best", "worst"),
    ("faster", "slower"),
    ("fast", "slow"),
    ("long", "short"),
    ("longer", "shorter"),
    ("before", "after"),
    ("above", "below"),
    ("over", "under"),
    ("maximum", "minimum"),
    ("maximize", "minimize"),
    ("first", "last"),
    ("same", "different"),
    ("positive", "negative"),
    ("always", "never"),
    ("all", "none"),
    ("easy", "hard difficult"),
    ("strong", "weak"),
    ("with", "without"),
    ("gain", "lose loss"),
    ("outperform", "underperform"),
    ("activate", "inhibit"),
    ("promote", "inhibit prevent suppress"),
    ("encourage", "discourage"),
    ("enable", "prevent"),
]
_OPPOSITE_KEYS = frozenset(
    (stem(word), stem(other)) for word, others in _OPPOSITES for other in others.split()
)
_SEPARATOR = re.compile(r"[^0-9a-z\u0080-\uffff]")
_JOINING = frozenset("of the and for from in to with a an by on".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number in the form that is compared: numbers carry their scale, and their unit."""

    key: str
    value: float | None = None
    unit: str = ""
    is_name: bool = False
    is_hedged: bool = False

    @property
    def is_negation(self) -> bool:
        return self.key in NEGATIONS


@dataclass(frozen=True, slots=True)
class Facts:
    """A text as tokens, ready to be held against others."""

    tokens: tuple[Token, ...]
    squashed: str
    initials: str

    @property
    def numbers(self) -> list[Token]:
        return [token for token in self.tokens if token.value is not None]

    @property
    def names(self) -> list[Token]:
        return [token for token in self.tokens if token.is_name]


def read_facts(text: str) -> Facts:
    """The words and numbers of ``text``, in order; a number takes in its scale and its unit."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    tokens = tuple(_tokens(text))
    squashed = "".join(_SEPARATOR.sub("", token.key) for token in tokens)
    initials = "".join(t.key[0] for t in tokens if t.value is None and t.key not in _JOINING)
    return Facts(tokens, squashed, initials)


def _tokens(text: str) -> Iterator[Token]:
    matches = list(_TOKEN.finditer(text))
    i = 0
    is_first = True
    while i < len(matches):
        match = matches[i]
        number = _number(match)
        if number is not None:
            token, i = _with_unit(text, matches, i, number)
            yield token
        else:
            written = match[0]
            is_name = _is_name(written) and not (is_first and written.isalpha() and written.istitle())
            yield Token(_key(written), is_name=is_name)
            i += 1
        is_first = bool(re.match(r"[\"”')\]]*[.!?:]\s", text[match.end() :]))


def _number(match: re.Match[str]) -> float | None:
    if match["number"]:
        digits = re.sub(r",(?=\d{3}(?!\d))", "", match[0]).replace(",", ".").replace("+", "")
        try:
            return float(digits)
        except ValueError:  # a version or a date: 2.1.3
            return None
    word = match[0].lower()
    return None if word in _SPELLED_UNSURE else _SPELLED.get(word)


def _with_unit(
    text: str, matches: Sequence[re.Match[str]], i: int, value: float
) -> tuple[Token, int]:
    """The number at ``matches[i]`` with the scale and unit behind it; and what comes next."""
    before = text[max(0, matches[i].start() - 16) : matches[i].start()]
    unit = before[-1] if before[-1:] in ("$", "€", "£") else ""
    end = i + 1
    for table in (_SCALES, _UNITS):
        found = _behind(text, matches, end, table)
        if found is None:
            continue
        if table is _SCALES:
            value *= _SCALES[found]
        else:
            unit = unit or _UNITS[found]
        end += 1
    hedged = bool(_HEDGE.search(before))
    return Token(f"{value:g}", value, unit, is_hedged=hedged), end


def _behind(
    text: str, matches: Sequence[re.Match[str]], i: int, table: Mapping[str, object]
) -> str | None:
    """The scale or unit ``matches[i]``, if it stands at once behind what is before it."""
    if i == len(matches) or not re.fullmatch(
        r"[\s-]?", text[matches[i - 1].end() : matches[i].start()]
    ):
        return None
    written = matches[i][0]
    glued = matches[i - 1].end() == matches[i].start()
    for form in (written, written.lower(), written.upper() if glued else written):
        if form in table and not (form in ("B", "M", "T", "k") and not glued and table is _SCALES):
            return form
    return None


def _is_name(written: str) -> bool:
    """Whether a word is written as a name: capitals, or letters with digits."""
    if written.lower() in STOP_WORDS or not written[0].isalnum():
        return False
    return any(c.isdigit() for c in written) or any(c.isupper() for c in written)


def _key(written: str) -> str:
    word = written.lower().removesuffix("'s")
    return word if word in NEGATIONS or not word.isascii() else stem(word)


def disagreements(claim: Facts, near: Facts, around: Facts) -> frozenset[Fact]:
    """What of ``claim`` the text does not bear out.

    ``near`` is the stretch that says most of it, ``around`` all that may be drawn on.
    """
    matcher = SequenceMatcher(
        None, [t.key for t in near.tokens], [t.key for t in claim.tokens], autojunk=False
    )
    blocks = matcher.get_opcodes()
    n_same = sum(j2 - j1 for tag, _, _, j1, j2 in blocks if tag == "equal")
    found = _missing(claim, around)
    if n_same >= NEARLY_REPEATED * len(claim.tokens):
        for tag, i1, i2, j1, j2 in blocks:
            if tag == "equal":
                found |= _unit_changes(near.tokens[i1:i2], claim.tokens[j1:j2])
            else:
                found |= _changes(near, near.tokens[i1:i2], claim.tokens[j1:j2])
    return frozenset(found)


def _missing(claim: Facts, around: Facts) -> set[Fact]:
    """The numbers, units and names of the claim that stand nowhere in the text."""
    found: set[Fact] = set()
    numbers = around.numbers
    for token in claim.numbers:
        same = [n for n in numbers if _same_value(token, n)]
        if not same:
            found.add("number")
        elif not any(_same_unit(token, n) for n in same):
            found.add("unit")
    if not all(has_name(around, token) for token in claim.names):
        found.add("name")
    return found


def _same_value(claimed: Token, there: Token) -> bool:
    assert claimed.value is not None and there.value is not None
    allowed = ROUNDING * abs(there.value) if claimed.is_hedged else 1e-9 * abs(there.value)
    return abs(claimed.value - there.value) <= allowed


def _same_unit(claimed: Token, there: Token) -> bool:
    return not claimed.unit or not there.unit or claimed.unit == there.unit


def has_name(text: Facts, name: Token) -> bool:
    """Whether the text has the name: as a word, written together or apart, or spelled out."""
    if any(token.key == name.key for token in text.tokens):
        return True
    squashed = _SEPARATOR.sub("", name.key)
    if len(squashed) >= 5 or any(c.isdigit() for c in squashed):
        return squashed in text.squashed
    return len(squashed) >= 3 and squashed in text.initials


def _unit_changes(there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    pairs = zip(claimed, there, strict=True)
    return {"unit" for c, t in pairs if c.value is not None and not _same_unit(c, t)}


def _changes(near: Facts, there: Sequence[Token], claimed: Sequence[Token]) -> set[Fact]:
    """The hard facts in which one stretch of a nearly repeated sentence differs."""
    found: set[Fact] = set()
    if sum(t.is_negation for t in claimed) % 2 != sum(t.is_negation for t in there) % 2:
        found.add("negation")
    if any(_are_opposites(c.key, t.key) for c in claimed for t in there):
        found.add("direction")
    if not there:
        return found
    if any(
        c.value is not None and not any(t.value is not None and _same_value(c, t) for t in there)
        for c in claimed
    ) and any(t.value is not None for t in there):
        found.add("number")
    names = [t for t in there if t.is_name]
    if names and any(c.is_name and all(c.key != t.key for t in names) for c in claimed):
        found.add("name")
    return found


def _are_opposites(a: str, b: str) -> bool:
    if (a, b) in _OPPOSITE_KEYS or (b, a) in _OPPOSITE_KEYS:
        return True
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(shorter) >= 4 and any(longer == prefix + shorter for prefix in _PREFIXES)
