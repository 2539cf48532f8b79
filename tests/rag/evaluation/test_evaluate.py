"""Each measure of the evaluation has the value that its definition gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.corpus import Paper
from ingest.errors import UsageError
from rag.answer import Answer, Citation, Hit, Scores, Sentence
from rag.evaluation.evaluate import by_group, holds_fact, read_gold, score, within_pages

PAPERS = {name: Paper(name, name.title()) for name in ("a", "b")}


def hit(paper: str, page: int | None, text: str = "text") -> Hit:
    return Hit(1, "paper", PAPERS[paper], page, "", 0, text, Scores(0, 0, 0))


def gold_file(tmp_path: Path, **question: object) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "1", "question": "q", **question}), encoding="utf-8")
    return path


def answer(*hits: Hit) -> Answer:
    return Answer(
        question="q",
        status="answered",
        sentences=(Sentence("It took 21 days.", (1,), "supported"),),
        citations=(Citation(1, "paper", PAPERS["a"], 2, "It took 21 days.", 0),),
        llm="extractive",
        index="i",
        hits=hits,
    )


def test_page_at_k_counts_distinct_pages() -> None:
    """For page@k, passages of the same page count once, and an entry of the list is no page."""
    hits = [hit("a", 1), hit("a", 1), hit("a", None), hit("b", 1), hit("b", 2)]
    assert within_pages(hits, 2) == hits[:4]


def test_each_place_of_a_question_counts_equally(tmp_path: Path) -> None:
    """If one of the two places of a question is found, the score is 0.5."""
    gold = [
        {"paper": "a", "pages": [2], "quote": "21 days"},
        {"paper": "b", "pages": [9], "quote": "22 days"},
    ]
    (question,) = read_gold(gold_file(tmp_path, gold=gold, key_facts=[["21 days", "21d"], ["9"]]))
    scores = score(question, answer(hit("a", 2, "It took\n21 days."))).scores
    assert scores["page@1"] == scores["quote@5"] == scores["page cited"] == 0.5
    assert scores["key facts"] == 0.5
    assert scores["paper@1"] == 1.0


def test_measures_that_do_not_apply_are_left_out(tmp_path: Path) -> None:
    """Without quotes or key facts their measures are missing, and a place without a quote is left out of quote@5."""
    gold = [{"paper": "a", "pages": [2]}]
    (question,) = read_gold(gold_file(tmp_path, gold=gold))
    scores = score(question, answer(hit("a", 2))).scores
    assert scores["page@1"] == 1.0
    assert not {"quote@5", "key facts@5", "key facts"} & set(scores)
    gold += [{"paper": "b", "pages": [9], "quote": "nowhere"}]
    (question,) = read_gold(gold_file(tmp_path, gold=gold))
    assert score(question, answer(hit("a", 2))).scores["quote@5"] == 0.0


def test_pages_and_also_pages_count_alike(tmp_path: Path) -> None:
    """Any page in ``pages`` or ``also_pages`` is a right one."""
    gold = [{"paper": "a", "pages": [5], "also_pages": [2], "quote": "x"}]
    (question,) = read_gold(gold_file(tmp_path, gold=gold))
    assert score(question, answer(hit("a", 2))).scores["page@1"] == 1.0


def test_a_question_without_places_should_be_refused(tmp_path: Path) -> None:
    """A question without places is scored only by whether it was refused."""
    (question,) = read_gold(gold_file(tmp_path, gold=[]))
    assert score(question, answer()).scores == {"rightly refused": 0.0}


@pytest.mark.parametrize(
    ("text", "fact", "holds"),
    [
        ("about 175B parameters", "175B", True),
        ("1175 tokens", "175", False),
        ("17.5 tokens", "7.5", False),
        ("1,240 tasks", "240", False),
        ("1,240 tasks", "1", False),
        ("in 30, or in 1,240.", "30", True),
        ("in 30, or in 1,240.", "1,240", True),
        ("ADADELTA, batch", "adadelta", True),
        ("in 30\nhours", "30 hours", True),
    ],
)
def test_facts_match_on_digit_boundaries(text: str, fact: str, holds: bool) -> None:
    """A fact is not found inside a longer number; case and line ends don't matter."""
    assert holds_fact(text, fact) is holds


