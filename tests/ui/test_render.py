"""Whatever a text holds, it is shown as text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Hit, Row, Scores, Sentence
from rag.config import EXTRACTIVE
from rag.ui.background import Counts, SyncState
from rag.ui.chat.render import render_chat, render_welcome
from rag.ui.exchange import Chat, Exchange, ShownError
from rag.ui.markup import safe
from rag.ui.maths import ALLOWED_TAGS as MATHS
from rag.ui.status import render_status

EVIL = """<img src=x onerror=alert(1)> " ' <script>alert(2)</script> ${alert(3)} {{x}} </article>"""
TAGS = {
    "a", "article", "button", "details", "div", "h2", "h3", "h4", "li", "ol", "p", "q", "section",
    "span", "strong", "summary", "ul", "table", "thead", "tbody", "tr", "th", "td", "pre", "code",
}  # fmt: skip


class _Tags(HTMLParser):
    """Collects elements and attributes, the text, and whether all that opened was closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _exchange(words: str, compares: bool = False) -> Exchange:
    paper = Paper(id="p", title=words, url="javascript:alert(1)", year=2020)
    citation = Citation(1, "paper", paper, 3, words, 0)
    scores = Scores(0.1, 0.2, 0.3)
    hit = Hit(1, "paper", paper, 3, words, 0, words, scores)
    sentence = Sentence(words, (1, 7), "partly", words)
    answer = Answer(
        words, "answered", (sentence,), (citation,), "m", "i", (hit,), (words,), compares=compares
    )
    return Exchange(words, answer=answer, n_shown=1)


def _check(markup: str) -> _Tags:
    tags = _Tags(markup)
    assert tags.open == []
    for tag, attributes in tags.seen:
        assert tag in TAGS | MATHS
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "https://"))
    return tags


# a heading has no mark, and a long question is folded
_TEXT = st.text(max_size=200).filter(lambda text: text.split() and text[-1] not in ":：")


@given(st.one_of(st.just(EVIL), _TEXT), st.booleans())
def test_no_text_becomes_markup(words: str, compares: bool) -> None:
    """Titles, quotes, questions, leads and notices only ever add text to our own elements."""
    plain = _check(render_chat(Chat((_exchange("x", compares),)), "en"))
    marked = _check(render_chat(Chat((_exchange(words, compares),)), "en"))
    assert _own(plain) == _own(marked)


def _own(tags: _Tags) -> list[str]:
    """The elements beside formulas and what they stand in."""
    return [t for t, with_ in tags.seen if t not in MATHS and with_.get("class") != "formula"]


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(EVIL, partial=EVIL),
        Exchange(EVIL, error=ShownError(EVIL, EVIL)),
        Exchange(EVIL, progress_key="searching"),
    ],
)
def test_no_unfinished_exchange_holds_markup(exchange: Exchange) -> None:
    """What a model writes and what went wrong are text too."""
    _check(render_chat(Chat((exchange,)), "zh"))


def test_what_is_being_written_reads_as_it_will() -> None:
    """Without Markdown; a cursor stands behind it only as long as more may come."""
    written = (
        "## So\n- **LoRA** trains `A` and $W_{Q}$ of\n\n| a_b | *c* |\n|--|--|\n| 1 | 2 |\n"
        "```py\nx =  1\ny\n```\n2. And $$x = \\fr"
    )
    exchange = Exchange("How?", partial=written)
    markup = render_chat(Chat((exchange,)), "en")
    lines = re.findall(r'<p class="sentence([^"]*)" dir="auto">(.*?)</p>', markup)
    assert [lines[0], lines[2]] == [("", "So:"), (" list-item streaming", "2. And ")]
    assert '<tr><th scope="col" dir="auto">a_b</th>' in markup and ">1</td>" in markup
    assert '<pre tabindex="0"><code>x =  1\ny</code></pre>' in markup
    assert lines[1][1].startswith("• LoRA trains A and <math") and "<msub>" in lines[1][1]
    stopped = render_chat(Chat((exchange.stop(),)), "en")
    assert "streaming" not in stopped and "$$x" in stopped


def test_a_table_and_code_are_shown_as_such() -> None:
    """Its head and the code have no mark, each row has its own; whatever is in them is text."""
    head = ("model", EVIL)
    said = [
        Sentence("m: a · e: 1", (1,), "supported", row=Row(head, ("a", "1"))),
        Sentence("m: b · e: 2", (), "unsupported", row=Row(head, ("b", EVIL)), code=f"x\n  {EVIL}"),
        Sentence("It ends.", (1,), "supported"),
    ]
    citation = Citation(1, "paper", Paper("p", "P"), 3, "words", 0)
    answer = Answer("q", "answered", tuple(said), (citation,), "m", "i")
    for n_shown in range(4):
        markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=n_shown),)), "en")
        tags = _check(markup)
        assert markup.count("<tr>") == (1 + min(n_shown, 2) if n_shown else 0)
        assert markup.count("<table>") == min(n_shown, 1)
    names = [tag for tag, _ in tags.seen]
    assert names.count("th") == 2 and names.count("pre") == 1
    assert markup.count('class="support ') == 3
    assert "x\n  &lt;img" in markup and "[1]</a>" in markup.split("<tr>")[2]


def test_only_what_claims_something_has_a_mark() -> None:
    """A heading, and a formula alone, have none; short words that cite nothing keep theirs."""
    words = ("Results:", "$$W_{Q}$$.", "LoRA is small")
    sentences = tuple(Sentence(said, (), "unsupported") for said in words)
    answer = Answer("q", "answered", sentences, (), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=3),)), "en")
    assert markup.count('class="support') == 1


def test_what_no_page_says_looks_unlike_the_rest() -> None:
    """The whole sentence, not only its mark."""
    said = (Sentence("A.", (), "supported"), Sentence("B.", (), "unsupported"))
    answer = Answer("q", "answered", said, (), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=2),)), "en")
    assert re.findall(r'<p class="(sentence[^"]*)"', markup) == ["sentence", "sentence unsupported"]


def test_what_became_of_a_draft_is_one_quiet_line() -> None:
    """A refusal is told in a box, and so is what an answer without a model lacks."""
    notices = ("Corrected 5 marks.", "Removed 2 links.")
    answer = Answer(
        "q", "answered", (Sentence("s", (), "supported"),), (), "m", "i", notices=notices
    )
    for as_told, n_boxes in (
        (answer, 0),
        (replace(answer, llm=EXTRACTIVE), 2),
        (replace(answer, status="no_evidence"), 2),
    ):
        markup = render_chat(Chat((Exchange("q", answer=as_told, n_shown=1),)), "en")
        assert markup.count('class="notice"') == n_boxes
        assert (">Corrected 5 marks. Removed 2 links.</p>" in markup) is (n_boxes == 0)


def _told(leads: list[str], compares: bool) -> str:
    sentences = tuple(Sentence(f"s{i}", (), "supported", lead) for i, lead in enumerate(leads))
    answer = Answer("A, B?", "answered", sentences, (), "m", "i", compares=compares)
    exchange = Exchange(answer.question, answer=answer, n_shown=len(sentences))
    return render_chat(Chat((exchange,)), "en")


def test_a_comparison_shows_its_papers_side_by_side() -> None:
    """A column for each paper; other answers stay one text."""
    markup = _told(["A:", "", "B:"], compares=True)
    first, second = markup.split('<div class="comparison-column">')[1:]
    assert "s0" in first and "s1" in first and "s2" in second
    _check(markup)
    assert 'class="comparison-column"' not in _told(["A:", "", "B:"], compares=False)
    assert 'class="comparison-column"' not in _told(["A:", ""], compares=True)


def test_example_questions_are_text() -> None:
    """So are the names from the list that examples are made of."""
    tags = _check(render_welcome([EVIL], "en"))
    button = next(attributes for tag, attributes in tags.seen if tag == "button")
    assert button["data-question"] == " ".join(EVIL.split())


@pytest.mark.parametrize("n", [3, 200])
def test_a_long_question_is_folded(n: int) -> None:
    """What is asked can be read whole; its answer is in view before that."""
    asked = ("Why? " * n).strip()
    markup = render_chat(Chat((Exchange(asked, progress_key="searching"),)), "en")
    assert ("Show more" in markup) is (n == 200) and asked in markup
    _check(markup)


def test_one_paper_is_no_papers() -> None:
    """In the line of the head."""
    assert "0 of 1 paper indexed" in render_status(Counts(1, 0), SyncState(), "en")


@given(st.text())
def test_safe_keeps_the_words(words: str) -> None:
    """What is shown reads as what was there."""
    parser = _Tags(f"<p>{safe(words)}</p>")
    assert "".join(parser.words) == " ".join(words.split())


def test_a_source_names_page_and_quote() -> None:
    """Title, year, page, quote and the link to the PDF's page stand under the answer."""
    paper = Paper(id="p", title="A Title", arxiv="2106.09685", year=2021)
    citation = Citation(1, "paper", paper, 4, "the very words", 0)
    answer = Answer("q", "answered", (Sentence("s", (1,), "supported"),), (citation,), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=1),)), "en")
    for part in ("A Title", "(2021)", "p. 4", "the very words", "/pdf/2106.09685#page=4", "/abs/"):
        assert part in markup


