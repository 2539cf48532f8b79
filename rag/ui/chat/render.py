"""Chats to HTML.  Every text from a paper, a question, a file or a model goes through ``safe``."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import groupby

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Sentence
from rag.config import EXTRACTIVE
from rag.ui.chat.marks import cited_by, explain_marks, render_support
from rag.ui.chat.offer import render_offer
from rag.ui.chat.tools import render_tools
from rag.ui.chat.written import render_code, render_line, render_table, render_written
from rag.ui.exchange import Chat, Exchange, Trouble, nearest
from rag.ui.markup import link, safe
from rag.ui.messages import told, told_here
from rag.ui.notes import note
from rag.ui.reader.paper_head import render_way
from rag.ui.scope import render_narrow
from rag.ui.texts import Language, place_in, text

LONG_QUESTION_CHARS = 280
MAX_SIDES = 4  # of a comparison that has room for them side by side


def render_chat(chat: Chat, language: Language, can_fetch: bool = False) -> str:
    """All exchanges, the oldest first; the last can be asked again."""
    n = len(chat.exchanges)
    turns = "".join(
        _exchange(i, e, i == n, language, can_fetch) for i, e in enumerate(chat.exchanges, start=1)
    )
    gone = text(language, "server gone")
    return (
        f'<div class="talk" role="log" aria-live="polite" data-gone="{gone}">{turns}'
        f"{_editing(language) if chat.edited else ''}</div>"
    )


def _editing(language: Language) -> str:
    """While a question is edited: the way back."""
    return (
        f'<p class="editing muted">{text(language, "editing")} <button type="button" class="plain"'
        f' data-do="restore">{text(language, "cancel")}</button></p>'
    )


def _names(language: Language) -> str:
    """Labels for the box's buttons, which gradio leaves unnamed, and the page's language."""
    send, stop = text(language, "send"), text(language, "stop")
    return f' data-send="{send}" data-stop="{stop}" data-language="{language}"'


def render_welcome(questions: Sequence[str], language: Language) -> str:
    """What an empty chat shows: questions that can be answered now."""
    buttons = "".join(
        f'<button type="button" class="example" data-question="{safe(q)}">{safe(q)}</button>'
        for q in questions
    )
    head = f'<p class="muted">{text(language, "examples")}</p>' if buttons else ""
    return (
        f'<div class="welcome"{_names(language)}><h2>{text(language, "hello")}</h2>'
        f'<p class="muted">{text(language, "tagline")}</p>{head}'
        f'<div class="examples">{buttons}</div></div>'
    )


def _exchange(
    number: int, exchange: Exchange, last: bool, language: Language, can_fetch: bool
) -> str:
    asked = (
        f'<h2 class="asked" dir="auto"><span class="unseen">{text(language, "you")}: </span>'
        f"{_question(exchange.question, language)}</h2>"
    )
    tools = render_tools(number, exchange, last, language)
    offer = _offer(exchange, last, language, can_fetch) if exchange.done else ""
    reply = _reply(number, exchange, offer, language)
    return f'<article class="turn" id="turn-{number}">{asked}{reply}{tools}</article>'


def _question(asked: str, language: Language) -> str:
    """The question; a long one folded, so that its answer is in view."""
    if len(asked) <= LONG_QUESTION_CHARS:
        return safe(asked)
    return (
        f'<details class="fold long"><summary><span class="start">{safe(asked[:LONG_QUESTION_CHARS])}… '
        f'</span><span class="more">{text(language, "show more")}</span>'
        f'<span class="less">{text(language, "show less")}</span></summary>{safe(asked)}</details>'
    )


def _offer(exchange: Exchange, last: bool, language: Language, can_fetch: bool) -> str:
    """Where else the answer may be: in papers not searched, or whose pages are not here."""
    offer = render_offer(exchange, language, can_fetch and last)
    return render_narrow(exchange, last, language) + offer


def _reply(number: int, exchange: Exchange, offer: str, language: Language) -> str:
    if exchange.trouble:
        return _trouble(exchange.trouble, language)
    if exchange.answer:
        return _answer(number, exchange, exchange.answer, offer, language)
    written = render_written(exchange) if exchange.partial else ""
    if exchange.stopped:
        key = "stopped unchecked" if written else "stopped"
        return f'<div class="reply">{written}<p class="notice">{text(language, key)}</p></div>'
    if written:
        return f'<div class="reply">{written}</div>'
    doing = text(language, exchange.doing)
    return f'<div class="reply waiting"><span class="dots" aria-hidden="true"></span>{doing}</div>'


def _trouble(trouble: Trouble, language: Language) -> str:
    message = safe(told(language, trouble.message))
    hint = f'<p class="muted">{safe(told(language, trouble.hint))}</p>' if trouble.hint else ""
    return (
        f'<div class="reply trouble" role="alert"><strong>{text(language, "error")}</strong>'
        f"<p>{message}</p>{hint}</div>"
    )


def _answer(number: int, exchange: Exchange, answer: Answer, offer: str, language: Language) -> str:
    citations = {citation.marker: citation for citation in answer.citations}
    shown = _sentences(number, answer.sentences[: exchange.n_shown], citations, language)
    parts = _failure(answer, language)
    parts += _side_by_side(shown, answer.sentences) if answer.compares else shown
    if exchange.done:
        parts += _notices(answer)
        parts.append(offer)
        parts.append(explain_marks(answer, language))
        sources = _sources(number, answer, language)
        parts.append(f'<div class="compared">{sources}</div>' if answer.compares else sources)
        parts.append(_nearest(number, nearest(answer), language))
    state = "refusal" if answer.status == "no_evidence" else ""
    return f'<div class="reply {state}">{"".join(parts)}</div>'


def _notices(answer: Answer) -> list[str]:
    """What happened on the way; what became of a model's draft takes one quiet line."""
    said = [safe(told_here(notice)) for notice in answer.notices]
    if said and answer.status == "answered" and answer.llm != EXTRACTIVE:
        return [f'<p class="muted mended">{" ".join(said)}</p>']
    return [f'<p class="notice">{notice}</p>' for notice in said]


