"""The command eval prints scores, and compares them with a saved run."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import CommandLine


def test_eval_prints_a_table(run: CommandLine, tmp_path: Path) -> None:
    """``eval`` prints a table of scores, or JSON, and writes the misses to a file."""
    run.library.write_pdf("herd")
    run.sync()
    gold = tmp_path / "gold.jsonl"
    place = {"paper": "herd", "pages": [2], "quote": "1.4 trillion tokens"}
    rows = [
        {
            "id": "1",
            "lang": "en",
            "question": "On how many tokens was Herd trained?",
            "gold": [place],
        },
        {"id": "2", "lang": "en", "question": "Who won the 1998 World Cup?", "gold": []},
    ]
    gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    table = run("eval", gold, "--misses", tmp_path / "misses.txt")
    assert "page@5" in table and "rightly refused" in table
    assert run.json("eval", gold)["all"]["page@5"] == 1.0


def test_eval_compares_with_a_saved_run(run: CommandLine, tmp_path: Path) -> None:
    """``eval --against`` a saved run shows the mean difference and the questions that changed."""
    gold, before = tmp_path / "gold.jsonl", tmp_path / "before.json"
    row = {"id": "herd-1", "question": "On how many tokens was Herd trained?"}
    row["gold"] = [{"paper": "herd", "pages": [2], "quote": "1.4 trillion tokens"}]
    gold.write_text(json.dumps(row), encoding="utf-8")
    run("eval", gold, "--save", before)
    run.library.write_pdf("herd")
    run.sync()
    shown = run("eval", gold, "--against", before)
    assert "+1.000 (+1.00, +1.00)" in shown and "herd-1: page@1 .00 -> 1.00" in shown
    compared = run.json("eval", gold, "--against", before)
    assert compared["extractive"]["all"]["page@1"] == 1.0
    change = compared["changes"][str(before)]
    assert change["measures"]["page@1"]["difference"] == 1.0
    assert change["questions"]["herd-1"]["page@1"] == [0.0, 1.0]


def test_an_invalid_saved_run_is_reported_before_any_question(
    run: CommandLine, tmp_path: Path
) -> None:
    """A saved run that is missing or invalid is a usage error before any question is answered."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "1", "question": "Why?", "gold": []}), encoding="utf-8")
    run("eval", gold, "--against", tmp_path / "none.json", code=2)
    assert "none.json does not exist." in run.err and "question" not in run.out
    for content in ("", "[]", '{"llm": "x"}', '{"llm": "x", "index": "y", "questions": {"1": 2}}'):
        tmp_path.joinpath("other.json").write_text(content, encoding="utf-8")
        run("eval", gold, "--against", tmp_path / "other.json", code=2)
        assert run.err.startswith(
            f"askpapers: {tmp_path / 'other.json'} is not a saved run.\n  Make"
        )
