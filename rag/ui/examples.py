"""Questions to begin with: only such as can be answered from what is here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.index import IndexedPaper
from rag.ui.texts import Language

MOST = 6

# Asked of a paper's pages, and shown once they are here: (id in the list, English, Chinese).
FROM_PAGES = (
    ("lora", "How does LoRA save memory during fine-tuning?", "LoRA 在微调时如何节省显存？"),
    ("attention-is-all-you-need", "Why do transformers use multi-head attention?", "Transformer 为什么使用多头注意力？"),
    ("bert", "How is BERT pre-trained?", "BERT 是如何预训练的？"),
)

_CHINESE = re.compile(r"[一-鿿]")


def example_questions(papers: Mapping[str, IndexedPaper], language: Language) -> list[str]:
    """At most ``MOST`` questions: of the pages that are here, then of entries of the list."""
    chinese = language == "zh"
    questions = [
        zh if chinese else en
        for paper, en, zh in FROM_PAGES
        if paper in papers and papers[paper].n_pages
    ]
    for entry in papers.values():
        name = _name(entry, chinese)
        if name and entry.paper.id not in {paper for paper, _, _ in FROM_PAGES}:
            form = "{}是哪篇论文提出的？" if chinese else "Which paper introduced {}?"
            questions.append(form.format(name))
        if len(questions) >= MOST:
            break
    return questions[:MOST]


def _name(entry: IndexedPaper, chinese: bool) -> str:
    """A short name that people use for what the paper brought; "" if the list tells none."""
    for alias in entry.paper.aliases:
        if bool(_CHINESE.search(alias)) == chinese and 2 <= len(alias) <= 24:
            return alias
    return ""
