"""How much evidence fits into a model's context.  Home of tiktoken.

tiktoken downloads its table at first use, which must not happen behind a user's back: it is used only
where the table is already in its cache.  Elsewhere the embedder's tokenizer counts.  Both count with a
margin for models that have a tokenizer of their own: over 1,500 passages MiniLM's was in 98 % between
.76 and 1.25 times tiktoken's count, and .995 times in total.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from math import ceil
from pathlib import Path

ANSWER_TOKENS = 700  # kept free for the answer
MARGIN = 1.25  # another model's tokenizer may count too little by that much

Count = Callable[[str], int]

# tiktoken's cache names a table by the SHA-1 of its address, and checks it by this SHA-256.
_TABLE = "cl100k_base"
_TABLE_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
_TABLE_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def token_counter(llm: str, count_by_embedder: Callable[[Sequence[str]], list[int]]) -> Count:
    """What counts a text's tokens for the model ``llm``: tiktoken, or the embedder's tokenizer.

    With a margin, unless OpenAI's own table counts for a model of OpenAI's.
    """
    by_tiktoken = _tiktoken_counter()
    if by_tiktoken and llm.startswith("openai:"):
        return by_tiktoken
    count = by_tiktoken or (lambda text: count_by_embedder([text])[0])
    return lambda text: ceil(MARGIN * count(text))


def n_that_fit(sizes: Sequence[int], room: int) -> int:
    """How many of the first passages, of these sizes, fit into ``room`` tokens."""
    used = 0
    for i, size in enumerate(sizes):
        used += size
        if used > room:
            return i
    return len(sizes)


@cache
def _tiktoken_counter() -> Count | None:
    if not _table_is_here():
        return None
    import tiktoken

    encoding = tiktoken.get_encoding(_TABLE)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def _table_is_here() -> bool:
    """Whether tiktoken's own cache holds the table intact (it would download a damaged one again)."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    name = hashlib.sha1(_TABLE_ADDRESS.encode(), usedforsecurity=False).hexdigest()
    path = Path(folder) / name
    if not folder or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == _TABLE_SHA256
