"""Split a text into the words and numbers that are compared; a number has its scale and unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from ingest.indexing.words import STOP_WORDS, stem
from rag.citations.markdown import FORMULA
from rag.verification.fact_words import (
    AMOUNTS,
    CONNECTIVES,
    NEGATIONS,
    NOT_BUT_ALSO,
    SCALES,
    SPELLED,
    UNITS,
    Amount,
)

MIN_DISTINCTIVE_CHARS = 3  # "TV" and "II" are too short to be distinctive names
LOOK_BACK = 24  # characters before a number that say what kind of number it is
COUNTED_WITHIN = 3  # words after a number, of which the first plural one is what it counts

Hedge = Literal["", "about", "least", "most"]

_TOKEN = re.compile(
    r"(?P<number>(?:(?<![^\s(\[{=])-)?(?:(?<![\w.])\d+(?:[.,]\d+)*(?:e[-+]?\d+)?|(?<![\w.])\.\d+))"
    rf"|(?P<spelled>\b(?i:{'|'.join(w for w in SPELLED if '-' in w)})\b)"
    rf"|(?P<before>\b(?i:{'|'.join(SPELLED | AMOUNTS)})(?=-[^\W\d_]))"
    r"|(?P<word>[^\W_]+(?:(?:[-'/+&]|\.(?!\d)|(?<=\d)\.)[^\W_]+)*\+*)"
    r"|(?P<sign>[%‰°×$€£])"
)
_HEDGE = re.compile(
    r"(?:(?P<about>(?:\b(?:about|around|nearly|almost|roughly|approximately|some|close to)|~))"
    r"|(?P<most>\b(?:no(?:t)? more than|less than|fewer than|under|below|up to|at most))"
    r"|(?P<least>\b(?:no(?:t)? (?:less|fewer) than|more than|over|above|at least)))\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[\"”')\]]*[.!?:]\s")
_NOT_ONLY = re.compile(rf"\bnot(?= (?:{'|'.join(sorted(NOT_BUT_ALSO))})\b)", re.IGNORECASE)
_CONTRACTED = re.compile(r"\b(\w+)n't\b")
_PART = re.compile(r"[^\W_]+")
_SEPARATOR = re.compile(r"[^0-9a-z\u0080-\uffff]")
_REFERS = re.compile(
    r"(?:\[[\d,;\s–-]*|\b(?:fig|figure|tab|table|sec|section|app|appendix|eq|eqn|equation|chapter|algorithm)s?"
    r"\b[\s.(]*[A-Z]?\.?)$",
    re.IGNORECASE,
)
_RAISED = re.compile("(?<=10)[⁻⁰¹²³⁴-⁹]+")
_POWER = re.compile(  # pages lose the caret: "3.3 × 1022", "5 × 10-5"
    r"(?<![\d.])(?P<factor>\d+(?P<decimals>\.\d+)?)\s?(?:[×·*x]|\\times|\\cdot)\s?10"
    r"(?P<power>\^ ?\{? ?-? ?\d{1,2} ?\}?|-\d{1,2}|(?(decimals)\d\d|(?!)))(?!\d|\.\d)"
)
_NO_POWER = re.compile(r"[^\d-]")
_FONT = re.compile(r"\\(?:mathrm|mathbf|mathit|text|textbf|rm|operatorname) ?\{([^{}]*)\}")
_PARTING = re.compile(r"[,;:()]")
_HYPHEN = re.compile(r"[-/]")
_MARK = re.compile(r"\d|(?<=\w)[A-Z]")
_PLURAL = re.compile(r"[a-z-]+(?<![sui])s|people|children|men|women")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EVERYWHERE = frozenset(map(stem, STOP_WORDS | CONNECTIVES)) | STOP_WORDS
_ONLY_GLUED = frozenset({"B", "M", "T", "k"})  # "7B" is a scale, "7 B" may be anything


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number in the form that is compared.

    Of a number: ``value`` includes its scale; ``unit`` follows or precedes it; ``counted`` is the plural
    noun after it ("40 downstream tasks"); ``hedge`` says whether it is "about", at "least" or at "most"
    so much; ``is_reference`` marks one that only points somewhere ("Figure 4", "[12]").

    Of a word: ``is_name`` marks a name; ``is_capital`` also a capitalised word that may just be the first
    of its sentence; ``distinctive`` are its parts that can only be a name ("GPT-3", "SQuAD",
    "HIV-positive").

    ``amount`` is what a number or a word such as "twice" stands for; ``follows_break`` says that a comma,
    colon or bracket is before the token.
    """

    key: str
    value: float | None = None
    unit: str = ""
    is_name: bool = False
    is_capital: bool = False
    distinctive: tuple[str, ...] = ()
    counted: str = ""
    hedge: Hedge = ""
    amount: Amount | None = None
    is_reference: bool = False
    follows_break: bool = False

    @property
    def is_negation(self) -> bool:
        """Whether it is a grammatical negation."""
        return self.key in NEGATIONS

    @property
    def is_content(self) -> bool:
        """Whether it is a content word: not a number, stop word or connective."""
        return self.value is None and self.key not in _EVERYWHERE

    @property
    def form(self) -> str:
        """The form to align: the key, squashed for names with digits ("GPT-3" is "GPT3")."""
        is_version = self.value is None and any(c.isdigit() for c in self.key)
        return self.squashed if is_version else self.key

    @property
    def words(self) -> list[str]:
        """The words that two texts can share through it; for a compound, all parts."""
        if any(c.isdigit() for c in self.key):
            return [self.form]
        return [stem(part) for part in _PART.findall(self.key) if part not in STOP_WORDS]

    @property
    def parts(self) -> list[str]:
        """The key, or the stems of its parts if it is a compound: "SHP2-deficient" is two words."""
        found = _PART.findall(self.key)
        if self.value is not None or len(found) < 2:
            return [self.key]
        return [part if part in NEGATIONS else stem(part) for part in found]

    @property
    def squashed(self) -> str:
        """The key without hyphens and dots: "GPT-3" and "GPT3" are the same."""
        return squash(self.key)


