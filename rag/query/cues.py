"""Wordings that show what kind of answer a question wants: a paper, a list of papers, a comparison."""

from __future__ import annotations

import re
from typing import Literal

from ingest.indexing.words import terms

_COMPARES = re.compile(
    r"\b(?:versus|vs\.?|both|each|differ\w*|compar\w+|contrast\w*|opposed to|unlike|than|respectively"
    r"|instead|in common|between|how (?:did|do|does|has|have)\b.{1,90}\bchanged?"
    r"|which\b.{1,90}\bor|or\b.{1,40}\b(?:bigg|larg|small|bett|strong|new|old)er)\b"
    r"|不同|不一样|区别|相比|对比|比较|分别|各自|差异|异同|(?<![首成])都|与.{1,30}和|和.{1,30}哪",
    re.IGNORECASE,
)
_ASKS_FOR_METADATA = re.compile(
    r"\bwho (?:wrote|are the authors|is the (?:first )?author|authored)\b|\bauthors? of\b"
    r"|\b(?:which|what) year\b|\bwhen (?:was|were) .{0,60}(?:published|released|written)\b"
    r"|作者是谁|谁写|哪年|哪一年|什么时候(?:发表|发布)",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(r"\bwho\b|谁", re.IGNORECASE)
_ASKS_FOR_PAPER = re.compile(
    r"\b(?:which|what|whose) (?:papers?\b|article\b|(?:study|work|survey|report)\b(?! (?:did|do|does)\b))"
    r"|\bwhich (?:(?!(?:did|do|does|is|are|was|were|has|have|the|this|that|in|of|for)\b)[\w-]+ ){1,3}papers?\b"
    r"|\bwhat'?s the paper\b|\bwho (?:introduced|proposed|invented|came up)\b"
    r"|\bwhere (?:was|were) .{1,80}\b(?:shown|introduced|proposed|reported|described|published|invented)\b"
    r"|^\s*who (?:made|built|created|developed|designed)(?: [\w.+-]+){1,2}\s*\??$"
    r"|\bwhere (?:is|are|were) (?:it|this|that)\b|\bwhich (?:one )?(?:is|was) (?:it|that)\b"
    r"|\b(?:paper|study|article|survey|report) (?:where|whose|that|in which)\b.*\bwhich one\b"
    r"|哪篇|哪些论文|哪一篇|哪个论文|谁提出",
    re.IGNORECASE,
)
_ASKS_FOR_SEVERAL_PAPERS = re.compile(
    r"(?:^\s*(?:how many )?|\b(?:which|what|any|list|show|all|recommend|suggest|find|give)\b[^?.]{0,24}\b)"
    r"(?:papers|surveys|works)\b.{0,30}\b(?:on|about"
    r"|deals?|looks? at|presents?|covers?|discuss|concern|of|relate\w*|writ\w+|wrote|by|publish\w*"
    r"|(?:from|in|since|after|before|between) (?:19|20)\d\d|(?:in|on) (?:the|this|your) list)\b"
    r"|\b(?:list|show)(?: me)? (?:all|the)(?: the)? papers\b"
    r"|\b(?:which|what) papers? (?:should|shall|can|do|would) (?:i|we|one) (?:read|start)"
    r"|\bwhat (?:has|did|have) .{3,40} (?:publish|wr[io]t)\w*"
    r"|有哪些.{0,24}(?:论文|文章|综述)|哪些(?:论文|文章|综述).{0,4}(?:关于|有关|研究|讲|讨论|涉及|和|与)"
    r"|(?:写|发表)(?:了|过)?哪些|有没有.{0,24}(?:论文|文章|综述)|有哪些(?:论文|文章|综述)"
    r"|推荐.{0,24}(?:论文|文章|综述)|该(?:先)?读哪"
    r"|的(?:论文|文章|综述)(?:都)?有(?:哪些|什么)|(?:列出|列举).{0,40}(?:论文|文章|综述)",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"^\s*(?:and|but|so|or|then|also|what about|how about)\b"
    r"|\b(?:it|its|they|their|them|this|that|these|those|he|she|his|her)\b"
    r"|\bthe (?:paper|authors?|models?|method|approach|former|latter|same)\b"
    r"|呢|它|他们|她们|该|这|那|其|同样|另外|还有|上述|前者|后者|作者",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\bits?\b(?! (?:true|possible|right|correct)\b)|它", re.IGNORECASE)
_COMPARED_WITH = re.compile(r"(?:^|[,，])\s*那?么?(?:和|跟|与|同|比起?|相比于?)\s*$")
# The words around a name that replaces another name: "and for BERT?"; and those of a question that
# repeats the one before it: "what did Raffel et al. use for T5, and what did Wei et al. use for FLAN?"
_FILLER = (
    r"and|but|or|so|then|also|ok(?:ay)?|now|what|how|about|for|in|of|with|the|same|paper|model"
)
_FILLER_ZH = r"那么?|还有|换成|的|论文|呢|[’']s\b|[\s,，、?？.!。'\"‘’“”《》()（）]"
_ELLIPSIS = re.compile(rf"(?:(?:{_FILLER})\b|{_FILLER_ZH})*", re.IGNORECASE)
_SAME_QUESTION = re.compile(
    rf"(?:(?:{_FILLER}|(?:who|which|where)(?: one)?(?: is| are| was| were)?|do|does|did|use[ds]?|by|one)\b"
    rf"|{_FILLER_ZH})*",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|thanks?(?: you)?(?: (?:so|very) much)?|ok(?:ay)?|bye|help|who are you"
    r"|what (?:can|do) you do|你好|您好|谢谢|嗨|再见|你是谁|你[能会](?:做什么|干什么|干嘛))(?: there)?"
    r"[\s,.!?，。！？~]*)+",
    re.IGNORECASE,
)
_ASKS_FOR_OVERVIEW = re.compile(
    r"\bwhat(?: is|'s) .{1,80} about\b|\b(?:overview|summar\w+|introduc\w+ to|gist)\b"
    r"|\b(?:main|core|key|central|basic) (?:idea|point|contribution|finding)s?\b"
    r"|\bwhat (?:does|do|did) .{1,60}(?: do| argue| propose| show| solve| find)\b"
    r"|\bwhat (?:problem|is|are|was)\b.{1,60}(?:\bsolve|\baddress|\bmeant (?:to|for)|\bused for|\bfor)\b"
    r"|^what (?:is|are) [\w.+-]+(?: [\w.+-]+)?\??$"
    r"|讲(?:了|的|的是|述)?(?:什么|啥|哪些)|介绍|概括|总结|(?:主要|核心|基本)(?:思想|思路|内容|贡献|做了什么)"
    r"|(?:解决|研究|提出|做)了?(?:什么|哪些)|是(?:一种)?(?:什么|啥|怎样的)|是用来.{0,8}什么",
    re.IGNORECASE,
)
# The words right before or after the name of a paper whose predecessors or successors are asked for.
_EARLIER_BEFORE_NAME = re.compile(
    r"\b(?:came before|preceded|predecessors? (?:of|to)|forerunners? (?:of|to))(?: \w+){0,2} *$",
    re.I,
)
_LATER_BEFORE_NAME = re.compile(
    r"\b(?:came after|follow(?:ed|s|ing|-?ups? (?:of|to|on))|successors? (?:of|to)|improv\w+ (?:up)?on"
    r"|(?:extend|buil)\w* (?:up)?on|extend\w*)(?: the)? *$",
    re.I,
)
_EARLIER_AFTER_NAME = re.compile(
    r"^(?: paper)? *(?:build|built|based|improve)s? (?:up)?on\b|^ *(?:论文)?(?:之前|以前|的前身|的前作)"
    r"|^ *(?:论文)?是?(?:在|基于)(?:哪|什么)",
    re.I,
)
_LATER_AFTER_NAME = re.compile(r"^ *(?:论文)?(?:之后|以后|的后续|的后继|的下一|的改进)", re.I)
_ASKS_FOR_WORK = re.compile(
    r"\b(?:what|which)\b|(?:哪|什么).{0,6}(?:论文|工作|模型|版本|研究|方法)|(?:版本|后续).{0,4}什么",
    re.I,
)
# Questions about the list itself.
_HOW_MANY_PAPERS = re.compile(
    r"\bhow many (?:\w+ )?papers\b|\bnumber of papers\b|(?:多少|几)篇|多少.{0,2}论文", re.I
)
_TOPICS = re.compile(
    r"\b(?:which|what) topics\b|\b(?:this|the|your) (?:reading )?list\b.{0,8}\babout\b"
    r"|(?:哪些|什么)(?:主题|方向|领域)|列表.{0,4}关于什么",
    re.I,
)
_IS_LISTED = re.compile(
    r"^(?:is|are)\b.{1,80}\b(?:in|on) (?:the|this|your) (?:reading )?list\W*$"
    r"|^do you have\b.{1,60}\bpapers?\W*$"
    r"|^(?!.*(?:多少|几|哪|什么|关于|的))(?:(?:列表|清单|这里)[里中]?)?有.{1,60}(?:吗|论文|这篇|那篇)[？?]?$"
    r"|在列表[里中]吗",
    re.I,
)
_NEWEST = re.compile(
    r"\b(?:newest|latest|most recent)\b.{0,12}\bpapers?\b|最(?:新|近)的?.{0,4}论文", re.I
)
_OLDEST = re.compile(
    r"\b(?:oldest|earliest)\b.{0,12}\bpapers?\b|最(?:老|早|旧)的?(?:[一几]篇)?论文", re.I
)
# Terms that ask for a paper, but say nothing about its subject.
PAPER_TERMS = frozenset(
    terms(
        "paper papers article study work list survey introduce introduced introducing propose "
        "proposed present presented invent invented first original originally come came idea method "
        "describe described publish published write wrote written author deal look about relate "
        "related concern research recommend suggest find give show read start first"
    )
)
# Terms that ask about the list, but say nothing about the subjects in it.
LIST_TERMS = PAPER_TERMS | frozenset(
    terms(
        "how many number count total list lists reading collection library index corpus here have has "
        "there contain hold include included currently available you your all any every year years "
        "oldest earliest newest latest recent old new topic topics theme cover subject between until"
    )
)
# Terms that ask what a paper is about, but name no subject.
OVERVIEW_TERMS = PAPER_TERMS | frozenset(
    terms(
        "main core key central basic idea point contribution finding overview summary summarize gist "
        "argue show solve find problem question address explain content thought introduction do tell mean "
        "stand abbreviation acronym sentence word brief short please detail "
        "big large bigger larger biggest largest small smaller size many much long"
    )
)

# Terms that ask for an amount: a passage that answers need not contain them.
AMOUNT_TERMS = frozenset(terms("how many much long often far"))
# Terms that ask who wrote a paper, or when.
METADATA_TERMS = OVERVIEW_TERMS | frozenset(terms("year date month release released come out"))
# Terms that compare things, but do not say in what respect.
COMPARISON_TERMS = frozenset(
    terms(
        "differ difference different differently compare comparison contrast versus vs between "
        "opposed instead unlike respectively separately same alike common distinguish distinction "
        "bigger larger smaller better relationship"
    )
)
# Terms that apply to any two methods: a comparison with no other terms is a general one.
METHOD_TERMS = frozenset(
    terms(
        "actually really exactly what's method approach way technique task model system train training "
        "work design pipeline toward both"
    )
)


def compares(question: str) -> bool:
    """Whether the wording compares things."""
    return bool(_COMPARES.search(question))


def asks_for_metadata(question: str) -> bool:
    """Whether authors or year are asked for, for which the list is the best source."""
    return bool(_ASKS_FOR_METADATA.search(question))


def asks_who(question: str) -> bool:
    """Whether the question asks who; with a paper or a method named, its authors are meant."""
    return bool(_ASKS_WHO.search(question))


def asks_for_paper(question: str) -> bool:
    """Whether the answer is a paper, so that its title is enough."""
    return bool(_ASKS_FOR_PAPER.search(question))


def refers_back(question: str) -> bool:
    """Whether the question refers to an earlier turn: "it", "the paper", "and …", "…呢"."""
    return bool(_REFERS_BACK.search(question))


def has_pronoun(text: str) -> bool:
    """Whether ``text`` contains "it" or "its" that may refer to an earlier turn."""
    return bool(_PRONOUN.search(text))


def compares_with_name(before: str, question: str) -> bool:
    """Whether ``question`` compares something with the name that follows ``before``: "than BERT?"."""
    return compares(before) or (compares(question) and bool(_COMPARED_WITH.search(before)))


def is_ellipsis(around: str) -> bool:
    """Whether a question consists of a name alone, given the words ``around`` it: "and BERT?"."""
    return bool(_ELLIPSIS.fullmatch(around))


def asks_the_same(around: str) -> bool:
    """Whether a part of a question, given the words ``around`` its name, asks the same as the part before."""
    return bool(_SAME_QUESTION.fullmatch(around))


def is_greeting(text: str) -> bool:
    """Whether ``text`` asks nothing about the papers: a greeting, thanks, "what can you do?"."""
    return bool(_GREETING.fullmatch(text.strip()))


def asks_for_several_papers(question: str) -> bool:
    """Whether the answer is several papers of the list: on a topic, or by an author."""
    return bool(_ASKS_FOR_SEVERAL_PAPERS.search(question))


def asks_for_overview(question: str) -> bool:
    """Whether it is asked what a paper is about in general, which its note in the list can answer."""
    return bool(_ASKS_FOR_OVERVIEW.search(question))


def asks_for_related_work(
    question: str, start: int, end: int
) -> Literal["earlier", "later"] | None:
    """Whether work before or after the paper that ``question[start:end]`` names is asked for."""
    before, after = question[:start], question[end:]
    if not _ASKS_FOR_WORK.search(question):
        return None
    if _EARLIER_BEFORE_NAME.search(before) or _EARLIER_AFTER_NAME.search(after):
        return "earlier"
    if _LATER_BEFORE_NAME.search(before) or _LATER_AFTER_NAME.search(after):
        return "later"
    return None


def asks_how_many_papers(question: str) -> bool:
    """Whether papers are to be counted; the rest of the question says which."""
    return bool(_HOW_MANY_PAPERS.search(question))


def asks_about_list(question: str) -> bool:
    """Whether the question is about the list itself: its size, its topics, its newest or oldest paper."""
    return (
        asks_how_many_papers(question)
        or asks_for_topics(question)
        or bool(asks_for_newest_or_oldest(question))
    )


def asks_if_listed(question: str) -> bool:
    """Whether it is asked if the paper that the question names is in the list."""
    return bool(_IS_LISTED.search(question.strip()))


def asks_for_topics(question: str) -> bool:
    """Whether it is asked what the list, or a paper, is about."""
    return bool(_TOPICS.search(question))


def asks_for_newest_or_oldest(question: str) -> Literal["newest", "oldest", ""]:
    """Whether the newest or the oldest paper is asked for."""
    if _NEWEST.search(question):
        return "newest"
    return "oldest" if _OLDEST.search(question) else ""
