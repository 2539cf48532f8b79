"""A sentence is quoted only if a second PDF reader finds it on the same page."""

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
    """Spaces, hyphens and quotation marks do not count when the texts of two PDF readers are compared."""
    assert comparable("pre-\ntraining “data”") == comparable("pretraining data")


def test_a_quote_is_searched_on_its_own_page(reader: SecondReader) -> None:
    """A quote is confirmed only on its own page, and only if all its words agree."""
    quote = "Herd-65B was trained on 1.4 trillion\ntokens of public text."
    assert reader.confirms("herd", 2, quote)
    assert not reader.confirms("herd", 1, quote)
    assert not reader.confirms("herd", 2, quote.replace("1.4", "1.5"))


def test_line_numbers_do_not_split_a_quote(library: SmallLibrary) -> None:
    """Line numbers of a review copy that the second reader finds between words do not count."""
    lines = [f"The line {w} goes on in the" for w in "abcdefghijkl"]
    review_pdf(library.write_pdf("herd"), [lines])
    library.sync()
    reader = SecondReader(library.workspace)
    assert reader.confirms("herd", 1, "goes on in the The line c goes on")
    assert not reader.confirms("herd", 1, "goes on in the The line q")


def test_without_a_second_text_every_quote_is_confirmed(reader: SecondReader) -> None:
    """Every quote of a paper or page for which there is no second text is confirmed."""
    assert reader.confirms("slim", 1, "anything")
    assert reader.confirms("herd", 99, "anything")


def test_a_page_that_timed_out_confirms_nothing(
    reader: SecondReader, library: SmallLibrary
) -> None:
    """A page that the second reader did not finish confirms no quote."""
    quote = "We present Herd, a family of language models."
    assert reader.confirms("herd", 1, quote)
    folder = library.workspace.paper("herd")
    folder.write_second_texts([None, *folder.read_second_texts()[1:]])
    assert not reader.confirms("herd", 1, quote)


def test_a_changed_pdf_is_read_again(reader: SecondReader, library: SmallLibrary) -> None:
    """After a PDF has changed, quotes are compared with the text of the new one."""
    assert not reader.confirms("herd", 1, "A new first page.")
    library.write_pdf("herd", [["A new first page."]])
    library.sync()
    assert reader.confirms("herd", 1, "A new first page.")


def test_no_pdf_is_read_while_answering(reader: SecondReader, library: SmallLibrary) -> None:
    """Confirming a quote uses the stored text, so that a question never waits for a PDF reader."""
    endless_pdf(library.workspace.paper("herd").pdf)
    assert reader.confirms("herd", 1, "We present Herd, a family of language models.")


def test_what_is_not_confirmed_is_not_quoted(library: SmallLibrary) -> None:
    """A sentence that the second reader does not find is not in the answer."""
    library.write_pdf("herd")
    library.sync()
    assistant = library.assistant()
    asked = "How many tokens was Herd-65B trained on?"
    assert "1.4 trillion" in assistant.ask(asked).text
    library.workspace.paper("herd").write_second_texts(["One page.", "Training took 21 days."])
    assert "1.4 trillion" not in assistant.ask(asked).text
