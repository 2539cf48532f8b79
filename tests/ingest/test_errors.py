"""All errors are in one tree, which the module's docstring shows."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

from ingest import errors

ROOT = Path(__file__).parents[2]


def documented_tree() -> set[tuple[str, str]]:
    """``(parent, child)`` for each error of the tree in the module's docstring."""
    lines = re.findall(r"^    ([ │├└─]*)(\w+)  ", errors.__doc__ or "", re.MULTILINE)
    above: list[str] = []
    pairs = []
    for branch, name in lines:
        above = [*above[: len(branch) // 4], name]
        pairs += list(pairwise(above))[-1:]
    return set(pairs)


def test_the_documented_tree_matches_the_classes() -> None:
    """The documented tree has every error, below its base class."""
    classes = {
        (base.__name__, name)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.AssistantError)
        for base in kind.__bases__
        if base is not Exception
    }
    assert classes == documented_tree() and len(classes) > 15


def test_errors_are_defined_in_one_module_only() -> None:
    """No other module derives a class from them."""
    names = {name for pair in documented_tree() for name in pair}
    for path in [*ROOT.glob("ingest/**/*.py"), *ROOT.glob("rag/**/*.py"), ROOT / "app.py"]:
        if path != Path(errors.__file__):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                bases = node.bases if isinstance(node, ast.ClassDef) else []
                assert not names & {ast.unparse(base) for base in bases}, path
