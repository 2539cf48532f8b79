"""Edits of the list keep all other bytes, and what is written can be read back."""

from __future__ import annotations

import shutil
import stat
import string
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from list_files import GOOD, write

from ingest.corpus import Paper
from ingest.errors import ManifestError, UsageError
from ingest.reading_list.edit import add_papers, remove_papers, slug_for
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.rules import is_paper_id, tidy

LONG_LIST = Path(__file__).parents[3] / "corpus_manifest.yaml"
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"),
    min_size=1,
    max_size=30,
)
texts = words.map(tidy).filter(lambda text: bool(text) and tidy(text) == text)
several = st.lists(texts | st.sampled_from(["null", "7", "-", "a: b", "~", "yes?"]), max_size=5)
some_ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True).filter(is_paper_id)
sources = (
    st.integers(10_000, 99_999).map(lambda n: {"arxiv": f"2106.{n}"})
    | texts.filter(lambda text: "\n" not in text and "\t" not in text).map(
        lambda text: {"file": "pdfs/" + text.replace("/", "").replace("\\", "") + ".pdf"}
    )
    | st.just({"url": "https://example.org/a.pdf?b=c#d"})
)


@st.composite
def paper_lists(draw: st.DrawFn) -> list[Paper]:
    ids = draw(st.lists(some_ids, min_size=1, max_size=4, unique=True))
    papers = [
        Paper(
            id=name,
            title=draw(texts),
            authors=tuple(draw(several)),
            year=draw(st.none() | st.integers(1900, 2100)),
            **draw(sources),
            topics=tuple(draw(several)),
            aliases=tuple(draw(several)),
            lists=tuple(draw(several)),
            note=draw(st.just("") | texts),
        )
        for name in ids
    ]
    arxiv = [paper.arxiv for paper in papers if paper.arxiv]
    return papers if len(set(arxiv)) == len(arxiv) else papers[:1]


FRAMES = [
    "",
    "\n",
    "# mine",
    "# mine\n\n\n",
    "---\n# c\n",
    "\ufeff# c\n",
    GOOD,
    GOOD.rstrip("\n"),
    GOOD.replace("\n", "\r\n"),
    GOOD + "\n\n  ",
    "\ufeff- id: old\n  title: Old\n  file: old.pdf\n  note: |+\n    # no comment\n\n",
    "  - id: old\n    title: Old\n    file: old.pdf",
    "-\n  # odd\n  id: old\n  title: Old\n  file: old.pdf\n# end\n",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FRAMES), paper_lists())
def test_added_papers_are_read_back(frame: str, papers: list[Paper]) -> None:
    """Any papers, added to any list, are read back unchanged, after those that were there."""
    papers = [paper for paper in papers if paper.id not in ("old", "lora", "mine", "rouge")]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), frame)
        before = read_manifest(path)
        add_papers(path, papers)
        assert read_manifest(path) == (*before, *papers)
        assert path.read_bytes().startswith(frame.encode())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FRAMES), paper_lists(), st.randoms(use_true_random=False))
def test_adding_and_removing_leaves_the_same_bytes(
    frame: str, papers: list[Paper], random: Random
) -> None:
    """In any order and number."""
    ids = [paper.id for paper in papers if paper.id not in ("old", "lora", "mine", "rouge")]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), frame)
        add_papers(path, [paper for paper in papers if paper.id in ids])
        random.shuffle(ids)
        cut = random.randint(0, len(ids))
        remove_papers(path, ids[:cut])
        remove_papers(path, ids[cut:])
        assert path.read_bytes() == frame.encode()


def removed(folder: Path, text: str, *ids: str) -> str:
    path = write(folder, text)
    remove_papers(path, ids)
    return path.read_bytes().decode()


def test_an_entry_is_removed_with_the_comment_right_above_it(tmp_path: Path) -> None:
    """And with the comments inside it; the head and tail of the file are kept."""
    lora, mine, rouge = ("- id: lora", "\n# why", "\n- id: rouge")
    at_lora, at_mine, at_rouge = (GOOD.index(mark) for mark in (lora, mine, rouge))
    assert removed(tmp_path, GOOD, "mine") == GOOD[:at_mine] + GOOD[at_rouge:]
    assert removed(tmp_path, GOOD, "lora") == GOOD[:at_lora] + GOOD[at_mine + 1 :]
    assert removed(tmp_path, GOOD, "rouge") == GOOD[:at_rouge] + "\n# that is all\n"
    assert removed(tmp_path, GOOD, "rouge", "lora", "mine") == "# my list\n\n# that is all\n"


def test_a_comment_at_the_beginning_of_the_file_is_kept(tmp_path: Path) -> None:
    """Even if it is right above the first entry."""
    text = "# head\n- {id: a, title: A, file: a.pdf}\n- {id: b, title: B, file: b.pdf}\n"
    assert removed(tmp_path, text, "a") == "# head\n- {id: b, title: B, file: b.pdf}\n"


def test_text_that_looks_like_a_comment_belongs_to_its_entry(tmp_path: Path) -> None:
    """A note may have lines with "#" and "- " in them."""
    note = "- id: a\n  title: A\n  file: a.pdf\n  note: |\n    - id: b\n    # not a comment\n"
    other = "\n- id: b\n  title: B\n  file: b.pdf\n"
    assert removed(tmp_path, note + other, "b") == note
    assert removed(tmp_path, note + other, "a") == other[1:]


def test_an_edit_keeps_mode_link_and_line_ends(tmp_path: Path) -> None:
    """The file keeps its mode and may be a symbolic link; new lines end like the old ones."""
    path = write(tmp_path, GOOD.replace("\n", "\r\n"))
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    add_papers(link, [Paper("new", "New", file="new.pdf")])
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert path.read_bytes().endswith(
        b"all\r\n\r\n- id: new\r\n  title: New\r\n  file: new.pdf\r\n"
    )
    names = [".list.yaml.lock", "link.yaml", "list.yaml"]
    assert sorted(p.name for p in tmp_path.iterdir()) == names


