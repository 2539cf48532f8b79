"""A model that is not on this machine: the hub is asked once, or with --offline never."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from loopback_server import LoopbackServer
from small_library import SmallLibrary

ASKED: list[str] = []


class _Hub(BaseHTTPRequestHandler):
    """A hub that has no models."""

    def do_GET(self) -> None:
        ASKED.append(self.path)
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    ASKED.clear()
    with LoopbackServer(_Hub) as server:
        yield server.url


def _sync(library: SmallLibrary, hub: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a sync in a new process: the libraries read their settings when they are first imported."""
    where = ["--manifest", library.manifest, "--data-dir", library.workspace.root]
    named = ["--embedder", "nobody/nothing"]
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, where), *named, *options],
        env=os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(library.home / "hub")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_offline_the_hub_is_not_asked(library: SmallLibrary, hub: str) -> None:
    """Not even for metadata; the error says what to do."""
    done = _sync(library, hub, "--offline")
    assert ASKED == []
    assert done.returncode == 2
    assert done.stderr == (
        "askpapers: The embedding model 'nobody/nothing' is not on this machine, and the hub cannot be"
        " asked for it.\n"
        "  Check its name; without a network, give a folder or a model fetched before.\n"
    )


def test_a_mistyped_model_is_one_plain_error(library: SmallLibrary, hub: str) -> None:
    """The hub is asked once, and no library prints anything."""
    done = _sync(library, hub)
    assert [path for path in ASKED if "nobody" in path] == ["/api/models/nobody/nothing"]
    assert done.returncode == 2
    assert done.stderr == (
        "askpapers: The hub has no embedding model 'nobody/nothing'.\n"
        "  Check its name, or give the folder that holds it.\n"
    )
