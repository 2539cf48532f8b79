"""The program around its commands: how it starts, where it writes, and how it ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command_line import CommandLine
from small_library import LLAMA, SmallLibrary

from ingest.reading_list.edit import add_papers
from rag.__main__ import main


def test_a_wrong_value_is_reported_before_anything_is_loaded() -> None:
    """A wrong value of an option is reported before a heavy library is loaded."""
    for wrong, said in (
        (["search", "x", "--year", "last"], "'last' is not a range of years."),
        (["ask", "x", "--verifier", "nope"], "'nope' is not the name of a verifier."),
        (["search", "x", "-k", "9" * 20], "must be a whole number from 1 to 1000"),
    ):
        code = (
            "import sys\nfrom rag.__main__ import main\n"
            f"try: code = main({wrong!r})\nexcept SystemExit as end: code = end.code\n"
            "assert 'numpy' not in sys.modules\nsys.exit(code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2 and said in done.stderr, done.stderr


def test_options_may_stand_before_the_command(
    run: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The options that all commands share may stand before the command, with a space or "=" before the value."""
    where = ["--manifest", str(run.library.manifest), "--quiet", "-v"]
    assert main([*where, f"--data-dir={run.library.workspace.root}", "papers"]) == 0
    assert "2 papers" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        main(["--manifest", "x"])
    assert end.value.code == 2


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """``--version`` shows the program's name and version."""
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert re.fullmatch(r"askpapers \d+\.\d+\.\d+\n", capsys.readouterr().out)


def _papers(library: SmallLibrary, stdout: Any, **environment: str) -> Any:
    where = ["--manifest", library.manifest, "--data-dir", library.workspace.root]
    return subprocess.run(
        [sys.executable, "-m", "rag", "papers", *map(str, where)],
        env=os.environ | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def test_an_output_on_a_full_disk_is_reported(library: SmallLibrary) -> None:
    """If the output's disk is full, the error says so, and it does not count as unexpected."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is full")
    with full.open("w") as out:
        done = _papers(library, out)
    assert done.returncode == 1
    assert done.stderr == "askpapers: The output cannot be written: its disk is full.\n"


@pytest.mark.parametrize("verbose", [True, False])
def test_only_errors_of_libraries_are_shown(verbose: bool) -> None:
    """Of what libraries log only errors are shown; with ``-v`` the program's own steps are shown as well."""
    code = (
        "import logging\nfrom ingest.terminal import log_to_stderr\n"
        f"log_to_stderr({verbose})\n"
        "for name in ('bm25s', 'stamina', 'pypdf'):\n"
        "    logging.getLogger(name).setLevel(logging.DEBUG)\n"
        "    logging.getLogger(name).warning('hm')\n"
        "logging.getLogger('bm25s').error('broken')\n"
        "logging.getLogger('ingest.sync.stages').info('fetched')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    own = ["ingest.sync.stages: fetched"] if verbose else []
    assert done.stderr.splitlines() == ["bm25s: broken", *own]


def test_an_output_that_nobody_reads_ends_the_command(tmp_path: Path) -> None:
    """If the reader of a pipe has gone, as after ``| head``, the command ends without an error."""
    code = (
        "from pathlib import Path\nfrom ingest.terminal import print_message, run_guarded\n"
        "def command():\n"
        "    print('x' * 1_000_000)\n"
        "    return 5\n"
        f"code = run_guarded(command, Path({str(tmp_path)!r}))\nprint_message(str(code))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as out:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "0\n")


def test_an_output_without_chinese_gets_escaped_characters(library: SmallLibrary) -> None:
    """Characters that the output's encoding does not have are escaped."""
    paper = replace(LLAMA, id="zh", title="思维链", arxiv="2303.00001")
    add_papers(library.manifest, [paper])
    done = _papers(library, subprocess.PIPE, PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "\\u601d\\u7ef4\\u94fe" in done.stdout


@pytest.mark.parametrize("program", ["ingest", "rag"])
def test_ctrl_c_while_the_program_starts(program: str, tmp_path: Path) -> None:
    """Ctrl-C while the program starts is reported without a traceback, with the exit code 130."""
    code = (
        "import signal, sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'numpy': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        f"from {program}.__main__ import main\n"
        "sys.exit(main())"
    )
    command = ["sync"] if program == "rag" else []
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert "Stopped" in done.stderr and "Traceback" not in done.stderr
