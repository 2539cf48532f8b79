"""Questions come in from files as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UsageError
from rag.items import Item, read_items


def items(tmp_path: Path, *rows: str, name: str = "in.jsonl") -> list[Item]:
    path = tmp_path / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return read_items(path)


def told_of(path: Path) -> list[str]:
    """What a user is told of the file, besides errors."""
    said: list[str] = []
    read_items(path, said.append)
    return said


def test_what_is_null_is_left_out(tmp_path: Path) -> None:
    """The id is then the line's number, as where there is none."""
    row = '{"id": null, "question": "q", "history": null, "papers": null}'
    assert items(tmp_path, row) == [Item("1", "q")]


def test_csv_and_text_come_in(tmp_path: Path) -> None:
    """A CSV needs a column "question"; a text file holds one question a line."""
    table = items(tmp_path, "id,question", 'a,"x, y"', "b,z", name="in.csv")
    assert [(i.id, i.question) for i in table] == [("a", "x, y"), ("b", "z")]
    text = items(tmp_path, "first?", "", "second?", name="in.txt")
    assert [i.question for i in text] == ["first?", "second?"]
    with pytest.raises(UsageError, match="column"):
        items(tmp_path, "frage", "x", name="in.csv")


def test_history_and_papers_come_in(tmp_path: Path) -> None:
    """A line may bring its own turns and its own papers."""
    row = '{"question": "q", "history": [{"question": "a", "answer": "b"}], "papers": ["p"]}'
    (item,) = items(tmp_path, row)
    assert item.history[0].answer == "b"
    assert item.papers == ("p",)


def test_a_table_brings_papers(tmp_path: Path) -> None:
    """A cell's ids are parted by what no id holds; an empty cell allows all papers."""
    rows = ("question,papers", 'a,"herd, slim"', "b,herd;slim-2.1", "c,", "d")
    table = items(tmp_path, *rows, name="in.csv")
    assert [i.papers for i in table] == [("herd", "slim"), ("herd", "slim-2.1"), (), ()]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "q.csv",
            "question,history,year\na,b,2015",
            "not read are `history`, `year`; read are `id`",
        ),
        ("q.jsonl", '{"question": "a", "year": "2015"}\n{"question": "b", "year": 1}', "`year`;"),
        ("q.csv", "id,question,papers,\n1,a,herd,", ""),
        ("q.jsonl", '{"id": 1, "question": "a", "history": [], "papers": []}\n[]\n{', ""),
    ],
)
def test_what_is_not_read_is_told_once(tmp_path: Path, name: str, content: str, said: str) -> None:
    """Others may read such a field, so it is no error; but nothing is ignored in silence."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    told = told_of(path)
    assert (said in told[0] and len(told) == 1) if said else not told
