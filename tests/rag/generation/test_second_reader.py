"""Only what a second reader finds on the page is quoted."""

from __future__ import annotations

import pytest
from pdfs import endless_pdf, review_pdf
from small_library import SmallLibrary

from rag.generation.second_reader import SecondReader, comparable


@pytest.fixture
def reader(library: SmallLibrary) -> SecondReader:
    library.write_pdf("herd")
    library.sync()
    return SecondReader(library.workspace)


def test_quotes_compare_without_space_hyphens_and_marks() -> None:
    """What two PDF readers write differently is the same quote."""
    assert comparable("pre-\ntraining “data”") == comparable("pretraining data")


def test_a_quote_is_searched_on_its_own_page(reader: SecondReader) -> None:
    """The right words on another page, or other words, are not confirmed."""
    quote = "Herd-65B was trained on 1.4 trillion\ntokens of public text."
    assert reader.confirms("herd", 2, quote)
    assert not reader.confirms("herd", 1, quote)
    assert not reader.confirms("herd", 2, quote.replace("1.4", "1.5"))


def test_line_numbers_do_not_split_a_quote(library: SmallLibrary) -> None:
    """The second reader finds them between the words of a review copy."""
    lines = [f"The line {w} goes on in the" for w in "abcdefghijkl"]
    review_pdf(library.write_pdf("herd"), [lines])
    library.sync()
    reader = SecondReader(library.workspace)
    assert reader.confirms("herd", 1, "goes on in the The line c goes on")
    assert not reader.confirms("herd", 1, "goes on in the The line q")


def test_without_a_second_text_every_quote_is_confirmed(reader: SecondReader) -> None:
    """A paper that was not parsed, and a page without text for the second reader, confirm all."""
    assert reader.confirms("slim", 1, "anything")
    assert reader.confirms("herd", 99, "anything")


def test_a_page_that_timed_out_confirms_nothing(
    reader: SecondReader, library: SmallLibrary
) -> None:
    """What is on a page that the second reader did not finish is unknown."""
    quote = "We present Herd, a family of language models."
    assert reader.confirms("herd", 1, quote)
    folder = library.workspace.paper("herd")
    folder.write_second_texts([None, *folder.read_second_texts()[1:]])
    assert not reader.confirms("herd", 1, quote)


def test_a_changed_pdf_is_read_again(reader: SecondReader, library: SmallLibrary) -> None:
    """Cached text of the old file is not used for the new one."""
    assert not reader.confirms("herd", 1, "A new first page.")
    library.write_pdf("herd", [["A new first page."]])
    library.sync()
    assert reader.confirms("herd", 1, "A new first page.")


def test_no_pdf_is_read_while_answering(reader: SecondReader, library: SmallLibrary) -> None:
    """A question never waits for a PDF reader."""
    endless_pdf(library.workspace.paper("herd").pdf)
    assert reader.confirms("herd", 1, "We present Herd, a family of language models.")


def test_what_is_not_confirmed_is_not_quoted(library: SmallLibrary) -> None:
    """The answer omits a sentence that the second reader does not find."""
    library.write_pdf("herd")
    library.sync()
    assistant = library.assistant()
    asked = "How many tokens was Herd-65B trained on?"
    assert "1.4 trillion" in assistant.ask(asked).text
    library.workspace.paper("herd").write_second_texts(["One page.", "Training took 21 days."])
    assert "1.4 trillion" not in assistant.ask(asked).text
