"""Recognise a PDF by its first bytes."""

HEAD_BYTES = 1_024  # the signature may be anywhere in these (PDF 32000-1, annex H.3.4.1)


def has_pdf_signature(head: bytes) -> bool:
    """Whether ``head``, at least the first ``HEAD_BYTES`` of a file, has the signature of a PDF."""
    return b"%PDF-" in head[:HEAD_BYTES]
