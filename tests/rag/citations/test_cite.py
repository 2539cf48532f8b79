"""A model's reply is read into sentences with their citation marks, and nothing unsafe is left in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations.cite import read_draft

TITLES = ("Herd", "Slim Adapters for Large Models", "Third")


def read(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.markers) for claim in read_draft(text, TITLES).claims]


@pytest.mark.parametrize(
    "written",
    [
        "It has 6 layers [1][2].",
        "It has 6 layers [1, 2].",
        "It has 6 layers. [1][2]",
        "It has 6 layers.[1] [2]",
        "It has 6 layers [1-2].",
        "It has 6 layers【1】【2】.",
        "It has 6 layers [passage 1, 2].",
        "It has 6 layers [1; 2].",
        "It has 6 layers [^1][^2].",
        "It has 6 layers (passages 1 and 2).",
        "It has 6 layers【1†source】[2].",
        "It has 6 layers [[1]] ([2]).",
        "- **It has 6 layers** [1][2].",
    ],
)
def test_marks_in_usual_forms(written: str) -> None:
    """A citation mark in any usual form is read and removed from the text."""
    assert [(text.removeprefix("• ").rstrip("."), marks) for text, marks in read(written)] == [
        ("It has 6 layers", (1, 2))
    ]


@pytest.mark.parametrize(
    "mark",
    [
        " (2)", "(2)", "（2）", " ^2", "^2", " {2}", " <2>", " [p2]", " [No. 2]", " [Evidence 2]", " \\cite{2}",
        " [2](http://evil.example/x)", "<sup>2</sup>", "<sup>[2]</sup>", " [[2]](#2)", " [2](#ref-2)", "²",
        " [2 of 3]", ", [2]", " [2, p. 7]", " [passage 2, page 7]", " (2)(2)", " [2] (p. 7)", " [Slim, p. 7] (2)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("stop", [".", ""])
def test_marks_in_unusual_forms(mark: str, stop: str) -> None:
    """A citation mark in an unusual form is read and removed too, because renumbering would make it point elsewhere."""
    assert read(f"It has six layers{mark}{stop}") == [(f"It has six layers{stop}", (2,))]


@pytest.mark.parametrize(
    "mark", [" [page 7]", " (p. 7)", " [Herd, p. 7]", " (pp. 7-9)", "（第 7 页）"]
)
def test_page_references_are_not_marks(mark: str) -> None:
    """A reference to a page is removed, but is not read as the number of a passage."""
    assert read(f"It has six layers{mark}.") == [("It has six layers.", ())]


@pytest.mark.parametrize(
    "sentence",
    [
        "It works as follows: (1) first it reads, (2) then it writes.",
        "It appeared in the spring (2023).",
        "It has area 5 m² and costs O(1).",
        "It is given by Equation (1), and by Table (2).",
        "It scales as n^2.",
        "It maps $x^2$, $f (1)$ and $a_{1}$.",
        "LLaMA (2) was next.",
        "It has nine layers (9).",
    ],
)
def test_other_numbers_are_not_marks(sentence: str) -> None:
    """Numbers of list items, years, exponents, tables and unknown passages stay in the text."""
    assert read(sentence) == [(sentence, ())]


def test_a_mark_after_the_stop_belongs_to_the_sentence_before() -> None:
    """In "Sentence. [1] Sentence.", the mark belongs to the first one."""
    assert read("Herd has 65B. [1] Slim is small. [2]") == [
        ("Herd has 65B.", (1,)),
        ("Slim is small.", (2,)),
    ]


def test_marks_that_point_nowhere_are_removed_and_counted() -> None:
    """A mark with a higher number than there are passages is removed and counted."""
    draft = read_draft("It has 6 layers [7]. It is small [1][12].", TITLES)
    assert [claim.markers for claim in draft.claims] == [(), (1,)]
    assert draft.n_unknown == 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[1] reports 6 layers.", "“Herd” reports 6 layers."),
        (
            "As shown in [2], it is small.",
            "As shown in “Slim Adapters for Large Models”, it is small.",
        ),
        ("Values lie in [0, 1] there.", "Values lie in [0, 1] there."),
        ("Passage 1 says that it has 6 layers.", "“Herd” says that it has 6 layers."),
        ("As is shown in [1].", "As is shown in “Herd”."),
        ("The scale is 1 for both [2].", "The scale is 1 for both."),
        (
            "It is public text that it is trained on [1][2].",
            "It is public text that it is trained on.",
        ),
    ],
)
def test_a_mark_used_as_a_noun_becomes_the_title(written: str, shown: str) -> None:
    """A mark that is the subject or object of its sentence is replaced by the paper's title."""
    assert read(written)[0][0] == shown


