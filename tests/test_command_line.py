"""The commands on a small library with the real MiniLM: edit the list, sync, ask, and again after a change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CommandLine

import rag.commands
from rag.__main__ import build_parser, main

COMMANDS = tuple("sync papers add remove search ask batch eval models chat".split())


def test_an_answer_is_shown_with_each_place_once(run: CommandLine) -> None:
    """An answer shows the paper, its sentences, and each cited place once, with all its markers."""
    run.library.write_pdf("herd")
    run.sync()
    asked = "For how many days and on how many tokens was Herd trained?"
    head, *told, place = run("ask", asked).splitlines()
    assert head == "Herd: Open Language Models (2023):"
    assert "".join(told).count("1.4 trillion") == "".join(told).count("21 days") == 1
    assert place.strip().startswith("[1][2] Herd")
    assert place.endswith("p. 2  https://arxiv.org/pdf/2302.00001#page=2")


@pytest.mark.parametrize(
    ("said", "commands"),
    [
        ("Nothing is lost: run the same command to continue", ("sync", "batch q.txt -o a.jsonl")),
        ("Nothing was saved; the next run starts over", ("eval gold.jsonl",)),
        ("", ("ask x", "chat", "search x", "papers")),
    ],
)
def test_ctrl_c_says_whether_the_command_can_be_resumed(
    said: str,
    commands: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """After Ctrl-C, a command says whether it can be resumed or starts over, if it is one of those that take long."""

    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    for command in commands:
        name = command.split()[0]
        monkeypatch.setitem(rag.commands.COMMANDS, name, interrupted)
        assert main(command.split()) == 130
        assert capsys.readouterr().err.strip() == f"Stopped. {said}.".replace(" .", "")


def test_answers_follow_the_list(run: CommandLine, tmp_path: Path) -> None:
    """A sync indexes the papers of the list, and once one is removed and synced, it is neither found nor quoted."""
    run.library.write_pdf("herd")
    run.library.write_pdf("slim")
    report = run.sync()
    assert (report["added"], report["failed"]) == (2, [])
    assert run.sync()["unchanged"] == 2

    answer = run.json("ask", "How many tokens was Herd-65B trained on?")
    assert answer["status"] == "answered"
    assert "1.4 trillion" in answer["answer"]
    assert answer["citations"][0]["page"] == 2
    assert answer["citations"][0]["pdf_url"] == "https://arxiv.org/pdf/2302.00001#page=2"

    questions = tmp_path / "q.txt"
    questions.write_text("Why does Slim save memory?\nWho wrote Herd?\n", encoding="utf-8")
    out = tmp_path / "a.jsonl"
    run("batch", questions, "-o", out, "--hits", "2")
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert "optimizer states" in first["answer"]
    assert {citation["paper"] for citation in first["citations"]} == {"slim"}
    assert len(first["hits"]) == 2
    assert "Ada Lane" in second["answer"]

    run("remove", "slim")
    assert run.sync("--yes")["removed"] == 1
    hits = run.json("search", "Why does Slim save memory?")["hits"]
    assert {hit["paper"] for hit in hits} == {"herd"}
    assert "optimizer states" not in run.json("ask", "Why does Slim save memory?")["answer"]


def test_no_progress_bar_is_written_to_a_file(run: CommandLine, tmp_path: Path) -> None:
    """If stderr is not a terminal, it has no progress bar, but all errors."""
    run.library.write_pdf("herd")
    run.sync()
    questions = tmp_path / "q.txt"
    questions.write_text("Who wrote Herd?\n", encoding="utf-8")
    run("batch", questions, "-o", tmp_path / "a.jsonl")
    assert "\r" not in run.err and "%" not in run.err
    (run.library.pdfs / "slim.pdf").write_bytes(b"")
    run("sync", "--offline", "--pdf-dir", run.library.pdfs, code=1)
    assert run.err == (
        "slim: fetch: slim.pdf is empty. Replace it with the whole PDF, then sync again.\n"
    )


def test_json_results_have_the_documented_keys(run: CommandLine) -> None:
    """The JSON results have exactly these keys, in this order, because programs rely on them."""
    run.library.write_pdf("herd")
    report = run.sync()
    assert list(report) == [
        *("added", "updated", "removed", "unchanged", "not_fetched"),
        *("failed", "index", "timings_ms"),
    ]
    assert (report["added"], report["not_fetched"]) == (1, 1)
    found = run.json("search", "tokens", "-k", "1")
    assert list(found) == ["question", "hits", "index", "timings_ms"]
    (hit,) = found["hits"]
    assert list(hit) == [
        *("rank", "source", "paper", "title", "year", "pages", "section", "text", "scores", "url")
    ]
    assert list(hit["scores"]) == ["dense", "lexical", "fused"]
    answer = run.json("ask", "On how many tokens was Herd trained?")
    assert list(answer) == [
        *("question", "status", "answer", "sentences", "citations", "llm", "index", "timings_ms")
    ]
    assert list(answer["sentences"][0]) == ["text", "citations", "support"]
    assert list(answer["citations"][0]) == [
        *(
            "marker",
            "source",
            "paper",
            "title",
            "authors",
            "year",
            "page",
            "quote",
            "url",
            "pdf_url",
        )
    ]


def test_results_go_to_stdout_and_messages_to_stderr(run: CommandLine) -> None:
    """The answer goes to stdout and every other message to stderr, so that a pipe gets only the answer."""
    run("ask", "Which paper introduced Slim?")
    assert "Slim Adapters" in run.out
    assert "no index yet" in run.err


def test_the_list_alone_answers_on_a_fresh_machine(run: CommandLine) -> None:
    """Before anything is fetched or synced, a question is answered from the list, in English and Chinese."""
    for asked in ("Which paper introduced Slim?", "羊群模型是哪篇论文提出的？"):
        answer = run.json("ask", asked)
        assert answer["status"] == "answered"
        assert answer["citations"][0]["source"] == "list"
        assert answer["citations"][0]["page"] is None


def test_exit_codes(run: CommandLine, tmp_path: Path) -> None:
    """The exit code is 1 if some papers failed, 2 for bad input, and 3 without an index."""
    run.library.write_pdf("herd").write_bytes(b"not a PDF")
    run("sync", "--offline", "--pdf-dir", run.library.pdfs, code=1)
    assert "herd" in run.err
    for nothing in ("  ", "？？"):
        run("ask", nothing, code=2)
        assert "The question is empty." in run.err
    run("ask", "x", "--paper", "nope", code=2)
    run("search", "x", "--year", "last", code=2)
    run.library.manifest.write_text("", encoding="utf-8")
    run.library.workspace.builds.joinpath("CURRENT").unlink()
    run("ask", "anything", code=3)


def test_an_empty_list_asks_for_papers_not_for_a_sync(run: CommandLine, tmp_path: Path) -> None:
    """If the list is empty, the error says to add a paper, because a sync would not make an index."""
    run.library.manifest.write_text("", encoding="utf-8")
    questions = tmp_path / "q.txt"
    questions.write_text("Why?", encoding="utf-8")
    for command in (
        ("ask", "Why?"),
        ("search", "Why?"),
        ("batch", questions, "-o", tmp_path / "a.md"),
        ("chat", "--no-sync"),
    ):
        run(*command, code=3)
        assert run.err.startswith("askpapers: The list is empty.\n  Add a paper: `askpapers add")
    run("add", "2401.00007", "--title", "Third: A Paper")
    assert "Third" in run("ask", "Which paper introduced Third?")


def test_papers_shows_the_state_of_each_paper(run: CommandLine) -> None:
    """``papers`` shows each paper's status, pages and error, as text and as JSON."""
    run.library.write_pdf("herd")
    run.library.write_pdf("slim").write_bytes(b"%PDF-1.4 cut")
    run("sync", "--offline", "--pdf-dir", run.library.pdfs, code=1)
    by_id = {row["id"]: row for row in run.json("papers")}
    assert (by_id["herd"]["status"], by_id["herd"]["pages"]) == ("indexed", 2)
    assert by_id["herd"]["reader"] == "pypdfium2"
    assert by_id["slim"]["status"] == "failed" and by_id["slim"]["error"]["message"]
    assert "1 failed" in run("papers", "--status", "failed")


