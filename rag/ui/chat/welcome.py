"""What an empty chat offers: example questions about the chosen papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial

from ingest.indexing.index import IndexedPaper
from rag.config import EXTRACTIVE
from rag.ui.background import BackgroundWorker
from rag.ui.chat.examples import example_questions
from rag.ui.chat.render import render_welcome
from rag.ui.selection import Selection
from rag.ui.texts import Language

MAX_CACHED = 64  # selections of papers


class WelcomeRenderer:
    """Renders the welcome, cached until the index changes: each open page asks for it every other second."""

    def __init__(self, background: BackgroundWorker) -> None:
        self._background = background
        self._cache = _WelcomeCache({})

    def html(self, selection: Selection, language: Language) -> str:
        """The welcome for the papers that ``selection`` chooses."""
        papers = self._background.papers()
        cache = self._cache
        if cache.papers is not papers:
            cache = self._cache = _WelcomeCache(papers)
        return cache.html(replace(selection, llm=EXTRACTIVE), language)


class _WelcomeCache:
    """The welcomes for selections of one index's papers."""

    def __init__(self, papers: Mapping[str, IndexedPaper]) -> None:
        self.papers = papers
        self.html = lru_cache(MAX_CACHED)(partial(_render, papers))


def _render(papers: Mapping[str, IndexedPaper], selection: Selection, language: Language) -> str:
    return render_welcome(example_questions(selection.selected_papers(papers), language), language)
