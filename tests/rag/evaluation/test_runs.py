"""Two runs are compared question by question, and the interval of the difference is correct."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from rag.evaluation.runs import Run, changed_questions, changes, comparison, read_run, write_run
from rag.show import show_changes


def run_with(*values: float, measure: str = "page@1") -> Run:
    return Run("extractive", "i", {str(q): {measure: value} for q, value in enumerate(values)})


@given(
    questions=st.dictionaries(
        st.text(), st.dictionaries(st.text(), st.floats(0, 1), max_size=3), max_size=4
    )
)
def test_a_saved_run_is_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, questions: dict[str, dict[str, float]]
) -> None:
    """A run that is saved and read is the same, whatever its ids, measures and scores."""
    path = tmp_path_factory.mktemp("kept") / "run.json"
    run = Run("ollama:模型", "index", questions)
    write_run(path, run)
    assert read_run(path) == run


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"llm": "", "index": "", "questions": [1]}'])
def test_a_file_that_is_not_a_run_is_a_usage_error(tmp_path: Path, content: str) -> None:
    """The error about a file that is not a run says how to make one."""
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_run(path)
    assert "--save" in caught.value.hint


def test_only_what_both_runs_have_is_compared() -> None:
    """Questions and measures that only one run has are left out, and so are costs such as seconds."""
    before = Run("a", "i", {"1": {"page@1": 0.0, "seconds": 1.0}, "2": {"page@1": 1.0}})
    now = Run(
        "a", "i", {"1": {"page@1": 1.0, "seconds": 2.0, "quote@5": 1.0}, "3": {"page@1": 1.0}}
    )
    assert set(changes(before, now)) == {"page@1"}
    assert changes(before, now)["page@1"].n == 1
    assert changed_questions(before, now) == {"1": {"page@1": (0.0, 1.0)}}
    assert "1 questions; 2 in one of them only" in show_changes("run.json", before, now)


def test_the_same_run_has_not_changed() -> None:
    """Difference and interval are 0, and no question is listed."""
    run = run_with(0.0, 0.5, 1.0)
    change = changes(run, run)["page@1"]
    assert (change.difference, change.low, change.high) == (0, 0, 0)
    assert comparison(run, run)["questions"] == {}


def test_the_interval_is_that_of_paired_questions() -> None:
    """If every question gains the same, the interval has no width, however different the questions' scores are."""
    before = run_with(*np.linspace(0, 0.9, 50))
    change = changes(before, run_with(*np.linspace(0.1, 1.0, 50)))["page@1"]
    assert change.low == pytest.approx(0.1) and change.high == pytest.approx(0.1)


def test_the_interval_agrees_with_the_normal_one() -> None:
    """For many questions, the bounds are the mean plus and minus 1.96 standard errors."""
    gains = np.random.default_rng(7).choice([-1.0, 0.0, 1.0], size=1000, p=[0.1, 0.6, 0.3])
    change = changes(run_with(*np.zeros(1000)), run_with(*gains))["page@1"]
    error = gains.std() / np.sqrt(1000)
    assert change.low == pytest.approx(gains.mean() - 1.96 * error, abs=0.2 * error)
    assert change.high == pytest.approx(gains.mean() + 1.96 * error, abs=0.2 * error)


def test_a_comparison_is_reproducible() -> None:
    """The same two runs give the same interval each time, because the seed of the random samples is fixed."""
    before, now = run_with(0, 1, 0, 1, 0.5), run_with(1, 1, 0, 0.5, 1)
    assert changes(before, now) == changes(before, now)
