"""What the common options and the environment ask a sync to work with."""

from __future__ import annotations

import argparse
import os

from ingest.download import ARXIV_URL, Downloader
from ingest.embed import load_embedder
from ingest.pipeline import Sync, SyncOptions
from ingest.workspace import Workspace


def make_sync(args: argparse.Namespace, options: SyncOptions) -> Sync:
    """A sync of the list and the data folder that the common options name."""
    workspace, embedder = Workspace(args.data_dir), load_embedder(args.embedder)
    return Sync(args.manifest, workspace, embedder, open_downloader, options)


def open_downloader() -> Downloader:
    """The downloader as the environment wants it (ASKPAPERS_ARXIV_URL, ASKPAPERS_CONTACT)."""
    return Downloader(
        contact=os.environ.get("ASKPAPERS_CONTACT", "no contact given"),
        base_url=os.environ.get("ASKPAPERS_ARXIV_URL", ARXIV_URL),
    )
