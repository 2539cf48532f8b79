"""Each library that is imported is a declared dependency, and CONTRIBUTING.md names the files that import it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("ingest", "rag", "app")
ANYWHERE = {"numpy"}
_ROW = re.compile(r"^\| ([\w., -]+) \| (.*`.*) \|$", re.MULTILINE)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> dict[str, set[str]]:
    """By library, the files that import it."""
    known = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in (ROOT / "app.py", *(ROOT / "ingest").rglob("*.py"), *(ROOT / "rag").rglob("*.py")):
        for module in _modules_in(ast.parse(path.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            if top not in (*OURS, *sys.stdlib_module_names):
                library = _plain(known.get(top, [top])[0])
                found.setdefault(library, set()).add(path.relative_to(ROOT).as_posix())
    return found


def _modules_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_imported_library_is_a_dependency() -> None:
    """Each library that is imported is a dependency in pyproject.toml, not only one of another library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {_plain(re.split(r"[\[<>=!~; ]", line)[0]) for line in project["dependencies"]}
    assert _imported().keys() - asked == set()


def test_the_table_of_libraries_is_correct() -> None:
    """In CONTRIBUTING.md, the row of each library names exactly the files that import it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| library | home |")[2].partition("\n\n")[0]
    homes = {
        _plain(name): set(re.findall(r"`([^`]+)`", where))
        for names, where in _ROW.findall(table)
        for name in names.split(", ")
    }
    for library, files in _imported().items():
        if library not in ANYWHERE:
            there = homes[library]
            assert {f for f in files if not f.startswith(tuple(there))} == set(), library
            assert {h for h in there if not any(f.startswith(h) for f in files)} == set(), library


def test_importing_the_packages_changes_no_settings_of_libraries() -> None:
    """Importing ``ingest`` and ``rag`` does not change the logging or the retries of libraries."""
    code = (
        "import logging, bm25s, pypdf, stamina.instrumentation\n"
        "def settings():\n"
        "    return stamina.instrumentation.get_on_retry_hooks(), [\n"
        "        (name, logger.level, logger.propagate, logger.handlers[:])\n"
        "        for name in ('bm25s', 'pypdf')\n"
        "        for logger in [logging.getLogger(name)]]\n"
        "before = settings()\n"
        "import ingest.sync.pipeline, ingest.pdf.process\n"
        "assert settings() == before, (before, settings())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_table_of_modules_is_complete() -> None:
    """In CONTRIBUTING.md, the table of layers names every module; those of the page are one row."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = text.partition("| floor | files |")[2].partition("\n\n")[0].splitlines()
    paths = [path for folder in ("ingest", "rag") for path in (ROOT / folder).rglob("*.py")]
    there = {
        name
        for name in (path.relative_to(ROOT).as_posix() for path in paths)
        if not name.endswith("__init__.py") and not name.startswith("rag/ui/")
    }
    assert {path for row in rows for path in _named_in(row)} == there | {"app.py", "rag/ui/"}


def _named_in(row: str) -> set[str]:
    """The paths of one row; a bare name is in one of the folders before it."""
    floor, _, files = row.strip("|").partition("|")
    folders = re.findall(r"`([^`]+/)`", floor)
    named = re.findall(r"`([^`]+)`", files)
    return {path for path in named if "/" in path or path == "app.py"} | {
        folder + name
        for folder in folders
        for name in named
        if "/" not in name and (ROOT / folder / name).exists()
    }
