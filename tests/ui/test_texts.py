"""Both languages say the same."""

from __future__ import annotations

import string

import pytest

from rag.ui.texts import TEXTS, preferred_language, text


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_the_same_blanks(key: str) -> None:
    """What is filled into the English words is filled into the Chinese ones."""
    english, chinese = (
        {blank for _, blank, _, _ in string.Formatter().parse(t)} for t in TEXTS[key]
    )
    assert english - {None} == chinese - {None}


def test_every_text_is_there_in_both_languages() -> None:
    """No words are missing."""
    assert all(english and chinese for english, chinese in TEXTS.values())


def test_values_are_filled_in() -> None:
    """A text takes its values."""
    assert text("zh", "page", page=3) == "第 3 页"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr;q=0.9, en", "en"),
        ("zh;q=0.3, en;q=0.9", "en"),
        ("en;q=0.3, zh-Hant-TW; q=0.9", "zh"),
        ("en, zh", "en"),
        ("zha, fr", "en"),
        ("zh;q=0.0", "en"),
        ("zh", "zh"),
        ("zh;q=high", "en"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_the_browser_chooses_the_language(header: str, language: str) -> None:
    """Of our languages the one with the most weight; English if the browser names none."""
    assert preferred_language(header) == language
