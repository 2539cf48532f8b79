"""Get a paper's PDF: from arXiv, from an address, or from a folder."""
