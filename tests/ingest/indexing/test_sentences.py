"""Where sentences end, where they do not, and that no text is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.indexing.sentences import MAX_CHARS, split_sentences


def pieces(text: str) -> list[str]:
    """The sentences of ``text``, with spaces for line ends."""
    return [" ".join(text[start:end].split()) for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The loss falls.", "It falls on."],
        ["Does it fall?", "It does!", "“Indeed.”", "(So they say.)", "[4] agrees."],
        ["It costs 0.5 cents.", "3 runs cost 1.5."],
        ["As shown by Smith et al. (2020) in Fig. 3 and Sec. 4.1, it falls.", "See Eq. 5."],
        ["We use tools, e.g. BERT, i.e. Encoders, vs. GPT.", "J. R. Smith and A. Jones agree."],
        ["Details are in Appendix A.", "More are in Appendix B."],
        ["It is small (cf. Table 2. It is large there. See below) and fast.", "Good."],
        ["This was noted before.3", "We repeat it (twice).4", "Yes."],
        ["The version v1.5 is GPT-3.5 here.", "It is new."],
        ["扩散模型很强。", "真的吗？", "是的！", "它逐步去噪（见图1。不难）。"],
    ],
)
def test_sentences_end_at_their_stops(sentences: list[str]) -> None:
    """A stop ends a sentence unless it belongs to an abbreviation, a number or a bracket."""
    assert pieces(" ".join(sentences)) == sentences


def test_a_line_break_does_not_end_a_sentence() -> None:
    """A sentence runs over lines; a stop at a line's end ends it, even before a small letter."""
    text = (
        "The loss of the\nmodel falls. It\nfalls on in the second column.\nence of the first one."
    )
    assert pieces(text) == [
        "The loss of the model falls.",
        "It falls on in the second column.",
        "ence of the first one.",
    ]


def test_headings_rows_captions_and_items_are_separate() -> None:
    """They, and empty lines, separate sentences."""
    text = "\n".join(
        [
            *("the end of a sentence", "5.3. Evaluation Setting", "We test four models:"),
            *("• the first", "• the second, which runs", "over two lines."),
            *("(1) an item of another list,", "(2) and one more."),
            *("BERT 12.5 13.1 0.4 99", "GPT 1.0 2.0 3.0 4.0"),
            *("Figure 3: What it shows", "on two lines.", "a gap", "", "after it"),
        ]
    )
    assert pieces(text) == [
        *("the end of a sentence", "5.3. Evaluation Setting", "We test four models:"),
        *("• the first", "• the second, which runs over two lines."),
        *("(1) an item of another list,", "(2) and one more."),
        *("BERT 12.5 13.1 0.4 99", "GPT 1.0 2.0 3.0 4.0"),
        *("Figure 3: What it shows on two lines.", "a gap", "after it"),
    ]


def test_a_line_of_the_contents_is_one_piece() -> None:
    """The dots before its page number end no sentence; an ellipsis does not count as such dots."""
    text = "1 Prompts . . . . . . . . 31\n1.1 Tasks......... iv\n1.2 Rest . . . . . .\nIt grew . . . . . and fell."
    assert pieces(text) == [
        "1 Prompts . . . . . . . . 31",
        "1.1 Tasks......... iv",
        "1.2 Rest . . . . . .",
        *("It grew .", ".", ".", ".", ". and fell."),
    ]


def test_a_number_inside_a_sentence_is_not_an_item() -> None:
    """A line may begin with a bracketed number in the middle of a sentence."""
    assert pieces("as we saw in Equation\n(2) above, it falls.") == [
        "as we saw in Equation (2) above, it falls."
    ]


def test_a_label_stays_with_its_caption() -> None:
    """ "Table 4." is the start of a caption, not a sentence."""
    assert pieces("Table 4. Sizes of models. They grow.") == [
        "Table 4. Sizes of models.",
        "They grow.",
    ]


def test_an_unclosed_bracket_is_ignored_after_a_while() -> None:
    """It does not make the rest of the page one sentence."""
    text = (
        "A bracket ( opens here and " + "never closes, " * 40 + "as we see. The next one is whole."
    )
    assert pieces(text)[-1] == "The next one is whole."


def test_long_pieces_are_cut_at_line_ends_or_spaces() -> None:
    """Text without a stop is cut below the limit, at the end of a line or word."""
    lines = "\n".join("a line of words with no stop" for _ in range(60))
    assert all(piece.endswith("stop") and len(piece) <= MAX_CHARS for piece in pieces(lines))
    assert all(len(piece) <= MAX_CHARS for piece in pieces("x" * 5000))


texts = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            ["A b.", "(", ")", "[", "1.", "\n", " ", "Fig.", "• x", "。", "中文", "2.5", "?!", "”"]
        ),
        max_size=80,
    ).map(" ".join),
    st.text("ab. \n", min_size=500, max_size=2500),
)


@given(texts)
def test_spans_cover_everything_in_order(text: str) -> None:
    """Spans don't overlap, are trimmed, within the limit, and cover all visible text."""
    end_before = 0
    for start, end in split_sentences(text):
        assert end_before <= start < end <= start + MAX_CHARS
        assert text[start:end] == text[start:end].strip()
        assert not text[end_before:start].strip()
        end_before = end
    assert not text[end_before:].strip()


@pytest.mark.parametrize(
    "text", ["( a. ", ") ", "A. ", "x", "1 ", "\n. ", "中。", "…", "(x.) ", " \n"]
)
def test_time_is_linear_in_the_text(text: str) -> None:
    """The splitter reads each character only a few times."""
    long_text = text * (200_000 // len(text))
    before = time.process_time()
    split_sentences(long_text)
    assert time.process_time() - before < 5
