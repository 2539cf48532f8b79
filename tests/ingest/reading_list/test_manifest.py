"""Reading the list: every problem is reported with its line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from list_files import GOOD, write
from ruamel.yaml import YAML

from ingest.corpus import Paper
from ingest.errors import ManifestError, UsageError
from ingest.reading_list.manifest import read_manifest
from ingest.reading_list.notes import NOTES_NAME
from ingest.reading_list.rules import is_paper_id, parse_arxiv_id, tidy

ROOT = Path(__file__).resolve().parents[3]
FACTS = ROOT.parent / "shared" / "papers.yaml"


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    """(line, message and hint) of each problem of ``text``."""
    with pytest.raises(ManifestError) as caught:
        read_manifest(write(folder, text))
    return [(p.line, f"{p.message} | {p.hint}") for p in caught.value.problems]


def entry(fields: str) -> str:
    """An entry that is valid except for ``fields``, whose first line is line 3."""
    return f"- id: a\n  title: A\n  {fields}\n"


def test_a_list_is_read_in_its_order(tmp_path: Path) -> None:
    """With every field."""
    lora, mine, rouge = read_manifest(write(tmp_path, GOOD))
    assert lora == Paper(
        id="lora",
        title="LoRA: Low-Rank Adaptation",
        authors=("Edward J. Hu", "et al."),
        year=2021,
        arxiv="2106.09685",
        aliases=("LoRA", "低秩适配"),
    )
    assert (mine.file, mine.title) == ("mine/report.pdf", "A report")
    assert rouge.url == "https://aclanthology.org/W04-1013.pdf"


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "[]\n", "---\n", "\ufeff# c\n"])
def test_an_empty_list_is_valid(tmp_path: Path, text: str) -> None:
    """An empty file and one with only comments."""
    assert read_manifest(write(tmp_path, text)) == ()


def test_texts_are_normalised(tmp_path: Path) -> None:
    """To NFC, without white space around them."""
    text = '- id: a\n  title: " Scho\u0308n "\n  file: a.pdf\n  topics: [" x "]\n'
    (paper,) = read_manifest(write(tmp_path, text))
    assert (paper.title, paper.topics) == ("Sch\u00f6n", ("x",))


@pytest.mark.parametrize(
    ("fields", "line", "words"),
    [
        ("arxiv: 2106.09680", 3, 'quotes, arxiv: "2106.09680"'),
        ('arxiv: "2106.9685"', 3, "not an arXiv id"),
        ('arxiv: "21060.9685"', 3, "not an arXiv id"),
        ('arxiv: "https://arxiv.org/abs/2106.09685v1"', 3, 'only the id: arxiv: "2106.09685v1"'),
        ('arxiv: ["2106.09685"]', 3, "must be text, but this is a list"),
        ("arxiv:", 3, "no value"),
        ("url: http://example.org/a.pdf", 3, "https"),
        ("url: https:///a.pdf", 3, "https"),
        ("url: https://[1/a.pdf", 3, "not an address"),
        ("url: https://example.org:port/a.pdf", 3, "not an address"),
        ("url: https://example.org/a b.pdf", 3, "https"),
        ("url: https://me:secret@example.org/a.pdf", 3, "name or password"),
        ("file: /a.pdf", 3, "not a path relative to the list's folder"),
        ("file: ~/a.pdf", 3, "not a path relative to the list's folder"),
        ("file: C:/a.pdf", 3, "not a path relative to the list's folder"),
        ("file: b\\a.pdf", 3, "backslash"),
        ("file: ../a.pdf", 3, "leads out of the list's folder"),
        ("file: b/../../a.pdf", 3, "leads out of the list's folder"),
        ("file: a.txt", 3, "does not end in .pdf"),
        ('file: "a\\0.pdf"', 3, "control character"),
        ("year: 2021", 1, "where its PDF comes from"),
        ("file: a.pdf\n  year: '2021'", 4, "text (2021)"),
        ("file: a.pdf\n  year: 1899", 4, "1900 to 2100"),
        ("file: a.pdf\n  year: 2101", 4, "1900 to 2100"),
        ("file: a.pdf\n  year: 2021.0", 4, "a number (2021.0)"),
        ("file: a.pdf\n  year: !!int [2021]", 4, "tag !!int"),
        ("file: a.pdf\n  authors: A. Hu", 4, "brackets: `authors: [A. Hu]`"),
        ("file: a.pdf\n  topics:", 4, "must be a list, but this is nothing"),
        ("file: a.pdf\n  lists: {a: b}", 4, "must be a list, but this is a mapping"),
        ("file: a.pdf\n  aliases:\n  - A\n  - ''", 6, "empty"),
        ("file: a.pdf\n  aliases: [A,\n    7]", 5, 'quotes: "7"'),
        ("file: a.pdf\n  aliases: [A, [B]]", 4, "must be text, but this is a list"),
        ("file: a.pdf\n  note: 2021-01-01", 4, "a date"),
        ("file: a.pdf\n  note: !!str [a]", 4, "tag !!str"),
        ("file: a.pdf\n  url: https://example.org/a.pdf", 3, "given beside `url`"),
        ("file: a.pdf\n  author: [A]", 4, "Did you mean authors?"),
        ("file: a.pdf\n  xyzzy: [A]", 4, "Fields: id, title, authors"),
        (
            "file: a.pdf\n  file: b.pdf",
            4,
            "twice in this entry | Keep one of them; the first is on",
        ),
        ("file: a.pdf\n- id: b\n  file: b.pdf", 4, "no `title`"),
        ("file: a.pdf\n- title: B\n  file: b.pdf", 4, "no `id`"),
        ("file: a.pdf\n- title: B\n  id: a\n  file: b.pdf", 5, "`id` a is in the list twice"),
        ("file: a.pdf\n- just text", 4, "must have fields, but this is text"),
        ("file: a.pdf\n-\n- id: b\n  title: B\n  file: b.pdf", 4, "this is nothing"),
        ("file: a.pdf\n- !!python/object/apply:os.abort {}", 4, "tag !!python/object/apply:os.ab"),
        ("file: a.pdf\n  note: !!python/name:os.abort", 4, "tag !!python/name:os.abort"),
        ("file: a.pdf\n  authors: &x [*x]", 4, "must be text, but this is a list"),
    ],
)
def test_each_problem_has_its_line(tmp_path: Path, fields: str, line: int, words: str) -> None:
    """One mistake gives one problem: its line, what is wrong, and what to do."""
    ((found, said),) = problems(tmp_path, entry(fields))
    assert found == line
    assert words in said


@pytest.mark.parametrize(
    "name", ["A", "-a", "a/b", "a..b", "a.", "a b", "ä", "con", "nul.x", "com1"]
)
def test_an_id_must_be_a_safe_folder_name(tmp_path: Path, name: str) -> None:
    """On every system."""
    ((line, said),) = problems(tmp_path, f"- title: A\n  id: '{name}'\n  file: a.pdf\n")
    assert line == 2
    assert "cannot be an id" in said


def test_ids_may_have_80_characters() -> None:
    """But not more."""
    assert is_paper_id("a" * 80)
    assert not is_paper_id("a" * 81)


def test_versions_of_one_paper_are_one_paper(tmp_path: Path) -> None:
    """The same arXiv id twice is a problem, even with other versions or subject classes."""
    pairs = [("2106.09685", "2106.09685v2"), ("math.GT/0309136v1", "math/0309136")]
    for first, second in pairs:
        text = (
            f'- {{id: a, title: A, arxiv: "{first}"}}\n- {{id: b, title: B, arxiv: "{second}"}}\n'
        )
        ((line, said),) = problems(tmp_path, text)
        assert line == 2
        assert "`arxiv`" in said
        assert "line 1" in said


def test_all_problems_are_reported_at_once_in_order_of_lines(tmp_path: Path) -> None:
    """Five mistakes do not take five runs."""
    text = "- id: A\n  titel: x\n  year: 21\n- 7\n- id: b\n  title: ''\n  url: ftp://x.org/a.pdf\n"
    lines = [line for line, _ in problems(tmp_path, text)]
    assert lines == [1, 1, 1, 2, 3, 4, 6, 7]  # line 1: a bad id, no title, no source


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- id: a\n  title: 'A\n", 3, "YAML cannot read this"),
        ("- id: a\n\ttitle: A\n", 2, "YAML cannot read this"),
        ("- id: a\n  title: [A\n- id: b\n", 3, "YAML cannot read this"),
        ("# c\n- id: \x07\n", 2, "YAML cannot read this"),
        ("- id: *a\n", 1, "undefined alias"),
        ("- id: a\n---\n- id: b\n", 2, "another document"),
        ("[" * 3000, 1, "YAML cannot read this"),
        ("# c\nid: a\ntitle: A\n", 2, "a mapping, not a list"),
        ("just text\n", 1, "text (just text), not a list"),
    ],
)
def test_a_file_that_is_not_a_list_is_one_problem(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    """Reported with the line where it shows."""
    ((found, said),) = problems(tmp_path, text)
    assert found == line
    assert words in said


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    """For example a folder, or a file in another encoding."""
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("# c\n- id: a\n  title: é\n".encode("latin-1"))
    cases = [(tmp_path, 1, "read"), (latin, 3, "UTF-8")]
    for path, line, words in cases:
        with pytest.raises(ManifestError) as caught:
            read_manifest(path)
        (problem,) = caught.value.problems
        assert problem.line == line
        assert words in problem.message


def test_a_missing_list_is_a_usage_error(tmp_path: Path) -> None:
    """The folder may be the wrong one; there is no line to correct."""
    with pytest.raises(UsageError, match=r"There is no list .*no\.yaml\.\n  Go to the folder"):
        read_manifest(tmp_path / "no.yaml")


@pytest.mark.parametrize(
    ("name", "max_bytes"), [("list.yaml", 20_000_000), (NOTES_NAME, 60_000_000)]
)
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, name: str, max_bytes: int) -> None:
    """The limit for notes is higher than that for the list."""
    write(tmp_path, GOOD)
    with (tmp_path / name).open("wb") as file:
        file.truncate(max_bytes + 1)
    with pytest.raises(ManifestError, match=f"(?s)too large.*{max_bytes // 1_000_000} MB"):
        read_manifest(tmp_path / "list.yaml")


@given(
    st.text(alphabet=st.sampled_from("-:[]{}?*&!|>'\"%@#,\\ \n\tax1.~<é\x85\ufeff"), max_size=40)
)
@example("- &a b\n- &a c\n")
@example('- "\\UFFFFFFFF"')
@example("%YAML 9.9\n---\n- a\n")
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but ``ManifestError``."""
    with TemporaryDirectory() as folder:
        try:
            read_manifest(write(Path(folder), text))
        except ManifestError as error:
            assert error.problems


