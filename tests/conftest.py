"""What several test files share."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from arxiv_server import PDF, ArxivServer, KnownPaper
from command_line import CommandLine
from fake_time import FakeTime
from small_library import SmallLibrary

from ingest.storage.workspace import Workspace
from rag.__main__ import main
from rag.assistant import Assistant
from rag.config import RagConfig
from rag.library import Library

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


# A shell's background job ignores Ctrl-C, and so would every program that a test starts and stops.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real papers beside the project; the test is skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED.name} with real papers beside the project")
    return SHARED


@pytest.fixture(autouse=True)
def hub_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that a test runs with --offline forbids that for the rest of its process."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "")


@pytest.fixture
def library(tmp_path: Path) -> SmallLibrary:
    """Two papers in a list, their PDFs not yet there."""
    return SmallLibrary(tmp_path)


@pytest.fixture
def assistant(library: SmallLibrary) -> Assistant:
    """Over a list of two papers, with the pages of one."""
    library.write_pdf("herd")
    library.sync()
    return library.assistant()


@pytest.fixture
def run(library: SmallLibrary, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Runs ``askpapers`` on the small library."""
    return CommandLine(library, capsys)


@pytest.fixture
def no_waits_no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
def server(no_waits_no_proxies: None) -> Iterator[ArxivServer]:
    with ArxivServer() as server:
        server.add(KnownPaper("2307.09288", PDF, version=2, title="Llama\n  2", year=2023))
        yield server


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture(scope="session")
def handbook_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The handbook, built as ``make setup`` does."""
    pdf = tmp_path_factory.mktemp("handbook") / "handbook.pdf"
    subprocess.run([sys.executable, ROOT / "docs" / "handbook" / "build.py", pdf], check=True)
    return pdf


@pytest.fixture(scope="session")
def first_minute(handbook_pdf: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """What a fresh machine without a network has: the project's list, and of papers the handbook.

    Indexed with the real MiniLM; to be read only.
    """
    home = tmp_path_factory.mktemp("home")
    for name in ("corpus_manifest.yaml", "corpus_notes.yaml"):
        shutil.copy(ROOT / name, home)
    home.joinpath("docs").mkdir()
    shutil.copy(handbook_pdf, home / "docs")
    manifest, data = home / "corpus_manifest.yaml", home / "data"
    where = ["--manifest", str(manifest), "--data-dir", str(data)]
    assert main(["sync", "--offline", "--quiet", *where]) == 0
    return Assistant(Library(Workspace(data)), RagConfig())
