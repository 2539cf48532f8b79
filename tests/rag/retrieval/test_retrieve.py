"""The passage with the answer comes first, with its paper, page and offset."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from small_library import PAGES, SmallLibrary

from ingest.corpus import Paper
from rag.answer import Hit
from rag.config import Filters
from rag.retrieval.paper_queries import PaperQueries
from rag.retrieval.retrieve import Retriever


def find(retriever: Retriever, asked: str, **how: object) -> list[Hit]:
    return retriever.find(retriever.read(asked), **how)  # type: ignore[arg-type]


def test_the_page_with_the_answer_is_first(retriever: Retriever) -> None:
    """A fact of page 2 is found on page 2."""
    hit = find(retriever, "How many tokens was Herd-65B trained on?")[0]
    assert (hit.paper.id, hit.page, hit.rank) == ("herd", 2, 1)
    assert "1.4 trillion tokens" in hit.text


def test_a_hit_is_a_slice_of_its_page(retriever: Retriever) -> None:
    """The passage is verbatim at its offset."""
    hits = [hit for hit in find(retriever, "Which models freeze weights?") if hit.page]
    assert {hit.paper.id for hit in hits} == {"herd", "slim"}
    for hit in hits:
        page = retriever.index.pages[hit.paper.id, hit.page or 0]
        assert page.text[hit.start : hit.start + len(hit.text)] == hit.text


def test_a_chinese_question_finds_the_english_page(retriever: Retriever) -> None:
    """A Chinese question finds the English page by the paper's alias and translated terms."""
    hit = find(retriever, "羊群模型训练了多少token？")[0]
    assert (hit.paper.id, hit.page) == ("herd", 2)


def test_a_comparison_shows_both_papers(retriever: Retriever) -> None:
    """The first two passages come from the two papers named."""
    hits = find(retriever, "How do Herd and Slim differ in training?")
    assert {hit.paper.id for hit in hits[:2]} == {"herd", "slim"}


@pytest.mark.parametrize(
    ("filters", "papers"),
    [
        (Filters(papers=("slim",)), {"slim"}),
        (Filters(topics=("foundation-models",)), {"herd"}),
        (Filters(years=(2020, 2022)), {"slim"}),
        (Filters(lists=("mine",)), {"herd"}),
        (Filters(lists=("no such list",)), set()),
    ],
)
def test_filters_bound_the_search(retriever: Retriever, filters: Filters, papers: set[str]) -> None:
    """Nothing outside the filters is ever found."""
    hits = find(retriever, "Which models are trained?", filters=filters)
    assert {hit.paper.id for hit in hits} == papers


def test_only_the_best_pages_show_two_passages(library: SmallLibrary) -> None:
    """Only the first three pages may show a second passage, which does not overlap the first."""

    def page(name: str) -> list[str]:
        others = (f"{name}{i}" for i in range(36))
        between = [f"No {x}a saw {x}b or {x}c and {x}d or {x}e." for x in others]
        first, last = (
            f"The tokens of {name} grew by a river.",
            f"Later {name} lost tokens to frost.",
        )
        return [first, *between, last]

    library.write_pdf("herd", [page(n) for n in "alder birch cedar maple olive poplar".split()])
    library.sync()
    retriever = library.open().retriever()
    hits = find(retriever, "tokens", filters=Filters(papers=("herd",)))
    n_shown = Counter(hit.page for hit in hits)
    assert sorted(n_shown.values()) == [1, 1, 1, 2, 2, 2]
    best = list(dict.fromkeys(hit.page for hit in hits))[:3]
    for number in best:
        first, second = sorted((h for h in hits if h.page == number), key=lambda hit: hit.start)
        assert first.start + len(first.text) <= second.start


def test_near_duplicates_are_dropped(library: SmallLibrary) -> None:
    """Two pages with the same words give one passage."""
    line = "Herd-65B was trained on 1.4 trillion tokens of public text."
    library.write_pdf("herd", [(line,), (line,), ("Something else about cats.",)])
    library.sync()
    retriever = library.open().retriever()
    hits = find(retriever, "How many tokens was Herd trained on?")
    assert sum(line in hit.text for hit in hits) == 1


def test_the_note_of_a_paper_helps_to_find_its_pages(tmp_path: Path) -> None:
    """A paper that the question only describes, in words of its note, has its pages ranked first."""
    notes = {
        "one": "A 7B system of a small laboratory.",
        "two": "The 90B model of the company Acme.",
    }
    papers = [
        Paper(id, f"System {id}", arxiv=f"2401.0000{n}", note=note)
        for n, (id, note) in enumerate(notes.items())
    ]
    library = SmallLibrary(tmp_path, papers)
    library.write_pdf("one", [["It was trained for 300,000 steps in many runs of one week."]])
    library.write_pdf("two", [["Our text is public. It was trained for 500,000 steps."]])
    library.sync()
    retriever = library.open().retriever()
    assert find(retriever, "For how many steps was Acme's 90B model trained?")[0].paper.id == "two"