@pytest.mark.parametrize(
    ("text", "arxiv"),
    [
        ("2106.09685", "2106.09685"),
        (" arXiv:2312.00752v1 ", "2312.00752v1"),
        ("hep-th/9901001V2", "hep-th/9901001v2"),
        ("0704.0001", "0704.0001"),
        ("https://arxiv.org/abs/2106.09685v2", "2106.09685v2"),
        ("http://www.arxiv.org/pdf/2106.09685.pdf", "2106.09685"),
        ("https://export.arxiv.org/pdf/2106.09685v1?download=1#page=2", "2106.09685v1"),
        ("arxiv.org/html/2106.09685v1/", "2106.09685v1"),
        ("https://arxiv.org/abs/math.GT/0309136", "math.GT/0309136"),
        ("2106.0968", None),
        ("1312.61144", None),
        ("2106.09685v0", None),
        ("2106.09685 2312.00752", None),
        ("https://arxiv.org/list/cs.CL/recent", None),
        ("https://example.org/abs/2106.09685", None),
        ("https://example.org/arxiv.org/abs/2106.09685", None),
        ("https://notarxiv.org/abs/2106.09685", None),
        ("lora", None),
        ("", None),
    ],
)
def test_arxiv_ids_are_found_in_what_people_paste(text: str, arxiv: str | None) -> None:
    """Ids, ``arXiv:`` ids and arXiv's own addresses; nothing else."""
    assert parse_arxiv_id(text) == arxiv


