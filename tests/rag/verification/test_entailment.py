"""An entailment model can replace the built-in scoring; hard facts must still agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder

from ingest.corpus import Paper
from ingest.errors import ModelError, UsageError
from rag.answer import Hit, Scores, Support
from rag.verification.entailment import load_verifier
from rag.verification.verify import Judge

LABELS = ("contradiction", "entailment", "neutral")
TEXT = "Herd was trained on 1.4 trillion tokens. It took 21 days."
HIT = Hit(1, "paper", Paper("herd", "Herd"), 1, "", 0, TEXT, Scores(0, 0, 0))


def make_cross_encoder(
    folder: Path, says: str, labels: tuple[str, ...] = LABELS, n_positions: int = 512
) -> str:
    """A tiny BERT that predicts the label ``says`` for every pair; returns its spec."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "herd", "trained"]
    folder.mkdir(exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=n_positions,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([9.0 * (label == says) for label in labels]))
    model.save_pretrained(folder)
    return f"cross-encoder:{folder}"


def judged(spec: str, sentence: str) -> Support:
    return (
        Judge([HIT], HashingEmbedder().embed_passages, load_verifier(spec))
        .judge(sentence)[0]
        .support
    )


def test_the_model_decides_if_facts_agree(tmp_path: Path) -> None:
    """Where the hard facts agree, a sentence is supported if the model predicts an entailment, and only then."""
    other_words = "The herd has seen a very large corpus."
    yes = make_cross_encoder(tmp_path / "yes", "entailment")
    no = make_cross_encoder(tmp_path / "no", "neutral")
    assert judged(yes, other_words) == "supported"
    assert judged(no, other_words) == "unsupported"
    assert judged(no, "It took 21 days.") == "unsupported"


def test_hard_facts_must_still_agree(tmp_path: Path) -> None:
    """A sentence with a number that the page does not have is not supported, whatever the model predicts."""
    spec = make_cross_encoder(tmp_path, "entailment")
    assert judged(spec, "It took 22 days.") != "supported"


def test_a_long_pair_is_truncated_to_the_models_limit(tmp_path: Path) -> None:
    """A pair that is too long is cut to the model's number of positions if its tokenizer states no limit."""
    spec = make_cross_encoder(tmp_path, "entailment", n_positions=64)
    entails = load_verifier(spec)
    assert entails and entails(["herd trained " * 300], "herd trained")[0] > 0.9


def test_a_model_that_fails_is_named(tmp_path: Path) -> None:
    """If the model fails on a pair, as when its files don't match each other, that is a model error."""
    from transformers import BertTokenizer

    spec = make_cross_encoder(tmp_path, "entailment")
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_text(f"{vocabulary.read_text(encoding='utf-8')}\nunknown", encoding="utf-8")
    BertTokenizer(str(vocabulary)).save_pretrained(tmp_path)
    entails = load_verifier(spec)
    with pytest.raises(ModelError, match="failed"):
        assert entails and entails(["herd unknown"], "herd trained")


def test_the_built_in_check_needs_no_model() -> None:
    """The verifier "built-in" loads no model."""
    assert load_verifier("built-in") is None


@pytest.mark.parametrize("spec", ["", "words", "cross-encoder:", "openai:x"])
def test_an_invalid_spec_is_a_usage_error(spec: str) -> None:
    """A verifier's name in another form is a usage error that shows the right form."""
    with pytest.raises(UsageError) as caught:
        load_verifier(spec)
    assert "cross-encoder:" in caught.value.hint


def test_a_folder_without_an_entailment_model_is_an_error(tmp_path: Path) -> None:
    """An empty folder and a classifier without the label "entailment" are model errors."""
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_verifier(f"cross-encoder:{tmp_path}")
    spec = make_cross_encoder(tmp_path / "cats", "cat", ("cat", "dog"))
    with pytest.raises(ModelError, match="no label for entailment"):
        load_verifier(spec)
