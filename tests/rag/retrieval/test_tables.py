"""Rows of a table are recognised, and share the score of their header and caption."""

from __future__ import annotations

import pytest
from small_library import SmallLibrary

from rag.retrieval.tables import find_tables, is_row

TABLE = [
    "We compare all methods in the table below.",
    "Method Simulated Human",
    "Alpha 46.8 ± 1.8 55.1 ± 1.7",
    "Beta 42.0 ± 1.5 40.9 ± 1.6",
    "Gamma 30.2 ± 1.1 31.0 ± 1.2",
    "Table 2: Win rates of each method against the same rival.",
    "The next section looks at costs.",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PPO 46.8 ± 1.8 55.1 ± 1.7", True),
        ("Runtime 20.9m 44.9m 1.6h 4.2h", True),
        ("Train. FLOPs 2.1e20 3.2e21", True),
        ("0 25 50 75 100", False),
        ("We trained it for 3 epochs on 2 machines.", False),
        ("Method Simulated Human", False),
    ],
)
def test_which_lines_are_rows_of_a_table(text: str, expected: bool) -> None:
    """A row has a label and numbers; the axis of a plot has no label, and a sentence ends with a full stop."""
    assert is_row(text) is expected


def test_header_and_caption_belong_to_the_table() -> None:
    """The header above the rows and the caption below them belong to the table; the line after the caption does not."""
    tables = find_tables(TABLE)
    assert tables.is_row.tolist() == [False, False, True, True, True, False, False]
    assert tables.of.tolist() == [0, 0, 0, 0, 0, 0, -1]
    assert tables.header.tolist() == [-1, -1, 1, 1, 1, -1, -1]


def test_a_page_may_have_two_tables() -> None:
    """Two tables on a page are told apart by the prose between them."""
    tables = find_tables([*TABLE[1:], "More prose.", "And more.", "And more.", *TABLE[1:]])
    assert tables.of[tables.is_row].tolist() == [0, 0, 0, 1, 1, 1]
    assert tables.header[tables.is_row].tolist() == [0, 0, 0, 9, 9, 9]


def test_a_number_in_a_table_is_answered_by_its_row(library: SmallLibrary) -> None:
    """The row that a question names is found, even if only the caption has the question's other words."""
    prose = [f"Paragraph {i} says nothing of it." for i in range(8)]
    library.write_pdf("herd", pages=(prose, TABLE))
    library.sync()
    assistant = library.assistant()
    answer = assistant.ask("What is the win rate of Gamma in the Herd paper?")
    assert "Gamma 30.2" in answer.text
