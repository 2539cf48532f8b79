"""Measure what each signal is worth: leave one out at a time, on gold questions, in one run.

    python benchmarks/ablate.py gold.jsonl [--data-dir data] [--pairs N]

With ``--pairs``, N pairs of the gold questions of different papers are asked, each pair at once.
Prints, for each constant that is set to another value, the change of each measure against the
shipped one, with a 95 % interval from a paired bootstrap over the questions (seeded; ``rag/evaluation/runs.py``).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from tqdm import tqdm

from ingest.storage.workspace import Workspace
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.evaluation.evaluate import GoldQuestion, Scored, mean_scores, read_gold, score
from rag.evaluation.runs import changes, make_run
from rag.generation import candidates
from rag.library import Library
from rag.query import answer_types, parts
from rag.retrieval import passages, retrieve, signals
from rag.show import show_difference


def _without(signal: int) -> tuple[float, ...]:
    """The weights of a page's signals, with one of them set to 0."""
    return tuple(0.0 if i == signal else weight for i, weight in enumerate(signals.PAGE_WEIGHTS))


ABLATIONS: list[tuple[str, ModuleType, str, Any]] = [
    ("no words (dense alone)", passages, "DENSE_SHARE", 1.0),
    ("no vectors (BM25 alone)", passages, "DENSE_SHARE", 0.0),
    ("references like any text", passages, "REFERENCES_KEEP", 1.0),
    ("names are not resolved", retrieve, "NAMED_BONUS", 0.0),
    ("short questions like others", retrieve, "ONLY_NAMED_BONUS", retrieve.NAMED_BONUS),
    ("entries do not describe papers", retrieve, "ENTRY_WEIGHT", 0.0),
    ("no close reading", retrieve, "CLOSE_READING_WEIGHT", 0.0),
    ("a page's first look left out", signals, "PAGE_WEIGHTS", _without(0)),
    ("its best passage's words left out", signals, "PAGE_WEIGHTS", _without(1)),
    ("its five best sentences left out", signals, "PAGE_WEIGHTS", _without(2)),
    ("its best sentence left out", signals, "PAGE_WEIGHTS", _without(3)),
    ("all four signals alike", signals, "PAGE_WEIGHTS", (1.0, 1.0, 1.0, 1.0)),
    ("one best sentence for five", signals, "BEST_SENTENCES", 1),
    ("answer types do not count for pages", signals, "PAGE_BONUS_SHARE", 0.0),
    ("no penalty for pages of a heading alone", retrieve, "HEADING_PENALTY", 0.0),
    ("the order of pages does not count", retrieve, "LAST_PAGE_PENALTY", 0.0),
    (
        "comparisons like other questions",
        retrieve,
        "LAST_PAGE_PENALTY_IF_GENERAL",
        retrieve.LAST_PAGE_PENALTY,
    ),
    ("one passage a page", retrieve, "PAGES_WITH_TWO_PASSAGES", 0),
    ("passages placed by plain sums", signals, "SHARPNESS", 1),
    ("a sentence without its neighbours", signals, "NEIGHBOURS_WEIGHT", 0.0),
    ("no answer types", answer_types, "ANSWER_TYPES", ()),
    ("rows without their table", signals, "TABLE_SHARE", 0.0),
    ("no bonus for rows of the model size asked about", signals, "SIZE_BONUS", 0.0),
    ("page scores do not count in the answer", candidates, "PAGE_PENALTY", 0.0),
    ("no penalty for repetition", candidates, "REPETITION_PENALTY", 0.0),
    ("headings like any sentence", candidates, "HEADING_PENALTY", 0.0),
    ("cut and over-long sentences like any", candidates, "FAULT_PENALTY", 0.0),
    ("several questions as one", parts, "MAX_PARTS", 1),
]
SEED = 20_231
MEASURES = ("page@1", "page@5", "quote@5", "key facts", "page cited")


def score_each(assistant: Assistant, questions: Sequence[GoldQuestion]) -> list[Scored]:
    """Every question, searched and answered."""
    return [score(q, assistant.ask(q.question, q.history)) for q in questions]


def pairs_of(questions: Sequence[GoldQuestion], n: int) -> list[GoldQuestion]:
    """``n`` questions, each of two of these, drawn with a fixed seed."""
    draw = random.Random(SEED).sample  # noqa: S311 - nothing is kept secret by it
    fit = [q for q in questions if q.places and not q.history and q.question[-1] in "?？"]
    pairs: list[GoldQuestion] = []
    while len(pairs) < n:
        one, other = draw(fit, 2)
        if not {p.paper for p in one.places} & {p.paper for p in other.places}:
            pairs.append(
                GoldQuestion(
                    f"{one.id}+{other.id} {len(pairs)}",
                    f"{one.question} {other.question}",
                    places=one.places + other.places,
                    key_facts=one.key_facts + other.key_facts,
                )
            )
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--pairs", type=int, default=0, metavar="N")
    args = parser.parse_args()
    assistant = Assistant(Library(Workspace(args.data_dir)), RagConfig())
    questions = read_gold(args.gold)
    if args.pairs:
        questions = pairs_of(questions, args.pairs)
    scored = score_each(assistant, questions)
    shipped, means = make_run(assistant.config.llm, scored), mean_scores(scored)
    print("| left out | " + " | ".join(MEASURES) + " |")
    print("|---" * (len(MEASURES) + 1) + "|")
    print("| nothing: as shipped | " + " | ".join(f"{means[m]:.3f}" for m in MEASURES) + " |")
    for name, module, constant, value in tqdm(ABLATIONS):
        with patch.object(module, constant, value):
            other = make_run(assistant.config.llm, score_each(assistant, questions))
        moved = changes(shipped, other)
        cells = (show_difference(moved[measure]) for measure in MEASURES)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