def test_a_quote_that_the_answer_tells_is_not_told_again() -> None:
    """A sentence shown verbatim has its place under it, and not its words once more."""
    paper = Paper(id="p", title="A Title", arxiv="2106.09685")
    citation = Citation(1, "paper", paper, 4, "the very\nwords", 0)
    sentence = Sentence("the very words", (1,), "supported")
    answer = Answer("q", "answered", (sentence,), (citation,), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=1),)), "en")
    sources = markup.partition('<section class="sources">')[2].partition("</section>")[0]
    assert "p. 4" in sources and "the very words" not in sources


def test_the_marks_are_explained() -> None:
    """Those that are worn, and no others."""
    paper = Paper(id="p", title="A Title", arxiv="2106.09685")
    citation = Citation(1, "paper", paper, 4, "words", 0)
    answer = Answer("q", "answered", (Sentence("s", (1,), "partly"),), (citation,), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=1),)), "en")
    assert "◐ The cited page says this only in part." in markup
    assert "✓" not in markup


def test_the_mark_of_a_sentence_without_a_source_is_explained() -> None:
    """It is worn most by sentences that cite nothing; of those no page is blamed."""
    answer = Answer("q", "answered", (Sentence("s", (), "unsupported"),), (), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=1),)), "en")
    assert "! No passage that was found says this." in markup


def test_what_the_list_says_is_marked() -> None:
    """A sentence from the entry never looks as if a page said it."""
    paper = Paper(id="p", title="A Title", arxiv="2106.09685")
    citation = Citation(1, "list", paper, None, "a note", 0)
    answer = Answer("q", "answered", (Sentence("s", (1,), "supported"),), (citation,), "m", "i")
    markup = render_chat(Chat((Exchange("q", answer=answer, n_shown=1),)), "en")
    assert "from the list, not from the paper" in markup
