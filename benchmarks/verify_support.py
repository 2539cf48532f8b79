"""Fit and measure the check of ``rag/verification/verify.py``.

    python benchmarks/verify_support.py ../shared

Prints, with their floors: macro-F1 on AttributionBench (dev), one source left out in turn; macro-F1 of
supported-or-not on SciFact, cross-validated by claim; both by one common model, and by one fitted to
each set alone; what the shipped weights give; and how many sentences of real papers are found
supported unchanged, and with one number, unit, name or negation swapped.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from swaps import make_swaps

from ingest.corpus import Paper
from ingest.embedding.embed import Vectors, load_embedder
from ingest.indexing.sentences import split_sentences
from ingest.indexing.words import terms
from rag.answer import Hit, Scores
from rag.verification.attribution import split_attribution
from rag.verification.premises import Embed, read_claim, read_passage
from rag.verification.verify import SUPPORTED, WEIGHTS, best_window, judge_support, signals, weigh

Array = NDArray[np.float64]

SCIFACT = "SciFact"
N_SWAPS = 300


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, its evidence, whether it is supported; ``group`` is never split between folds."""

    claim: str
    hit: Hit
    supported: bool
    source: str
    group: str


@dataclass(frozen=True, slots=True)
class Table:
    """The pairs as numbers: one row a pair, one column a signal.

    ``words`` is the plain share of words, the floor; ``differs`` whether a hard fact differs.
    """

    rows: Array
    words: Array
    differs: NDArray[np.bool_]
    labels: NDArray[np.bool_]
    sources: NDArray[np.str_]
    groups: NDArray[np.str_]