def squash(key: str) -> str:
    """The letters and digits of ``key``, and each "+" at its end: "T0" and "T0+" are two models."""
    return _SEPARATOR.sub("", key) + "+" * (len(key) - len(key.rstrip("+")))


def read_tokens(text: str) -> Iterator[Token]:
    """The words and numbers of ``text``, in order; a number includes its scale and unit."""
    text = _RAISED.sub(lambda power: f"^{power[0]}", text)
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    text = _POWER.sub(_join_power, FORMULA.sub(_without_tex, text))
    yield from _tokens(_NOT_ONLY.sub("", _CONTRACTED.sub(_expand, text)))


def _without_tex(formula: re.Match[str]) -> str:
    """What a formula says, without TeX's commands: "$1.4\\mathrm{T}$" is "1.4T"."""
    found = _FONT.sub(r"\1", formula[formula.lastgroup or 0])
    return found.replace("{,}", ",").replace("\\%", "%")


def _join_power(power: re.Match[str]) -> str:
    """ "1.4 × 10^12" as "1.4e12"."""
    return f"{power['factor']}e{_NO_POWER.sub('', power['power'])}"


def _expand(contracted: re.Match[str]) -> str:
    """ "doesn't" as "does not"; "can't" and "won't" have forms of their own."""
    verb = contracted[1]
    return {"ca": "can", "wo": "will", "Ca": "Can", "Wo": "Will"}.get(verb, verb) + " not"


def _tokens(text: str) -> Iterator[Token]:
    matches = list(_TOKEN.finditer(text))
    i = 0
    is_first = not text.lstrip().startswith("(")
    while i < len(matches):
        before = text[matches[i - 1].end() : matches[i].start()] if i else ""
        value = _number(matches[i])
        if value is None:
            token = _word(matches[i][0], is_first, _is_gloss(text, matches, i))
            i += 1
        else:
            token, i = _with_unit(text, matches, i, value)
        yield replace(token, follows_break=True) if _PARTING.search(before) else token
        is_first = _SENTENCE_END.match(text, matches[i - 1].end()) is not None


