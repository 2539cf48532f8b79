"""Example questions: only those that can be answered from what is here."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle

from ingest.corpus import HANDBOOK, Paper
from ingest.index import IndexedPaper
from rag.translate import is_chinese
from rag.ui.texts import Language

MAX_EXAMPLES = 5

# About a paper's pages, and shown once those are here: (id in the list, English, Chinese).
FROM_PAGES = (
    (
        "lora",
        "How does LoRA reduce the number of trainable parameters?",
        "LoRA 如何减少可训练参数的数量？",
    ),
    ("llama", "How many tokens was LLaMA-65B trained on?", "LLaMA-65B 是用多少 token 训练的？"),
    ("bert", "How is BERT pre-trained?", "BERT 是如何预训练的？"),
    (
        "flashattention",
        "Why is FlashAttention faster than standard attention?",
        "FlashAttention 为什么更快？",
    ),
)
# About entries of the list, in turn: what a name stands for.
FROM_LIST = (
    ("Which paper introduced {}?", "{}是哪篇论文提出的？"),
    ("What is the main idea of {}?", "{}的核心思想是什么？"),
)


def example_questions(papers: Mapping[str, IndexedPaper], language: Language) -> list[str]:
    """At most ``MAX_EXAMPLES`` questions: of the pages that are here, then of entries of the list."""
    chinese = language == "zh"
    questions = [
        zh if chinese else en
        for paper, en, zh in FROM_PAGES
        if paper in papers and papers[paper].n_pages
    ]
    taken = {paper for paper, _, _ in FROM_PAGES if paper in papers and papers[paper].n_pages}
    listed = (entry for paper, entry in papers.items() if paper != HANDBOOK)
    known = sorted(listed, key=lambda entry: -len(entry.paper.lists))
    names = [_name(e.paper, chinese) for e in known[: 4 * MAX_EXAMPLES] if e.paper.id not in taken]
    forms = cycle(FROM_LIST)
    questions += [next(forms)[chinese].format(name) for name in names if name]
    return questions[:MAX_EXAMPLES]


def _name(paper: Paper, chinese: bool) -> str:
    """A short name, in that language, for what the paper brought; "" if the list tells none."""
    for alias in paper.aliases:
        if is_chinese(alias) == chinese and len(alias) <= 24 and "论文" not in alias:
            return alias
    return ""
