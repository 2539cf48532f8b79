"""``askpapers chat`` as a program of its own, on a folder where nothing was synced before."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import httpx
import pytest
from small_library import SmallLibrary
from ui.visits import free_port

from rag.ui.uploads import MAX_AGE_SECONDS, delete_old_uploads

ROOT = Path(__file__).parents[2]
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
        told = next((line for line in program.stderr if "The chat is at" in line), "")
        try:
            assert f":{port}" in told
            yield Chat(port, library.workspace.root, command)
        finally:
            program.send_signal(SIGINT)
            program.wait(LONGEST)


def test_a_program_in_the_current_folder_is_not_run(chat: Chat, tmp_path: Path) -> None:
    """Many a folder has an app.py of its own."""
    (tmp_path / "app.py").write_text("raise SystemExit('not ours')", encoding="utf-8")
    again = subprocess.run(
        chat.command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},  # so that the project is found from any folder
    )
    assert "not ours" not in again.stderr
    assert f"127.0.0.1, port {chat.port}" in again.stderr  # which is in use


def test_app_is_the_chat(chat: Chat) -> None:
    """As the design promises: the same options, the same page."""
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        *chat.command[chat.command.index("chat") + 1 :],
    ]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"127.0.0.1, port {chat.port}" in again.stderr


def test_without_a_sync_nobody_can_change_the_list(chat: Chat) -> None:
    """Not at the first start either, when the list has to be indexed to be asked."""
    components = httpx.get(f"{chat.url}config").json()["components"]
    (add_form,) = (c["props"] for c in components if c["props"].get("elem_id") == "add-form")
    assert add_form["visible"] is False
    begun = httpx.post(f"{chat.url}gradio_api/call/v2/ask", json={"question": "Who wrote Herd?"})
    event = begun.json()["event_id"]
    said = httpx.get(f"{chat.url}gradio_api/call/v2/ask/{event}", timeout=LONGEST).text
    assert "Ada Lane" in said


def test_a_port_in_use_is_told(chat: Chat) -> None:
    """With what to do, and nothing unexpected about it."""
    again = subprocess.run(chat.command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert f"127.0.0.1, port {chat.port}" in again.stderr and "--port" in again.stderr


def test_a_quiet_chat_says_nothing(chat: Chat) -> None:
    """Not where its MCP server is, either, which gradio would print."""
    url = f"http://127.0.0.1:{(port := free_port())}/"
    quiet = [*chat.command, "--port", str(port), "--quiet"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(quiet, **pipes) as program:  # type: ignore[call-overload]
        serves = httpx.HTTPTransport(retries=8)  # with growing pauses, until it listens
        with httpx.Client(transport=serves) as client:
            assert client.get(f"{url}config", timeout=LONGEST).status_code == 200
        program.send_signal(SIGINT)
        out, err = program.communicate(timeout=LONGEST)
    assert out == "" and "MCP" not in err and "The chat is at" not in err


def test_what_is_dropped_lies_in_the_data_folder(chat: Chat) -> None:
    """And nowhere else on the machine, until the chat ends."""
    dropped = {"files": ("questions.txt", b"Who wrote Herd?")}
    (path,) = httpx.post(f"{chat.url}gradio_api/upload", files=dropped).json()
    assert Path(path).is_relative_to(chat.data / "uploads")
    assert Path(path).read_bytes() == b"Who wrote Herd?"


def test_what_a_killed_chat_has_left_is_deleted(tmp_path: Path) -> None:
    """As soon as it is a day old, and another chat starts."""
    old, new = tmp_path / "a" / "old.txt", tmp_path / "b" / "new.txt"
    for path in (old, new):
        path.parent.mkdir()
        path.write_text("Who wrote Herd?", encoding="utf-8")
    os.utime(old, (0, time.time() - MAX_AGE_SECONDS - 1))
    delete_old_uploads(tmp_path)
    assert new.exists() and not old.exists()