def _failure(answer: Answer, language: Language) -> list[str]:
    """Why this is not the answer of the model that was asked; shown above the answer."""
    if answer.failure is None:
        return []
    why = safe(told(language, answer.failure.message, answer.failure.hint))
    return [note(text(language, "without model", llm=safe(answer.failure.llm), why=why))]


def _side_by_side(shown: Sequence[str], sentences: Sequence[Sentence]) -> list[str]:
    """A column for each paper with a lead, if the first sentence has one; otherwise unchanged."""
    starts = [i for i, sentence in enumerate(sentences) if sentence.lead]
    if not 2 <= len(starts) <= MAX_SIDES or starts[0] != 0:
        return list(shown)
    ends = [*starts[1:], len(sentences)]
    sides = "".join(
        f'<div class="side">{"".join(shown[start:end])}</div>'
        for start, end in zip(starts, ends, strict=True)
    )
    return [f'<div class="sides">{sides}</div>']


def _sentences(
    number: int, sentences: Iterable[Sentence], citations: dict[int, Citation], language: Language
) -> list[str]:
    """A part for each sentence; the rows of a table are in that of the first one."""
    shown = []
    for head, group in groupby(sentences, key=lambda s: s.row.head if s.row else None):
        pairs = [(s, _marks(number, s, citations, language)) for s in group]
        if head is None:
            shown += [_sentence(s, marks) for s, marks in pairs]
        else:
            rows = [(s.row.cells, marks) for s, marks in pairs if s.row]
            code = "".join(render_code(s.code) for s, _ in pairs)
            shown += [render_table(head, rows) + code, *("" for _ in rows[1:])]
    return shown


def _sentence(sentence: Sentence, marks: str) -> str:
    lead = f'<p class="lead">{safe(sentence.lead)}</p>' if sentence.lead else ""
    css = " unsupported" if sentence.support == "unsupported" else ""
    return lead + render_line(sentence.text, css, marks) + render_code(sentence.code)