def test_add_without_a_network(run: CommandLine) -> None:
    """With ``--title``, ``add`` does not ask arXiv; a paper that is in the list already is refused."""
    run("add", "2401.00007", "--title", "Third: A Paper")
    assert "Third: A Paper" in run("papers")
    run("add", "2401.00007", "--title", "Third again", code=2)
    run("add", "not-a-paper", code=2)


def test_a_missing_list_is_reported_before_arxiv_is_asked(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``add`` reports a missing list before it asks arXiv."""
    monkeypatch.setenv("ASKPAPERS_ARXIV_URL", "http://127.0.0.1:9")
    run("add", "2401.00007", code=2)
    assert "cannot be looked up.\n  Check the network (and HTTPS_PROXY). With --title" in run.err
    run.library.manifest.unlink()
    run("add", "2401.00007", code=2)
    assert run.err.startswith(f"askpapers: There is no list {run.library.manifest}.\n  Go to")


def test_a_quiet_sync_shows_only_errors(run: CommandLine) -> None:
    """``sync --quiet`` shows nothing but errors, so that a scheduled job sends mail only if something is wrong."""
    quiet = ("sync", "--quiet", "--offline", "--pdf-dir", run.library.pdfs)
    run.library.write_pdf("herd")
    run(*quiet)
    assert (run.out, run.err) == ("", "")
    run.library.write_pdf("slim").write_bytes(b"broken")
    run(*quiet, code=1)
    assert run.out == "" and run.err.startswith("slim: parse: ") and run.err.count("\n") == 1


def test_a_file_of_settings_must_be_utf8(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file ``.env`` that is not UTF-8 text is a usage error, and ``--help`` still works."""
    monkeypatch.chdir(tmp_path)
    Path(".env").write_bytes(b"ASKPAPERS_LLM=\xff\xfe")
    run("papers", code=2)
    assert run.err.startswith("askpapers: .env is not UTF-8 text.\n  ") and not run.out
    with pytest.raises(SystemExit) as end:
        main(["papers", "--help"])
    assert end.value.code == 0


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_nothing_heavy(command: str) -> None:
    """No ``--help`` imports a heavy library, so that it is shown at once."""
    heavy = "numpy torch gradio faiss pypdf pypdfium2 langchain_core pydantic ruamel httpx tqdm"
    code = (
        "import sys, contextlib\nfrom rag.__main__ import main\n"
        f"with contextlib.suppress(SystemExit): main({[*command.split(), '--help']!r})\n"
        f"assert not sys.modules.keys() & set({heavy!r}.split()), sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout


def test_help_says_what_the_embedder_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    """The help says that an index is searched with the model that made it, whatever ``--embedder`` says."""
    with pytest.raises(SystemExit):
        main(["ask", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "an index is searched with the model that made it" in said


def test_every_command_is_in_the_readme() -> None:
    """The README mentions every command."""
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    named = re.findall(r"^    ([a-z]+)  ", build_parser().format_help(), re.MULTILINE)
    assert sorted(named) == sorted(COMMANDS)
    assert all(re.search(rf"askpapers {name}\b", readme) for name in COMMANDS)
