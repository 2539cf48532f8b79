"""Expand informal wording into what papers write: "lr" is a learning rate, "waht" is "what".

Only lower-case words are expanded: capitals and digits mark names.  Words that also mean something else
in a paper, such as "cos" or "acc", are not in the table.
"""

from __future__ import annotations

import re

SHORTHAND = {
    "attn": "attention",
    "bs": "batch size",
    "ckpt": "checkpoint",
    "ctx": "context",
    "cuz": "because",
    "diff": "difference",
    "dim": "dimension",
    "dims": "dimensions",
    "emb": "embedding",
    "grad": "gradient",
    "grads": "gradients",
    "hparam": "hyperparameter",
    "hparams": "hyperparameters",
    "hrs": "hours",
    "hv": "have",
    "hw": "hardware",
    "hyperparam": "hyperparameter",
    "hyperparams": "hyperparameters",
    "instr": "instruction",
    "lr": "learning rate",
    "mem": "memory",
    "mins": "minutes",
    "nr": "number",
    "param": "parameter",
    "params": "parameters",
    "pls": "please",
    "ppl": "perplexity",
    "secs": "seconds",
    "seq": "sequence",
    "synth": "synthetic",
    "tonne": "ton",
    "tonnes": "tons",
    "vocab": "vocabulary",
    "wat": "what",
    "wats": "what is",
    "whats": "what is",
    "whos": "who is",
}

# Common words of questions, which are often typed with swapped letters.
_QUESTION_WORDS = (
    "what which where when does many much explain describe difference different between compare compared "
    "paper papers model models method trained training parameters the this their about because introduce "
    "introduced propose proposed summarize"
)


def _anagram_key(word: str) -> str:
    """The first letter, then the others sorted: equal for words that differ by swapped letters."""
    return word[0] + "".join(sorted(word[1:]))


_REAL_WORDS = frozenset({"dose"})  # English words that are anagrams of a question word

_UNSCRAMBLED = {_anagram_key(word): word for word in _QUESTION_WORDS.split()}
# A lower-case word; neither "diff" as a noun nor the "grad" of "grad students".
_WORD = re.compile(
    r"(?<![\w-])(?!diff\b(?!\s+(?:between|in|from|to|with|vs)\b|\W*$)|grads?\s+(?:students?|school)\b)"
    r"[a-z]+(?![\w-])"
)
_WITH = re.compile(r"\bw/(o\b)?\s*")


def expand_shorthand(text: str) -> str:
    """``text`` with its shorthand expanded and swapped letters of question words put right.

    >>> expand_shorthand("waht gpt1 hparams w/o warmup?")
    'what gpt1 hyperparameters without warmup?'
    """
    text = _WITH.sub(lambda match: "without " if match[1] else "with ", text)
    return _WORD.sub(lambda match: _expand_word(match[0]), text)


def _expand_word(word: str) -> str:
    if word in _REAL_WORDS:
        return word
    return SHORTHAND.get(word) or _UNSCRAMBLED.get(_anagram_key(word), word)
