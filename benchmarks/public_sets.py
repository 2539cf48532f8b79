"""Measure the retriever on public sets: SciFact, and paragraphs within one paper (QASPER).

    python benchmarks/public_sets.py ../shared/bench [--only scifact]

A document of SciFact is a paper of one page; a paper of QASPER has a page for each paragraph.  Both
are indexed and searched by the product's own code, and compared with its dense and its lexical search
alone, in the same run.  About ten minutes on two cores, nearly all of it embedding.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.corpus import Page, Paper, PaperText
from ingest.embedding.embed import load_embedder
from ingest.indexing.chunk import Window, split_into_chunks
from ingest.indexing.index import Content, IndexedPaper, PageText, open_build, write_build
from ingest.indexing.words import terms
from ingest.sync.stages import embed_chunks
from rag.config import NO_FILTERS, Filters
from rag.retrieval.retrieve import Retriever

DEEP = 30  # passages; two may come from one page
CHUNKS_A_PAGE = 4  # so many more chunks are ranked, since several may come from one page


@dataclass(frozen=True)
class Query:
    """A query, the paper to search in ("": all), and the wanted documents."""

    text: str
    paper: str
    wanted: frozenset[str]


@dataclass(frozen=True)
class PublicSet:
    """Documents as pages of papers: ``documents[paper id, page number]`` is the document's id."""

    texts: dict[str, PaperText]
    titles: dict[str, str]
    documents: dict[tuple[str, int], str]
    queries: list[Query]


def read_set(folder: Path) -> PublicSet:
    """The set in ``folder``; documents without a ``paper_id`` are papers of one page."""
    pages: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, str] = {}
    documents: dict[tuple[str, int], str] = {}
    for row in _read_lines(folder / "corpus.jsonl"):
        paper = row.get("paper_id") or row["doc_id"]
        pages[paper].append(row["text"])
        titles[paper] = row["title"]
        documents[paper, len(pages[paper])] = row["doc_id"]
    wanted: dict[str, set[str]] = defaultdict(set)
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["rel"]) > 0:
                wanted[row["query_id"]].add(row["doc_id"])
    queries = [
        Query(row["text"], row.get("paper_id") or "", frozenset(wanted[row["query_id"]]))
        for row in _read_lines(folder / "queries.jsonl")
        if wanted[row["query_id"]]
    ]
    return PublicSet({p: _paged(texts) for p, texts in pages.items()}, titles, documents, queries)


def _read_lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:  # str.splitlines would cut a text at its U+2028
        yield from map(json.loads, file)


def _paged(texts: Sequence[str]) -> PaperText:
    pages, start = [], 0
    for number, text in enumerate(texts, start=1):
        pages.append(Page(number, start, start + len(text)))
        start += len(text) + 1
    return PaperText("\n".join(texts), tuple(pages), (), reader="given")


def index_set(public: PublicSet, folder: Path) -> Retriever:
    """The set, indexed as ``askpapers sync`` indexes papers."""
    embedder = load_embedder()
    window = Window(embedder.count_tokens, embedder.max_tokens)
    papers = [Paper(id=p, title=t) for p, t in public.titles.items()]
    chunks = tuple(
        chunk for p in papers for chunk in split_into_chunks(p, public.texts[p.id], window)
    )
    vectors = embed_chunks(chunks, public.titles, embedder, window)
    content = Content(
        papers=tuple(IndexedPaper(p, len(public.texts[p.id].pages), "") for p in papers),
        pages=tuple(
            PageText(p, page.number, page.start, text.page_text(page.number))
            for p, text in public.texts.items()
            for page in text.pages
        ),
        chunks=chunks,
        vectors=vectors.chunks,
        sentence_vectors=vectors.sentences,
    )
    write_build(folder, content, digest="", embedder=embedder.name, revision=embedder.revision)
    return Retriever(open_build(folder), embedder)


Ranking = Callable[[Query], list[str]]  # document ids, best first


def rankings(public: PublicSet, retriever: Retriever) -> dict[str, Ranking]:
    """The product's search, and its two halves alone."""
    index = retriever.index
    names = [public.documents[c.paper, c.page or 0] for c in index.chunks]

    def product(query: Query) -> list[str]:
        filters = Filters(papers=(query.paper,)) if query.paper else NO_FILTERS
        hits = retriever.find(retriever.read(query.text), filters, DEEP)
        return [public.documents[hit.paper.id, hit.page or 0] for hit in hits]

    def by(scores: np.ndarray, query: Query) -> list[str]:
        rows = index.chunk_rows[query.paper] if query.paper else range(len(names))
        best = sorted(rows, key=lambda row: -scores[row])
        return [names[row] for row in best[: CHUNKS_A_PAGE * DEEP]]

    return {
        "dense": lambda query: by(index.dense_scores(retriever.embed(query.text)), query),
        "BM25": lambda query: by(index.lexical_scores(terms(query.text)), query),
        "askpapers": product,
    }


def ndcg(found: Sequence[str], wanted: frozenset[str], k: int) -> float:
    """nDCG@k with relevances of 0 and 1 (Järvelin & Kekäläinen 2002)."""
    gains = [(doc in wanted) / math.log2(i + 2) for i, doc in enumerate(found[:k])]
    return sum(gains) / sum(1 / math.log2(i + 2) for i in range(min(k, len(wanted))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bench", type=Path, help="the folder with the public sets")
    parser.add_argument("--only", choices=("scifact", "qasper_mini"))
    args = parser.parse_args()
    print(f"{'set':12} {'by':10} {'nDCG@10':>8} {'R@5':>6} {'median ms':>10}")
    for name in [args.only] if args.only else ["qasper_mini", "scifact"]:
        public = read_set(args.bench / name)
        with tempfile.TemporaryDirectory() as folder:
            retriever = index_set(public, Path(folder))
            for by, rank in rankings(public, retriever).items():
                _report(f"{name:12} {by:10}", rank, public.queries)


def _report(head: str, rank: Ranking, queries: Sequence[Query]) -> None:
    gains, recalls, times = [], [], []
    for query in queries:
        start = time.perf_counter()
        found = list(dict.fromkeys(rank(query)))
        times.append(1000 * (time.perf_counter() - start))
        gains.append(ndcg(found, query.wanted, 10))
        recalls.append(len(query.wanted & set(found[:5])) / len(query.wanted))
    print(
        f"{head} {statistics.mean(gains):8.3f} {statistics.mean(recalls):6.3f}"
        f" {statistics.median(times):10.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
