"""Words are found in every script and with any accents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_library import SmallLibrary

from ingest.corpus import Paper
from ingest.indexing.index import Index, open_build
from ingest.indexing.words import terms


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Schrödinger's naïve café", "schrodinger naive cafe"),
        ("Łukasz Kaiser, Søren Đinh, Æsir", "lukasz kaiser soren dinh aesir"),
        ("Straße", "STRASSE"),
        ("Schro\u0308dinger", "Schrödinger"),  # with a combining mark
        ("Глубокое обучение", "глубокое ОБУЧЕНИЕ"),
        ("Βαθιά μάθηση", "ΒΑΘΙΑ ΜΑΘΗΣΗ"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_accents_and_capitals_do_not_count(written: str, asked: str) -> None:
    """In any script; an accented letter does not split a word."""
    assert set(terms(asked)) == set(terms(written)) - set(terms("s"))
    assert len(terms(asked)) == len(asked.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("思维链", ["思维", "维链"]),
        ("딥러닝은", ["딥러", "러닝", "닝은"]),
        ("ディープ", ["ティ", "ィー", "ーフ"]),
        ("α and β-VAE, 10,000× GPT-3.5 x²", ["vae", "10000", "gpt", "3.5", "x2"]),
    ],
)
def test_the_terms_of_a_text(text: str, found: list[str]) -> None:
    """Character pairs in scripts without spaces; a single letter of a formula is not a word."""
    assert terms(text) == found


@pytest.mark.parametrize(
    "title",
    ["Глубокое обучение языковых моделей", "딥러닝 언어 모델", "ディープラーニング", "A", "¿?"],
)
def test_a_list_in_any_script_can_be_synced(title: str, tmp_path: Path) -> None:
    """Even one whose titles contain no word; its papers are found by their text."""
    library = SmallLibrary(tmp_path, [Paper("it", title, arxiv="2106.09685")])
    assert library.sync().failed == ()
    index = _open(library)
    assert (index.lexical_scores(terms(title)) > 0).all() == bool(terms(title))
    assistant = library.assistant()
    assert assistant.ask("What is this paper about?").status


def test_an_index_of_an_older_format_is_rebuilt(library: SmallLibrary) -> None:
    """The stored vectors are used again."""
    library.sync()
    build = library.workspace.current_build()
    assert build is not None
    meta = json.loads((build / "meta.json").read_text(encoding="utf-8"))
    (build / "meta.json").write_text(json.dumps({**meta, "format": 1}), encoding="utf-8")
    n_embedded = library.embedder.n_embedded
    library.sync()
    assert _open(library).meta.format > 1
    assert library.embedder.n_embedded == n_embedded


def _open(library: SmallLibrary) -> Index:
    return open_build(library.workspace.current_build())
