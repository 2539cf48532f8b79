"""A sentence answers verbatim only if another reader than the one that indexed the paper finds it, too.

Readers of PDFs disagree on formulas and figures: one leaves out a sign that it cannot map, or reads
a label in another order.  What two readers agree on is what the eye sees there too.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

from ingest.errors import ParseError
from ingest.line_numbers import strip_line_numbers
from ingest.pypdf_reader import SecondReader
from ingest.workspace import Workspace

PDFS_KEPT, PAGES_KEPT = 8, 512

_PASSED_OVER = re.compile(r"[\s\-‐-―−'\"‘’“”`´]")


class SecondLook:
    """Looks pages up in the papers' PDFs; a page costs some 30 ms the first time.

    Safe to use from several threads.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()  # pypdf's readers are for one thread
        self._open = lru_cache(maxsize=PDFS_KEPT)(self._open_pdf)
        self._page = lru_cache(maxsize=PAGES_KEPT)(self._read_page)

    def confirms(self, paper: str, page: int, quote: str) -> bool:
        """Whether ``quote`` stands on ``page`` of ``paper``, as ``comparable`` compares.

        Also where nothing speaks against it: the PDF is gone, or the reader finds no text there.
        """
        try:
            changed = self._workspace.paper(paper).pdf.stat().st_mtime_ns
        except OSError:
            return True
        with self._lock:
            text = self._page(paper, changed, page)
        return not text or comparable(quote) in text

    def _read_page(self, paper: str, changed: int, page: int) -> str:
        pdf = self._open(paper, changed)
        text = pdf.page_text(page - 1) if pdf else ""
        plain = strip_line_numbers([text], min_pages=1)[0]  # what they stand between is one quote
        return comparable(text) if plain == text else f"{comparable(text)} {comparable(plain)}"

    def _open_pdf(self, paper: str, changed: int) -> SecondReader | None:
        try:
            return SecondReader(self._workspace.paper(paper).pdf.read_bytes())
        except (OSError, ParseError):
            return None


def comparable(text: str) -> str:
    """For comparing quotes: no case, white space, hyphens or quotation marks.

    >>> comparable("Pre-\\ntraining “Data”")
    'pretrainingdata'
    """
    return _PASSED_OVER.sub("", unicodedata.normalize("NFKC", text).lower())
