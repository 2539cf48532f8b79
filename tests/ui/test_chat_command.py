"""``askpapers chat`` as a program of its own, on a folder where nothing was synced before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import httpx
import pytest
from small_library import SmallLibrary
from ui.visits import free_port

LONGEST = 120.0


@dataclass(frozen=True)
class Chat:
    """A chat that runs, and the folder that it keeps its data in."""

    port: int
    data: Path
    command: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """The first start with --no-sync; it ends by Ctrl-C."""
    library, port = SmallLibrary(tmp_path_factory.mktemp("home")), free_port()
    where = ["--manifest", str(library.manifest), "--data-dir", str(library.workspace.root)]
    command = [sys.executable, "-m", "rag", "chat", "--no-sync", "--port", str(port), *where]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        told = next((line for line in program.stderr if "The chat is on" in line), "")
        try:
            assert f":{port}" in told
            yield Chat(port, library.workspace.root, command)
        finally:
            program.send_signal(SIGINT)
            program.wait(LONGEST)


def test_without_a_sync_nobody_can_change_the_list(chat: Chat) -> None:
    """Not at the first start either, when the list has to be indexed to be asked."""
    components = httpx.get(f"{chat.url}config").json()["components"]
    (adding,) = (c["props"] for c in components if c["props"].get("elem_id") == "adding")
    assert adding["visible"] is False
    begun = httpx.post(f"{chat.url}gradio_api/call/v2/ask", json={"question": "Who wrote Herd?"})
    event = begun.json()["event_id"]
    said = httpx.get(f"{chat.url}gradio_api/call/v2/ask/{event}", timeout=LONGEST).text
    assert "Ada Lane" in said


def test_a_port_in_use_is_told(chat: Chat) -> None:
    """With what to do, and nothing unforeseen about it."""
    again = subprocess.run(chat.command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert f"127.0.0.1, port {chat.port}" in again.stderr and "--port" in again.stderr
