"""Read a PDF with pypdf: whether it is locked, its outline, and its pages a second time.

Home of pypdf.  On damaged files pypdf raises errors of many types, Python's own among them; here any of
them means that it finds nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf

from ingest.errors import ParseError
from ingest.pdf.headings import OutlineEntry

NAME = "pypdf"

MAX_OUTLINE = 5_000


class SecondReader:
    """A PDF as pypdf sees it.  Raises ``ParseError`` if it needs a password.

    A file that pypdf cannot open has no pages and no outline.
    """

    def __init__(self, data: bytes) -> None:
        self._pdf = _open(data)

    def n_pages(self) -> int | None:
        """How many pages there are; None if pypdf cannot tell."""
        try:
            return len(self._pdf.pages) if self._pdf else None
        except Exception:
            return None

    def page_text(self, index: int) -> str:
        """The text of the page at ``index`` (from 0), or "" if pypdf finds none."""
        try:
            return str(self._pdf.pages[index].extract_text()) if self._pdf else ""
        except Exception:
            return ""

    def outline(self) -> list[OutlineEntry]:
        """The outline in its own order, all levels; empty if there is none or it is damaged."""
        entries: list[OutlineEntry] = []
        try:
            for item in _flat(self._pdf.outline if self._pdf else []):
                page = self._pdf.get_destination_page_number(item) if self._pdf else None
                if page is not None and len(entries) < MAX_OUTLINE:
                    entries.append(OutlineEntry(str(item.title or ""), page + 1))
        except Exception:
            return entries
        return entries


def _open(data: bytes) -> pypdf.PdfReader | None:
    try:
        pdf = pypdf.PdfReader(io.BytesIO(data))
        locked = pdf.is_encrypted and not pdf.decrypt("")
    except Exception:
        return None
    if locked:
        raise ParseError(
            "The PDF is encrypted and needs a password.",
            "Save a copy without the password, and use that.",
        )
    return pdf


def _flat(items: list[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item
