"""Evidence is cut to what a model can read, counted without any download."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag import budget


@pytest.fixture(autouse=True)
def other_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache for tiktoken's tables."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    table = budget._tiktoken_counter
    table.cache_clear()
    yield tmp_path
    table.cache_clear()


def test_without_a_table_the_embedder_counts() -> None:
    """Its tokens, with a margin, rounded up."""
    count = budget.token_counter("openai:x", HashingEmbedder().count_tokens)
    assert count("one two three four") == 5
    assert count("one") == 2


def test_a_damaged_table_is_not_used(other_cache: Path) -> None:
    """tiktoken would fetch it anew; the embedder counts instead."""
    name = hashlib.sha1(budget._TABLE_ADDRESS.encode(), usedforsecurity=False).hexdigest()
    (other_cache / name).write_text("damaged", encoding="utf-8")
    assert (
        budget.token_counter("openai:x", HashingEmbedder().count_tokens)("one two three four") == 5
    )


def test_openais_table_counts_exactly_for_openais_models_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another model's tokenizer may count more tokens than that table does."""
    monkeypatch.setattr(budget, "_tiktoken_counter", lambda: len)
    embedder = HashingEmbedder()
    assert budget.token_counter("openai:gpt-4o-mini", embedder.count_tokens)("abcd") == 4
    assert budget.token_counter("ollama:qwen3", embedder.count_tokens)("abcd") == 5


@given(st.lists(st.integers(0, 50)), st.integers(-20, 400))
def test_as_many_as_fit(sizes: list[int], room: int) -> None:
    """The first passages fit, and one more would not."""
    n = budget.n_that_fit(sizes, room)
    assert n == 0 or sum(sizes[:n]) <= room
    assert n == len(sizes) or sum(sizes[: n + 1]) > room
