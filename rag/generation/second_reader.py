"""Confirm quotes: a sentence is quoted only if a second PDF reader finds it on the same page.

PDF readers disagree on formulas and figures: one drops a character that it cannot map, or reads a
label in another order.  Text on which two readers agree is what a person sees on the page.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ingest.errors import DamagedFile
from ingest.pdf.line_numbers import strip_line_numbers
from ingest.storage.workspace import Workspace

PAPERS_KEPT, PAGES_KEPT = 16, 512

_IGNORED = re.compile(r"[\s\-‐-―−'\"‘’“”`´]")


class SecondReader:
    """Looks quotes up in the text that the second reader extracted when the papers were parsed.

    Safe to use from several threads.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._paper = lru_cache(maxsize=PAPERS_KEPT)(self._read_paper)
        self._page = lru_cache(maxsize=PAGES_KEPT)(self._read_page)

    def confirms(self, paper: str, page: int, quote: str) -> bool:
        """Whether ``quote`` is on ``page`` of ``paper``, as ``comparable`` compares.

        True if there is no second text of the paper or of that page, which contradicts nothing; False
        if the second reader ran out of time on the page.
        """
        try:
            changed = self._workspace.paper(paper).second_path.stat().st_mtime_ns
        except OSError:
            return True
        text = self._page(paper, changed, page)
        return text is not None and (not text or comparable(quote) in text)

    def _read_page(self, paper: str, changed: int, page: int) -> str | None:
        """The page's text for comparing; ``changed`` only keeps the cache from an old text."""
        pages = self._paper(paper, changed)
        text = pages[page - 1] if page <= len(pages) else ""
        if not text:
            return text
        plain = strip_line_numbers([text], min_pages=1)[0]  # what they stand between is one quote
        return comparable(text) if plain == text else f"{comparable(text)} {comparable(plain)}"

    def _read_paper(self, paper: str, changed: int) -> list[str | None]:
        try:
            return self._workspace.paper(paper).read_second_texts()
        except (OSError, DamagedFile):
            return []


def comparable(text: str) -> str:
    """``text`` in lower case, without white space, hyphens and quotation marks, to compare quotes.

    >>> comparable("Pre-\\ntraining “Data”")
    'pretrainingdata'
    """
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).lower())
