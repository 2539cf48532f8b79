"""Create a sync, and its downloader, from the common options and the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.embedding.embed import load_embedder
from ingest.fetch.download import ARXIV_URL, Downloader
from ingest.storage.workspace import Workspace
from ingest.sync.pipeline import Sync, SyncOptions


def make_sync(manifest: Path, data_dir: Path, embedder: str, options: SyncOptions) -> Sync:
    """A sync of the list ``manifest`` with the data folder, using the embedder of that name."""
    return Sync(manifest, Workspace(data_dir), load_embedder(embedder), open_downloader, options)


def open_downloader() -> Downloader:
    """The downloader, configured by ASKPAPERS_ARXIV_URL and ASKPAPERS_CONTACT."""
    return Downloader(
        contact=os.environ.get("ASKPAPERS_CONTACT", "no contact given"),
        base_url=os.environ.get("ASKPAPERS_ARXIV_URL", ARXIV_URL),
    )
