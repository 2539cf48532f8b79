"""The styles survive what gradio makes of them."""

from __future__ import annotations

import re

import pytest

from rag.ui.page import STYLES
from rag.ui.session import read_asset

LIST_WITHIN = re.compile(r":(?:is|where|not|has)\((?:[^(),]|\([^()]*\))*,")


@pytest.mark.parametrize("name", STYLES)
def test_no_selector_has_a_list_within(name: str) -> None:
    """gradio puts its prefix behind every comma of a selector, also inside ``:is()``."""
    assert LIST_WITHIN.findall(read_asset(name)) == []
