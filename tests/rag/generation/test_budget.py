"""The evidence is cut to what a model can read, and its tokens are counted without a download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.generation import budget


@pytest.fixture(autouse=True)
def other_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache for tiktoken's tables."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    table = budget._tiktoken_counter
    table.cache_clear()
    yield tmp_path
    table.cache_clear()


def test_without_a_table_the_embedder_counts() -> None:
    """Without a table of tiktoken, the embedder's tokens are counted, with a margin and rounded up."""
    count = budget.token_counter("openai:x", HashingEmbedder().count_tokens)
    assert count("one two three four") == 5
    assert count("one") == 2


def test_a_damaged_table_is_not_used(other_cache: Path) -> None:
    """A damaged table is not used, because tiktoken would download it again; the embedder's tokens are counted."""
    (other_cache / budget.name_in_cache("cl100k_base")).write_text("damaged", encoding="utf-8")
    assert (
        budget.token_counter("openai:x", HashingEmbedder().count_tokens)("one two three four") == 5
    )


@pytest.mark.parametrize(
    ("llm", "address", "n_tokens"),
    [
        ("openai:gpt-4o-mini", "", 4),
        ("openai:gpt-3.5-turbo", "", 5),  # it has another table, which is not here
        ("openai:my-model", "", 5),
        ("openai:gpt-4o-mini", "http://127.0.0.1:8000/v1", 5),
        ("ollama:qwen3", "", 5),
    ],
)
def test_only_a_models_own_table_counts_exactly(
    monkeypatch: pytest.MonkeyPatch, llm: str, address: str, n_tokens: int
) -> None:
    """Only the table of OpenAI's own model counts without a margin; another server may use any model's name."""
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    here = {"o200k_base": len}
    monkeypatch.setattr(budget, "_tiktoken_counter", here.get)
    assert budget.token_counter(llm, HashingEmbedder().count_tokens)("abcd") == n_tokens


@given(st.lists(st.integers(0, 50)), st.integers(-20, 400))
def test_as_many_as_fit(sizes: list[int], room: int) -> None:
    """As many of the first passages are chosen as fit: one more would not."""
    n = budget.n_that_fit(sizes, room)
    assert n == 0 or sum(sizes[:n]) <= room
    assert n == len(sizes) or sum(sizes[: n + 1]) > room
