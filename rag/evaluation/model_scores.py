"""Score a language model's answer: support, citations, verbatim quotes, and cost.

Citation recall and precision are those of ALCE, judged by the check: the share of sentences that the
model's own marks support, and the share of its marks that support their sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.answer import Answer, Citation

PageText = Callable[[str, int], str]  # paper and page (from 1) -> the page's text


def model_scores(answer: Answer, page_text: PageText) -> dict[str, float]:
    """The measures of one answer, shares 0..1; one that does not apply is left out.

    "supported" and "verbatim" rate the answer as shown, after the check has corrected its marks.
    """
    scores: dict[str, float] = {"seconds": sum(answer.timings_ms.values()) / 1000}
    if answer.sentences:
        n_supported = sum(s.support == "supported" for s in answer.sentences)
        scores["supported"] = n_supported / len(answer.sentences)
    quoted = [c for c in answer.citations if c.page is not None]
    if quoted:
        scores["verbatim"] = sum(_is_verbatim(c, page_text) for c in quoted) / len(quoted)
    run = answer.run
    if run:
        known = {
            "citation recall": run.citation_recall,
            "citation precision": run.citation_precision,
            "tokens in": run.prompt_tokens,
            "tokens out": run.answer_tokens,
        }
        scores |= {name: float(value) for name, value in known.items() if value is not None}
    return scores


def _is_verbatim(citation: Citation, page_text: PageText) -> bool:
    assert citation.page is not None
    page = page_text(citation.paper.id, citation.page)
    return page[citation.start :].startswith(citation.quote)
