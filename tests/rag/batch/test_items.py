"""Questions are read from JSONL, JSON, CSV and text files, and what is wrong with a line is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from batches import items

from ingest.errors import UsageError
from rag.batch.items import Item, read_items


def warnings_of(path: Path) -> list[str]:
    """The warnings about the file."""
    said: list[str] = []
    read_items(path, said.append)
    return said


def test_null_counts_as_missing(tmp_path: Path) -> None:
    """A field that is null counts as missing, and a missing id is the number of the line."""
    row = '{"id": null, "question": "q", "history": null, "papers": null}'
    assert items(tmp_path, row) == [Item("1", "q")]


def test_csv_and_plain_text_are_read(tmp_path: Path) -> None:
    """A CSV file needs a column "question"; a text file has one question per line."""
    table = items(tmp_path, "id,question", 'a,"x, y"', "b,z", name="in.csv")
    assert [(i.id, i.question) for i in table] == [("a", "x, y"), ("b", "z")]
    text = items(tmp_path, "first?", "", "second?", name="in.txt")
    assert [i.question for i in text] == ["first?", "second?"]
    with pytest.raises(UsageError, match="column"):
        items(tmp_path, "frage", "x", name="in.csv")


def test_an_unclosed_quotation_mark_is_an_error(tmp_path: Path) -> None:
    """In a CSV file, an unclosed quotation mark is an error that names the line; a quoted cell may have several lines."""
    with pytest.raises(UsageError, match=r"from line 4 on: unexpected end"):
        items(tmp_path, "question", '"a', 'b"', '"c', "d", "e", name="in.csv")
    with pytest.raises(UsageError, match=r"from line 2 on"):
        items(tmp_path, "question", '"a', "b", '"c"', name="in.csv")
    (table,) = items(tmp_path, "question", '"a', 'b"', name="in.csv")
    assert table.question == "a\nb"


def test_two_columns_with_the_same_name_are_refused(tmp_path: Path) -> None:
    """Two columns with the same name are an error, because one of them would be ignored."""
    with pytest.raises(UsageError, match="two columns named question"):
        items(tmp_path, "question,Question", "a,b", name="in.csv")


def test_a_table_with_tabs_is_read(tmp_path: Path) -> None:
    """A file with the extension .tsv may have tabs between its columns."""
    table = items(tmp_path, "id\tquestion", "a\tWhy, then?", name="in.tsv")
    assert table == [Item("a", "Why, then?")]


def test_history_and_papers_are_read(tmp_path: Path) -> None:
    """Each line of a JSONL file may have its own earlier turns and its own papers."""
    row = '{"question": "q", "history": [{"question": "a", "answer": "b"}], "papers": ["p"]}'
    (item,) = items(tmp_path, row)
    assert item.history[0].answer == "b"
    assert item.papers == ("p",)


def test_a_table_may_name_papers(tmp_path: Path) -> None:
    """In a table, papers are separated by any character that an id cannot have; an empty cell allows all papers."""
    rows = ("question,papers", 'a,"herd, slim"', "b,herd;slim-2.1", "c,", "d")
    table = items(tmp_path, *rows, name="in.csv")
    assert [i.papers for i in table] == [("herd", "slim"), ("herd", "slim-2.1"), (), ()]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "q.csv",
            "question,history,year\na,b,2015",
            "ignored `history`, `year`; known fields are `id`",
        ),
        ("q.jsonl", '{"question": "a", "year": "2015"}\n{"question": "b", "year": 1}', "`year`;"),
        ("q.csv", "id,question,papers,\n1,a,herd,", ""),
        ("q.jsonl", '{"id": 1, "question": "a", "history": [], "papers": []}\n[]\n{', ""),
    ],
)
def test_unknown_fields_are_reported_once(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    """Unknown fields are no error, but one warning names all of them."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    told = warnings_of(path)
    assert (said in told[0] and len(told) == 1) if said else not told


