"""Export an answer as Markdown with references, or as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.corpus import Paper
from rag.answer import Answer, Citation, place_of
from rag.citations.markdown import BULLET, FORMULA
from rag.ui.messages import without_cli_advice

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~$]|&(?=#?\w+;))")
_LINE_START = re.compile(r"^(\d{0,9})([-+.)])(?=[\s-]|$)")  # of a list item, or a rule
# What Markdown without formulas takes for a tag, a link or code, as TeX that means the same.
_IN_FORMULA = {"<": "< ", "](": "] (", "`": r"\lq "}
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


def as_markdown(answer: Answer) -> str:
    """The question, the sentences with their markers, the notices and the numbered references."""
    lines = [f"**{_markdown_text(answer.question)}**", ""]
    lines += [f"> {_markdown_text(answer.failure.notice)}\n"] if answer.failure else []
    for sentence in answer.sentences:
        if sentence.lead:
            lines += [f"*{_markdown_text(sentence.lead)}*", ""]
        marks = "".join(f"[{marker}]" for marker in sentence.citations)
        lines += [f"{_markdown_line(sentence.text)} {marks}".rstrip(), ""]
        lines += ["```", sentence.code, "```", ""] if sentence.code else []
    lines += [f"> {_markdown_text(without_cli_advice(notice))}\n" for notice in answer.notices]
    lines += [_markdown_reference(citation) for citation in answer.citations]
    return "\n".join(lines).strip() + "\n"


def _markdown_reference(citation: Citation) -> str:
    paper = citation.paper
    place = place_of(citation.page)
    url = citation.as_json()["pdf_url"]
    address = f" <{url}>" if url else ""
    quote = _markdown_text(citation.quote)
    return f"{citation.marker}. {_markdown_text(paper.dated_title)}, {place}: “{quote}”{address}"


def _markdown_line(words: str) -> str:
    """A line of the answer; an item of a list is one in Markdown, too."""
    if words.startswith(BULLET):
        return f"- {_markdown_text(words.removeprefix(BULLET))}"
    return _markdown_text(words)


def _markdown_text(words: str) -> str:
    """``words`` in one line, escaped for Markdown; their formulas stay formulas."""
    words, parts, end = " ".join(words.split()), [], 0
    for found in FORMULA.finditer(words):
        parts += [_escape_markdown(words[end : found.start()]), _markdown_formula(found)]
        end = found.end()
    return _LINE_START.sub(r"\1\\\2", "".join([*parts, _escape_markdown(words[end:])]))


def _escape_markdown(words: str) -> str:
    return _MARKDOWN.sub(r"\\\1", words)


def _markdown_formula(found: re.Match[str]) -> str:
    """A formula between dollars, as most programs that read Markdown expect it."""
    latex = next(part for part in found.groups() if part is not None).strip()
    for sign, same in _IN_FORMULA.items():
        latex = latex.replace(sign, same)
    dollars = "$" if found["block"] is None and found["bracket"] is None else "$$"
    return f"{dollars}{latex}{dollars}"


def as_bibtex(answer: Answer) -> str:
    """An entry for each cited paper, in the order of the citations."""
    papers = {citation.paper.id: citation.paper for citation in answer.citations}
    return "\n".join(_bibtex_entry(paper) for paper in papers.values())


def _bibtex_entry(paper: Paper) -> str:
    fields: dict[str, str] = {
        "title": f"{{{_escape_tex(paper.title)}}}",
        "author": " and ".join(_bibtex_authors(paper.authors)),
        "year": str(paper.year or ""),
        "eprint": paper.arxiv or "",
        "archiveprefix": "arXiv" if paper.arxiv else "",
        "url": paper.page_url or "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{paper.id},", *lines, "}\n"])


def _bibtex_authors(authors: Iterable[str]) -> list[str]:
    return ["others" if name.startswith("et al") else _escape_tex(name) for name in authors]


def _escape_tex(words: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in " ".join(words.split()))
