"""Finding papers among the user's own PDFs."""

from __future__ import annotations

from pathlib import Path

import pytest
from arxiv_server import LLAMA
from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Paper
from ingest.errors import UsageError
from ingest.fetch.arxiv import find_arxiv_id, split_id
from ingest.fetch.local_pdfs import LocalPdfs

OLD = Paper(id="susy", title="Old", arxiv="hep-th/9901001")


def folder_with(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.5")
    return root


def found_name(folder: Path, paper: Paper) -> str | None:
    found = LocalPdfs([folder]).find(paper)
    return found.path.name if found else None


@pytest.mark.parametrize(
    "name",
    [
        "2307.09288.pdf",
        "2307.09288v2.pdf",
        "arXiv-2307.09288v2.pdf",
        "arXiv.2307.09288.PDF",
        "2307.09288v2 - Llama 2.pdf",
        "Touvron_2307.09288.pdf",
        "2307.09288 (1).pdf",
        "deep/er/2307.09288v2.pdf",
        "llama-2.pdf",
        "Llama_2.pdf",
        "LLAMA 2.Pdf",
    ],
)
def test_a_paper_is_found_by_id_or_slug(tmp_path: Path, name: str) -> None:
    """An id anywhere in the name, or the slug as the whole name, is enough."""
    assert found_name(folder_with(tmp_path, name), LLAMA) == Path(name).name


@pytest.mark.parametrize(
    "name",
    [
        "12307.09288.pdf",
        "2307.092881.pdf",
        "1.2307.09288.pdf",
        "2307.09288.1.pdf",
        "2307.09288 and 1706.03762.pdf",
        "2307.09288.txt",
        "._2307.09288.pdf",
        "llama-2-chat.pdf",
        "llama2.pdf",
    ],
)
def test_similar_names_do_not_match(tmp_path: Path, name: str) -> None:
    """Longer numbers, two ids, other suffixes, hidden files and longer names don't count."""
    assert found_name(folder_with(tmp_path, name), LLAMA) is None


@pytest.mark.parametrize(
    "name",
    [
        "hep-th_9901001v2.pdf",
        "hep-th9901001.pdf",
        "arXiv-hep-th9901001v2.pdf",
        "HEP-TH-9901001.pdf",
    ],
)
def test_old_ids_are_found_in_all_spellings(tmp_path: Path, name: str) -> None:
    """A file name cannot contain the slash of an old id, so other characters may replace it."""
    assert found_name(folder_with(tmp_path, name), OLD) == name


@pytest.mark.parametrize("name", ["hep-ph9901001.pdf", "9901001.pdf", "hep-th99010010.pdf"])
def test_old_ids_need_their_archive_and_all_digits(tmp_path: Path, name: str) -> None:
    """The same number in another archive is another paper."""
    assert found_name(folder_with(tmp_path, name), OLD) is None


def test_the_subject_class_of_an_old_id_does_not_matter(tmp_path: Path) -> None:
    """``math.GT/0309136`` and ``math/0309136`` are one paper."""
    paper = Paper(id="x", title="X", arxiv="math.GT/0309136")
    assert found_name(folder_with(tmp_path, "math0309136v1.pdf"), paper) == "math0309136v1.pdf"


def test_the_highest_version_wins_if_the_list_names_none(tmp_path: Path) -> None:
    """A name without a version counts as the lowest, and v10 is above v9."""
    names = ("2307.09288.pdf", "2307.09288v9.pdf", "2307.09288v10.pdf", "llama-2.pdf")
    found = LocalPdfs([folder_with(tmp_path, *names)]).find(LLAMA)
    assert found is not None
    assert (found.path.name, found.version) == ("2307.09288v10.pdf", "v10")


def test_a_pinned_version_wins_and_others_are_never_used(tmp_path: Path) -> None:
    """For v2: a file named v2, or else one that names no version, but never v1 or v3."""
    asked = Paper(id="llama-2", title="Llama 2", arxiv="2307.09288v2")
    folder_with(tmp_path, "2307.09288v1.pdf", "2307.09288v3.pdf")
    assert found_name(tmp_path, asked) is None
    folder_with(tmp_path, "2307.09288.pdf")
    assert found_name(tmp_path, asked) == "2307.09288.pdf"
    folder_with(tmp_path, "2307.09288v2.pdf")
    assert found_name(tmp_path, asked) == "2307.09288v2.pdf"


def test_an_earlier_folder_wins_only_a_tie(tmp_path: Path) -> None:
    """The order of the folders decides between equal versions, whatever the file names."""
    others = [f"{letter}.pdf" for letter in "abcdef"]
    first = folder_with(tmp_path / "first", "x.pdf", "llama-2.pdf", "2307.09288v1.pdf")
    second = folder_with(tmp_path / "second", *others, "2307.09288.pdf", "2307.09288v1.pdf")
    third = folder_with(tmp_path / "third", "2307.09288v2.pdf")
    asked_v7 = Paper(id="llama-2", title="Llama 2", arxiv="2307.09288v7")
    pair = LocalPdfs([first, second])
    for paper in (LLAMA, asked_v7):
        found = pair.find(paper)
        assert found is not None
        assert found.path.parent == first
    best = LocalPdfs([first, second, third]).find(LLAMA)
    assert best is not None
    assert best.path.parent == third


def test_a_plain_name_wins_over_a_copy(tmp_path: Path) -> None:
    """Of two equal files in a folder, the one with the shorter name is used."""
    folder_with(tmp_path, "2307.09288 (1).pdf", "2307.09288.pdf")
    assert found_name(tmp_path, LLAMA) == "2307.09288.pdf"


def test_a_paper_without_arxiv_id_is_found_by_its_slug(tmp_path: Path) -> None:
    """An arXiv id in a name does not match it."""
    paper = Paper(id="gpt-1", title="GPT", url="https://example.org/x.pdf")
    assert found_name(folder_with(tmp_path, "2307.09288.pdf"), paper) is None
    assert found_name(folder_with(tmp_path, "GPT_1.pdf"), paper) == "GPT_1.pdf"


def test_a_deleted_file_is_not_found(tmp_path: Path) -> None:
    """Neither is a folder whose name ends in .pdf."""
    pdfs = LocalPdfs([folder_with(tmp_path, "2307.09288.pdf")])
    (tmp_path / "2307.09288.pdf").unlink()
    (tmp_path / "llama-2.pdf").mkdir()
    assert pdfs.find(LLAMA) is None
    assert found_name(tmp_path, LLAMA) is None


def test_a_path_that_is_not_a_folder_is_named(tmp_path: Path) -> None:
    """A missing folder and a file are errors that name the path."""
    file = folder_with(tmp_path, "x.pdf") / "x.pdf"
    for wrong in (file, tmp_path / "missing"):
        with pytest.raises(UsageError) as caught:
            LocalPdfs([tmp_path, wrong])
        assert str(wrong) in caught.value.message


NEW_IDS = st.from_regex(r"[0-9]{4}\.[0-9]{4,5}", fullmatch=True)
OLD_IDS = st.builds(
    "{}/{}".format,
    st.sampled_from(["hep-th", "math", "math-ph", "cs", "physics", "cond-mat", "q-bio"]),
    st.from_regex(r"[0-9]{7}", fullmatch=True),
)
VERSIONS = st.none() | st.integers(1, 99).map("v{}".format)
WORDS = st.text(alphabet="abcxyz _-()知识", max_size=12)


@given(NEW_IDS | OLD_IDS, VERSIONS, WORDS, WORDS)
def test_an_id_is_read_back_from_any_name(
    bare: str, version: str | None, before: str, after: str
) -> None:
    """Separate words around an id never hide the id or its version."""
    name = f"{before} {bare.replace('/', '_')}{version or ''} {after}"
    assert find_arxiv_id(name) == (bare, version)
    assert split_id(bare + (version or "")) == (bare, version)


@given(NEW_IDS, VERSIONS, st.sampled_from("0123456789"))
def test_an_additional_digit_makes_another_number(
    bare: str, version: str | None, digit: str
) -> None:
    """With a digit before or after it, an id or version is not found as it was."""
    assert find_arxiv_id(digit + bare + (version or "")) is None
    longer = find_arxiv_id(bare + (version or "") + digit)
    assert longer != (bare, version)


@given(st.text(max_size=40))
def test_any_name_can_be_read(name: str) -> None:
    """No name raises an error, and only valid ids are found."""
    found = find_arxiv_id(name)
    assert found is None or split_id(found[0]) == (found[0], None)
