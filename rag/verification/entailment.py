"""A cross-encoder trained on natural language inference, as an alternative to the built-in scoring.

Off by default: it needs another model, and about a second per sentence on a CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ingest.embedding.hardware import best_device
from ingest.embedding.quiet_models import quiet_models
from ingest.errors import ModelError
from rag.config import verifier_name
from rag.llm.errors import first_line
from rag.llm.loaded_once import loaded_once

MAX_PAIR_TOKENS = 512  # a longer pair is truncated


@loaded_once(2)
def load_verifier(spec: str) -> Callable[[Sequence[str], str], list[float]] | None:
    """A function that returns how likely texts entail a claim; None for the built-in scoring.

    Raises ``UsageError`` for an invalid ``spec``, ``ModelError`` if the model cannot be loaded.
    """
    name = verifier_name(spec)
    return CrossEncoder(name).entails if name else None


class CrossEncoder:
    """A sequence-pair classifier that has a label for entailment."""

    def __init__(self, name: str) -> None:
        quiet_models()
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            model: Any = AutoModelForSequenceClassification.from_pretrained(name).eval()
            self._model = model.to(best_device()[0])
        except Exception as error:  # damaged files raise errors of many types
            raise ModelError(
                f"The verifier {name!r} cannot be loaded: {first_line(error)}",
                "Check its name; without a network, give a folder that holds it.",
            ) from error
        self._name = name
        self._max_tokens = min(
            MAX_PAIR_TOKENS, self._tokenizer.model_max_length, _positions(self._model.config)
        )
        self._entailment = _entailment_label(self._model.config.id2label, name)

    def entails(self, texts: Sequence[str], claim: str) -> list[float]:
        """How likely each of ``texts`` entails ``claim``, 0..1.  Raises ``ModelError``."""
        try:
            return self._likelihoods(texts, claim)
        except Exception as error:  # for example, if its files don't match each other
            raise ModelError(
                f"The verifier {self._name!r} failed: {first_line(error)}",
                "Use another one, or leave out --verifier.",
            ) from error

    def _likelihoods(self, texts: Sequence[str], claim: str) -> list[float]:
        import torch

        pairs = self._tokenizer(
            list(texts),
            [claim] * len(texts),
            padding=True,
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
        ).to(self._model.device)
        with torch.inference_mode():
            logits = self._model(**pairs).logits
        likely = torch.sigmoid(logits) if logits.shape[1] == 1 else torch.softmax(logits, dim=1)
        return [float(row[self._entailment]) for row in likely]


def _positions(config: Any) -> int:
    """How many tokens a model has positions for; RoBERTa's start after the padding id."""
    n_positions = getattr(config, "max_position_embeddings", None) or MAX_PAIR_TOKENS
    return int(n_positions) - (
        (config.pad_token_id or 0) + 1 if "roberta" in config.model_type else 0
    )


def _entailment_label(labels: dict[int, str], name: str) -> int:
    """The index of the output for entailment.  Raises ``ModelError`` if there is none."""
    for number, label in labels.items():
        if label.lower() in ("entailment", "entails", "supported", "support") or len(labels) == 1:
            return number
    raise ModelError(
        f"The verifier {name!r} has no label for entailment: its labels are {', '.join(labels.values())}.",
        "Use a cross-encoder that was trained on NLI.",
    )
