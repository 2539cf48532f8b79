"""A PDF that is being downloaded, and what is needed to resume a broken download."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ingest.errors import Refused, SourceError
from ingest.fetch.pdf_signature import HEAD_BYTES, has_pdf_signature
from ingest.fetch.politeness import BY_HAND_HINT, LATER_HINT, TransientError


class PartialFile:
    """The file at ``path``, which need not exist yet; ``host`` may send at most ``max_bytes``."""

    def __init__(self, path: Path, host: str, max_bytes: int) -> None:
        self.path = path
        self._host = host
        self._max_bytes = max_bytes
        self._validator = ""

    @property
    def n_bytes(self) -> int:
        """How much has been received (0 before the first response)."""
        return self.path.stat().st_size if self.path.exists() else 0

    def resume_headers(self) -> dict[str, str]:
        """The headers of the next request, for one try: each response brings a new validator."""
        validator, self._validator = self._validator, ""
        # Unencoded, so that ranges and lengths count the bytes of the file.
        headers = {"Accept-Encoding": "identity"}
        if validator and self.n_bytes:
            headers |= {"Range": f"bytes={self.n_bytes}-", "If-Range": validator}
        return headers

    def receive(self, status: int, headers: Mapping[str, str], body: Iterable[bytes]) -> None:
        """Append ``body`` to the file (status 206), or replace the file by it (200).

        Raises ``Refused`` if the file gets too large, ``TransientError`` if the range is not the requested
        one or ends early; what was received is kept for the next try.
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
            raise TransientError(SourceError(f"{self._host} sent only part of the PDF", LATER_HINT))

    def _check_range(self, headers: Mapping[str, str]) -> str:
        """The length of the complete file or "*".

        Raises ``TransientError`` unless the range begins where our file ends.
        """
        match = re.match(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if match is None or int(match[1]) != self.n_bytes:
            raise TransientError(
                SourceError(f"{self._host} sent the wrong part of the PDF", LATER_HINT)
            )
        return match[2]

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > self._max_bytes:
            limit = f"{self._max_bytes / 1e6:g} MB"
            raise Refused(f"{self._host} sent more than {limit}, the limit for a PDF", BY_HAND_HINT)

    def check_is_pdf(self) -> None:
        """Raise ``Refused`` if the file does not have the signature of a PDF."""
        with self.path.open("rb") as file:
            if not has_pdf_signature(file.read(HEAD_BYTES)):
                raise Refused(f"{self._host} did not send a PDF (a web page?)", BY_HAND_HINT)

    def sha256(self) -> str:
        """The digest of the file, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _validator(headers: Mapping[str, str]) -> str:
    """The validator to send in If-Range (RFC 9110, 13.1.5): never a weak ETag; "" if there is none."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")
