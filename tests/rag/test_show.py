"""What the terminal is shown is plain text."""

from __future__ import annotations

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Hit, Scores, Sentence
from rag.llm_status import ModelStatus
from rag.show import show_answer, show_hits, show_models

STEERS = "a\x1b[2Jb\x1b]0;c\x07d\x9b"
PAPER = Paper(id="herd", title=STEERS)


def test_nothing_that_is_shown_steers_the_terminal() -> None:
    """Titles, passages, sentences and what servers say lose control characters and what those begin."""
    answer = Answer(
        question="?",
        status="answered",
        sentences=(Sentence(STEERS, (1,), "supported"),),
        citations=(Citation(1, "paper", PAPER, 1, STEERS, 0),),
        llm="extractive",
        index="",
        notices=(STEERS,),
    )
    hit = Hit(1, "paper", PAPER, 1, STEERS, 0, STEERS, Scores(0, 0, 0))
    status = ModelStatus(STEERS, True, False, STEERS)
    for shown in (show_answer(answer), show_hits([hit]), show_models([status])):
        assert "abd" in shown and "\n" in shown
        assert all(char == "\n" or char.isprintable() for char in shown)
