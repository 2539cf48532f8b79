"""Compare the pages that askpapers finds with those of LangChain's and LlamaIndex's tutorials.

    make bench-quality [PAPERS=../shared/papers] [GOLD=../shared/gold/dev.jsonl]

The same PDFs, the same embedder, the same questions, in one run; all hits are scored by
``rag/evaluation/evaluate.py``.  The peers run in their own environment (``benchmarks/peers.py``).  The first run
takes some twenty minutes on two cores, nearly all of it embedding.  Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.corpus import Paper
from ingest.fetch.local_pdfs import LocalPdfs
from ingest.storage.workspace import Workspace
from rag.answer import Hit, Scores
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.evaluation.evaluate import GoldQuestion, read_gold, retrieval_scores, within_pages
from rag.evaluation.runs import Run, changes
from rag.library import Library
from rag.show import show_difference

DEPTH = 30  # passages: enough for five distinct pages, which tutorials with k = 4 don't see
MEASURES = ("page@1", "page@5", "paper@1", "paper@5", "quote@5")
PRODUCT = "askpapers"

Found = dict[str, list[Hit]]  # by question


def ask_product(questions: Sequence[GoldQuestion], library: Library) -> Found:
    """What the shipped search finds."""
    assistant = Assistant(library, RagConfig())
    return {q.id: list(assistant.search(q.question, q.history, k=DEPTH).hits) for q in questions}


def ask_peers(
    questions: Sequence[GoldQuestion], pdfs: Mapping[str, Path], python: Path
) -> dict[str, Found]:
    """What each peer finds; they know no earlier turns, so those questions are put in front."""
    texts = {q.id: " ".join([*(t.question for t in q.history), q.question]) for q in questions}
    papers = {paper: str(path) for paper, path in pdfs.items()}
    with tempfile.TemporaryDirectory() as name:
        asked, hits = Path(name, "asked.json"), Path(name, "hits.jsonl")
        asked.write_text(json.dumps({"depth": DEPTH, "papers": papers, "questions": texts}))
        script = Path(__file__).with_name("peers.py")
        subprocess.run([python, script, asked, hits], check=True)  # noqa: S603 (a script of ours)
        return read_hits(hits)


def read_hits(path: Path) -> dict[str, Found]:
    """The hits that ``benchmarks/peers.py`` wrote, by peer and question."""
    found: dict[str, Found] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        hits = found.setdefault(raw["peer"], {}).setdefault(raw["question"], [])
        paper = Paper(raw["paper"], raw["paper"])
        text, unscored = raw["text"], Scores(0, 0, 0)
        hits.append(Hit(len(hits) + 1, "paper", paper, raw["page"], "", 0, text, unscored))
    return found


def scored(questions: Sequence[GoldQuestion], found: Found) -> Run:
    """Each question's scores."""
    return Run("", "", {q.id: retrieval_scores(q, found.get(q.id, [])) for q in questions})


def table(questions: Sequence[GoldQuestion], found: Mapping[str, Found]) -> list[str]:
    """A row for each language and system; how many words a passage, and five pages, hold."""
    heads = ["questions", "search", *MEASURES, "words a passage", "words of five pages"]
    rows = [_row(heads), "|---" * len(heads) + "|"]
    runs = {name: scored(questions, hits) for name, hits in found.items()}
    for language in ("", *sorted({q.language for q in questions})):
        part = [q for q in questions if language in ("", q.language)]
        for name, run in runs.items():
            scores = [run.questions[q.id] for q in part]
            means = (statistics.mean(s[m] for s in scores if m in s) for m in MEASURES)
            shown = [within_pages(found[name].get(q.id, []), 5) for q in part]
            cells = [f"{language or 'all'} ({len(part)})", name]
            cells += [f"{mean:.3f}".removeprefix("0") for mean in means]
            rows.append(_row([*cells, *_lengths(shown)]))
    return rows


def _lengths(shown: Sequence[Sequence[Hit]]) -> list[str]:
    """The median number of words of a passage, and of all that stand on the first five pages."""
    words = [[len(hit.text.split()) for hit in hits] for hits in shown]
    of_passages = [n for one in words for n in one]
    return [
        f"{statistics.median(of_passages or [0]):.0f}",
        f"{statistics.median(map(sum, words)):.0f}",
    ]


def differences(questions: Sequence[GoldQuestion], found: Mapping[str, Found]) -> list[str]:
    """What askpapers finds more than each peer, with 95 % intervals over the questions."""
    now = scored(questions, found[PRODUCT])
    rows = [_row([f"{PRODUCT} less", *MEASURES]), "|---" * (len(MEASURES) + 1) + "|"]
    for name in found:
        if name != PRODUCT:
            moved = changes(scored(questions, found[name]), now)
            rows.append(_row([name, *(show_difference(moved[m]) for m in MEASURES)]))
    return rows


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("papers", type=Path, help="the folder of PDFs that was indexed")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--data-dir", type=Path, required=True, help="the index over them")
    parser.add_argument("--peers", type=Path, required=True, help="the peers' Python")
    args = parser.parse_args()
    questions = [q for q in read_gold(args.gold) if q.places]
    library = Library(Workspace(args.data_dir))
    in_folder = LocalPdfs([args.papers])
    entries = library.retriever().index.papers.values()
    pdfs = {e.paper.id: pdf.path for e in entries if (pdf := in_folder.find(e.paper)) is not None}
    found = {**ask_peers(questions, pdfs, args.peers), PRODUCT: ask_product(questions, library)}
    print("\n".join([*table(questions, found), "", *differences(questions, found)]))


if __name__ == "__main__":
    main()