def test_the_projects_own_list_is_valid() -> None:
    """It has the handbook, then 277 papers, and no problem."""
    handbook, *papers = read_manifest(ROOT / "corpus_manifest.yaml")
    assert (handbook.id, handbook.file) == ("askpapers-handbook", "docs/handbook.pdf")
    assert len(papers) == 277
    assert all(paper.authors and paper.year and paper.lists for paper in papers)


@pytest.mark.skipif(not FACTS.exists(), reason="the verified facts (../shared) are not here")
def test_the_projects_own_list_agrees_with_the_facts() -> None:
    """Ids, titles, authors, years, sources, topics, aliases and lists are the verified ones."""
    facts = YAML(typ="safe", pure=True).load(FACTS)
    _, *papers = read_manifest(ROOT / "corpus_manifest.yaml")  # the first is the handbook
    assert [paper.id for paper in papers] == [fact["slug"] for fact in facts]
    for paper, fact in zip(papers, facts, strict=True):
        cut = [] if fact.get("authors_complete", True) else ["et al."]
        url = None if fact["arxiv_id"] else fact["pdf_url"]
        assert paper.title == tidy(fact["title"])
        assert list(paper.authors) == [*map(tidy, fact["authors"]), *cut]
        assert (paper.year, paper.arxiv, paper.url) == (fact["year"], fact["arxiv_id"], url)
        assert list(paper.topics) == fact["topics"]
        assert list(paper.aliases) == [tidy(alias) for alias in fact["aliases"]]
        assert list(paper.lists) == list(fact["lists"])
