"""What a model wrote is read: sentences, marks in any shape, nothing foreign left in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cite import DraftClaim, read_draft, visible_text, web_addresses

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
        "- **It has 6 layers** [1][2].",
    ],
)
def test_marks_in_any_shape(written: str) -> None:
    """However a mark is written, it is read and taken out of the text."""
    assert [(text.removeprefix("• ").rstrip("."), marks) for text, marks in read(written)] == [
        ("It has 6 layers", (1, 2))
    ]


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
    ],
)
def test_a_mark_used_as_a_word(written: str, shown: str) -> None:
    """Where the sentence leans on the mark, the paper's name takes its place."""
    assert read(written)[0][0] == shown


def test_lists_and_headings_become_sentences() -> None:
    """Numbers become bullets, introductions go, the items stay."""
    text = (
        "Answer:\n\n1. Herd has 65B parameters [1].\n2. Slim is frozen [2].\n\nSources:\n[1] Herd"
    )
    assert read(text) == [("• Herd has 65B parameters.", (1,)), ("• Slim is frozen.", (2,))]


def test_thoughts_tokens_and_tags_go() -> None:
    """Nothing of a reasoning model's thoughts or of a chat template reaches the reader."""
    text = "<think>maybe [3]?</think>It has 6 layers [1].<|im_end|></s> <img src=x onerror=y>"
    assert read(text) == [("It has 6 layers.", (1,))]


THOUGHTS = [
    "Maybe 12 [3]?</think>",
    "Maybe 12 [3]?\n</thinking>\n\n",
    "<thinking>Maybe 12.</thinking>",
    "[THINK]Maybe 12 [3]?[/THINK]",
    "<think>\n\n</think>\n\n",
    "<think>It says </think>, so 12?</think>",
]


def test_nothing_steers_a_terminal() -> None:
    """Control characters go, white space stays space."""
    assert read("It has\t6 \x1b[2J\x1b]0;x\x07layers\x9b [1].") == [
        ("It has 6 [2J]0;xlayers.", (1,))
    ]


@pytest.mark.parametrize("thoughts", THOUGHTS)
def test_thoughts_go_however_they_are_marked(thoughts: str) -> None:
    """Also where the prompt opened them, so that only their end is there."""
    assert read(f"{thoughts}It has 6 layers [1].") == [("It has 6 layers.", (1,))]
    assert visible_text(f"{thoughts}It has") == "It has"


def test_an_answer_may_tell_of_the_tags() -> None:
    """What is before the tags that it names was not thought."""
    assert read("It thinks between <think> and </think> tags [1].") == [
        ("It thinks between tags.", (1,))
    ]


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/a?b=c",
        "[click here](https://evil.example)",
        "![x](https://evil.example/leak?q=1)",
        "www.evil.example/x",
        "javascript:alert(1)",
    ],
)
def test_links_are_removed(link: str) -> None:
    """A link in a model's answer is taken out and counted."""
    draft = read_draft(f"It has six layers and more at {link}.", TITLES)
    assert "evil" not in draft.claims[0].text and "javascript" not in draft.claims[0].text
    assert draft.n_links == 1


def test_a_link_in_chinese_text_is_removed() -> None:
    """There no space stands before it."""
    draft = read_draft(
        "它有六层，更多内容请见https://evil.example/a，还有代码。请见https://evil.example/b。",
        TITLES,
    )
    assert draft.claims == (DraftClaim("它有六层，更多内容请见，还有代码。", ()),)
    assert draft.n_links == 2


@pytest.mark.parametrize(
    "evidence",
    [
        "The code is at {}.",
        "All of it is at {}!",
        "Have you seen {}?",
        "(see {})",
        "代码在 {}，数据也在。",
        "数据（{}）",
    ],
)
@pytest.mark.parametrize("link", ["https://example.org/herd", "HTTPS://x.org/p?a=1"])
def test_a_link_that_stands_in_the_evidence_stays(evidence: str, link: str) -> None:
    """It may be the answer, whatever stands behind it there or here."""
    links = web_addresses(evidence.format(link))
    assert links == [link]
    for stop in (".", "!", "?"):
        draft = read_draft(f"The code is at {link} [1]{stop}", TITLES, links)
        assert draft.claims == (DraftClaim(f"The code is at {link}{stop}", (1,)),)


def test_only_a_link_to_a_page_may_stay() -> None:
    """What runs or writes a letter is none, wherever it stands."""
    assert web_addresses("javascript:alert(1) mailto:a@x.org data:text/html,x www.x.org") == []


def test_a_sentence_that_was_only_a_link_is_dropped() -> None:
    """What is left of it says nothing."""
    assert read("It has 6 layers [1]. See http://evil.example/x.") == [("It has 6 layers.", (1,))]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("<th", ""),
        ("[TH", ""),
        ("<think>so", ""),
        ("[THINK]so", ""),
        ("<think>so</think>Yes", "Yes"),
        ("<5 layers", "<5 layers"),
    ],
)
def test_thoughts_are_not_streamed(said: str, seen: str) -> None:
    """While a model thinks, nothing is shown."""
    assert visible_text(said) == seen


@pytest.mark.parametrize("char", [".", "\n", " ", ".\n", "!\n", "[", "1,"])
def test_a_model_that_has_lost_itself_is_read_at_once(char: str) -> None:
    """Long runs of anything neither hide the sentence before them nor take minutes."""
    assert read(f"It has 6 layers [1].\n\n{char * 20_000}")[0] == ("It has 6 layers.", (1,))


@given(st.text(alphabet="ab .[]()1290,-<>|/\n*【】:h", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever a model writes is read without an error, and known marks are the only ones."""
    draft = read_draft(text, TITLES)
    assert all(set(claim.markers) <= {1, 2, 3} and claim.text for claim in draft.claims)