def _marks(
    number: int, sentence: Sentence, citations: dict[int, Citation], language: Language
) -> str:
    """The citations of a sentence, and whether they support it."""
    known = cited_by(sentence, citations)
    marks = "".join(_mark(number, citation, language) for citation in known)
    marks += render_support(sentence, known, language)
    return f"&nbsp;{marks}" if marks else ""


def _mark(number: int, citation: Citation, language: Language) -> str:
    place = f"{safe(citation.paper.title)}, {place_in(language, citation.page)}"
    return (
        f'<a class="mark" href="#source-{number}-{citation.marker}" title="{place}"'
        f"{_leads_to(number, citation)}>[{citation.marker}]</a>"
    )


def _leads_to(number: int, citation: Citation) -> str:
    """The attributes from which the script knows which page to open; none without a page."""
    if citation.page is None:
        return ""
    return f' data-turn="{number}" data-marker="{citation.marker}"'


def _sources(number: int, answer: Answer, language: Language) -> str:
    """The citations grouped by paper; a quote that is in the answer itself is not repeated."""
    if not answer.citations:
        return ""
    told = {" ".join(sentence.text.removesuffix(" …").split()) for sentence in answer.sentences}
    groups = "".join(
        _paper_sources(number, list(group), told, language)
        for _, group in groupby(answer.citations, key=lambda citation: citation.paper.id)
    )
    return f'<section class="sources"><h3>{text(language, "sources")}</h3><div class="groups">{groups}</div></section>'


def _paper_sources(
    number: int, citations: Sequence[Citation], told: Container[str], language: Language
) -> str:
    """The places in one paper; those on one page whose quotes are in the answer share a line."""
    items = ""
    for (_, is_told), group in groupby(
        citations, key=lambda c: (c.page, " ".join(c.quote.split()) in told)
    ):
        of_page = list(group)
        if is_told:
            items += _source(number, of_page, "", language)
        else:
            items += "".join(_source(number, [c], c.quote, language) for c in of_page)
    return f'<div class="source-paper">{_paper_line(citations[0].paper, language)}<ol>{items}</ol></div>'


def _paper_line(paper: Paper, language: Language) -> str:
    year = f' <span class="muted">({paper.year})</span>' if paper.year else ""
    return f'<p class="paper"><span class="title">{safe(paper.title)}</span>{year} {render_way(paper, language)}</p>'


def _source(number: int, of_page: Sequence[Citation], quote: str, language: Language) -> str:
    """The markers of one page, the page, and the quote unless it is empty."""
    first = of_page[0]
    key = "open pdf page" if first.page else "open pdf"
    pdf = link(first.as_json()["pdf_url"], text(language, key, page=first.page))
    markers = "".join(
        f'<span class="number" id="source-{number}-{c.marker}">[{c.marker}]</span>' for c in of_page
    )
    words = f'<q dir="auto">{safe(quote)}</q>' if quote else ""
    return f"<li>{markers}{_opens(number, first, language)} {pdf}{words}</li>"


def _opens(number: int, citation: Citation, language: Language) -> str:
    """The place of a source, as a button that opens the page where there is one."""
    place = place_in(language, citation.page)
    if citation.page is None:
        return f'<span class="place">{place}</span>'
    return f'<button type="button" class="place"{_leads_to(number, citation)}>{place}</button>'


def _nearest(number: int, passages: Iterable[Citation], language: Language) -> str:
    """The nearest passages, each with a button that opens its page."""
    items = "".join(
        f'<li><span class="title">{safe(passage.paper.title)}</span> '
        f'{_opens(number, passage, language)}<q dir="auto">{safe(passage.quote)}</q></li>'
        for passage in passages
    )
    if not items:
        return ""
    head = text(language, "nearest")
    return f'<details class="nearest"><summary>{head}</summary><ul>{items}</ul></details>'
