"""How much evidence fits into a model's context.  The only module that uses tiktoken.

tiktoken downloads a table at its first use, which must not happen without the user's knowledge: it is
used only if the table is already in its cache.  Elsewhere the embedder's tokenizer counts.  Both count with a
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

from rag.llm.providers import read_environment

ANSWER_TOKENS = 700  # kept free for the answer
MARGIN = 1.25  # another model's tokenizer may count too little by that much

Count = Callable[[str], int]

# OpenAI's tables by their names, and the SHA-256 by which tiktoken checks them.
_TABLES = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"


def token_counter(llm: str, count_by_embedder: Callable[[Sequence[str]], list[int]]) -> Count:
    """What counts a text's tokens for the model ``llm``: tiktoken, or the embedder's tokenizer.

    With a margin, unless it is the model's own table that counts.
    """
    own = _own_table(llm)
    if own and (count_exactly := _tiktoken_counter(own)):
        return count_exactly
    by_tiktoken = next(filter(None, map(_tiktoken_counter, _TABLES)), None)
    count = by_tiktoken or (lambda text: count_by_embedder([text])[0])
    return lambda text: ceil(MARGIN * count(text))


def _own_table(llm: str) -> str | None:
    """The name of the table of a model that OpenAI serves; another server may call any model so."""
    provider, _, model = llm.partition(":")
    if provider != "openai" or read_environment().own_address(provider):
        return None
    import tiktoken

    try:
        return tiktoken.encoding_name_for_model(model)
    except KeyError:
        return None


def n_that_fit(sizes: Sequence[int], room: int) -> int:
    """How many of the first passages, of these sizes, fit into ``room`` tokens."""
    used = 0
    for i, size in enumerate(sizes):
        used += size
        if used > room:
            return i
    return len(sizes)


@cache
def _tiktoken_counter(table: str) -> Count | None:
    if not _is_here(table):
        return None
    import tiktoken

    encoding = tiktoken.get_encoding(table)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def _is_here(table: str) -> bool:
    """Whether tiktoken's own cache holds the table intact (it would download a damaged one again)."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    path = Path(folder) / name_in_cache(table)
    if not folder or table not in _TABLES or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == _TABLES[table]


def name_in_cache(table: str) -> str:
    """The name of the table's file: the SHA-1 of its address."""
    return hashlib.sha1(_ADDRESS.format(table).encode(), usedforsecurity=False).hexdigest()