CHINESE = "Question,id\r\n思维链是哪篇论文提出的？,一\r\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CHINESE.encode("utf-8-sig"), []),
        (CHINESE.encode("utf-16"), []),
        ("\ufeff".encode("utf-16-be") + CHINESE.encode("utf-16-be"), []),
        (CHINESE.replace(",", "\t").encode("utf-16"), []),
        (CHINESE.replace(",", ";").encode(), []),
        (CHINESE.encode("gbk"), ["q.csv is not in UTF-8; it was read as GB18030."]),
    ],
)
def test_tables_are_read_as_spreadsheets_write_them(
    tmp_path: Path, content: bytes, said: list[str]
) -> None:
    """A table may have a byte order mark, a Chinese encoding, and tabs or semicolons between its columns."""
    path = tmp_path / "q.csv"
    path.write_bytes(content)
    assert read_items(path) == [Item("一", "思维链是哪篇论文提出的？")]
    assert warnings_of(path) == said


def test_column_names_ignore_case_and_spaces(tmp_path: Path) -> None:
    """The names of columns may be in capitals and have spaces around them."""
    table = items(tmp_path, "ID, question ,Papers", "a,b,herd", name="in.csv")
    assert table == [Item("a", "b", papers=("herd",))]


def test_an_array_is_read(tmp_path: Path) -> None:
    """A JSON array may have texts and objects; an entry that is neither fails alone."""
    mixed = items(
        tmp_path, "[", '"a",', '{"id": "x",', '"question": "b"},', "7", "]", name="q.json"
    )
    assert mixed[:2] == [Item("1", "a"), Item("x", "b")]
    assert mixed[2].problem == "Entry 3 is not a question: this is not a JSON object."
    assert items(tmp_path, "{", '"question": "a"', "}", name="q.json") == [Item("1", "a")]


def test_a_missing_question_is_named(tmp_path: Path) -> None:
    """A line or an entry without a question, or with null, has an error with its number."""
    lines = items(tmp_path, '{"id": "x"}', '{"question": null}')
    assert [item.problem for item in lines] == [f"Line {n} has no “question”." for n in (1, 2)]
    (entry,) = items(tmp_path, "[", '{"id": "x"}', "]", name="q.json")
    assert entry.problem == "Entry 1 has no “question”."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"question": 5}', "`question` must look like"),
        ('{"question": "q", "id": ["x"]}', "`id` must look like"),
        ('{"question": "q", "papers": "lora"}', '`papers` must look like `["..."]`'),
        ('{"question": "q", "papers": [7]}', "`papers` must look like"),
        ('{"question": "q", "history": "before"}', "`history` must look like"),
        ('{"question": "q", "history": ["before"]}', "`history` must look like"),
        ('{"question": "q", "history": [{"answer": "a"}]}', "`history` must look like"),
        ('{"question": "bad \\ud83d"}', "`question` contains '\\ud83d', which is not a character"),
        ('{"question": "q", "id": "\\ud83d"}', "`id` contains"),
        ('{"question": "q", "history": [{"question": "\\ud83d"}]}', "`history` contains"),
    ],
)
def test_an_invalid_field_is_named(tmp_path: Path, row: str, said: str) -> None:
    """The error about an invalid field names the line, the field and the right form."""
    _, item = items(tmp_path, '{"question": "a"}', row)
    assert item.problem.startswith("Line 2 is not a question: ") and said in item.problem


def test_a_json_file_may_have_json_lines(tmp_path: Path) -> None:
    """A file with the extension .json may have one JSON object per line; each invalid line fails alone."""
    good, broken = '{"question": "a"}', "{broken"
    assert items(tmp_path, good, name="q.json") == [Item("1", "a")]
    assert [i.question for i in items(tmp_path, good, broken, name="q.json")] == ["a", ""]
    assert items(tmp_path, "", name="q.json") == []


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    """For a file that cannot be read, the error says what is wrong and what to do."""
    tmp_path.joinpath("binary.csv").write_bytes(b"\xff\x00\x81\xff")
    tmp_path.joinpath("broken.json").write_text('["a", ', encoding="utf-8")
    tmp_path.joinpath("folder.csv").mkdir()
    for name, said, hint in (
        ("none.csv", "none.csv does not exist.", "Check the name"),
        ("folder.csv", "folder.csv cannot be read: Is a directory.", "a file"),
        ("binary.csv", "binary.csv cannot be read as text.", "Save it as UTF-8."),
        (
            "broken.json",
            "broken.json is not a JSON array: this is not valid JSON",
            "one JSON object per line",
        ),
    ):
        with pytest.raises(UsageError) as caught:
            read_items(tmp_path / name)
        assert said in caught.value.message and hint in caught.value.hint
