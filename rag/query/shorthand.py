"""Informal questions as papers would write them: "lr" is a learning rate, "waht" is "what".

Only what is written small: capitals and digits mark names.  Left out are words that also mean something
else in a paper, such as "cos" or "acc".
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

# Words that tell what is asked, whose letters are often typed in the wrong order.
_ASKING = (
    "what which where when does many much explain describe difference different between compare compared "
    "paper papers model models method trained training parameters the this their about because introduce "
    "introduced propose proposed summarize"
)


def _letters(word: str) -> str:
    """The first letter, then the others in order: the same for words that differ by swapped letters."""
    return word[0] + "".join(sorted(word[1:]))


_OTHER_WORDS = frozenset({"dose"})  # that have the letters of one that asks

_UNSCRAMBLED = {_letters(word): word for word in _ASKING.split()}
# A word in small letters; not "diff" as a noun of its own, nor those who graduate.
_WORD = re.compile(
    r"(?<![\w-])(?!diff\b(?!\s+(?:between|in|from|to|with|vs)\b|\W*$)|grads?\s+(?:students?|school)\b)"
    r"[a-z]+(?![\w-])"
)
_WITH = re.compile(r"\bw/(o\b)?\s*")


def written_out(text: str) -> str:
    """``text`` with its shorthand spelled out, and the words that ask spelled right.

    >>> written_out("waht gpt1 hparams w/o warmup?")
    'what gpt1 hyperparameters without warmup?'
    """
    text = _WITH.sub(lambda match: "without " if match[1] else "with ", text)
    return _WORD.sub(lambda match: _spelled(match[0]), text)


def _spelled(word: str) -> str:
    if word in _OTHER_WORDS:
        return word
    return SHORTHAND.get(word) or _UNSCRAMBLED.get(_letters(word), word)