def read_pairs(shared: Path) -> Iterator[Pair]:
    """The dev pairs of AttributionBench and the train pairs of SciFact."""
    for raw in _lines(shared / "bench/attributionbench/pairs.jsonl"):
        if raw["split"] == "dev":
            hit = _hit(raw["evidence"], "")
            yield Pair(_bare(raw["claim"]), hit, raw["label"] == 1, raw["src"], raw["src"])
    for raw in _lines(shared / "bench/scifact_nli/pairs.jsonl"):
        if raw["split"] == "train":
            hit = _hit(raw["evidence"], raw["title"])
            yield Pair(raw["claim"], hit, raw["label"] == "SUPPORT", SCIFACT, raw["claim_id"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _hit(text: str, title: str) -> Hit:
    return Hit(1, "paper", Paper(id="x", title=title), 1, "", 0, text, Scores(0, 0, 0))


def _bare(claim: str) -> str:
    """Without the marks and emphasis that it was generated with, as the product strips them."""
    return re.sub(r"\[\d+\]|\*\*", "", claim)


def embed_all(texts: Iterable[str]) -> Embed:
    """Embeds every text once, short ones together; the result looks them up."""
    embedder = load_embedder()
    ordered = sorted(set(texts), key=len)
    rows = [embedder.embed_passages(ordered[i : i + 256]) for i in range(0, len(ordered), 256)]
    row_of = {text: i for i, text in enumerate(ordered)}
    vectors = np.vstack(rows)

    def look_up(asked: Sequence[str]) -> Vectors:
        return vectors[[row_of[text] for text in asked]]

    return look_up


def said(sentence: str) -> str:
    """What is checked of a sentence: not who says it."""
    return split_attribution(sentence)[1]


def sentences_of(hit: Hit) -> list[str]:
    return [hit.text[start:end] for start, end in split_sentences(hit.text)]


def tabulate(pairs: list[Pair], embed: Embed) -> Table:
    rows, words, differs = [], [], []
    for pair in pairs:
        claim, premise = read_claim(pair.claim, embed), read_passage(pair.hit, embed)
        if premise.spans:
            window = best_window(claim, premise)
            signs = signals(claim, premise)
            rows.append([signs[name] for name in WEIGHTS])
            differs.append(bool(weigh(claim, premise, *window)[1]))
        else:  # nothing but sentences that give orders
            rows.append([0.0] * len(WEIGHTS))
            differs.append(True)
        wanted, there = set(terms(pair.claim)), set(terms(pair.hit.text))
        words.append([len(wanted & there) / max(1, len(wanted))])
    return Table(
        rows=np.array(rows),
        words=np.array(words),
        differs=np.array(differs),
        labels=np.array([pair.supported for pair in pairs]),
        sources=np.array([pair.source for pair in pairs]),
        groups=np.array([pair.group for pair in pairs]),
    )


def fit(rows: Array, labels: NDArray[np.bool_], sources: NDArray[np.str_]) -> LogisticRegression:
    """A logistic model for which every source counts the same, however many pairs it has."""
    counts = {source: np.sum(sources == source) for source in set(sources)}
    weights = np.array([len(sources) / len(counts) / counts[source] for source in sources])
    return LogisticRegression(C=10, max_iter=1000).fit(rows, labels, sample_weight=weights)


def predict_left_out(rows: Array, table: Table, together: bool) -> Array:
    """How likely each pair is supported, by a model that has seen nothing of its source (or claim).

    ``together``: one model for both sets; else each set by itself.
    """
    likely = np.zeros(len(rows))
    science = table.sources == SCIFACT
    splits = [
        np.flatnonzero(table.sources == s) for s in sorted(set(table.sources)) if s != SCIFACT
    ]
    of_science = np.flatnonzero(science)
    folds = GroupKFold(10).split(of_science, groups=table.groups[of_science])
    splits += [of_science[test] for _, test in folds]
    for test in splits:
        train = np.ones(len(rows), dtype=bool)
        train[test] = False
        if not together:
            train &= science if science[test[0]] else ~science
        model = fit(rows[train], table.labels[train], table.sources[train])
        likely[test] = model.predict_proba(rows[test])[:, 1]
    return likely


def macro_f1(table: Table, said: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float:
    return float(f1_score(table.labels[chosen], said[chosen], average="macro"))


def report_pairs(table: Table) -> None:
    science = table.sources == SCIFACT
    groups = {"attributionbench": ~science, "scifact_nli": science}
    groups |= {source: table.sources == source for source in sorted(set(table.sources[~science]))}
    print("macro-F1".ljust(36), *(name[:18].rjust(18) for name in groups))
    facts = ~table.differs
    for name, rows, together, least, allowed in (
        ("floor: share of words, each set", table.words, False, 0.5, True),
        ("the signals, each set", table.rows, False, 0.5, True),
        ("the signals, one model for both", table.rows, True, 0.5, True),
        ("the same as judged, hard facts too", table.rows, True, SUPPORTED, facts),
    ):
        said = (predict_left_out(rows, table, together) >= least) & allowed
        scores = (macro_f1(table, said, chosen) for chosen in groups.values())
        print(name.ljust(36), *(f"{score:18.3f}" for score in scores))
    model = fit(table.rows, table.labels, table.sources)
    weights = dict(zip(WEIGHTS, np.round(model.coef_[0], 2).tolist(), strict=True))
    print(f"fitted on all: BIAS = {model.intercept_[0]:.2f}, WEIGHTS = {weights}")


def report_shipped(pairs: list[Pair], table: Table, embed: Embed) -> None:
    """What ``judge_support`` itself says (its weights have seen these pairs)."""
    said = np.array([is_supported(p.claim, p.hit, embed) for p in pairs])
    science = table.sources == SCIFACT
    for name, chosen in (("attributionbench", ~science), ("scifact_nli", science)):
        print(f"shipped, hard facts included, on {name}: {macro_f1(table, said, chosen):.3f}")


def is_supported(sentence: str, hit: Hit, embed: Embed) -> bool:
    verdict = judge_support(sentence, [hit], embed)
    return verdict is not None and verdict.support == "supported"


def report_swaps(shared: Path) -> None:
    swaps = make_swaps(shared / "papers", N_SWAPS)
    texts = [t for s in swaps for t in (said(s.sentence), said(s.swapped), *sentences_of(s.hit))]
    embed = embed_all(texts)

    for kind in (*dict.fromkeys(s.kind for s in swaps), None):
        mine = [s for s in swaps if kind in (s.kind, None)]
        kept = sum(is_supported(s.sentence, s.hit, embed) for s in mine) / len(mine)
        caught = sum(not is_supported(s.swapped, s.hit, embed) for s in mine) / len(mine)
        print(
            f"{kind or 'all':10} {len(mine):4}  as it stands, supported: {kept:.3f}"
            f"  swapped, not supported: {caught:.3f}"
        )


def main() -> None:
    shared = Path(sys.argv[1])
    pairs = list(read_pairs(shared))
    embed = embed_all(t for pair in pairs for t in (said(pair.claim), *sentences_of(pair.hit)))
    table = tabulate(pairs, embed)
    report_pairs(table)
    report_shipped(pairs, table, embed)
    report_swaps(shared)


if __name__ == "__main__":
    main()
