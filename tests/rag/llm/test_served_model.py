"""A tiny model served by `transformers serve` is used through OpenAI's API."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tiny_model import make_model

from rag.llm.langchain_model import load_model

PATIENCE_SECONDS = 120


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address and model folder of a running server."""
    program = Path(sys.executable).with_name("transformers")
    if not program.exists() or find_spec("accelerate") is None:
        pytest.skip("transformers serve needs its program and the package accelerate")
    folder = make_model(tmp_path / "tiny")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}/v1", folder
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.skip("transformers serve does not start with what is installed here")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the server never listened")


def test_a_served_model_answers(served: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A local server needs no key, and the model's name is its folder."""
    address, folder = served
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    assert "".join(load_model(f"openai:{folder}").stream([("user", "How many layers?")]))
