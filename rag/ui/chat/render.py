"""Chats to HTML.  Every text from a paper, a question, a file or a model goes through ``safe``."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import groupby

from ingest.corpus import Paper
from rag.answer import Answer, Citation, Sentence
from rag.config import EXTRACTIVE
from rag.ui.alerts import explain, render_notice
from rag.ui.chat.answer_actions import render_answer_actions
from rag.ui.chat.fetch_offer import render_offer
from rag.ui.chat.support_marks import cited_by, render_marks_legend, render_support
from rag.ui.chat.text_blocks import render_code, render_line, render_partial, render_table
from rag.ui.exchange import Chat, Exchange, ShownError, nearest_passages
from rag.ui.markup import button, link, safe
from rag.ui.messages import translate, without_cli_advice
from rag.ui.reader.paper_header import render_source_link
from rag.ui.scope import render_scope_notice
from rag.ui.texts import Language, place_in, text

LONG_QUESTION_CHARS = 280
MAX_COLUMNS = 4  # of a comparison; more papers are shown one below the other


def render_chat(chat: Chat, language: Language, can_fetch: bool = False) -> str:
    """All exchanges, the oldest first; the last can be asked again."""
    n = len(chat.exchanges)
    turns = "".join(
        _render_exchange(i, e, i == n, language, can_fetch)
        for i, e in enumerate(chat.exchanges, start=1)
    )
    gone = text(language, "server gone")
    return (
        f'<div class="conversation" role="log" aria-live="polite" data-server-gone="{gone}">{turns}'
        f"{_render_edit_note(language) if chat.edited else ''}</div>"
    )


def _render_edit_note(language: Language) -> str:
    """What says that a question is being edited, with a button to cancel that."""
    cancel = button(text(language, "cancel"), "plain-button", data_action="cancel_edit")
    return f'<p class="editing-note muted">{text(language, "editing")} {cancel}</p>'


def _label_data(language: Language) -> str:
    """Attributes for the script: labels of the box's buttons, which gradio leaves unlabelled, and the language."""
    send, stop = text(language, "send"), text(language, "stop")
    return f' data-send="{send}" data-stop="{stop}" data-language="{language}"'


def render_welcome(questions: Sequence[str], language: Language) -> str:
    """What an empty chat shows: questions that can be answered now."""
    buttons = "".join(button(safe(q), "example", data_question=q) for q in questions)
    caption = f'<p class="muted">{text(language, "examples")}</p>' if buttons else ""
    return (
        f'<div class="welcome"{_label_data(language)}><h2>{text(language, "welcome")}</h2>'
        f'<p class="muted">{text(language, "tagline")}</p>{caption}'
        f'<div class="examples">{buttons}</div></div>'
    )


def _render_exchange(
    number: int, exchange: Exchange, is_last: bool, language: Language, can_fetch: bool
) -> str:
    question = (
        f'<h2 class="user-message" dir="auto"><span class="visually-hidden">{text(language, "you")}: </span>'
        f"{_render_question(exchange.question, language)}</h2>"
    )
    actions = render_answer_actions(number, exchange, is_last, language)
    offer = _render_offer(exchange, is_last, language, can_fetch) if exchange.done else ""
    reply = _render_reply(number, exchange, offer, language)
    return f'<article class="turn" id="turn-{number}">{question}{reply}{actions}</article>'


def _render_question(question: str, language: Language) -> str:
    """The question; a long one folded, so that its answer is in view."""
    if len(question) <= LONG_QUESTION_CHARS:
        return safe(question)
    beginning = safe(question[:LONG_QUESTION_CHARS])
    return (
        f'<details class="fold long"><summary><span class="start">{beginning}… '
        f'</span><span class="more">{text(language, "show more")}</span>'
        f'<span class="less">{text(language, "show less")}</span></summary>{safe(question)}</details>'
    )


def _render_offer(exchange: Exchange, is_last: bool, language: Language, can_fetch: bool) -> str:
    """Where else the answer may be: in papers not searched, or whose pages are not here."""
    offer = render_offer(exchange, language, can_fetch and is_last)
    return render_scope_notice(exchange, is_last, language) + offer