def _word(written: str, is_first: bool, is_gloss: bool) -> Token:
    """A token for a word, which is a name if it has a capital or a digit.

    The first word of a sentence needs more than an initial capital.  An abbreviation of the words before
    it is not a name: those words are compared anyway.
    """
    has_mark = any(c.isdigit() or c.isupper() for c in written)
    is_capital = has_mark and written.lower() not in STOP_WORDS | CONNECTIVES | AMOUNTS.keys()
    is_plain = written[0].isupper() and (len(written) == 1 or written[1:].islower())
    is_long = len(written) >= MIN_DISTINCTIVE_CHARS
    parts = _HYPHEN.split(written) if is_capital and is_long else []
    return Token(
        _key(written),
        is_name=is_capital and not is_gloss and not (is_first and is_plain),
        is_capital=is_capital,
        distinctive=tuple(part.lower() for part in parts if _MARK.search(part)),
        amount=AMOUNTS.get(written.lower()),
    )


def _is_gloss(text: str, matches: Sequence[re.Match[str]], i: int) -> bool:
    """Whether the word ``matches[i]`` is alone in brackets, after a word with its first letter."""
    word = matches[i]
    if text[word.start() - 1 : word.start()] != "(" or text[word.end() : word.end() + 1] != ")":
        return False
    before = matches[max(0, i - len(word[0])) : i]
    return any(other[0][0].lower() == word[0][0].lower() for other in before)


def _key(written: str) -> str:
    word = written.lower().removesuffix("'s")
    return word if word in NEGATIONS or not word.isascii() else stem(word)


def _number(match: re.Match[str]) -> float | None:
    if match["number"]:
        digits = re.sub(r",(?=\d{3}(?!\d))", "", match[0]).replace(",", ".").replace("+", "")
        try:
            return float(digits)
        except ValueError:  # a version or a date: 2.1.3
            return None
    return SPELLED.get(match[0].lower())


def _with_unit(
    text: str, matches: Sequence[re.Match[str]], i: int, value: float
) -> tuple[Token, int]:
    """The number at ``matches[i]`` with its scale and unit, and the index of the next match."""
    before = text[max(0, matches[i].start() - LOOK_BACK) : matches[i].start()]
    unit = before[-1] if before[-1:] in ("$", "€", "£") else ""
    end = i + 1
    scale = _table_entry(text, matches, end, SCALES)
    if scale is not None:
        value *= SCALES[scale]
        end += 1
    is_reference = _REFERS.search(before) is not None
    counted = "" if is_reference or _is_named(text, matches, i) else _counted(text, matches, end)
    found = _table_entry(text, matches, end, UNITS)
    if found is not None:
        end += 1
    hedged = _HEDGE.search(before)
    return Token(
        f"{value:g}",
        value,
        unit=unit or UNITS.get(found or counted, ""),
        counted=stem(counted),
        hedge=cast("Hedge", hedged.lastgroup if hedged else ""),
        amount=Amount("count", value, value),
        is_reference=is_reference,
    ), end


def _is_named(text: str, matches: Sequence[re.Match[str]], i: int) -> bool:
    """Whether the number ``matches[i]`` counts nothing: a year, or part of a name ("Herd 2")."""
    if _YEAR.fullmatch(matches[i][0]):
        return True
    word = matches[i - 1]
    is_next = i > 0 and text[word.end() : matches[i].start()] in (" ", "-", "\n")
    return is_next and word[0][0].isupper() and word[0].lower() not in STOP_WORDS | CONNECTIVES


def _counted(text: str, matches: Sequence[re.Match[str]], i: int) -> str:
    """The first plural noun among the next words, as written; "" if there is none."""
    for match, before in zip(matches[i : i + COUNTED_WITHIN], matches[i - 1 :], strict=False):
        word = match[0]
        is_next = text[before.end() : match.start()] in ("", " ", "-", "\n")
        if not is_next or word.lower() in STOP_WORDS:
            break
        if (word in UNITS and word.endswith("s")) or _PLURAL.fullmatch(word):
            return word
    return ""


def _table_entry(
    text: str, matches: Sequence[re.Match[str]], i: int, table: Mapping[str, object]
) -> str | None:
    """The key of ``table`` that ``matches[i]`` is, if it directly follows the match before it."""
    if i == len(matches):
        return None
    between = text[matches[i - 1].end() : matches[i].start()]
    if between not in ("", " ", "-", "\n"):
        return None
    written = matches[i][0]
    for form in (written, written.lower(), written.upper() if not between else written):
        if form in table and not (between and table is SCALES and form in _ONLY_GLUED):
            return form
    return None
