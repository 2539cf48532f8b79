"""The command line as a test runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_library import SmallLibrary

from rag.__main__ import main


class CommandLine:
    """Runs ``askpapers`` on a small library."""

    def __init__(self, library: SmallLibrary, capsys: pytest.CaptureFixture[str]) -> None:
        self.library = library
        self._capsys = capsys

    def __call__(self, *args: str | Path, code: int = 0) -> str:
        library = self.library
        where = ["--manifest", str(library.manifest), "--data-dir", str(library.workspace.root)]
        command, *rest = map(str, args)
        assert main([command, *where, *rest]) == code
        self.out, self.err = self._capsys.readouterr()
        return self.out

    def json(self, *args: str | Path, code: int = 0) -> Any:
        return json.loads(self(*args, "--json", code=code))

    def sync(self, *args: str) -> Any:
        return self.json("sync", "--offline", "--pdf-dir", self.library.pdfs, *args)
