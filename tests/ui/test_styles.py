"""The styles survive what gradio makes of them."""

from __future__ import annotations

import re
from pathlib import Path

import gradio
import pytest

from rag.ui.page import STYLES
from rag.ui.session import read_asset

LIST_WITHIN = re.compile(r":(?:is|where|not|has)\((?:[^(),]|\([^()]*\))*,")

CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
SELECTOR = re.compile(r"(?:^|[},]|\*/)\s*([^{},@/]+)(?=[^{}]*\{)")
# Those of the whole page, and names that only components have which are not on it.
UNUSED_BY_GRADIO_HERE = set(
    "dark contain visually-hidden status example examples user-message pulse error-message marker "
    "legend panel".split()
)


@pytest.mark.parametrize("name", STYLES)
def test_no_selector_has_a_list_within(name: str) -> None:
    """gradio puts its prefix behind every comma of a selector, also inside ``:is()``."""
    assert LIST_WITHIN.findall(read_asset(name)) == []


def test_no_rule_of_ours_changes_a_component_of_gradio() -> None:
    """A rule that begins with a class alone has one that gradio's own components on the page lack."""
    folder = Path(gradio.__file__).parent / "templates" / "frontend"
    foreign = {name for css in folder.rglob("*.css") for name in CLASS.findall(css.read_text())}
    selectors = [one for name in STYLES for one in SELECTOR.findall(read_asset(name))]
    ours = {found[1] for one in selectors if (found := CLASS.match(one))}
    assert len(foreign) > 100 and len(ours) > 50
    assert ours & foreign <= UNUSED_BY_GRADIO_HERE
