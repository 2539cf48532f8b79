"""Turn a checked draft into the answer: citations renumbered, with notices for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Citation, Composed, Hit, Sentence
from rag.chat_model import Finish
from rag.check import Checked, CheckedClaim
from rag.translate import is_chinese


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What happened on the way to a draft that the reader should know.

    ``finish`` is how the reply ended, ``n_left_out`` how many passages did not fit; ``is_partial``: the
    model says that part of the question is unanswered; ``is_uncorrected``: its second draft failed.
    """

    finish: Finish = "stop"
    n_left_out: int = 0
    is_partial: bool = False
    is_uncorrected: bool = False


def compose(
    checked: Checked, evidence: Sequence[Hit], how: Circumstances, asked: str, strict: bool
) -> Composed:
    """The answer to ``asked``; with ``strict``, without its unsupported sentences."""
    say = _CHINESE if is_chinese(asked) else _ENGLISH
    kept = [c for c in checked.claims if not strict or c.support != "unsupported"]
    n_dropped = len(checked.claims) - len(kept)
    notices = _notices(checked, how, n_dropped, say)
    if not kept:
        return Composed("no_evidence", notices=(say["nothing"], *notices))
    sentences, citations = _cite(kept, evidence)
    return Composed("answered", sentences, citations, notices)


def no_answer(evidence: Sequence[Hit], asked: str) -> Composed:
    """No answer was found in the evidence: the refusal, and what is nearest."""
    say = _CHINESE if is_chinese(asked) else _ENGLISH
    if not evidence:
        return Composed("no_evidence", notices=(say["nothing"],))
    place = say["page"].format(evidence[0].page) if evidence[0].page else say["list"]
    nearest = say["nearest"].format(evidence[0].paper.title, place)
    return Composed("no_evidence", notices=(say["nothing"], nearest))


def _cite(
    claims: Sequence[CheckedClaim], evidence: Sequence[Hit]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Sentences with markers from 1 in order of appearance; the same quote has the same marker."""
    citations: dict[tuple[int, int, int], Citation] = {}
    sentences = []
    for claim in claims:
        markers = []
        for quote in claim.quotes:
            assert quote.hit is not None
            place = (quote.hit, quote.start, quote.end)
            if place not in citations:
                citations[place] = _citation(len(citations) + 1, evidence[quote.hit], place)
            markers.append(citations[place].marker)
        sentences.append(Sentence(claim.text, tuple(markers), claim.support))
    return tuple(sentences), tuple(citations.values())


def _citation(marker: int, hit: Hit, place: tuple[int, int, int]) -> Citation:
    _, start, end = place
    return Citation(
        marker=marker,
        source=hit.source,
        paper=hit.paper,
        page=hit.page,
        quote=hit.text[start:end],
        start=hit.start + start,
    )


def _notices(
    checked: Checked, how: Circumstances, n_dropped: int, say: dict[str, str]
) -> tuple[str, ...]:
    counts = {
        "dropped": n_dropped,
        "unknown": checked.draft.n_unknown,
        "mended": checked.n_mended,
        "links": checked.draft.n_links,
        "left out": how.n_left_out,
    }
    notices = [say[name].format(n=n, s="" if n == 1 else "s") for name, n in counts.items() if n]
    if how.is_partial:
        notices.append(say["partial"])
    if how.is_uncorrected:
        notices.append(say["uncorrected"])
    if how.finish != "stop":
        notices.append(say[how.finish])
    return tuple(notices)


_ENGLISH = {
    "nothing": "No evidence: the papers that are here do not answer this.",
    "nearest": "Nearest: “{}”, {}.",
    "page": "page {}",
    "list": "its entry in the list",
    "dropped": "Left out {n} sentence{s} that no page supports.",
    "unknown": "Removed {n} citation mark{s} pointing to no passage.",
    "mended": "Corrected {n} missing or wrong citation mark{s}.",
    "links": "Removed {n} link{s}.",
    "left out": "{n} passage{s} did not fit into the model's context.",
    "partial": "The model adds that the passages do not answer the whole question.",
    "uncorrected": "The model failed while correcting this answer, so this is its first draft.",
    "length": "The model was stopped at its length limit.",
    "cut": "The model's reply was cut off.",
}
_CHINESE = {
    "nothing": "没有找到证据：现有论文没有回答这个问题。",
    "nearest": "最接近的是：“{}”，{}。",
    "page": "第 {} 页",
    "list": "列表条目",
    "dropped": "已略去 {n} 句没有页面支持的话。",
    "unknown": "已删除 {n} 个不指向任何段落的标记。",
    "mended": "{n} 个标记缺失或有误，已由检查补正。",
    "links": "已删除 {n} 个链接。",
    "left out": "{n} 个段落超出了模型的上下文长度。",
    "partial": "模型说明：这些段落没有回答全部问题。",
    "uncorrected": "请模型更正时出错，这里是它的初稿。",
    "length": "模型的回答达到长度上限而中止。",
    "cut": "模型的回答中断了。",
}