def test_groups_are_all_languages_and_kinds(tmp_path: Path) -> None:
    """There is a row for all questions, for each language and for each kind, with the number of questions."""
    path = gold_file(tmp_path, gold=[{"paper": "a", "pages": [2]}], lang="en", kind="fact")
    groups = by_group([score(read_gold(path)[0], answer(hit("a", 2)))])
    assert list(groups) == ["all", "en", "fact"]
    assert groups["en"].n == groups["en"].means["page@1"] == 1


def test_two_questions_with_one_id_are_refused(tmp_path: Path) -> None:
    """Two questions with the same id are an error, because scores are stored and compared by id."""
    path = gold_file(tmp_path)
    path.write_text("\n".join([path.read_text(encoding="utf-8")] * 2), encoding="utf-8")
    with pytest.raises(UsageError, match="2 questions have the id '1'"):
        read_gold(path)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": None}, "`id` is missing"),
        ({"question": 5}, "`question` must look like"),
        ({"question": " "}, "The question is empty"),
        ({"question": "q" * 5000}, "5,000 characters"),
        ({"question": "\ud83d"}, "not a character"),
        ({"lang": "all"}, "`lang` is 'all'"),
        ({"kind": ["fact"]}, "`kind` must look like"),
        ({"history": "before"}, "`history` must look like"),
        ({"gold": "a"}, "`gold` must look like"),
        ({"gold": [{"pages": [2]}]}, "`paper` is missing"),
        ({"gold": [{"paper": "a"}]}, "`pages` is missing"),
        ({"gold": [{"paper": "a", "pages": ["2"]}]}, "`pages` must look like `[3]`"),
        ({"gold": [{"paper": "a", "pages": [True]}]}, "`pages` must look like"),
        ({"gold": [{"paper": "a", "pages": [0]}]}, "`pages` count from 1"),
        ({"gold": [{"paper": "a", "pages": [1], "also_pages": 2}]}, "`also_pages` must look like"),
        ({"key_facts": "21"}, "`key_facts` must look like"),
        ({"key_facts": ["21"]}, "`key_facts` must look like"),
    ],
)
def test_an_invalid_field_is_named(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    """The error about an invalid field names the file, the line and the field."""
    with pytest.raises(UsageError) as caught:
        read_gold(gold_file(tmp_path, **fields))
    assert "gold.jsonl:1: not a gold question: " in caught.value.message
    assert said in caught.value.message


def test_only_a_newline_ends_a_line(tmp_path: Path) -> None:
    """Other line separators are part of the text; a byte order mark is not."""
    path = tmp_path / "gold.jsonl"
    path.write_text('\ufeff{"id": 1, "question": "a\u2028b"}\n', encoding="utf-8")
    (question,) = read_gold(path)
    assert (question.id, question.question) == ("1", "a\u2028b")


def test_a_question_counts_once_in_a_group(tmp_path: Path) -> None:
    """If the language and the kind of a question have the same name, it counts once in their row."""
    (question,) = read_gold(gold_file(tmp_path, lang="x", kind="x"))
    groups = by_group([score(question, answer())])
    assert {name: group.n for name, group in groups.items()} == {"all": 1, "x": 1}


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("", "one JSON object per line"),
        ("{", "Each line needs"),
        ('{"id": 1}', "Each line needs"),
        ("[]", "Each line needs"),
    ],
)
def test_an_invalid_file_is_a_usage_error(tmp_path: Path, content: str, hint: str) -> None:
    """The error about a file that is empty or has no gold questions says what a line needs."""
    path = tmp_path / "gold.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_gold(path)
    assert hint in caught.value.hint
