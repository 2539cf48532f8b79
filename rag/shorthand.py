"""Informal questions as papers would write them: "lr" is a learning rate.

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
    "explian": "explain",
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
    "teh": "the",
    "tonne": "ton",
    "tonnes": "tons",
    "vocab": "vocabulary",
    "waht": "what",
    "wat": "what",
    "wats": "what is",
    "whats": "what is",
    "whos": "who is",
}

_WORD = re.compile(r"(?<![\w-])[a-z]+(?![\w-])")
_WITH = re.compile(r"\bw/(o\b)?\s*")


def written_out(text: str) -> str:
    """``text`` with its shorthand spelled out.

    >>> written_out("gpt1 hparams w/o warmup?")
    'gpt1 hyperparameters without warmup?'
    """
    text = _WITH.sub(lambda match: "without " if match[1] else "with ", text)
    return _WORD.sub(lambda match: SHORTHAND.get(match[0], match[0]), text)
