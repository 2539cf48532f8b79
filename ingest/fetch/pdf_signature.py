"""How a PDF is told from any other file: by its first bytes."""

HEAD_BYTES = 1_024  # the mark may stand anywhere in these (PDF 32000-1, annex H.3.4.1)


def has_pdf_mark(head: bytes) -> bool:
    """Whether ``head``, at least the first ``HEAD_BYTES`` of a file, is that of a PDF."""
    return b"%PDF-" in head[:HEAD_BYTES]
