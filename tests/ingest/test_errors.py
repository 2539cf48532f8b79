"""Every error is drawn in one tree."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

from ingest import errors

ROOT = Path(__file__).parents[2]


def drawn() -> set[tuple[str, str]]:
    """Each error of the tree in the module's docstring, with the one that it hangs on."""
    lines = re.findall(r"^    ([ │├└─]*)(\w+)  ", errors.__doc__ or "", re.MULTILINE)
    above: list[str] = []
    pairs = []
    for branch, name in lines:
        above = [*above[: len(branch) // 4], name]
        pairs += list(pairwise(above))[-1:]
    return set(pairs)


def test_the_tree_is_that_of_the_classes() -> None:
    """None is missing, and each hangs where it belongs."""
    classes = {
        (base.__name__, name)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.AssistantError)
        for base in kind.__bases__
        if base is not Exception
    }
    assert classes == drawn() and len(classes) > 15


def test_no_module_has_errors_of_its_own() -> None:
    """Who looks for an error finds it in the tree."""
    names = {name for pair in drawn() for name in pair}
    for path in [*ROOT.glob("ingest/**/*.py"), *ROOT.glob("rag/**/*.py"), ROOT / "app.py"]:
        if path != Path(errors.__file__):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                bases = node.bases if isinstance(node, ast.ClassDef) else []
                assert not names & {ast.unparse(base) for base in bases}, path