def _render_reply(number: int, exchange: Exchange, offer: str, language: Language) -> str:
    if exchange.error:
        return _render_error(exchange.error, language)
    if exchange.answer:
        return _render_answer(number, exchange, exchange.answer, offer, language)
    partial = render_partial(exchange) if exchange.partial else ""
    if exchange.stopped:
        key = "stopped unchecked" if partial else "stopped"
        return f'<div class="reply">{partial}<p class="notice">{text(language, key)}</p></div>'
    if partial:
        return f'<div class="reply">{partial}</div>'
    progress = text(language, exchange.progress_key)
    return (
        f'<div class="reply waiting"><span class="pulse" aria-hidden="true"></span>{progress}</div>'
    )


def _render_error(error: ShownError, language: Language) -> str:
    message = safe(translate(language, error.message))
    hint = f'<p class="muted">{safe(translate(language, error.hint))}</p>' if error.hint else ""
    return (
        f'<div class="reply error-message" role="alert"><strong>{text(language, "error")}</strong>'
        f"<p>{message}</p>{hint}</div>"
    )


def _render_answer(
    number: int, exchange: Exchange, answer: Answer, offer: str, language: Language
) -> str:
    citations = {citation.marker: citation for citation in answer.citations}
    shown = _render_sentences(number, answer.sentences[: exchange.n_shown], citations, language)
    parts = _render_model_failure(answer, language)
    parts += _arrange_columns(shown, answer.sentences) if answer.compares else shown
    if exchange.done:
        parts += _render_notices(answer)
        parts.append(offer)
        parts.append(render_marks_legend(answer, language))
        sources = _render_sources(number, answer, language)
        if answer.compares:
            sources = f'<div class="comparison-sources">{sources}</div>'
        parts.append(sources)
        parts.append(_render_nearest(number, nearest_passages(answer), language))
    state = "refusal" if answer.status == "no_evidence" else ""
    return f'<div class="reply {state}">{"".join(parts)}</div>'


def _render_notices(answer: Answer) -> list[str]:
    """The answer's notices; where a model answered, they take one unobtrusive line."""
    notices = [safe(without_cli_advice(notice)) for notice in answer.notices]
    if notices and answer.status == "answered" and answer.llm != EXTRACTIVE:
        return [f'<p class="muted model-notice">{" ".join(notices)}</p>']
    return [f'<p class="notice">{notice}</p>' for notice in notices]


def _render_model_failure(answer: Answer, language: Language) -> list[str]:
    """Why the model that was asked has not answered; shown above the answer."""
    if answer.failure is None:
        return []
    why = explain(answer.failure, language)
    return [render_notice(text(language, "without model", llm=safe(answer.failure.llm), why=why))]


def _arrange_columns(parts: Sequence[str], sentences: Sequence[Sentence]) -> list[str]:
    """A column for each lead, if the first sentence has one and there is room; otherwise unchanged."""
    starts = [i for i, sentence in enumerate(sentences) if sentence.lead]
    if not 2 <= len(starts) <= MAX_COLUMNS or starts[0] != 0:
        return list(parts)
    ends = [*starts[1:], len(sentences)]
    columns = "".join(
        f'<div class="comparison-column">{"".join(parts[start:end])}</div>'
        for start, end in zip(starts, ends, strict=True)
    )
    return [f'<div class="comparison-columns">{columns}</div>']


def _render_sentences(
    number: int, sentences: Iterable[Sentence], citations: dict[int, Citation], language: Language
) -> list[str]:
    """A part for each sentence; that of a table's first row holds the whole table."""
    shown = []
    for head, group in groupby(sentences, key=lambda s: s.row.head if s.row else None):
        pairs = [(s, _render_citations(number, s, citations, language)) for s in group]
        if head is None:
            shown += [_render_sentence(s, marks) for s, marks in pairs]
        else:
            rows = [(s.row.cells, marks) for s, marks in pairs if s.row]
            code = "".join(render_code(s.code) for s, _ in pairs)
            shown += [render_table(head, rows) + code, *("" for _ in rows[1:])]
    return shown


