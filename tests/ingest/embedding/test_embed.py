"""Embedders read passages completely, including the model's own prompt, and have a version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from model_folder import model_folder

from ingest.embedding.embed import MINILM_SHA256, load_embedder, recipe_for
from ingest.embedding.revision import revision_of
from ingest.recipe import Recipe


def test_a_passage_prompt_reduces_the_limit(tmp_path: Path) -> None:
    """The model's prompt is put before each passage, and the limit of a passage is that much lower."""
    plain = load_embedder(str(model_folder(tmp_path / "plain")))
    prompted = load_embedder(str(model_folder(tmp_path / "e5", passage="passage: ")))
    assert plain.max_tokens - prompted.max_tokens == 2
    assert np.allclose(
        prompted.embed_passages(["cats"]), plain.embed_passages(["passage: cats"]), atol=0.01
    )


def test_a_copy_is_the_same_version(tmp_path: Path) -> None:
    """A folder is identified by its files, not by its path or their dates."""
    first, copy = model_folder(tmp_path / "a"), model_folder(tmp_path / "b")
    other = model_folder(tmp_path / "c", passage="passage: ")
    (copy / "README.md").unlink()
    assert revision_of(str(first)) == revision_of(str(copy)) != revision_of(str(other))


def test_trained_weights_are_another_version(tmp_path: Path) -> None:
    """Training changes weights in the whole file, but not its size."""
    folder = tmp_path / "model"
    folder.mkdir()
    weights = np.random.default_rng(1).bytes(3_000_000)
    (folder / "model.safetensors").write_bytes(weights)
    before = revision_of(str(folder))
    (folder / "model.safetensors").write_bytes(bytes(255 - byte for byte in weights))
    assert revision_of(str(folder)) != before


def test_a_model_that_is_not_on_this_machine_has_no_version() -> None:
    """The network is not asked for it."""
    assert revision_of("nobody/nothing") == revision_of("no-such-model") == ""


def test_a_fetched_model_is_identified_by_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's cache names the commit; short names belong to sentence-transformers."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    refs = tmp_path / "models--sentence-transformers--tiny" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("c" * 40, encoding="utf-8")
    assert revision_of("tiny") == revision_of("sentence-transformers/tiny") == "c" * 40


def test_the_packaged_model_is_the_published_one() -> None:
    """Its version is known before it is loaded, and existing indexes stay valid."""
    embedder = load_embedder()
    assert embedder.revision == MINILM_SHA256
    recipe = recipe_for(embedder)
    assert recipe.embed_key() == "ea02b2b51be7b765"
    assert recipe.chunk_key() == Recipe().chunk_key()
