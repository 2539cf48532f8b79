"""The questions on the first screen: one of each kind, about what is here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from small_library import SmallLibrary
from ui.visits import background_of

from ingest.corpus import HANDBOOK, Paper
from ingest.indexing.index import IndexedPaper
from rag.assistant import Assistant
from rag.ui.chat.examples import example_questions
from rag.ui.chat.welcome import WelcomeRenderer
from rag.ui.selection import Selection
from rag.ui.texts import LANGUAGES, Language

MODEL = "A family of models from 7B to 65B parameters, trained on up to 1.4T tokens."
PAPERS = (
    Paper(HANDBOOK, "The askpapers Handbook", aliases=("askpapers",)),
    Paper("ape", "APE: Open Models", topics=("models",), note=MODEL, lists=("a", "b", "c")),
    Paper("bee", "Bee: Small Adapters", topics=("tuning",), lists=("a", "b")),
    Paper("cod", "Cod: Smaller Adapters", topics=("tuning",), lists=("a",)),
    Paper("dog", "Dog: Data from Models", topics=("data",)),
    *(
        Paper(f"rl{i}", "Feedback Is Enough", topics=("rlhf",), note="It is done with RLHF.")
        for i in range(3)
    ),
    Paper("eel", "Learning Eels", topics=("eels",), aliases=("鳗鱼论文", "EEL")),
)


def _indexed(*papers: Paper, n_pages: int = 9) -> dict[str, IndexedPaper]:
    return {paper.id: IndexedPaper(paper, n_pages, "") for paper in papers}


def test_there_is_one_of_each_kind() -> None:
    """A number, a comparison, how, which papers, and one in Chinese; each about another topic."""
    assert example_questions(_indexed(*PAPERS), "en") == [
        "How many tokens was APE trained on?",
        "How do Bee and Cod differ?",
        "How does Dog work?",
        "Which papers are about RLHF?",
        "EEL 的核心思想是什么？",
    ]
    assert example_questions(_indexed(*PAPERS), "zh")[1] == "Bee 和 Cod 有什么区别？"


def test_without_pages_the_list_is_asked() -> None:
    """No number and no comparison, which need the pages."""
    asked = example_questions(_indexed(*PAPERS, n_pages=0), "en")
    assert asked[0] == "Which papers are about RLHF?" and len(asked) == 5
    assert all("main idea" in question or "核心思想" in question for question in asked[1:])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_list_has_examples(language: str) -> None:
    """Also one paper alone; the handbook and a paper without a name are none."""
    for papers in (PAPERS[1:2], PAPERS[1:3], PAPERS[:1], (Paper("x", "Some Title"),)):
        asked = example_questions(_indexed(*papers), "zh" if language == "zh" else "en")
        assert len(asked) == len(set(asked)) and not any("askpapers" in one for one in asked)
        assert bool(asked) is any(paper.id in ("ape", "bee") for paper in papers)


def test_a_number_is_asked_only_where_it_is_known() -> None:
    """Not the tokens of a context, nor the parameters of another paper's model."""
    note = "For GPT-3 175B it cuts the trainable parameters; the context has 1024 tokens."
    asked = example_questions(_indexed(Paper("low", "Low: Small", note=note)), "en")
    assert not any("How many" in question for question in asked)


def test_the_welcome_is_made_once_for_each_index(
    library: SmallLibrary, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every open page asks for it every other second; another model changes nothing of it."""
    asked: list[int] = []

    def counted(papers: Mapping[str, IndexedPaper], language: Language) -> list[str]:
        asked.append(len(papers))
        return example_questions(papers, language)

    monkeypatch.setattr("rag.ui.chat.welcome.example_questions", counted)
    welcome = WelcomeRenderer(background_of(library, assistant))
    for _ in range(2):
        first = welcome.html(Selection(), "en")
        assert welcome.html(Selection("openai:other"), "en") == first
        assert "Herd" in first and "Herd" not in welcome.html(Selection(papers=("slim",)), "en")
    assert asked == [2, 1]
    library.write_pdf("slim")
    library.sync()
    welcome.html(Selection(), "en")
    assert asked == [2, 1, 2]
