"""The comparison with other search tools scores all of them with the same code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks import quality
from rag.evaluation.evaluate import GoldQuestion, Place

BENCHMARKS = Path(quality.__file__).parent
ASKED = [
    GoldQuestion("1", "q", "en", places=(Place("lora", frozenset({4}), "10,000 times"),)),
    GoldQuestion("2", "问", "zh", places=(Place("adam", frozenset({1}), "Adam"),)),
]


def hit(question: str, paper: str, page: int, text: str) -> str:
    raw = {"peer": "Peer", "question": question, "paper": paper, "page": page, "text": text}
    return json.dumps(raw) + "\n"


def found(tmp_path: Path) -> quality.Found:
    """The second passage answers the first question; nothing was found for the second."""
    path = tmp_path / "hits.jsonl"
    path.write_text(hit("1", "adam", 4, "a b c") + hit("1", "lora", 4, "10,000\ntimes less"))
    return quality.read_hits(path)["Peer"]


def test_hits_are_read_best_first(tmp_path: Path) -> None:
    """The hits of a question keep the order of the file, which gives their ranks."""
    hits = found(tmp_path)["1"]
    assert [(h.rank, h.paper.id, h.page) for h in hits] == [(1, "adam", 4), (2, "lora", 4)]


def test_the_table_has_a_row_for_each_language_and_search(tmp_path: Path) -> None:
    """The table has the scores by language, then the words read; a question without hits counts as not found."""
    rows = quality.table(ASKED, {"Peer": found(tmp_path)})
    assert rows[2] == "| all (2) | Peer | .000 | .500 | .000 | .500 | .500 | 3 | 3 |"
    assert rows[3] == "| en (1) | Peer | .000 | 1.000 | .000 | 1.000 | 1.000 | 3 | 6 |"
    assert rows[4].startswith("| zh (1) | Peer | .000 | .000 |")


def test_differences_are_the_product_minus_the_peer(tmp_path: Path) -> None:
    """A difference is positive if the product finds more than the other tool."""
    nothing: quality.Found = {}
    rows = quality.differences(ASKED, {"Peer": nothing, quality.PRODUCT: found(tmp_path)})
    assert rows[2].startswith("| Peer | +0.000 (+0.00, +0.00) | +0.500 (+0.00, +1.00) |")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_peers_do_not_import_the_product() -> None:
    """The script of the other tools imports nothing of the product, and all its libraries are in its lock file."""
    imported = {name.partition(".")[0] for name in imports_of(BENCHMARKS / "peers.py")}
    assert not imported & {"ingest", "rag", "app"}
    lock = (BENCHMARKS / "peers.lock").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("==")[0] for line in lock if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lock if line[0] != "#")
    of_peers = {name for name in imported if re.match("langchain|llama|gt_", name)}
    assert len(of_peers) >= 4
    for name in of_peers:
        assert any(package.replace("-", "_").startswith(name) for package in pinned), name


def test_both_environments_have_the_same_torch() -> None:
    """Both lock files have the same version of torch, so that embeddings are computed alike."""
    locks = (BENCHMARKS / "peers.lock", BENCHMARKS.parent / "requirements.lock")
    versions = {
        re.findall(r"(?m)^torch==(.*)$", lock.read_text(encoding="utf-8"))[0] for lock in locks
    }
    assert len(versions) == 1
