"""An answer without a model has whole sentences, or as much of them as two PDF readers agree on, and table rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from small_library import SmallLibrary

from rag.assistant import Assistant
from rag.generation.second_reader import SecondReader

TABLE = [
    "Model Layers Heads Width",
    "Herd 7B 32 16 4096",
    "Herd 62B 64 32 8192",
    "Herd 540B 118 48 18432",
    "Table 1: What the three sizes look like.",
]
OPTIMIZER = "We train it with the Adam optimizer and a batch size of 256, with a decay of = 10."


def read(library: SmallLibrary, *pages: Sequence[str]) -> Assistant:
    """An assistant that has read a paper with these pages."""
    library.write_pdf("herd", pages=pages)
    library.sync()
    return library.assistant()


@pytest.fixture
def assistant(library: SmallLibrary) -> Assistant:
    """One paper with a table on its second page and a broken formula on its third."""
    return read(library, ["Herd is a family of models."], TABLE, [OPTIMIZER])


def confirm_only(monkeypatch: pytest.MonkeyPatch, confirms: Callable[[str], bool]) -> None:
    """A second reader that finds only some quotes."""
    monkeypatch.setattr(
        SecondReader, "confirms", lambda _self, _paper, _page, quote: confirms(quote)
    )


def test_a_row_comes_with_its_header(assistant: Assistant) -> None:
    """A row of a table is shown below its header, without which its numbers mean nothing."""
    answer = assistant.ask("How many layers does Herd 540B have?")
    texts = [sentence.text for sentence in answer.sentences]
    assert texts.index("Model Layers Heads Width") + 1 == texts.index("Herd 540B 118 48 18432")


def test_a_sentence_is_shown_as_far_as_two_readers_agree(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence is shown and quoted only up to the part that the second PDF reader does not confirm."""
    confirm_only(monkeypatch, lambda quote: "= 10" not in quote)
    answer = assistant.ask("Which optimizer does Herd use?")
    shown = next(s for s in answer.sentences if "Adam" in s.text)
    assert shown.text == "We train it with the Adam optimizer and a batch size of 256 …"
    quote = next(c.quote for c in answer.citations if c.marker in shown.citations)
    assert OPTIMIZER.startswith(" ".join(quote.split()))


def test_without_a_confirmed_sentence_there_is_no_evidence(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the second PDF reader confirms no sentence, the answer is a refusal that names the nearest page."""
    confirm_only(monkeypatch, lambda _quote: False)
    answer = assistant.ask("Which optimizer does Herd use?")
    assert answer.status == "no_evidence"
    assert "page 3" in answer.text


def test_what_a_sentence_announces_is_shown(library: SmallLibrary) -> None:
    """The sentence that answers is shown, even if only the one announcing it has the question's words."""
    page = "There are several reasons why Herd costs much. All layers are wide and deep everywhere."
    assistant = read(library, [page])
    assert "layers are wide" in assistant.ask("Why does Herd cost much?").text


def search(library: SmallLibrary, *pages: str, question: str) -> list[int | None]:
    """The pages of a paper with these texts, the best for ``question`` first."""
    prose = [
        f"Paragraph {i} speaks of animals that graze on hills, and of nothing else."
        for i in range(4)
    ]
    assistant = read(library, *([text] for text in (*prose, *pages)))
    return [hit.page for hit in assistant.search(question).hits]


def test_a_page_with_only_a_heading_is_ranked_lower(library: SmallLibrary) -> None:
    """A page with only a heading is ranked below one with a sentence, even if the heading has the question's words."""
    told = "Its data for training are forty sites of news, all of them read twice."
    pages = search(library, "Training data", told, question="What are the training data of Herd?")
    assert pages.index(6) < pages.index(5)


def test_a_definition_that_is_asked_for_comes_first(library: SmallLibrary) -> None:
    """If a definition is asked for, the page that defines the term is ranked above one that only uses it."""
    used = "Gnu speed matters, and Gnu speed was measured for Herd on all days."
    defined = "Gnu speed is a measure of how fast a model of Herd answers."
    pages = search(library, used, defined, question="What is Gnu speed?")
    assert pages.index(6) < pages.index(5)


def test_a_row_of_a_table_does_not_answer_why(assistant: Assistant) -> None:
    """A row of a table answers a question for a number, but not one that asks why."""
    row = "Herd 540B 118 48 18432"
    value = assistant.ask("How many layers does Herd 540B have?")
    assert row in [sentence.text for sentence in value.sentences]
    words = assistant.ask("Why does Herd 540B have heads?")
    assert row not in [sentence.text for sentence in words.sentences]


def test_a_page_with_the_kind_of_thing_asked_for_is_ranked_higher(library: SmallLibrary) -> None:
    """If data is asked for, a page that describes data is ranked above one that has only the question's words."""
    used = "It is used in many places for training, as we have seen."
    crawled = "It is used after training on a crawl of forty sites, as we have seen."
    pages = search(library, used, crawled, question="Which data are used for training Herd?")
    assert pages.index(6) < pages.index(5)


def test_a_line_with_an_authors_address_is_ranked_lower(library: SmallLibrary) -> None:
    """A line with an author's address is ranked below a sentence, even if it has all the question's words."""
    address = "Which heads layers of Herd have is known to ada@herd.org."
    prose = "The heads of its layers are many, and all of them are wide."
    assistant = read(library, [address, prose])
    answer = assistant.ask("Which heads do the layers of Herd have?")
    assert answer.sentences[0].text == prose
