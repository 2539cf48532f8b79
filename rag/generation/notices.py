"""The program's own words in answers, in the language of the question.

The page's words are in ``rag/ui/texts.py``, those of errors in ``rag/ui/messages_zh.txt``.
"""

from __future__ import annotations

from rag.query.translate import is_chinese

NOTICES: dict[str, tuple[str, str]] = {
    # where the papers do not answer
    "not here": (
        "No evidence: {} is in the list, but its pages are not here yet. `askpapers sync` fetches them.",
        "没有找到证据：{} 在列表中，但正文尚未下载；运行 `askpapers sync` 可以获取。",
    ),
    "welcome": (
        "Ask what a paper on the list says, compare two papers, or ask which papers cover a topic: "
        "each sentence of an answer comes with its page.",
        "可以问列表中的论文说了什么，比较两篇论文，或问哪些论文与某个主题有关；回答的每句话都附有页码。",
    ),
    "nothing": (
        "No evidence: the papers that are here do not answer this.",
        "没有找到证据：现有论文没有回答这个问题。",
    ),
    "nearest": ("Nearest: “{}”, {}.", "最接近的是《{}》{}。"),
    "close": (
        "This is not certain: the nearest passage comes close, so look at it.",
        "这一点并不确定：最接近的段落与问题相当接近，请查看。",
    ),
    "unsure": (
        "Less certain than most answers: check the cited pages.",
        "把握比多数回答小：请核对所引页面。",
    ),
    "page": ("page {}", "第 {} 页"),
    "list": ("its entry in the list", "的列表条目"),
    # where only the list knows the paper so far
    "from list": (
        "From the list, not from the paper: the pages of {} are not here yet.",
        "以上来自列表条目，而非论文正文；{}的正文尚未下载。",
    ),
    "titles": (", ", "、"),
    # the sources of an answer, where it is text
    "sources": ("Sources", "出处"),
    "p.": ("p. {}", "第 {} 页"),
    "no page": ("from the list, not from the paper", "来自列表，而非论文"),
    # what became of a model's draft
    "dropped": (
        "Left out {n} sentence{s} that no page supports.",
        "已略去 {n} 句没有页面支持的话。",
    ),
    "unknown": (
        "Removed {n} citation mark{s} pointing to no passage.",
        "已删除 {n} 个不指向任何段落的标记。",
    ),
    "mended": (
        "Corrected {n} missing or wrong citation mark{s}.",
        "{n} 个标记缺失或有误，已由检查补正。",
    ),
    "links": ("Removed {n} link{s}.", "已删除 {n} 个链接。"),
    "left out": (
        "{n} passage{s} did not fit into the model's context.",
        "{n} 个段落超出了模型的上下文长度。",
    ),
    "partial": (
        "The model adds that the passages do not answer the whole question.",
        "模型说明：这些段落没有回答全部问题。",
    ),
    "uncorrected": (
        "The model failed while correcting this answer, so this is its first draft.",
        "请模型更正时出错，这里是它的初稿。",
    ),
    "length": ("The model was stopped at its length limit.", "模型的回答达到长度上限而中止。"),
    "cut": ("The model's reply was cut off.", "模型的回答中断了。"),
    "filtered": (
        "The provider's filter cut off the model's reply.",
        "模型的回答被服务商的内容过滤中断了。",
    ),
    "tools": (
        "The model stopped to call a tool, and there is none here.",
        "模型中途要调用工具，而这里没有工具可用。",
    ),
    "repeats": ("The model repeated itself and was stopped.", "模型不断重复，已被中止。"),
    # what is counted of the list itself (rag.generation.listing)
    "count": (
        "The list has {n} paper{s}{named}{topic}{years}",
        "列表中有 {n} 篇{years}{topic}{named}论文",
    ),
    "end": (
        "The {some}{end} paper{s} of the list{topic} {are}{years}",
        "列表中{topic}{end}论文是{years} {n} 篇",
    ),
    "newest": ("newest", "最新的"),
    "oldest": ("oldest", "最早的"),
    "named": (" of this name", "叫这个名字的"),
    "topic": (" on {}", "主题为 {} 的"),
    "year": (" of {}", " {} 年的"),
    "end year": (" from {}", " {} 年的"),
    "between": (" of {first} to {last}", " {first} 至 {last} 年的"),
    "from": (" of {first} and later", " {first} 年及以后的"),
    "until": (" of {last} and before", " {last} 年及以前的"),
    "topics": (", on {}", "，主题有 {}"),
    "here": (" ({} indexed)", "（{} 篇已索引）"),
    "among": (". Among them", "。例如"),
    "colon": (":", "："),
    "stop": (".", "。"),
}
_ENGLISH, _CHINESE = ({key: both[i] for key, both in NOTICES.items()} for i in (0, 1))


def wording_for(asked: str) -> dict[str, str]:
    """The notices for an answer to ``asked``, with their blanks."""
    return _CHINESE if is_chinese(asked) else _ENGLISH


def place_in(page: int | None, asked: str) -> str:
    """The place of a quote, in the language of ``asked``; None is the list's entry."""
    wording = wording_for(asked)
    return wording["p."].format(page) if page else wording["no page"]
