"""Every text of the page, in English and in Chinese; error messages are in ``rag.ui.messages``."""

from __future__ import annotations

import re
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# One of our languages in Accept-Language, with a weight above 0 (RFC 9110, 12.5.4).
_ACCEPTED = re.compile(r"(en|zh)(?:-[\w-]+)?(?:\s*;\s*q=(?!0(?:\.0*)?$)([01](?:\.\d*)?))?")

TEXTS: dict[str, tuple[str, str]] = {
    # the header
    "tagline": (
        "Every sentence of an answer names the page it comes from.",
        "回答中的每一句话都注明出处页码。",
    ),
    "other language": ("中文", "English"),
    # the progress of the index
    "papers indexed": (
        "{indexed} of {listed} papers indexed",
        "论文 {listed} 篇，已索引 {indexed} 篇",
    ),
    "one paper indexed": ("{indexed} of 1 paper indexed", "论文 1 篇，已索引 {indexed} 篇"),
    "starting": ("Getting ready…", "正在准备……"),
    "card": ("Reading the list: {done} of {total}", "正在读取列表：{done}/{total}"),
    "fetch": (
        "Fetching {paper}: {done} of {total} done",
        "正在下载 {paper}：已完成 {done}/{total}",
    ),
    "parse": ("Reading {paper}: {done} of {total} done", "正在解析 {paper}：已完成 {done}/{total}"),
    "chunk": (
        "Splitting {paper}: {done} of {total} done",
        "正在切分 {paper}：已完成 {done}/{total}",
    ),
    "embed": (
        "Indexing {paper}: {done} of {total} done",
        "正在索引 {paper}：已完成 {done}/{total}",
    ),
    "seconds left": ("less than a minute left", "剩余不到一分钟"),
    "minutes left": ("about {minutes} min left", "约剩 {minutes} 分钟"),
    "up to date": ("up to date", "已是最新"),
    "rest can be asked": (
        "Papers not fetched yet: {n}. You can ask about the rest.",
        "{n} 篇未下载，其余可以提问。",
    ),
    "n not fetched": ("{n} not fetched yet", "{n} 篇尚未下载"),
    "n failed": ("{n} failed", "{n} 篇失败"),
    "sync stopped": ("Indexing stopped: {why}", "索引已停止：{why}"),
    # the question
    "question": ("Your question", "你的问题"),
    "placeholder": ("Ask about the papers…", "就这些论文提问……"),
    "send": ("Send", "发送"),
    "stop": ("Stop", "停止"),
    "welcome": ("What would you like to know?", "你想了解什么？"),
    "examples": ("For example", "例如"),
    "you": ("You", "你"),
    "show more": ("Show more", "展开"),
    "show less": ("Show less", "收起"),
    "searching": ("Searching the papers…", "正在检索论文……"),
    "warming up": (
        "Getting ready: reading the list and loading the search model. This takes a few seconds.",
        "正在准备：读取列表并加载检索模型，需要几秒钟。",
    ),
    "fetch first": (
        "Fetch “{title}” first and ask the paper itself",
        "先下载《{title}》，直接向论文提问",
    ),
    "fetching": (
        "Fetching and reading “{title}” first…",
        "正在优先下载并阅读《{title}》……",
    ),
    "not fetched why": ("{title}: {why}", "《{title}》：{why}"),
    # the answer
    "sources": ("Sources", "出处"),
    "page": ("p. {page}", "第 {page} 页"),
    "list": ("from the list", "来自列表"),
    "from the list": ("from the list, not from the paper", "来自列表，而非论文"),
    "abstract": ("Abstract page", "摘要页"),
    "open pdf": ("PDF", "PDF"),
    "open pdf page": ("PDF, p. {page}", "PDF 第 {page} 页"),
    "supported": ("The cited page says this.", "所引页面支持这句话。"),
    "partly": ("The cited page says this only in part.", "所引页面只部分支持这句话。"),
    "unsupported": ("The cited pages do not say this.", "所引页面不支持这句话。"),
    "unsupported by any": (
        "No passage that was found says this.",
        "找到的段落中没有一处支持这句话。",
    ),
    "nearest": ("Nearest passages", "最接近的段落"),
    "stopped": ("Stopped.", "已停止。"),
    "stopped unchecked": (
        "Stopped. The text above was not checked against the pages.",
        "已停止。以上内容尚未与原文核对。",
    ),
    # the actions of an answer
    "copy": ("Copy", "复制"),
    "bibtex": ("BibTeX", "BibTeX"),
    "copied": ("Copied", "已复制"),
    "retry": ("Ask again", "重新提问"),
    "edit": ("Edit", "编辑"),
    "editing": ("You are editing your question.", "正在编辑问题。"),
    "cancel": ("Cancel (Esc)", "取消 (Esc)"),
    "server gone": (
        "The server cannot be reached any more. What was written is kept in this browser; reload the"
        " page when the server is back.",
        "无法连接服务器。已写出的内容保存在本浏览器中；服务器恢复后请刷新页面。",
    ),
    "liked": ("Helpful", "有帮助"),
    "disliked": ("Not helpful", "没帮助"),
    "new chat": ("New chat", "新对话"),
    "history": ("Chats", "历史对话"),
    "chats kept": (
        "The newest {n}, kept in this browser only.",
        "最近 {n} 个，仅保存在本浏览器中。",
    ),
    "log out": ("Log out", "退出登录"),
    "delete chat": ("Delete this chat", "删除该对话"),
    "chat deleted": ("The chat was deleted.", "对话已删除。"),
    "undo": ("Undo", "撤销"),
    # the options
    "options": ("Model and papers", "模型与论文范围"),
    "model": ("Model", "模型"),
    "model how": (
        "Or write provider:model, such as ollama:llama3.2:1b",
        "或输入“提供方:模型”，如 ollama:llama3.2:1b",
    ),
    "no model": ("No model: sentences from the papers", "不用模型：直接引用论文原句"),
    "no model found": (
        "No model found. Start Ollama, or set OPENAI_API_KEY and restart.",
        "未找到模型。请启动 Ollama，或设置 OPENAI_API_KEY 后重新启动。",
    ),
    "papers": ("Papers", "论文"),
    "topics": ("Topics", "主题"),
    "lists": ("Lists", "书单"),
    "all unless chosen": ("{label} (all)", "{label}（全部）"),
    "years": ("Years", "年份"),
    "scope": ("Searching only", "仅检索："),
    "and more": ("{names} and {n} more", "{names} 等另外 {n} 项"),
    "searched only": ("Searched only: {names}.", "仅在以下范围内检索：{names}。"),
    "ask all": ("Ask all papers", "向全部论文提问"),
    # the list
    "chat": ("Chat", "对话"),
    "library": ("Library", "论文库"),
    "column title": ("Paper", "论文"),
    "column year": ("Year", "年份"),
    "column topics": ("Topics", "主题"),
    "column state": ("State", "状态"),
    "actions": ("Actions", "操作"),
    "indexed": ("indexed", "已索引"),
    "waiting": ("waiting", "等待索引"),
    "not fetched": ("not fetched", "未下载"),
    "failed": ("failed", "失败"),
    "n pages": ("{n} p.", "{n} 页"),
    "find": ("Find in the list…", "在列表中查找……"),
    "any state": ("Any state", "全部状态"),
    "any topic": ("Any topic", "全部主题"),
    "any list": ("Any list", "全部书单"),
    "any year": ("Any year", "全部年份"),
    "sort by": ("Sort by", "排序"),
    "by title": ("By title", "按标题"),
    "by year": ("Newest first", "最新在前"),
    "by state": ("By state", "按状态"),
    "nothing fits": ("No matching papers.", "没有符合条件的论文。"),
    "show all": ("Show all", "显示全部"),
    "more papers": ("Show more", "显示更多"),
    "ask-paper": ("Ask", "提问"),
    "read-paper": ("Read", "阅读"),
    "retry-paper": ("Try again", "重试"),
    "remove-paper": ("Remove", "移除"),
    "confirm remove": ("Take “{title}” off the list?", "将“{title}”从列表中移除？"),
    "removed": ("“{title}” was taken off the list.", "已从列表中移除《{title}》。"),
    "tried again": ("Retrying “{title}”…", "正在重试《{title}》。"),
    "adding": ("Adding…", "正在添加……"),
    "added coming": (
        "“{title}” is in the list; it is being indexed…",
        "《{title}》已加入列表，正在索引……",
    ),
    "added indexed": (
        "“{title}” was added; you can ask about it.",
        "《{title}》已添加，可以提问。",
    ),
    "added waits": (
        "“{title}” is in the list; its pages are not fetched yet.",
        "《{title}》已加入列表，正文尚未下载。",
    ),
    "added failed": (
        "“{title}” is in the list, but you cannot ask about its pages: {why}",
        "《{title}》已加入列表，但无法就正文提问：{why}",
    ),
    "add what": ("arXiv id or address", "arXiv 编号或网址"),
    "add title": ("Title", "标题"),
    "add asks": ("optional", "可不填"),
    "list fixed": (
        "The list cannot be changed on this page.",
        "不能在本页面更改论文列表。",
    ),
    "add how": ("Or drop PDFs anywhere on the list.", "也可将 PDF 拖放到列表的任意位置。"),
    "add": ("Add", "添加"),
    "add pdf": ("Add a PDF", "添加 PDF"),
    "sync now": ("Sync now", "立即同步"),
    # the map
    "map tab": ("Map", "图谱"),
    "map": ("Map of the papers", "论文地图"),
    "map how": (
        "Papers that lie close together cover similar topics. Colour: topic. Size: pages;"
        " hollow: not fetched yet. Click a paper to open it.",
        "位置相近：内容相近；颜色：主题；大小：页数；空心：尚未下载。点击即可打开论文。",
    ),
    "time line": ("By year", "按年份"),
    "no topic": ("no topic", "无主题"),
    "no map": (
        "There is nothing to show yet: the list is being read.",
        "暂无可绘制的内容：正在读取列表。",
    ),
    # the batch
    "batch": ("Batch", "批量"),
    "batch how": (
        "Drop a file of up to {n} questions: one per line, JSONL, or CSV with a “question” column.",
        "拖入问题文件（最多 {n} 个问题）：每行一个问题，或 JSONL，或含“question”列的 CSV。",
    ),
    "batch file": ("Questions", "问题文件"),
    "batch start": ("Answer all", "全部回答"),
    "batch stop": ("Stop", "停止"),
    "batch selection": (
        "{llm} · {papers} (to change in the chat, under “Model and papers”)",
        "{llm} · {papers}（可在“对话”的“模型与论文范围”中更改）",
    ),
    "all papers": ("all papers", "全部论文"),
    "batch progress": ("{done} of {total}", "{done}/{total}"),
    "batch done": ("{done} of {total} done: {counts}", "完成 {done}/{total}：{counts}"),
    "batch answered": ("{n} answered", "已回答 {n}"),
    "batch refused": ("{n} without evidence", "无证据 {n}"),
    "batch unanswered": ("{n} failed", "失败 {n}"),
    "comma": (", ", "，"),
    "download": ("Download {form}", "下载 {form}"),
    # the open page
    "page of": ("A page of {title}", "{title} 的一页"),
    "picture of": ("Page {page} of {title}", "{title} 第 {page} 页"),
    "page n of m": ("{page} / {n_pages}", "{page} / {n_pages}"),
    "page back": ("Previous page", "上一页"),
    "page on": ("Next page", "下一页"),
    "smaller": ("Zoom out", "缩小"),
    "larger": ("Zoom in", "放大"),
    "close": ("Close", "关闭"),
    "not marked": (
        "The words could not be found in the picture of this page.",
        "未能在本页图像中定位这段文字。",
    ),
    "ask this paper": ("Ask this paper", "就此论文提问"),
    "sections": ("Sections", "章节"),
    "about": ("About this paper", "论文信息"),
    "no pages": (
        "The pages of this paper are not here yet: “Sync now” in the Library fetches them."
        " Until then, “Ask this paper” answers from the list.",
        "该论文的正文尚未下载：可在“论文库”中点击“立即同步”。在此之前，“就此论文提问”只依据列表回答。",
    ),
    "no pages here": (
        "The pages of this paper are not here yet. “Ask this paper” answers from the list.",
        "该论文的正文尚未下载。“就此论文提问”只依据列表回答。",
    ),
    "why": ("Why this?", "为何是这段？"),
    "rank": ("Rank", "排名"),
    "rank of": ("{rank} of {n} passages", "{n} 段中的第 {rank} 段"),
    "section": ("Section", "章节"),
    "words in common": ("Words in common", "共有词语"),
    "none in common": ("none", "无"),
    "meaning": ("Close in meaning", "语义接近"),
    "dense": ("cosine", "余弦"),
    "lexical": ("BM25", "BM25"),
    "fused": ("score", "得分"),
    # errors
    "error": ("That did not work", "出错了"),
    "without model": (
        "{llm} could not be used, so these are sentences from the papers. {why}",
        "{llm} 无法使用，以下是论文原句。{why}",
    ),
}


def text(language: Language, key: str, **values: object) -> str:
    """The text of ``key`` in ``language``, with ``values`` filled in."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)


def place_in(language: Language, page: int | None) -> str:
    """The place of a quote: its page, or the list."""
    return text(language, "page", page=page) if page else text(language, "from the list")


def preferred_language(accept_language: str) -> Language:
    """The language of ours with the highest weight in a browser's ``Accept-Language``, or English.

    Of equal weights the first counts.
    """
    parts = (part.strip() for part in accept_language.lower().split(","))
    named = [match for part in parts if (match := _ACCEPTED.fullmatch(part))]
    best = max(named, key=lambda match: float(match[2] or 1), default=None)
    return "zh" if best and best[1] == "zh" else "en"
