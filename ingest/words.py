"""Text as search terms: the one tokenizer that the lexical index and the queries share.

Home of PyStemmer.  English words are lower-cased and stemmed; Chinese runs give their characters'
pairs, so that an alias such as 思维链 can be found without a segmenter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_stemmer = Stemmer.Stemmer("english")

_TERM = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*|[㐀-䶿一-鿿]+")
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e[drs]?|ers|es|ing|ations?)$)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")

# Words that carry no topic: articles, pronouns, prepositions, auxiliaries, and the usual words of
# questions.  They are left out of the index and of the query alike.
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
    """The stem of one lower-case English word, the same for -ise and -ize.

    >>> stem("initialise") == stem("initialization")
    True
    """
    return str(_stemmer.stemWord(_BRITISH.sub("iz", word)))


def words(text: str) -> list[str]:
    """The lower-case words of ``text`` in order, unstemmed, stop words kept.

    >>> words("LoRA uses 10,000× fewer parameters")
    ['lora', 'uses', '10000', 'fewer', 'parameters']
    """
    folded = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).lower())
    return _TERM.findall(folded)


def terms(text: str) -> list[str]:
    """The search terms of ``text`` in order: stems, numbers and pairs of Chinese characters."""
    found: list[str] = []
    for word in words(text):
        if word[0] > "\u2fff":
            found += _pairs(word)
        elif word not in STOP_WORDS:
            found.append(stem(word))
    return found


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
