"""The marks behind the sentences of an answer, which say whether the pages support them, and their legend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.answer import Answer, Citation, Sentence, Support
from rag.citations.markdown import FORMULA
from rag.ui.texts import Language, text

MARKS: dict[Support, str] = {"supported": "✓", "partly": "◐", "unsupported": "!"}
LEGEND_ORDER = (*MARKS, "unsupported by any")  # keys of texts
HEADING_CHARS = 60


def render_support(sentence: Sentence, cited: Sequence[Citation], language: Language) -> str:
    """The mark of a sentence, or the badge of one from the list; nothing where nothing is claimed."""
    if _cites_only_list(cited):
        why, badge = text(language, "from the list"), text(language, "list")
        return f'<span class="badge" title="{why}">{badge}</span>'
    if _claims_nothing(sentence):
        return ""
    why = text(language, _support_key(sentence))
    return (
        f'<span class="support {sentence.support}" role="img" title="{why}" aria-label="{why}">'
        f"{MARKS[sentence.support]}</span>"
    )


def render_marks_legend(answer: Answer, language: Language) -> str:
    """One line that explains the marks in an answer; each mark also has its tooltip."""
    citations = {citation.marker: citation for citation in answer.citations}
    used = {
        _support_key(s): MARKS[s.support]
        for s in answer.sentences
        if not _cites_only_list(cited_by(s, citations)) and not _claims_nothing(s)
    }
    legend = " ".join(f"{used[key]} {text(language, key)}" for key in LEGEND_ORDER if key in used)
    return f'<p class="marks-legend muted">{legend}</p>' if legend else ""


def cited_by(sentence: Sentence, citations: Mapping[int, Citation]) -> list[Citation]:
    """The citations whose markers follow a sentence."""
    return [citations[marker] for marker in sentence.citations if marker in citations]


def _cites_only_list(cited: Sequence[Citation]) -> bool:
    """Whether a sentence cites the list alone; it has a badge instead of a mark."""
    return bool(cited) and all(citation.source == "list" for citation in cited)


def _claims_nothing(sentence: Sentence) -> bool:
    """Whether it is a heading, or a formula alone that cites nothing; neither has a mark."""
    words = sentence.text
    if words.endswith((":", "：")):
        return len(words) <= HEADING_CHARS and not re.search(r"\d", words)
    return not sentence.citations and bool(FORMULA.fullmatch(words.rstrip(".,;。")))


def _support_key(sentence: Sentence) -> str:
    """The key of the text that explains a sentence's mark."""
    is_bare = sentence.support == "unsupported" and not sentence.citations
    return "unsupported by any" if is_bare else sentence.support