@pytest.mark.parametrize(
    ("asked", "at_large"),
    [
        ("What is the main idea of Slim?", True),
        ("What problem does Slim solve?", True),
        ("Which paper introduced Slim?", True),
        ("Slim 讲了什么？", True),
        ("What is the main idea behind the learning rate of Slim?", False),
        ("How do Herd and Slim differ in their main idea?", True),
        ("Herd vs Slim", True),
        ("What's actually the difference between the ways in which Herd and Slim train?", True),
        ("Which is larger, Herd or Slim?", True),
        ("How do Herd and Slim differ in their learning rate?", False),
        ("How big is Herd?", True),
        ("Who wrote Slim?", False),
        ("What is a model about?", False),
    ],
)
def test_a_general_question_about_a_paper(retriever: Retriever, asked: str, at_large: bool) -> None:
    """If nothing specific is asked, the paper's note in the list is the query for its pages."""
    assert retriever.read(asked).is_overview == at_large


def test_a_general_question_finds_the_page_with_the_main_claim(library: SmallLibrary) -> None:
    """For a general question, the page with the paper's claim is ranked before one that has the question's words."""
    library.write_pdf(
        "slim",
        [
            ["We propose Slim, which trains small matrices and keeps the large model frozen."],
            ["The main idea of the second user was to ask for a problem to solve."],
        ],
    )
    library.sync()
    retriever = library.open().retriever()
    at_large = (
        "What is the main idea of Slim?",
        "Explain Slim",
        "What differs between Slim and Herd?",
    )
    for asked in at_large:
        assert find(retriever, asked)[0].page == 1


def test_papers_of_one_page_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rank of a paper with only one page does not depend on how many papers are searched a second time."""
    animals = "otter heron badger lynx".split()
    papers = [
        Paper(a, f"Notes {n}", arxiv=f"2401.0000{n}", note="Who was weighed in spring, and how?")
        for n, a in enumerate(animals)
    ]
    library = SmallLibrary(tmp_path, papers)
    for n, a in enumerate(animals):
        others = " ".join(f"{a}{i}" for i in range(5 + n))  # so that no two are near-duplicates
        library.write_pdf(a, [(f"A {a} was weighed in spring.", f"Its {others}.")])
    library.sync()
    retriever = library.open().retriever()
    orders = []
    for n_read in (0, 1, len(papers)):
        monkeypatch.setattr("rag.retrieval.retrieve.PAPERS_READ", n_read)
        hits = find(retriever, "Who was weighed in spring, and how?", k=20)
        orders.append([hit.paper.id for hit in hits if hit.page])
    assert len(orders[0]) == len(papers) and orders[0] == orders[1] == orders[2]


def test_an_entry_does_not_change_the_scores_of_pages(library: SmallLibrary) -> None:
    """The scores of a paper's pages are scaled among themselves, whatever the score of its entry in the list."""
    library.write_pdf("herd")
    library.write_pdf("slim", [*PAGES["slim"], ("2 Results", "Nothing else is asked for here.")])
    library.sync()
    retriever = library.open().retriever()
    question = retriever.read("Does Slim keep the weights frozen, and save memory?")
    first_look = {None: 9.0, 1: 1.0, 2: 0.0}
    pages = PaperQueries(question, retriever).reading("slim").page_scores(first_look)
    assert pages[0] == 0.0 and pages.max() == 1.0


def test_an_entry_is_found_without_its_pdf(library: SmallLibrary) -> None:
    """A paper without a PDF is found by its entry in the list, and the hit says that it has no pages."""
    library.sync()
    retriever = library.open().retriever()
    hit = find(retriever, "Which paper trains two small matrices?")[0]
    assert (hit.paper.id, hit.source, hit.page, hit.has_pages) == ("slim", "list", None, False)


def test_pages_replace_the_entry(retriever: Retriever) -> None:
    """Once a paper has pages, its entry is shown only if authors or year are asked for."""
    assert all(hit.source == "paper" for hit in find(retriever, "How does Slim save memory?"))
    assert find(retriever, "Who wrote Slim?")[0].source == "list"


def test_a_new_build_is_picked_up(library: SmallLibrary) -> None:
    """The same library serves the new index after a sync, without a restart."""
    library.sync()
    serving = library.open()
    assert serving.retriever().index.papers["herd"].n_pages == 0
    library.write_pdf("herd")
    library.sync()
    assert serving.retriever().index.papers["herd"].n_pages == 2
