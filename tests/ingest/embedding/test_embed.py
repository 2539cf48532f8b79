"""An embedder reads what it is given whole, its own prompt included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from model_folder import model_folder

from ingest.embedding.embed import MINILM_SHA256, load_embedder, recipe_for
from ingest.embedding.revision import revision_of
from ingest.recipe import Recipe


def test_a_prompt_takes_room(tmp_path: Path) -> None:
    """What a model wants in front of a passage is there, and the passage has so much less room."""
    plain = load_embedder(str(model_folder(tmp_path / "plain")))
    prompted = load_embedder(str(model_folder(tmp_path / "e5", passage="passage: ")))
    assert plain.max_tokens - prompted.max_tokens == 2
    assert np.allclose(
        prompted.embed_passages(["cats"]), plain.embed_passages(["passage: cats"]), atol=0.01
    )


def test_a_copy_is_the_same_version(tmp_path: Path) -> None:
    """A folder is known by its files, not by its place or their dates; other files are another model."""
    first, copy = model_folder(tmp_path / "a"), model_folder(tmp_path / "b")
    other = model_folder(tmp_path / "c", passage="passage: ")
    (copy / "README.md").unlink()
    assert revision_of(str(first)) == revision_of(str(copy)) != revision_of(str(other))


def test_trained_weights_are_another_version(tmp_path: Path) -> None:
    """Training changes weights from end to end, and no length."""
    folder = tmp_path / "model"
    folder.mkdir()
    weights = np.random.default_rng(1).bytes(3_000_000)
    (folder / "model.safetensors").write_bytes(weights)
    before = revision_of(str(folder))
    (folder / "model.safetensors").write_bytes(bytes(255 - byte for byte in weights))
    assert revision_of(str(folder)) != before


def test_a_model_that_is_not_here_has_no_version() -> None:
    """Neither is it asked for on a network."""
    assert revision_of("nobody/nothing") == revision_of("no-such-model") == ""


def test_a_fetched_model_is_known_by_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's cache names the commit; short names are those of sentence-transformers."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    refs = tmp_path / "models--sentence-transformers--tiny" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("c" * 40, encoding="utf-8")
    assert revision_of("tiny") == revision_of("sentence-transformers/tiny") == "c" * 40


def test_the_packaged_model_is_the_published_one() -> None:
    """Its version is known before it is loaded, and what was embedded with it stays good."""
    embedder = load_embedder()
    assert embedder.revision == MINILM_SHA256
    recipe = recipe_for(embedder)
    assert recipe.embed_key() == "ea02b2b51be7b765"
    assert recipe.chunk_key() == Recipe().chunk_key()
