"""Turn text into search terms: the tokenizer of the lexical index and of queries.

Home of PyStemmer.  English words are lower-cased and stemmed, and accents are removed: "Schrödinger" is
found as "Schrodinger".  Chinese, Japanese and Korean text becomes pairs of characters, so that an alias
such as 思维链 is found without a word segmenter; words of other scripts are not changed further.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_stemmer = Stemmer.Stemmer("english")

# Han, kana and Hangul, for a character class: scripts without spaces, or with particles after words.
CJK = "㐀-䶿一-鿿ぁ-ゖァ-ヺー가-힣"

# A single letter of another script is left out: it is a symbol in a formula.
_TERM = re.compile(rf"[a-z0-9]+(?:\.[0-9]+)*|[{CJK}]+|[^\W\d_a-z{CJK}]{{2,}}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Letters with a stroke, and ligatures, which Unicode does not decompose.
_AS_ASCII = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e[drs]?|ers|es|ing|ations?)$)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")

# Words without a topic: articles, pronouns, prepositions, auxiliaries and question words.  They are
# removed from documents and queries.
STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being both but by can "
    "could did do does doing each either else for from further get give had has have having he her "
    "here hers him his how i if in into is it its itself just me more most my no nor not of off on "
    "once one only or other our out over own please same say says she should so some such tell than "
    "that the their them then there these they this those through to too under until up upon us use "
    "used uses using very was we were what when where which while who whom whose why will with "
    "would you your paper papers".split()
)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word, the same for -ise and -ize.

    >>> stem("initialise") == stem("initialization")
    True
    """
    return str(_stemmer.stemWord(_BRITISH.sub("iz", word)))


def folded(text: str) -> str:
    """``text`` in lower case, without accents, in Unicode's compatibility forms.

    >>> folded("Łukasz ﬁnds Schrödinger’s x²")
    'lukasz finds schrodinger’s x2'
    """
    return (text if text.isascii() else _NOT_ASCII.sub(_without_accents, text)).lower()


def _without_accents(run: re.Match[str]) -> str:
    return _plain(run[0])


@lru_cache(maxsize=20_000)
def _plain(run: str) -> str:
    letters = unicodedata.normalize("NFKD", run).casefold().translate(_AS_ASCII)
    kept = (char for char in letters if not unicodedata.category(char).startswith("M"))
    return unicodedata.normalize("NFC", "".join(kept))  # Hangul syllables are composed again


def words(text: str) -> list[str]:
    """The lower-case words of ``text`` in order, unstemmed, stop words kept.

    >>> words("LoRA uses 10,000× fewer parameters")
    ['lora', 'uses', '10000', 'fewer', 'parameters']
    """
    return _TERM.findall(_THOUSANDS.sub("", folded(text)))


def terms(text: str) -> list[str]:
    """The search terms of ``text`` in order: stems, numbers, character pairs, other words."""
    found: list[str] = []
    for word in words(text):
        if word[0] > "\u2fff":
            found += _pairs(word)
        elif word not in STOP_WORDS:
            found.append(stem(word))
    return found


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