def test_an_entry_is_written_readably(tmp_path: Path) -> None:
    """Quotes only where necessary, lists wrapped at the width, Chinese unescaped."""
    path = write(tmp_path, "[]\n")
    authors = tuple(f"{letter}. Surname" for letter in string.ascii_uppercase[:12])
    paper = Paper("a", "A: b", authors, 2020, "2106.09680", aliases=("低秩适配", "7", "a, b"))
    add_papers(path, [paper])
    assert path.read_text(encoding="utf-8") == (
        '- id: a\n  title: "A: b"\n'
        "  authors: [A. Surname, B. Surname, C. Surname, D. Surname, E. Surname, F. Surname,"
        " G. Surname,\n"
        "    H. Surname, I. Surname, J. Surname, K. Surname, L. Surname]\n"
        '  year: 2020\n  arxiv: "2106.09680"\n  aliases: [低秩适配, "7", "a, b"]\n'
    )
    assert read_manifest(path) == (paper,)


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (Paper("lora", "Other", file="o.pdf"), "`lora` is already there: on line 3"),
        (
            Paper("new", "New", arxiv="2106.09685v3"),
            "arXiv 2106.09685` is already there: on line 3",
        ),
        (Paper("New", "New", file="o.pdf"), "cannot be an id"),
        (Paper("new", "New"), "does not say where its PDF comes from"),
        (Paper("new", "New", url="http://example.org/a.pdf"), "https"),
    ],
)
def test_an_invalid_paper_is_not_added(tmp_path: Path, paper: Paper, words: str) -> None:
    """Neither are the valid papers beside it."""
    path = write(tmp_path, GOOD)
    with pytest.raises((ManifestError, UsageError), match=words):
        add_papers(path, [Paper("good", "Good", file="good.pdf"), paper])
    assert path.read_bytes() == GOOD.encode()


def test_a_paper_cannot_be_added_twice_at_once(tmp_path: Path) -> None:
    """New papers may not share an arXiv id either."""
    path = write(tmp_path, "")
    with pytest.raises(UsageError, match="`a` is already there: among those to add"):
        add_papers(path, [Paper("a", "A", file="a.pdf"), Paper("a", "B", file="b.pdf")])
    assert path.read_bytes() == b""


def test_concurrent_edits_lose_nothing(tmp_path: Path) -> None:
    """Each program waits until the other has written the list, long enough for them to collide."""
    path = tmp_path / "corpus_manifest.yaml"
    shutil.copy(LONG_LIST, path)
    ids = [f"2401.0000{n}" for n in range(3)]
    adding = [
        subprocess.Popen(
            [sys.executable, "-m", "rag", "add", i, "--title", f"Report {i}", "--manifest", path],
            cwd=LONG_LIST.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for i in ids
    ]
    assert [program.wait() for program in adding] == [0, 0, 0]
    assert sorted(str(paper.arxiv) for paper in read_manifest(path)[-3:]) == ids


def test_an_unknown_id_removes_nothing(tmp_path: Path) -> None:
    """The error suggests similar ids."""
    path = write(tmp_path, GOOD)
    with pytest.raises(UsageError) as caught:
        remove_papers(path, ["mine", "lara"])
    assert "Not in the list: lara" in caught.value.message
    assert "lora" in caught.value.hint
    assert path.read_bytes() == GOOD.encode()


@pytest.mark.parametrize(
    "text",
    [
        "[{id: a, title: A, file: a.pdf}, {id: b, title: B, file: b.pdf}]\n",
        "- {id: a, title: &t A, file: a.pdf}\n- {id: b, title: *t, file: b.pdf}\n",
    ],
)
def test_a_list_that_cannot_be_edited_by_lines_is_unchanged(tmp_path: Path, text: str) -> None:
    """Removing lines would change the meaning of such a list."""
    path = write(tmp_path, text)
    with pytest.raises(UsageError, match="line by line"):
        remove_papers(path, ["a"])
    assert path.read_bytes() == text.encode()


def test_a_broken_list_is_not_edited(tmp_path: Path) -> None:
    """The error names its problems."""
    path = write(tmp_path, "- id: a\n")
    for edit in (
        lambda: add_papers(path, [Paper("b", "B", file="b.pdf")]),
        lambda: remove_papers(path, ["a"]),
    ):
        with pytest.raises(ManifestError):
            edit()
    assert path.read_bytes() == b"- id: a\n"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("LoRA: Low-Rank Adaptation of Large Language Models", "lora"),
        ("Attention Is All You Need", "attention-is-all-you-need"),
        ("A long beginning before the colon: and its end", "a-long-beginning-before-the"),
        ("GPT-3.5：报告", "gpt-3.5"),
        ("Schrödinger's Bridge", "schrodingers-bridge"),
        ("低秩适配", "paper"),
        ("CON", "con-2"),
    ],
)
def test_a_slug_is_the_short_name_or_the_first_words(title: str, slug: str) -> None:
    """The short name before a colon if there is one, else the first words."""
    assert slug_for(title, ()) == slug


@given(st.text(max_size=200), st.integers(0, 3))
def test_a_slug_is_a_new_id(title: str, n_taken: int) -> None:
    """For any title, the slug is a valid id that is not taken."""
    taken: set[str] = set()
    for _ in range(n_taken):
        taken.add(slug_for(title, taken))
    assert len(taken) == n_taken
    assert is_paper_id(slug_for(title, taken))
    assert slug_for(title, taken) not in taken
