"""Export an answer as Markdown with references, or as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.corpus import Paper
from rag.answer import Answer, Citation, place_of
from rag.ui.messages import told_here

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~$])")
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


def as_markdown(answer: Answer) -> str:
    """Question, sentences with their markers, notices and the numbered references."""
    lines = [f"**{_plain(answer.question)}**", ""]
    lines += [f"> {_plain(answer.failure.notice)}\n"] if answer.failure else []
    for sentence in answer.sentences:
        if sentence.lead:
            lines += [f"*{_plain(sentence.lead)}*", ""]
        marks = "".join(f"[{marker}]" for marker in sentence.citations)
        lines += [f"{_plain(sentence.text)} {marks}".rstrip(), ""]
        lines += ["```", sentence.code, "```", ""] if sentence.code else []
    lines += [f"> {_plain(told_here(notice))}\n" for notice in answer.notices]
    lines += [_reference(citation) for citation in answer.citations]
    return "\n".join(lines).strip() + "\n"


def _reference(citation: Citation) -> str:
    paper = citation.paper
    place = place_of(citation.page)
    url = citation.as_json()["pdf_url"]
    address = f" <{url}>" if url else ""
    quote = _plain(citation.quote)
    return f"{citation.marker}. {_plain(paper.dated_title)}, {place}: “{quote}”{address}"


def _plain(words: str) -> str:
    """``words`` in one line, without a meaning in Markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(words.split()))


def as_bibtex(answer: Answer) -> str:
    """One entry for each paper that is cited, in the order of the citations."""
    papers = {citation.paper.id: citation.paper for citation in answer.citations}
    return "\n".join(_entry(paper) for paper in papers.values())


def _entry(paper: Paper) -> str:
    fields: dict[str, str] = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_authors(paper.authors)),
        "year": str(paper.year or ""),
        "eprint": paper.arxiv or "",
        "archiveprefix": "arXiv" if paper.arxiv else "",
        "url": paper.page_url or "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{paper.id},", *lines, "}\n"])


def _authors(authors: Iterable[str]) -> list[str]:
    return ["others" if name.startswith("et al") else _tex(name) for name in authors]


def _tex(words: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in " ".join(words.split()))
