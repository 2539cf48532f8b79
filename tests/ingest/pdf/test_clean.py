"""Cleaning raw page text: what is removed, what is kept, what is repaired."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pdf.clean import JOINT, clean_pages
from ingest.pdf.furniture import strip_furniture


def clean(page: str) -> str:
    """Clean ``page`` as the second of three pages: neither the first nor the only one."""
    return clean_pages(["One page.", page, "Another page."])[1]


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("The loss\r\nfalls.", "The loss\nfalls."),
        ("  wide \t spaces\r\n\r\n\r\nand gaps ", "wide spaces\nand gaps"),
        ("a form\x0cfeed", "a form feed"),
        ("con\x00trol \x1b and \ue000private\ufeff", "control and private"),
        ("e\ufb03cient \ufb01ne-tuning", "efficient fine-tuning"),
        ("\U0001d44a ∈ \U0001d445", "W ∈ R"),
        ("soft\u00adware, soft\u00ad\r\nware", "software, software"),
        ("in two1\r\n. Each layer", "in two1. Each layer"),
        ("65.2B 1.5e\r\n−4 4M\r\n1.4T 5E\r\n-12,", "65.2B 1.5e−4 4M\n1.4T 5E-12,"),
        ("the size\r\n-4 and 10\r\n−5", "the size\n-4 and 10\n−5"),
        ("Volske ¨ and M. Potthast", "Volske and M. Potthast"),
        ('before <latexit sha1_base64="x">AAB\nCCD</latexit> after', "before after"),
    ],
)
def test_characters_are_normalised(raw: str, cleaned: str) -> None:
    """Line ends, spaces, compatibility forms and noise."""
    assert clean(raw) == cleaned


@pytest.mark.parametrize("text", ["10² and x⁻³", "½ of it", "Model™", "图 1：噪声，去噪。（见表）"])
def test_meaningful_forms_are_kept(text: str) -> None:
    """An exponent is never joined to its base, and Chinese punctuation stays Chinese."""
    assert clean(text) == text


def test_a_divided_word_is_joined_as_elsewhere_in_the_document() -> None:
    """With a hyphen only if the document writes the word with one."""
    words = "We use cross-entropy because it is a baseline.\n"
    assert clean(f"{words}cross{JOINT}entropy be\x02cause base{JOINT}line").split("\n")[1] == (
        "cross-entropy because baseline"
    )


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (f"unheard{JOINT}ofness", "unheardofness"),
        (f"GPT{JOINT}3 and Smith{JOINT}Jones", "GPT-3 and Smith-Jones"),
        (f"see https://example.org/a{JOINT}b", "see https://example.org/a-b"),
        (f"experi{JOINT}5The original corpus", "experi-\n5The original corpus"),
        (f"1 {JOINT} x", "1 x"),
        (f"the end of a page com{JOINT}", "the end of a page com-"),
        ("an exam-\nple", "an example"),
        ("Hoffman-\nJones", "Hoffman-\nJones"),
    ],
)
def test_a_divided_word_that_is_found_nowhere_else(raw: str, cleaned: str) -> None:
    """It is joined; names, numbers and addresses keep their hyphen."""
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("number", "cleaned"), [("12", "its perfor-"), ("3", "its perfor-3"), ("12B", "its perfor-12B")]
)
def test_a_page_number_is_not_the_rest_of_a_word(number: str, cleaned: str) -> None:
    """It is removed if it increases with the pages; a compound that ends a page is kept."""
    pages = ["One\r\n10", "Two\r\n11", f"its perfor{JOINT}{number}\r\n", "Four\r\n13"]
    assert clean_pages(pages) == ["One", "Two", cleaned, "Four"]


def test_unknown_pairs_of_known_words_are_compounds() -> None:
    """Two words of the document that are never found together are joined by a hyphen."""
    page = f"The policy has a gradient. A gradient of the policy. policy{JOINT}gradient"
    assert clean(page).endswith("policy-gradient")


def test_ligature_codes_are_repaired_if_a_document_has_many() -> None:
    """In other documents these codes are noise."""
    page = "e\x0ecient, arti\x0ccial, di\x0berent, \rowing back, o\x0fine\r\n" * 4
    assert clean(page).startswith("efficient, artificial, different, flowing back, offline\n")
    assert clean("1 \x0c 2") == "1 2"


def test_arxivs_stamp_is_removed_from_the_first_page_only() -> None:
    """Even if it interrupts a divided word."""
    stamp = "arXiv:2304.07854v1 [cs.CL] 16 Apr 2023"
    pages = clean_pages([f"In com{JOINT}{stamp}\r\nmon use.", f"As in\n{stamp}"])
    assert pages == ["In common use.", f"As in\n{stamp}"]


def test_running_heads_are_removed_after_their_first_page() -> None:
    """Digits are ignored; the first occurrence, which may be the title, is kept."""
    pages = [f"A Study of Steps {n}\nBody {w} here.\nMore {w}." for n, w in enumerate("abcd")]
    cleaned = strip_furniture(pages)
    assert cleaned[0] == pages[0]
    assert cleaned[1:] == [f"Body {w} here.\nMore {w}." for w in "bcd"]


def test_repeated_body_lines_are_kept() -> None:
    """Only the outermost lines are furniture, and only if enough pages have them."""
    inside = [f"start {w}\na\nb\nc\nsame line\nd\ne\nf\nend {w}" for w in "pqrs"]
    assert strip_furniture(inside) == inside
    twice = ["Prompt used\nx y z", "Prompt used\nu v w", "other\nthings", "still\nmore"]
    assert strip_furniture(twice) == twice


@pytest.mark.parametrize("form", ["{}", "- {} -", "Page {}", "{} / 9", "{} of 9"])
def test_page_numbers_are_removed_if_they_increase_with_the_pages(form: str) -> None:
    """Other numbers are kept."""
    pages = [f"Text {word}.\n64\n{form.format(n + 7)}" for n, word in enumerate("abcde")]
    assert strip_furniture(pages) == [f"Text {word}.\n64" for word in "abcde"]


@pytest.mark.parametrize("letter", ["ı", "İ"])
def test_turkish_letters_are_not_roman_numerals(letter: str) -> None:
    """They look like an i, but are no page numbers."""
    assert strip_furniture([f"{letter}\nText."]) == [f"{letter}\nText."]


def test_roman_page_numbers_are_removed() -> None:
    """Front matter counts in Roman numbers."""
    pages = [f"Preface {w}.\n{n}" for w, n in zip("abcd", ["iii", "iv", "v", "vi"], strict=True)]
    assert strip_furniture(pages) == [f"Preface {w}." for w in "abcd"]


def test_axis_ticks_leave_a_gap() -> None:
    """Lines of single numbers in even steps are an axis; no quote may reach across it."""
    assert clean("Accuracy\n0.0\n0.2\n0.4\n0.6\n0.8\n1.0\nFigure 1: It rises.") == (
        "Accuracy\n\nFigure 1: It rises."
    )


@pytest.mark.parametrize(
    "cells", ["7.1 8.3 7.9 9.9 4.2 5.5 6.8", "1 2 4 8 16 32 64", "0 20 40 60", "5 5 5 5 5 5 5"]
)
def test_columns_of_a_table_are_kept(cells: str) -> None:
    """A table with one cell per line is not an axis."""
    table = "\n".join(["Score", *cells.split(), "Table 2: Scores."])
    assert clean(table) == table


@pytest.mark.parametrize(
    "text", ["x", "a-", f"ab{JOINT}", "<latexit ", "5\n", "1\n2\n", " \n", "arXiv: "]
)
def test_time_is_linear_in_the_text(text: str) -> None:
    """Whatever a page contains."""
    before = time.process_time()
    clean_pages([text * (300_000 // len(text))])
    assert time.process_time() - before < 5


pages_of_anything = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200), max_size=6
)


@given(pages_of_anything)
def test_the_number_of_pages_is_kept(pages: list[str]) -> None:
    """Pages have no noise afterwards, and their lines are trimmed."""
    cleaned = clean_pages(pages)
    assert len(cleaned) == len(pages)
    for page in cleaned:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ufffe]", page)
        assert page == page.strip()


@given(st.lists(st.text("ab .,-()3é\n", max_size=120), max_size=5))
def test_no_text_is_invented(pages: list[str]) -> None:
    """The result is a subsequence of the text: no word is reordered or replaced."""
    for raw, cleaned in zip(pages, clean_pages(pages), strict=True):
        letters = iter("".join(unicodedata.normalize("NFKC", raw).split()))
        assert all(letter in letters for letter in "".join(cleaned.split()))
