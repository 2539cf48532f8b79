"""Save the scores of a run over gold questions, and compare two runs question by question.

The uncertainty of each mean is much larger than the difference of two means over the same questions, so
differences are taken per question.  Their 95 % interval is a percentile bootstrap over the questions
(Efron & Tibshirani 1993) with a fixed seed, so that a comparison is exactly reproducible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import UsageError
from ingest.storage.atomic import atomic_write
from rag.evaluation.evaluate import Scored
from rag.user_input import parse_json, read_text

COSTS = ("tokens in", "tokens out", "seconds")  # these differ from run to run on any machine
DRAWS, SEED = 2_000, 20_231


@dataclass(frozen=True, slots=True)
class Run:
    """The model, the build of the index, and each question's scores by its id."""

    llm: str
    index: str
    questions: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Change:
    """Means of one measure over the ``n`` questions for which both runs have it.

    ``low`` and ``high`` bound the mean difference (now less before) in 95 % of redrawn samples.
    """

    n: int
    before: float
    now: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """The mean difference: now less before."""
        return self.now - self.before

    def as_json(self) -> dict[str, float]:
        """All values by name."""
        return asdict(self) | {"difference": self.difference}


def make_run(llm: str, scored: Sequence[Scored]) -> Run:
    """The run that produced ``scored``, which has at least one question."""
    return Run(llm, scored[0].answer.index, {one.gold.id: one.scores for one in scored})


def write_run(path: Path, run: Run) -> None:
    """Save ``run`` as JSON.  Raises ``StorageError`` if it cannot be written."""
    with atomic_write(path) as temp:
        temp.write_text(json.dumps(asdict(run), ensure_ascii=False), encoding="utf-8")


def read_run(path: Path) -> Run:
    """The run saved in ``path``.  Raises ``UsageError`` if there is none."""
    text = read_text(path)
    try:
        raw = parse_json(text)
        questions = {
            str(question): {str(m): float(value) for m, value in scores.items()}
            for question, scores in raw["questions"].items()
        }
        return Run(str(raw["llm"]), str(raw["index"]), questions)
    except (UsageError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is not a saved run.",
            "Make one with `askpapers eval GOLD --save FILE`.",
        ) from error


def changes(before: Run, now: Run) -> dict[str, Change]:
    """Each measure that both runs have, and how it changed; costs are left out."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for _, old, new in _shared(before, now):
        for measure in _shares(old, new):
            pairs.setdefault(measure, []).append((old[measure], new[measure]))
    return {measure: _change(values) for measure, values in pairs.items()}


def changed_questions(before: Run, now: Run) -> dict[str, dict[str, tuple[float, float]]]:
    """By question, the measures that changed, each with its values before and now."""
    moved: dict[str, dict[str, tuple[float, float]]] = {}
    for question, old, new in _shared(before, now):
        for measure in _shares(old, new):
            if abs(old[measure] - new[measure]) > 1e-9:
                moved.setdefault(question, {})[measure] = old[measure], new[measure]
    return moved


def comparison(before: Run, now: Run) -> dict[str, Any]:
    """Both as JSON: ``{"measures": {...}, "questions": {id: {measure: [before, now]}}}``."""
    measures = {name: change.as_json() for name, change in changes(before, now).items()}
    return {"measures": measures, "questions": changed_questions(before, now)}


def _shared(
    before: Run, now: Run
) -> Iterator[tuple[str, Mapping[str, float], Mapping[str, float]]]:
    for question, scores in now.questions.items():
        if question in before.questions:
            yield question, before.questions[question], scores


def _shares(old: Mapping[str, float], new: Mapping[str, float]) -> list[str]:
    return [measure for measure in new if measure in old and measure not in COSTS]


def _change(values: Sequence[tuple[float, float]]) -> Change:
    before, now = np.array(values, dtype=np.float64).T
    rng = np.random.default_rng(SEED)
    means = rng.choice(now - before, size=(DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Change(len(values), float(before.mean()), float(now.mean()), float(low), float(high))
