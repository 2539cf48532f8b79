"""Rules for the values in the list: ids, arXiv ids, addresses, files.

A check returns None where the value is valid, otherwise a ``Fault``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import PureWindowsPath
from urllib.parse import urlsplit

from ingest.fetch.arxiv import split_id

Fault = tuple[str, str]  # what is wrong, and what to do

_ARXIV_PLACE = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*", re.I
)
# Four digits after the dot until 2014, five since: with the wrong number, a digit is missing.
_LOST_DIGIT = re.compile(r"(?:0[7-9]|1[0-4])..\.\d{5}|(?:1[5-9]|[2-9].)..\.\d{4}(?!\d)")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any extension, too
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def tidy(text: str) -> str:
    """``text`` in the form in which it is stored: NFC, without white space around it."""
    return unicodedata.normalize("NFC", text).strip()


def has_control(text: str) -> bool:
    """Whether there is a control character or a surrogate (line breaks and tabs are fine)."""
    return _CONTROL.search(text) is not None


def parse_arxiv_id(text: str) -> str | None:
    """The arXiv id in an id, ``arXiv:`` id or arxiv.org address, with its version if given; else None.

    >>> parse_arxiv_id("https://arxiv.org/pdf/2106.09685v2.pdf")
    '2106.09685v2'
    """
    text = text.strip()
    if place := _ARXIV_PLACE.match(text):
        text = re.sub(r"[?#].*", "", text[place.end() :]).removesuffix("/").removesuffix(".pdf")
    text = re.sub(r"V(?=[0-9]+$)", "v", text)
    return text if split_id(text) and not _LOST_DIGIT.match(text) else None


def is_paper_id(text: str) -> bool:
    """Whether ``text`` can be a paper's id, which must be a safe folder name on every system."""
    safe = ".." not in text and not text.endswith(".") and not _RESERVED.fullmatch(text)
    return safe and _ID.fullmatch(text) is not None


def bare_arxiv_id(text: str) -> str:
    """The part shared by all versions and spellings of an arXiv id; "" if ``text`` is not one."""
    split = split_id(text)
    return split[0] if split else ""


def id_fault(text: str) -> Fault | None:
    """What is wrong with a paper's id."""
    if is_paper_id(text):
        return None
    hint = "Use lower-case letters, digits and - . _ (at most 80, a letter or digit first, no dots "
    return f"`{text}` cannot be an id", hint + "in a row or at the end, no Windows device name)."


def arxiv_fault(text: str) -> Fault | None:
    """What is wrong with an arXiv id, which must be written bare."""
    arxiv = parse_arxiv_id(text)
    if arxiv == text:
        return None
    hint = 'Ids look like "2106.09685", "2312.00752v1" or "hep-th/9901001v2".'
    return f"`{text}` is not an arXiv id", f'Write only the id: arxiv: "{arxiv}"' if arxiv else hint


def url_fault(text: str) -> Fault | None:
    """What is wrong with an address, which must be https and without a login."""
    example = "Write the PDF's address, such as https://example.org/paper.pdf."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"`{text}` is not an address", example
    if parts.username is not None or parts.password is not None:
        return (
            "`url` contains a user name or password",
            "Remove them; the list is not the place for them.",
        )
    if parts.scheme != "https" or not host or re.search(r"\s", text):
        return f"`{text}` is not an https address", example
    return None


def file_fault(text: str) -> Fault | None:
    """What is wrong with a PDF's path, which must stay in the list's folder."""
    hint = (
        "Put the PDF in the list's folder, or in a folder below it, and write: file: mine/paper.pdf"
    )
    if text.startswith(("/", "~")) or PureWindowsPath(text).drive:
        return f"`{text}` is not a path relative to the list's folder", hint
    if "\\" in text:
        return f"`{text}` contains a backslash", "Write the path with /, on Windows too."
    if ".." in text.split("/"):
        return f"`{text}` leads out of the list's folder", hint
    if not text.lower().endswith(".pdf"):
        return f"`{text}` does not end in .pdf", hint
    return None


FAULTS: dict[str, Callable[[str], Fault | None]] = {
    "id": id_fault,
    "arxiv": arxiv_fault,
    "url": url_fault,
    "file": file_fault,
}
