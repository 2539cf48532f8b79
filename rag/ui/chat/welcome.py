"""What an empty chat offers: example questions about the chosen papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial

from ingest.indexing.index import IndexedPaper
from rag.config import EXTRACTIVE
from rag.ui.background import Background
from rag.ui.chat.examples import example_questions
from rag.ui.chat.render import render_welcome
from rag.ui.selection import Selection
from rag.ui.texts import Language

MAX_KEPT = 64  # choices of papers


class Welcome:
    """The welcome, kept until the index changes: every open page asks for it every other second."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._kept = _Kept({})

    def html(self, selection: Selection, language: Language) -> str:
        """The welcome for the papers that ``selection`` chooses."""
        papers = self._background.papers()
        kept = self._kept
        if kept.papers is not papers:
            kept = self._kept = _Kept(papers)
        return kept.html(replace(selection, llm=EXTRACTIVE), language)


class _Kept:
    """The welcomes over the papers of one index."""

    def __init__(self, papers: Mapping[str, IndexedPaper]) -> None:
        self.papers = papers
        self.html = lru_cache(MAX_KEPT)(partial(_render, papers))


def _render(papers: Mapping[str, IndexedPaper], selection: Selection, language: Language) -> str:
    return render_welcome(example_questions(selection.asked_of(papers), language), language)
