"""A draft is checked against its evidence sentence by sentence, and its marks are corrected."""

from __future__ import annotations

import pytest
from hashing_embedder import HashingEmbedder
from run_to_end import run_to_end

from ingest.corpus import Paper
from rag.answer import Hit, Scores
from rag.citations.cite import read_draft
from rag.verification.check import CheckedDraft, check_draft
from rag.verification.verify import Judge

EMBED = HashingEmbedder().embed_passages
DROPOUT = "BERT uses dropout with a probability of 0.1 on all layers during pre-training."
PRIVATE = "For the training of BERT, private data was never used."


def hit(text: str, title: str = "BERT") -> Hit:
    return Hit(1, "paper", Paper(id="bert", title=title), 3, "", 0, text, Scores(0, 0, 0))


def check(said: str, asked: str, *texts: str) -> CheckedDraft:
    draft = read_draft(said, ["BERT"] * len(texts))
    return run_to_end(check_draft(draft, Judge([hit(text) for text in texts], EMBED), asked))[1]


@pytest.mark.parametrize(
    ("text", "asked", "said", "support"),
    [
        (
            DROPOUT,
            "Is dropout used on all layers in the pre-training of BERT?",
            "No",
            "unsupported",
        ),
        (DROPOUT, "Does BERT use dropout on all layers?", "No", "unsupported"),
        (DROPOUT, "Does BERT use dropout on all layers?", "没有", "unsupported"),
        (PRIVATE, "Was private data used in the training of BERT?", "No", "partly"),
    ],
)
def test_a_bare_no_needs_a_denial_on_the_page(
    text: str, asked: str, said: str, support: str
) -> None:
    """ "No" alone is unsupported, or partly supported if the page has a denial."""
    assert [claim.support for claim in check(f"{said} [1].", asked, text).claims] == [support]


def test_a_number_alone_is_supported_if_the_page_has_it() -> None:
    """An answer that is only a number is supported if the page gives that number for what was asked."""
    page = "Herd-65B was trained on 1.4 trillion tokens of public text."
    asked = "On how many tokens was Herd-65B trained?"
    (claim,) = check("1.4 trillion tokens [1].", asked, page).claims
    assert claim.support == "supported"
    (claim,) = check("1.6 trillion tokens [1].", asked, page).claims
    assert claim.support == "unsupported"


def test_the_check_can_be_stopped_after_each_sentence() -> None:
    """Checking a draft yields an empty piece after each sentence, so that it can be stopped in between."""
    draft = read_draft(" ".join(f"BERT uses dropout {i} [1]." for i in range(5)), ["BERT"])
    steps = check_draft(draft, Judge([hit(DROPOUT)], EMBED), "What does BERT use?")
    assert run_to_end(steps)[0] == [""] * 5


def test_a_sentence_that_two_passages_have_is_cited_once() -> None:
    """A sentence has two citations only if it takes both passages together to support it."""
    (claim,) = check(DROPOUT, "What does BERT use?", DROPOUT, f"It is well known. {DROPOUT}").claims
    assert (claim.support, len(claim.quotes)) == ("supported", 1)
    both = "Herd-65B was trained on 1.4 trillion tokens, Slim on 30 billion tokens."
    halves = (
        "Herd-65B was trained on 1.4 trillion tokens.",
        "Slim was trained on 30 billion tokens.",
    )
    (claim,) = check(both, "How do Herd and Slim differ?", *halves).claims
    assert (claim.support, {quote.hit for quote in claim.quotes}) == ("supported", {0, 1})


def test_the_number_of_an_item_and_the_head_of_a_table_are_not_checked() -> None:
    """Of an item in a list, its number is not checked; of a row in a table, its column names are not."""
    said = "7. BERT uses dropout on all layers [1].\n\n| robots | who |\n|--|--|\n| dropout | BERT on all layers [1] |"
    numbered, row = check(said, "What does BERT use?", DROPOUT).claims
    assert (numbered.text, numbered.support) == ("7. BERT uses dropout on all layers.", "supported")
    assert (row.text, row.support) == ("robots: dropout · who: BERT on all layers", "supported")
