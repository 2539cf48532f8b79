"""The handbook is built the same each time, names only what exists, and answers questions."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pdfs import plain_pdf

from ingest.corpus import HANDBOOK, Paper, PaperText
from ingest.pdf.parse import parse_pdf
from ingest.reading_list.edit import add_papers
from ingest.reading_list.manifest import read_manifest
from rag.__main__ import build_parser, main
from rag.answer import Answer
from rag.assistant import Assistant

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "handbook"
QUESTIONS = Path(__file__).with_name("handbook_questions.jsonl")
ENOUGH = 23  # of 26 questions
MARKDOWN = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md")))

_CODE = re.compile(r"```\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])--?[a-z](?:[a-z-]*[a-z])?(?![\w-])")


@pytest.fixture(scope="module")
def text(handbook_pdf: Path) -> PaperText:
    return parse_pdf(handbook_pdf)


def test_two_builds_are_the_same_file(handbook_pdf: Path, tmp_path: Path) -> None:
    """Two builds give the same bytes, so that the handbook is not indexed again after a second set-up."""
    again = tmp_path / "again.pdf"
    subprocess.run([sys.executable, FOLDER / "build.py", again], check=True)
    assert again.read_bytes() == handbook_pdf.read_bytes()


def test_every_heading_is_found_as_a_section(text: PaperText) -> None:
    """The sections that are found in the PDF are the headings of the Markdown, in order."""
    headings = re.findall(r"^##? (.+)$", re.sub(r"```.*?```", "", MARKDOWN, flags=re.DOTALL), re.M)
    found = [re.sub(r"^[\d.]+ ", "", section.heading) for section in text.sections]
    assert found == ["Contents", *headings]


def test_words_are_read_whole(text: PaperText) -> None:
    """Every word of the Markdown is a word of the PDF's text: none is joined to another or split."""
    prose = _CODE.sub(" ", re.sub(r"!\[.*?\]\(.*?\)|\]\(.*?\)", " ", MARKDOWN))
    words = set(re.findall(r"[A-Za-z]{2,}", prose))
    assert words - set(re.findall(r"[A-Za-z]{2,}", text.text)) == set()
    assert "怎样添加一篇论文" in text.text


@dataclass(frozen=True)
class Code:
    """A piece of code in the handbook, and the command of askpapers that it calls ("": none)."""

    text: str
    command: str


def code_in_handbook() -> Iterator[Code]:
    for match in _CODE.finditer(MARKDOWN):
        for line in (match[1] or match[2]).splitlines():
            called = re.search(r"\baskpapers ([a-z]+)\b(?!\.)", line.partition("#")[0])
            yield Code(line, called[1] if called and " askpapers" in f" {line}" else "")


def options_by_command() -> dict[str, set[str]]:
    """The options of each command, as the parser has them."""
    (commands,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return {
        name: {option for action in parser._actions for option in action.option_strings}
        for name, parser in commands.choices.items()
    }


def test_every_command_and_option_exists() -> None:
    """Each command and option that the handbook names is one of the program's."""
    known = options_by_command()
    for code in code_in_handbook():
        if "pip install" in code.text or "make " in code.text or "git " in code.text:
            continue
        if code.command:
            assert code.command in known, code.text
            assert set(_OPTION.findall(code.text)) <= known[code.command], code.text
        elif code.text.startswith("-"):
            assert code.text.split()[0] in set().union(*known.values()) | {"-"}, code.text


def test_every_command_and_option_is_described() -> None:
    """The chapter on commands names every command and every long option."""
    chapter = FOLDER.joinpath("14-commands.md").read_text(encoding="utf-8")
    for command, options in options_by_command().items():
        assert f"`askpapers {command}" in chapter
        assert {o for o in options if o.startswith("--")} - {"--help", "--verbose", "--out"} <= set(
            _OPTION.findall(chapter)
        )


def test_every_make_target_and_variable_exists() -> None:
    """Each make target and environment variable that the handbook names exists."""
    targets = set(re.findall(r"^(\w+):", ROOT.joinpath("Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"`make (\w+)", MARKDOWN)) <= targets
    sources = [
        path.read_text("utf-8")
        for part in ("ingest", "rag")
        for path in (ROOT / part).rglob("*.py")
    ]
    for variable in set(re.findall(r"\b(?:ASKPAPERS|OPENAI|ANTHROPIC|OLLAMA)_[A-Z_]+", MARKDOWN)):
        assert any(variable in source for source in sources), variable


def pages_of(text: PaperText, heading: str) -> set[int]:
    """The pages on which the section stands, wherever a change of the text has moved it."""
    starts = [section.start for section in text.sections] + [len(text.text)]
    for section, end in zip(text.sections, starts[1:], strict=True):
        if section.heading.endswith(f" {heading}"):
            return {p.number for p in text.pages if p.start < end and section.start < p.end}
    raise AssertionError(f"the handbook has no section {heading}")


def cites(answer: Answer, pages: set[int]) -> bool:
    return any(c.paper.id == HANDBOOK and c.page in pages for c in answer.citations)


@pytest.mark.timeout(600)
def test_questions_are_answered_from_the_right_page(
    first_minute: Assistant, text: PaperText
) -> None:
    """At least 23 of 26 questions, 13 of them Chinese, cite a page of a section that answers."""
    missed = []
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert len(questions) == 26
    assert sum("一" <= q["question"][-2] <= "鿿" for q in questions) == 13
    for question in questions:
        wanted = set().union(*(pages_of(text, heading) for heading in question["sections"]))
        answer = first_minute.ask(question["question"])
        if not cites(answer, wanted):
            came = [(c.paper.id, c.page) for c in answer.citations]
            missed.append((question["question"], wanted, came))
    assert len(questions) - len(missed) >= ENOUGH, missed


def test_a_missing_handbook_fails_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If the handbook was not built, its entry fails with a hint, and the other papers are indexed."""
    entry = next(p for p in read_manifest(ROOT / "corpus_manifest.yaml") if p.id == HANDBOOK)
    mine = Paper("mine", "Slopes and Steps", file="mine.pdf")
    plain_pdf(tmp_path / "mine.pdf")
    manifest = tmp_path / "corpus_manifest.yaml"
    manifest.write_text("", encoding="utf-8")
    add_papers(manifest, [entry, mine])
    where = [
        "--manifest",
        str(tmp_path / "corpus_manifest.yaml"),
        "--data-dir",
        str(tmp_path / "d"),
    ]
    assert main(["sync", "--offline", "--json", *where]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["added"] == 1
    (failure,) = report["failed"]
    assert (failure["paper"], failure["stage"]) == (HANDBOOK, "fetch")
    assert failure["hint"] == "Put it beside the list, or correct its name in the list."
    assert main(["search", "What do most recipes begin with?", "-k", "1", "--json", *where]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert (hit["paper"], hit["source"], hit["pages"]) == ("mine", "paper", [1])
    assert main(["ask", "Which paper is the askpapers Handbook?", *where]) == 0
    assert entry.title in capsys.readouterr().out
