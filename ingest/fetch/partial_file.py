"""A PDF while it is being downloaded, and what is needed to resume where it broke off."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ingest.errors import Refused, SourceError
from ingest.fetch.pdf_signature import HEAD_BYTES, has_pdf_mark
from ingest.fetch.politeness import BY_HAND, LATER, PassingError


class PartFile:
    """The file at ``path``, which need not exist yet; ``host`` sends at most ``max_bytes``."""

    def __init__(self, path: Path, host: str, max_bytes: int) -> None:
        self.path = path
        self._host = host
        self._max_bytes = max_bytes
        self._validator = ""

    @property
    def n_bytes(self) -> int:
        """How much has arrived (0 before the first answer)."""
        return self.path.stat().st_size if self.path.exists() else 0

    def headers_to_go_on(self) -> dict[str, str]:
        """The headers of the next request.  Good for one try: each answer renews the validator."""
        validator, self._validator = self._validator, ""
        # Unencoded, so that ranges and lengths count the bytes of the file.
        headers = {"Accept-Encoding": "identity"}
        if validator and self.n_bytes:
            headers |= {"Range": f"bytes={self.n_bytes}-", "If-Range": validator}
        return headers

    def receive(self, status: int, headers: Mapping[str, str], body: Iterable[bytes]) -> None:
        """Append ``body`` to what is here (status 206), or write it from the start (200).

        Raises ``Refused`` if it gets too big, ``PassingError`` if it is not the piece asked for or
        ends early; what has arrived stays for the next try.
        """
        length = self._check_range(headers) if status == 206 else headers.get("Content-Length", "")
        encoded = "Content-Encoding" in headers
        expected = int(length) if length.isdigit() and not encoded else None
        self._check_size(expected or 0)
        self._validator = "" if encoded else _validator(headers)
        with self.path.open("ab" if status == 206 else "wb") as file:
            for piece in body:
                file.write(piece)
                self._check_size(file.tell())
        if expected is not None and self.n_bytes != expected:
            raise PassingError(SourceError(f"{self._host} sent only part of the PDF", LATER))

    def _check_range(self, headers: Mapping[str, str]) -> str:
        """The whole file's length or "*"; raises unless the answer begins where ours ends."""
        said = re.match(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if said is None or int(said[1]) != self.n_bytes:
            raise PassingError(SourceError(f"{self._host} sent the wrong part of the PDF", LATER))
        return said[2]

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > self._max_bytes:
            limit = f"{self._max_bytes / 1e6:g} MB"
            raise Refused(f"{self._host} sent more than {limit}, the limit for a PDF", BY_HAND)

    def check_is_pdf(self) -> None:
        """Raise ``Refused`` if what has arrived does not have the mark of a PDF."""
        with self.path.open("rb") as file:
            if not has_pdf_mark(file.read(HEAD_BYTES)):
                raise Refused(f"{self._host} did not send a PDF (a web page?)", BY_HAND)

    def sha256(self) -> str:
        """The digest of what has arrived, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _validator(headers: Mapping[str, str]) -> str:
    """What identifies these bytes in If-Range (RFC 9110, 13.1.5): never a weak ETag."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")
