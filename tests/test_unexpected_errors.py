"""Errors that nobody expected are logged under an id, and the log is kept short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import CommandLine
from full_disk import room_for

from ingest.terminal import LOG_NAME, MAX_LOG_BYTES, log_unexpected


def test_an_unexpected_error_is_logged_under_an_id(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an unexpected error, the user sees an id without a traceback, and the log has both."""
    monkeypatch.setattr("rag.commands.read_manifest", lambda path: 1 / 0)
    run("papers", code=1)
    log = (run.library.workspace.root / "askpapers.log").read_text(encoding="utf-8")
    assert "Traceback" not in run.err
    started = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR id (\w{8})\n", log)
    assert started and started[1] in run.err and "ZeroDivisionError" in log


def test_an_unexpected_error_is_shown_if_the_log_cannot_be_written(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the log cannot be written, the unexpected error itself is shown."""
    run.library.workspace.root.joinpath("askpapers.log").mkdir(parents=True)
    monkeypatch.setattr("rag.commands.read_manifest", lambda path: 1 / 0)
    run("papers", code=1)
    assert "ZeroDivisionError" in run.err and "Traceback" not in run.err


def test_a_long_log_is_renamed(tmp_path: Path) -> None:
    """A log that has reached its limit is renamed, and a new one is begun."""
    log = tmp_path / LOG_NAME
    log.write_bytes(b"x" * MAX_LOG_BYTES)
    log_unexpected(ZeroDivisionError("first"), tmp_path)
    assert "first" in log.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG_NAME, f"{LOG_NAME}.1"]


def test_a_log_on_a_full_disk_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the log does not fit on the disk, the error that belongs in it is shown."""
    with room_for(20):
        error = log_unexpected(ZeroDivisionError("by none"), tmp_path)
    assert "ZeroDivisionError('by none')" in capsys.readouterr().err
    assert "cannot be written" in error.hint
