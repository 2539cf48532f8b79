"""What a model wrote is read: sentences, marks in any shape, nothing foreign left in."""

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
def test_marks_in_any_shape(written: str) -> None:
    """However a mark is written, it is read and taken out of the text."""
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
def test_marks_in_odd_shapes(mark: str, stop: str) -> None:
    """None is left in the text, where it would point to another source once the marks are renumbered."""
    assert read(f"It has six layers{mark}{stop}") == [(f"It has six layers{stop}", (2,))]


@pytest.mark.parametrize(
    "mark", [" [page 7]", " (p. 7)", " [Herd, p. 7]", " (pp. 7-9)", "（第 7 页）"]
)
def test_pages_are_no_marks(mark: str) -> None:
    """The check finds the page; the model's own is dropped."""
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
def test_numbers_that_are_no_marks(sentence: str) -> None:
    """Lists, years, exponents, numbers of tables and whatever has no passage."""
    assert read(sentence) == [(sentence, ())]


def test_a_mark_behind_the_stop_belongs_to_the_sentence_before() -> None:
    """Sentence, stop, mark, sentence: the mark is the first one's."""
    assert read("Herd has 65B. [1] Slim is small. [2]") == [
        ("Herd has 65B.", (1,)),
        ("Slim is small.", (2,)),
    ]


def test_marks_that_point_nowhere_are_removed_and_counted() -> None:
    """A mark beyond the passages is no citation."""
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
def test_a_mark_used_as_a_word(written: str, shown: str) -> None:
    """Where the sentence leans on the mark, the paper's name takes its place."""
    assert read(written)[0][0] == shown


def test_lists_and_headings_become_sentences() -> None:
    """Introductions go, the items stay."""
    text = (
        "Answer:\n\n1. Herd has 65B parameters [1].\n2. Slim is frozen [2].\n\nSources:\n[1] Herd"
    )
    assert read(text) == [("1. Herd has 65B parameters.", (1,)), ("2. Slim is frozen.", (2,))]


def test_thoughts_tokens_and_tags_go() -> None:
    """Nothing of a reasoning model's thoughts or of a chat template reaches the reader."""
    text = "<think>maybe [3]?</think>It has 6 layers [1].<|im_end|></s> <img src=x onerror=y>"
    assert read(text) == [("It has 6 layers.", (1,))]


def test_nothing_steers_a_terminal() -> None:
    """Control characters go, white space stays space."""
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
def test_what_no_reader_should_see_goes_whole(residue: str) -> None:
    """Nothing is left of what steers a terminal or a page, of what is invisible, and of asides."""
    assert read(f"It has {residue} 6 layers [1].") == [("It has 6 layers.", (1,))]


def test_the_ends_of_a_text_go() -> None:
    """Tokens that say where a text begins and ends are no words; a sentence may speak of them."""
    assert read("[BOS] It has 6 layers [1]. [EOS] <eos>") == [("It has 6 layers.", (1,))]
    assert read("Herd scores the [EOS] token [1].") == [("Herd scores the [EOS] token.", (1,))]


def test_joiners_stay() -> None:
    """Persian and some other scripts are written with them."""
    assert read("می\u200cخواهم ده لایه [1].")[0][0] == "می\u200cخواهم ده لایه."


def test_a_question_claims_nothing() -> None:
    """The reader's question, repeated, is no sentence of the answer, unless it is all there is."""
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
def test_what_is_said_to_the_reader_is_no_claim(said: str) -> None:
    """It would be called unsupported, and a second draft be asked for."""
    assert read(said) == [("It has 6 layers.", (1,))]


def test_remarks_alone_are_what_was_said() -> None:
    """Rather than an empty answer."""
    assert read("Sure! Let me know!") == [("Sure!", ()), ("Let me know!", ())]


def test_what_is_said_again_is_said_once() -> None:
    """With all its marks; under another heading it is something else."""
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
def test_a_model_that_has_lost_itself_is_read_at_once(char: str) -> None:
    """Long runs of anything neither hide the sentence before them nor take minutes."""
    assert read(f"It has 6 layers [1].\n\n{char * 20_000}")[0] == ("It has 6 layers.", (1,))


@given(st.text(alphabet="ab .[]()1290,-<>|/\n*【】:h@\\{}=", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever a model writes is read without an error, and known marks are the only ones."""
    draft = read_draft(text, TITLES)
    assert all(set(claim.markers) <= {1, 2, 3} and claim.text for claim in draft.claims)