def test_lists_and_headings_become_sentences() -> None:
    """Items of a list become sentences; the introduction and the list of sources are removed."""
    text = (
        "Answer:\n\n1. Herd has 65B parameters [1].\n2. Slim is frozen [2].\n\nSources:\n[1] Herd"
    )
    assert read(text) == [("1. Herd has 65B parameters.", (1,)), ("2. Slim is frozen.", (2,))]


def test_thoughts_tokens_and_tags_are_removed() -> None:
    """A model's thoughts, the tokens of its chat template and HTML tags are removed."""
    text = "<think>maybe [3]?</think>It has 6 layers [1].<|im_end|></s> <img src=x onerror=y>"
    assert read(text) == [("It has 6 layers.", (1,))]


def test_control_characters_are_removed() -> None:
    """Control characters are removed, and white space becomes a space."""
    assert read("It has\t6 \x1b[2J\x1b]0;x\x07layers\x9b [1].") == [("It has 6 layers.", (1,))]


@pytest.mark.parametrize(
    "residue",
    [
        "\x1b[31m",
        "\x1b]8;;https://evil.example\x07",
        "\u202e\u2066\u200b",
        "".join(chr(0xE0000 + ord(letter)) for letter in "evil"),
        "<script>steal()</script>",
        "<style>*{display:none}</style>",
        "<reasoning>a secret</reasoning>",
        "<thought>a secret</thought>",
        '<tool_call>{"name":"fetch"}</tool_call>',
        "<!-- a secret -->",
        f'<a {"x" * 400} href="/x">',
        '<img src="x" onerror=steal()',
    ],
)
def test_hidden_and_active_content_is_removed_completely(residue: str) -> None:
    """Terminal codes, invisible characters, scripts, comments and broken tags leave nothing behind."""
    assert read(f"It has {residue} 6 layers [1].") == [("It has 6 layers.", (1,))]


def test_tokens_at_the_ends_of_a_text_are_removed() -> None:
    """Tokens such as [BOS] are removed at the ends of a reply; inside a sentence they are kept."""
    assert read("[BOS] It has 6 layers [1]. [EOS] <eos>") == [("It has 6 layers.", (1,))]
    assert read("Herd scores the [EOS] token [1].") == [("Herd scores the [EOS] token.", (1,))]


def test_joiners_are_kept() -> None:
    """The zero-width joiners that Persian and other scripts need are kept."""
    assert read("می\u200cخواهم ده لایه [1].")[0][0] == "می\u200cخواهم ده لایه."


def test_a_question_is_not_a_claim() -> None:
    """The repeated question is left out, unless the reply is nothing else."""
    asked = "How many layers does it have?"
    assert read(f"**{asked}**\n\nIt has 6 layers [1].") == [("It has 6 layers.", (1,))]
    assert read(asked) == [(asked, ())]


@pytest.mark.parametrize(
    "said",
    [
        "Sure! Here is the answer based on the passages: It has 6 layers [1]. Let me know if you need more!",
        "It has 6 layers [1].\n\nNote: The answer is based on passage 1.",
        "**Answer:** It has 6 layers [1].\n\nI hope this helps!",
        "According to the passages, the answer is: It has 6 layers [1].",
    ],
)
def test_a_remark_is_not_a_claim(said: str) -> None:
    """Remarks to the reader are left out, because they would count as unsupported sentences."""
    assert read(said) == [("It has 6 layers.", (1,))]


def test_a_reply_of_remarks_is_kept() -> None:
    """A reply of nothing but remarks is kept, because the answer would be empty without them."""
    assert read("Sure! Let me know!") == [("Sure!", ()), ("Let me know!", ())]


def test_a_repeated_sentence_is_kept_once() -> None:
    """A repeated sentence is kept once with all its marks, unless it is under another heading."""
    assert read(
        "It has 6 layers [1]. It is small. It has 6 layers [2]. It **has** 6 layers! [1]"
    ) == [
        ("It has 6 layers.", (1, 2)),
        ("It is small.", ()),
    ]
    assert read("It has 6 layers [1]. It has 6 layers [1]. It has 6 [") == [
        ("It has 6 layers.", (1,))
    ]
    lists = "Herd:\n- It is open [1].\n\nSlim:\n- It is open [2]."
    assert len(read(lists)) == 4


@pytest.mark.parametrize(
    "char", [".", "\n", " ", ".\n", "!\n", "[", "1,", "a.", "a@", "<a ", "//a.", "<script>"]
)
@pytest.mark.timeout(30)
def test_long_repetition_is_read_fast(char: str) -> None:
    """A long run of one character does not hide the sentence before it, and the time to read it does not explode."""
    assert read(f"It has 6 layers [1].\n\n{char * 20_000}")[0] == ("It has 6 layers.", (1,))


@given(st.text(alphabet="ab .[]()1290,-<>|/\n*【】:h@\\{}=", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """No reply raises an error, and its claims have only known marks."""
    draft = read_draft(text, TITLES)
    assert all(set(claim.markers) <= {1, 2, 3} and claim.text for claim in draft.claims)
