"""The expected answer types of a question (a number, a time, a reason, ...), and the sentences that match.

A sentence of the expected type need not share a word with the question: "4.5 hours with eight GPUs"
answers what hardware was needed and how long it took.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.indexing.words import terms

_COUNT = r"(?:\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|several))"

# "OPT training tokens", "BERT layers": an amount is asked for by its noun alone.
_KEYWORDS = r"^(?!\W*(?:why|how|what|which|do|does|did|is|are|was|were|can)\b).*"
# "Which of them used more GPUs?": amounts are compared.
_WHICH_HAS_MORE = (
    r"\bwh(?:ich|o|ose)\b.{0,80}\b(?:more|fewer|less|longer|larger|bigger|smaller)\b(?! than\b| of\b)"
    r"|哪个.{0,12}更[多少大小长]"
)
_COUNTED = rf"\b(?:pre-?)?train(?:ing|ed) tokens\b|{_KEYWORDS}\b(?:tokens|parameters|params)\W*$"


@dataclass(frozen=True, slots=True)
class AnswerType:
    """A type of answer: the words that ask for it, in either language, and the sentences that contain one.

    ``bonus`` is added to the score of such a sentence (mostly 0..3, ``rag.retrieval.signals``);
    ``is_number``: it is a number or comes with one; ``has_unit``: its unit identifies it (a time, a
    price, a batch size).
    """

    name: str
    in_question: re.Pattern[str]
    in_answer: re.Pattern[str]
    bonus: float
    is_number: bool
    has_unit: bool

    def question_terms(self, question: str) -> set[str]:
        """The terms of ``question`` that ask for this type."""
        return {term for match in self.in_question.finditer(question) for term in terms(match[0])}


def _answer_type(
    name: str,
    in_question: str,
    in_answer: str,
    bonus: float = 0.5,
    is_number: bool = True,
    has_unit: bool = False,
) -> AnswerType:
    return AnswerType(
        name,
        re.compile(in_question, re.IGNORECASE),
        re.compile(in_answer),
        bonus,
        is_number,
        has_unit,
    )


def _keyword_type(name: str, in_question: str, words: str) -> AnswerType:
    """A type recognised by keywords alone, which is weak evidence: its bonus is small."""
    return _answer_type(name, in_question, rf"(?i)\b(?:{words})\b", bonus=0.15, is_number=False)


# What answers a general question about a paper: the sentence in which it presents its proposal.
PROPOSAL = _answer_type(
    "proposal",
    "",
    r"\b(?:[Ww]e|[Tt]his (?:paper|work)|[Oo]ur (?:paper|work)) (?:\w+ )?(?:propose|introduce"
    r"|presents?\s(?=[A-Z]|an?\s(?:new|novel|simple|family|suite)\b"
    r"|an?\s(?:\S+\s){0,3}(?:framework|method|approach|model|system|architecture|dataset|benchmark)))",
    bonus=0.6,
    is_number=False,
)
ANSWER_TYPES = (
    _answer_type(
        "number",
        r"\bhow (?:many|much|long|big|large|often|far)\b|\b(?:what|which) (?:\w+ ){0,3}"
        r"(?:number|size|rate|share|percent\w*|score|accuracy|value|length|fraction|threshold|year)\b"
        r"|%|多少|几个|多大|多长|多久|比例|得分|分数|准确率|大小"
        r"|^\W*(?:the )?(?:number|amount|size|length) of\b|\b(?:pre-?)?train(?:ing|ed) compute\b"
        rf"|\bcontext (?:length|window|size)\b|{_KEYWORDS}\b(?:layers|heads)\W*$|{_COUNTED}"
        rf"|{_WHICH_HAS_MORE}",
        r"\d",
        bonus=0.3,
    ),
    _answer_type(
        "reason",
        r"\bwhy\b|\breasons?\b|为什么|为何|原因",
        r"(?i)\b(?:because|since|due to|reason|therefore|so that|in order to|as a result|thus"
        r"|hypothesi[sz]e)\b",
        bonus=0.3,
        is_number=False,
    ),
    _answer_type(
        "claim",
        r"\b(?:main|core|key|central|basic) (?:idea|point|contribution|finding)|\babout\s*\?|\bsummar"
        r"|\boverview|\bpropose|\bintroduce|提出|(?:主要|核心|基本)(?:思想|思路|内容|贡献)|讲了?什么",
        r"(?i)\b(?:we|this (?:paper|work)|our (?:paper|work)) (?:\w+ )?(?:propose|introduce|present|show"
        r"|find|demonstrate|stud|explore|argue|describe|investigate|develop)",
        bonus=0.3,
        is_number=False,
    ),
    _answer_type(
        "time",
        r"\bhow long\b|\b(?:much|what|total|wall-?clock|training|running) time\b|\bduration\b"
        r"|\b(?:hours?|hrs|days|weeks|months|minutes)\b|多久|多长时间|[多几]少?个?(?:天|小时|月|周)|耗时|用时|时长",
        rf"{_COUNT}[\s-]*(?:hours?|hrs?|days?|weeks?|months?|minutes?|mins?|seconds?|years?|h|s)\b",
        has_unit=True,
    ),
    _answer_type(
        "hardware",
        r"\bhardware\b|\b[GT]PUs?\b|\b(?:chips|accelerators?)\b|\b(?:what|which|how much|training) compute\b"
        r"|\b(?:what|which|how many)(?: \w+)? machines?\b|显卡|硬件|芯片|机器|算力",
        r"\b[CGT]PUs?\b|\b[AVH]100|\bTPU|(?i:\bnvidia\b|\baccelerators?\b)|\bcores?\b|\bchips?\b|FLOP",
        has_unit=True,
    ),
    _answer_type(
        "money",
        r"\b(?:price|paid|dollars?|wages?|salary|hourly)\b|\bpay\b(?! attention)|\bwhat did it cost\b"
        r"|\bhow much\b(?=.{0,80}\b(?:costs?|spen[dt])\b)|\bwhat (?:did|does|do|would)\b(?=.{1,60}\bcost\b)"
        r"|多少钱|费用|美元|报酬",
        r"[$€£]\s?\d|\b(?:dollars?|USD|cents)\b",
        has_unit=True,
    ),
    _answer_type(
        "amount",
        r"\bhow (?:big|large|small)\b|\b(?:bigg|larg|small)er\b|\bsizes?\b"
        r"|\bhow much (?:text|data|memory)\b|\b(?:how many|more|fewer) (?:\w+ )?"
        r"(?:parameters?|params|tokens?|words?|examples?|documents?|samples?|pairs?)\b"
        rf"|[多更]大|更小|多少个?(?:参数|token|词|样本|数据|文档|条)|规模|大小|{_COUNTED}",
        r"\d[\d.,]*\s?(?:[BMKT]\b|[GTM]i?B\b|(?:[bm]|tr)illion|thousand)|\d{1,3}(?:,\d{3})+",
    ),
    _answer_type(
        "share",
        r"\b(?:percent\w*|accurac\w+|how often|success rate)\b|百分|比例|准确率|成功率|占"
        r"|\b(?:what|which) (?:share|fraction|proportion|rate)\b",
        r"\d\s?%|\bpercent\b",
    ),
    _answer_type(
        "learning rate",
        r"\blearning rate\b|\blr\b|学习率",
        r"\de-?\d|10\s?[−-]\s?\d|\b0\.0\d+|learning rate",
        has_unit=True,
    ),
    _answer_type(
        "speed",
        r"\bhow (?:much |many times )?fast(?:er)?\b|\bspeed-?ups?\b|\bthroughput\b|\blatency\b|\bmilliseconds?\b"
        r"|\bper second\b|多快|快多少|加速|吞吐|延迟",
        r"(?i)\d\s?(?:x|×|times)\b|\bper (?:second|token|step)\b|/s\b|\d\s?ms\b|\bmilliseconds?\b"
        r"|\d\s?% (?:faster|slower)",
        bonus=0.15,
        has_unit=True,
    ),
    _answer_type(
        "batch size",
        r"\bbatch(?:es)?\b|批次|批量|批大小",
        r"(?i)\b(?:mini-?)?batch(?:es)?(?: size)?s?\b\D{0,30}\d|\d\S* (?:\w+ ){0,2}(?:per|a|in each) batch\b",
        bonus=0.15,
        has_unit=True,
    ),
    _answer_type(
        "dropout",
        r"\bdropout\b",
        r"(?i)\bdropout\b\D{0,30}\d|\b(?:no|without) dropout\b|\d\S* dropout\b",
        bonus=0.15,
        has_unit=True,
    ),
    _answer_type(
        "steps",
        r"\bhow many (?:\w+ )?(?:epochs?|steps|iterations|updates)\b|\b(?:epochs|steps)\b.{0,20}\bhow many\b"
        r"|[多几]少?个?\s?(?:轮|步|epoch|step)",
        r"(?i)\d\s?[kM]?\s(?:\w+\s)?(?:epochs?|steps|iterations|updates)\b|\b(?:epochs?|steps)\b\D{0,12}\d"
        r"|\b(?:one|two|three|four|five|single) epochs?\b",
        bonus=0.15,
        has_unit=True,
    ),
    _answer_type(
        "energy",
        r"\b(?:energy|carbon|co2|emissions?|electricity)\b|能耗|碳排|耗电",
        r"\d\s?(?:[kMG]Wh|t?CO2|tons?\b|tonnes?\b|kg\b|lbs\b|metric)|\btCO2|CO2e",
        bonus=0.15,
        has_unit=True,
    ),
    _answer_type(
        "agreement",
        r"\bagree\w*\b|\bkappa\b|\binter-?(?:annotator|rater)\b|一致(?:性|率)",
        r"(?i)\b(?:agree\w*|kappa|krippendorff\w*)\b.{0,80}\d|\d.{0,80}\b(?:agree\w*|kappa)\b|κ",
        bonus=0.15,
        has_unit=True,
    ),
    _keyword_type(
        "data",
        r"\b(?:what|which|how)\b.{0,40}\b(?:data|data\s?sets?|corpus|corpora|benchmarks?|test sets?)\b"
        r"|(?:什么|哪些|哪个).{0,8}(?:数据|语料|基准)",
        r"data\s?sets?|corpus|corpora|benchmarks?|crawl\w*|wikipedia|collected from|treebank",
    ),
    _answer_type(
        "size of data",
        r"\b(?:how (?:big|large|many)|size)\b.{0,40}\b(?:data\w*|corpus|corpora|examples|samples|instances)\b"
        r"|(?:数据|语料|样本).{0,8}(?:多大|多少|规模)|多少.{0,6}(?:数据|语料|样本)",
        r"\d[\d,.]*\+?\s?(?:[KMk]\+?|million|billion|trillion)?\s(?:\w+\s){0,2}(?:sentences|examples|tokens|words|samples"
        r"|instances|pairs|documents|utterances|reviews|tweets|posts|articles|questions|messages|dialogues"
        r"|images|users|cases)\b",
        bonus=0.15,
    ),
    _keyword_type(
        "metric",
        r"\bmetrics?\b|\bmeasure[ds]?\b|\bhow\b.{0,30}\b(?:evaluated?|assess\w*|measured|judged)\b"
        r"|指标|(?:怎么|如何)(?:评|衡量)",
        r"accuracy|F1|F-score|BLEU|ROUGE|METEOR|perplexity|precision|recall|correlation|exact match"
        r"|error rate|human evaluat\w+|kappa|metrics?",
    ),
    _keyword_type(
        "baseline",
        r"\bbaselines?\b|\bcompared? (?:to|with|against)\b|\bstate[- ]of[- ]the[- ]art\b|基线|对比了",
        r"baselines?|compare[ds]?|comparison|outperform\w*|previous (?:work|best|methods?)",
    ),
    _keyword_type(
        "result",
        r"\bresults?\b|\bperform(?:ance|s|ed)?\b|\boutperform|\bimprove\w*|\bbetter\b|结果|表现|提升|效果",
        r"outperform\w*|achieve[sd]?|improve[sd]?|improvements?|higher|lower|better|worse|gains?|best",
    ),
    _keyword_type(
        "origin",
        r"\bwhere\b.{0,40}\b(?:from|come|obtain\w*|get)\b|\bhow\b.{0,40}\b(?:collect\w*|obtain\w*|gather\w*"
        r"|construct\w*|buil[dt]|create[ds]?|annotat\w*|select\w*)\b"
        r"|来源|来自哪|(?:怎么|如何)(?:收集|构建|标注)",
        r"collect(?:ed)?|obtain(?:ed)?|gather(?:ed)?|crawl(?:ed)?|scraped?|annotat(?:ed|ors?)|crowd\w*"
        r"|extract(?:ed)?|select(?:ed)?|sampl(?:ed?|ing)|filter(?:ed)?|\w+\.com|mechanical turk",
    ),
    _keyword_type(
        "languages",
        r"\b(?:what|which|how many) languages?\b|(?:哪些|什么|多少种)语言",
        r"English|Chinese|German|French|Spanish|Japanese|Russian|Arabic|Hindi|Czech|Italian|Turkish|Dutch"
        r"|Korean|Finnish|Portuguese|Polish|Latin",
    ),
    _keyword_type(
        "limitation",
        r"\b(?:limitations?|weakness\w*|drawbacks?|disadvantages?|shortcomings?|fail\w*|problems?|issues?"
        r"|risks?|wrong|worse)\b|局限|缺点|不足|弱点|问题|失败|风险",
        r"limitations?|limited|weakness\w*|drawbacks?|shortcomings?|fails?|failures?|cannot|however"
        r"|unfortunately|suffers?|struggles?|difficult\w*|degrade\w*|hallucinat\w+|unable|future work",
    ),
)


_ASKS_FOR_EXPLANATION = re.compile(
    r"^\W*(?:what(?:['’]s| is| are)|how (?:does|do|is|are|can)|why|is|are|does|do|can)\b|\bdiffer"
    r"|什么是|是什么|为什么|怎么|如何|吗\W*$|区别|不同",
    re.IGNORECASE,
)
_ASKS_FOR_VALUE = re.compile(
    r"\b(?:scores?|accuracy|rates?|sizes?|perplexity|lengths?|results?|values?|numbers?|elo|bleu|errors?|best"
    r"|average|percent\w*|performance|worse|better|higher|lower|parameters?|dimensions?|layers?)\b",
    re.IGNORECASE,
)


def asks_for_explanation(question: str) -> bool:
    """Whether an explanation is asked for and no value, so that no row of a table can answer.

    >>> asks_for_explanation("What is GSM8K?"), asks_for_explanation("What is the accuracy on GSM8K?")
    (True, False)
    """
    asks_for_value = _ASKS_FOR_VALUE.search(question) or any(
        answer_type.is_number for answer_type in expected_answer_types(question)
    )
    return bool(_ASKS_FOR_EXPLANATION.search(question)) and not asks_for_value


def expected_answer_types(question: str) -> list[AnswerType]:
    """The types of answers that ``question`` asks for.

    >>> [found.name for found in expected_answer_types("How long did it take, and on which GPUs?")]
    ['number', 'time', 'hardware']
    """
    return [answer_type for answer_type in ANSWER_TYPES if answer_type.in_question.search(question)]
