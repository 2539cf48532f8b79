"""Fetch a paper's PDF: from arXiv, from another address, or from a folder."""