def _render_sentence(sentence: Sentence, marks: str) -> str:
    lead = f'<p class="lead">{safe(sentence.lead)}</p>' if sentence.lead else ""
    css_class = " unsupported" if sentence.support == "unsupported" else ""
    return lead + render_line(sentence.text, css_class, marks) + render_code(sentence.code)


def _render_citations(
    number: int, sentence: Sentence, citations: dict[int, Citation], language: Language
) -> str:
    """The citations of a sentence, and whether they support it."""
    cited = cited_by(sentence, citations)
    marks = "".join(_render_citation(number, citation, language) for citation in cited)
    marks += render_support(sentence, cited, language)
    return f"&nbsp;{marks}" if marks else ""


def _render_citation(number: int, citation: Citation, language: Language) -> str:
    """A link to the source; the script opens its page beside the chat, if it has one."""
    place = f"{safe(citation.paper.title)}, {place_in(language, citation.page)}"
    marker = citation.marker
    data = f' data-turn="{number}" data-marker="{marker}"' if citation.page is not None else ""
    href = f"#source-{number}-{marker}"
    return f'<a class="citation" href="{href}" title="{place}"{data}>[{marker}]</a>'


def _render_sources(number: int, answer: Answer, language: Language) -> str:
    """The citations grouped by paper; a quote that is a sentence of the answer is not repeated."""
    if not answer.citations:
        return ""
    shown = {" ".join(sentence.text.removesuffix(" …").split()) for sentence in answer.sentences}
    groups = "".join(
        _render_paper_sources(number, list(group), shown, language)
        for _, group in groupby(answer.citations, key=lambda citation: citation.paper.id)
    )
    heading = f"<h3>{text(language, 'sources')}</h3>"
    return f'<section class="sources">{heading}<div class="source-papers">{groups}</div></section>'


def _render_paper_sources(
    number: int, citations: Sequence[Citation], shown: Container[str], language: Language
) -> str:
    """The sources in one paper; those on one page whose quotes are ``shown`` already share a line."""
    items = ""
    for (_, is_shown), group in groupby(
        citations, key=lambda c: (c.page, " ".join(c.quote.split()) in shown)
    ):
        of_page = list(group)
        if is_shown:
            items += _render_source(number, of_page, "", language)
        else:
            items += "".join(_render_source(number, [c], c.quote, language) for c in of_page)
    title = _render_paper_title(citations[0].paper, language)
    return f'<div class="source-paper">{title}<ol>{items}</ol></div>'


def _render_paper_title(paper: Paper, language: Language) -> str:
    year = f' <span class="muted">({paper.year})</span>' if paper.year else ""
    source = render_source_link(paper, language)
    return f'<p class="paper"><span class="title">{safe(paper.title)}</span>{year} {source}</p>'


def _render_source(number: int, of_page: Sequence[Citation], quote: str, language: Language) -> str:
    """The markers of one page, its number as a button, the PDF, and the quote unless it is empty."""
    first = of_page[0]
    key = "open pdf page" if first.page else "open pdf"
    pdf = link(first.as_json()["pdf_url"], text(language, key, page=first.page))
    markers = "".join(
        f'<span class="marker" id="source-{number}-{c.marker}">[{c.marker}]</span>' for c in of_page
    )
    quoted = f'<q dir="auto">{safe(quote)}</q>' if quote else ""
    return f"<li>{markers}{_render_page_link(number, first, language)} {pdf}{quoted}</li>"


def _render_page_link(number: int, citation: Citation, language: Language) -> str:
    """The place of a source, as a button that opens the page where there is one."""
    place = place_in(language, citation.page)
    if citation.page is None:
        return f'<span class="page-link">{place}</span>'
    return button(place, "page-link", data_turn=number, data_marker=citation.marker)


def _render_nearest(number: int, passages: Iterable[Citation], language: Language) -> str:
    """The nearest passages, each with a button that opens its page."""
    items = "".join(
        f'<li><span class="title">{safe(passage.paper.title)}</span> '
        f'{_render_page_link(number, passage, language)}<q dir="auto">{safe(passage.quote)}</q></li>'
        for passage in passages
    )
    if not items:
        return ""
    summary = text(language, "nearest")
    return f'<details class="nearest"><summary>{summary}</summary><ul>{items}</ul></details>'
