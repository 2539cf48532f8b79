"""Recognise sentences that say nothing about the papers: refusals, and remarks to the reader."""

from __future__ import annotations

import re

_PASSAGES = (
    r"(?:(?:any|all|each|either|neither|the|these|those|this|your|my) (?:of (?:the|these) )?)?"
    r"(?:(?:provided|given|available|supplied|retrieved|numbered|above|cited|current|excerpted) )*"
    r"(?:passages?|papers?|evidence|contexts?|texts?|sources?|documents?|excerpts?|materials?|articles?"
    r"|information|reading list)(?: (?:provided|given|above|here|available|supplied))?"
)
_SAY = (
    r"(?:(?:contain|provide|mention|answer|include|state|give|describe|tell|reveal|report|indicate|disclose"
    r"|offer|cover|explain|list|refer to|say|address|discuss)(?:e?s)?|specif(?:y|ies)"
    r"|ha(?:ve|s) (?:any|enough|sufficient|the|an?|relevant))"
)
_SAID = (
    r"(?:mentioned|specified|stated|provided|given|found|disclosed|discussed|described|reported|addressed"
    r"|answered|available|contained|included|covered|present|made|listed|explained|clear|known)"
)
_DENIED = r"(?:not|never|nowhere)"
_IS_NOT = rf"(?:(?:is|are|was|were|has been|have been) {_DENIED}|(?:is|are|was|were)n't)"
_CAN_NOT = (
    r"(?:cannot|can not|can't|could not|couldn't|do not|don't|did not|didn't|was unable to"
    r"|am (?:not able|unable) to)"
)
_IN_PASSAGES = rf"(?:anywhere )?(?:in|by|from|within|with|based on|using) {_PASSAGES}\b"
_INFORMATION = r"(?:information|answers?|details?|mention|context|reference)"
_SUBJECT = r"(?:(?!\b(?:that|which|who|those)\b)[^.;:]){1,150}?"
_ADVERBS = r"(?: \w+){0,2}?"
_ZH_PASSAGES = (
    r"(?:这些|所给|所?提供的?|给定的?|上述|以上|现有的?|当前的?|相关的?)*"
    r"(?:段落|论文|文中|资料|文章|文献|材料|原文|上下文|信息|内容)(?:内容)?"
)
_ZH_SAY = r"(?:提到|提及|提供|回答|包含|说明|找到|给出|涉及|明确|确定|得知|判断|讨论|指出|描述|得出|答案|相关信息)"

_LEAD = re.compile(
    r"(?:(?:unfortunately|sorry|i'm sorry|i am sorry|i'm afraid|i am afraid|i apologi[sz]e|however|but|no,|well,"
    r"|as an ai(?: \w+){0,3})(?:,| that|\.)? (?:but |that )?"
    rf"|(?:based on|from|according to|given|in|within|using) {_PASSAGES}(?: alone| only)?,? "
    r"|it (?:seems|appears) that |(?:抱歉|对不起|不好意思|很遗憾|遗憾的是)[，,]?)*",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    # The passages do not say, none of them does, and nothing in them does.
    rf"{_PASSAGES}(?: (?:\w+ly|alone|themselves|also|here|you \w+))?"
    r" (?:do(?:es)? not|do(?:es)?n't|did not|didn't|cannot|can't|fail(?:s|ed)? to)"
    rf"(?: \w+){{0,2}}? {_SAY}\b"
    rf"|{_PASSAGES} (?:lacks?|(?:is|are) silent)\b"
    rf"|(?:none of {_PASSAGES}|no (?:\w+ )?(?:passages?|papers?|sources?|documents?)|neither {_PASSAGES}"
    rf"|nothing in {_PASSAGES}){_ADVERBS} {_SAY}\b"
    # I cannot tell, I know too little.
    rf"|i {_CAN_NOT}(?: \w+){{0,2}}? (?:answer|find|determine|know|tell|say|provide|help|assist|locate|see"
    rf"|identify|confirm|comment|what|how|if|whether)\b"
    rf"|i (?:do not|don't) have (?:\w+ )?(?:enough|any|sufficient|access|the) (?:\w+ )?{_INFORMATION}"
    r"|i have (?:no|not enough|insufficient) (?:\w+ )?(?:information|idea|knowledge)"
    r"|i(?:'m| am) not (?:sure|certain|aware)\b"
    # There is nothing, or not enough.
    rf"|there(?: is|'s| are| was| were)(?: not|n't)? (?:no|not enough|insufficient|enough|any)(?: \w+)?"
    rf" (?:{_INFORMATION}|evidence)"
    rf"|(?:not enough|insufficient) (?:\w+ )?(?:{_INFORMATION}|evidence)"
    rf"|no (?:\w+ )?{_INFORMATION}(?:(?: \w+){{0,10}}? (?:is|are|was|were)(?: \w+)? {_SAID}\b"
    rf"|(?: (?:about|on|of|regarding|for|in)\b.*)?\W*$)"
    # It is not said, or can't be seen from the passages.
    rf"|{_DENIED}(?: \w+)? {_SAID}\b"
    rf"|(?:the |this |that |an? )?(?:\w+ )?(?:question|answer|information|detail)s? "
    rf"(?:{_IS_NOT}|(?:cannot|can't|could not|couldn't) be){_ADVERBS} (?:{_SAID}|determined|inferred|{_IN_PASSAGES})"
    rf"|(?:it|this|that) {_IS_NOT}(?: \w+)? (?:mentioned|specified|stated|said|clear|known|disclosed|discussed"
    rf"|reported|addressed|possible to (?:say|tell|determine|answer))"
    rf"(?= (?:(?:on|in|for|with|by|at|to|from) )?(?:how|what|which|who|when|where|why|whether|if|{_IN_PASSAGES})"
    r"|\W*$)"
    rf"|{_SUBJECT} (?:{_IS_NOT}{_ADVERBS} {_SAID}|(?:cannot|can't|could not|couldn't) be{_ADVERBS}"
    rf" (?:found|determined|answered|inferred|established|known)) {_IN_PASSAGES}"
    rf"|{_SUBJECT} {_IS_NOT}(?: \w+)? (?:mentioned|specified|stated)\W*$"
    # Chinese
    r"|我?(?:不知道|不清楚|不确定)"
    rf"|(?:根据|基于|从|在)?{_ZH_PASSAGES}(?:中|里|来看|内)?[，,]?我?(?:都|均|也|并|尚|仍|暂)*"
    rf"(?:没有|未能|未|无法|不能|难以|不足以|没|不)\w{{0,14}}?{_ZH_SAY}"
    rf"|我?(?:无法|不能|难以|未能|没有)\w{{0,14}}?(?:回答|找到|确定|得知|判断|得出|提及|提到|相关信息)"
    rf"|.{{1,60}}?(?:没有|未|无法|不能)[在从]{_ZH_PASSAGES}(?:中|里)?\w{{0,4}}?{_ZH_SAY}"
    rf"|(?:这个|该|此|您的|你的)?问题(?:的答案)?\w{{0,2}}?(?:没有|未|无法|不能)\w{{0,14}}?{_ZH_SAY}",
    re.IGNORECASE,
)
# A second clause may claim something.
_CLAIMS_AS_WELL = re.compile(
    r"[,;，；]\s*(?:but|however|though|although|while|whereas|yet|only that|但|不过|然而|只)|;|；",
    re.IGNORECASE,
)


def is_refusal(sentence: str) -> bool:
    """Whether a sentence in the model's own words is a refusal, and claims nothing else.

    A denial in a paper ("there is no evidence that") may look the same.
    """
    said = sentence.strip(' *_"“”').replace("’", "'")
    refusal = _REFUSES.match(said, _LEAD.match(said).end())  # type: ignore[union-attr]
    return refusal is not None and not _CLAIMS_AS_WELL.search(said, refusal.end())


_NOTED = r"\(?(?:(?:please )?note(?: that)?[:,]? |disclaimer: )?"
_REMARK = re.compile(
    r"(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great question|good question|hello|hi|hi there"
    r"|no problem|thank(?:s| you)(?: \w+){0,8}|that's all|that is all)\W*$"
    r"|(?:i'd be |i'm |i am )?(?:happy|glad) to (?:help|assist|answer)\b"
    r"|(?:please )?(?:let me know|feel free)\b"
    r"|(?:for more (?:details|information), |please )(?:see|refer to|consult|ask)\b"
    r"|(?:i )?hope (?:this|that|it|these)\b.{0,20}\b(?:help|answer|clarif)"
    r"|if you (?:have|need|want|would|'d|wish|are)\b.*\b(?:ask|let me|feel free|help|happy|tell me|i can)\b"
    rf"|{_NOTED}(?:the|this|my|these|all|your)(?: above)? (?:\w+ )?(?:answers?|responses?|summary|information)"
    r"(?: above| here)? (?:is|are|was|were|comes?|has been|have been)(?: \w+)?"
    rf" (?:based|taken|drawn|derived|supported|limited|from|by)\b(?: \w+)?(?: (?:on|from|to|by))? {_PASSAGES}\W*$"
    r"|(?:好的?|当然(?:可以)?|没问题|您好|你好)\W*$|希望.{0,12}(?:帮助|有用|解答)"
    r"|如(?:果|有|您|需).{0,30}(?:请|随时|欢迎|告诉我|提问|追问)|请(?:随时)?(?:告诉我|告知|提问)"
    r"|(?:注|说明|备注)?[：:]?\s*(?:以上|本|该|此|这个)(?:回答|答案|内容|信息|总结)(?:均|都|是|仅|完全)*(?:基于|来自|根据|依据)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|好的?|当然)[,!.，！。] ?)?"
    rf"(?:(?:based on|according to|from) {_PASSAGES},? the answer is:? "
    rf"|(?:(?:the )?(?:final |short |direct )?answer(?: is)?|here (?:is|are)\b[^:：.!?]{{0,80}}|here's\b[^:：.!?]{{0,80}}"
    rf"|(?:based on|according to|from) {_PASSAGES}|(?:最终)?(?:回答|答案)(?:是|如下)?|以下是[^:：。]{{0,30}}"
    rf"|(?:根据|基于){_ZH_PASSAGES}[，,]?(?:回答|答案)?(?:是|如下)?)\s*(?:[:：]\s*|[.。]?$))",
    re.IGNORECASE,
)


def is_remark(sentence: str) -> bool:
    """Whether a sentence greets the reader, offers help, or says what the answer is based on.

    >>> is_remark("Let me know if you need anything else!"), is_remark("The answer is based on a vote.")
    (True, False)
    """
    return _REMARK.match(sentence.strip(' *_"“”').replace("’", "'")) is not None


def without_lead_in(sentence: str) -> str:
    """``sentence`` without its introduction, which may be all of it.

    >>> without_lead_in("Here is the answer based on the passages: It has 6 layers.")
    'It has 6 layers.'
    """
    return _LEAD_IN.sub("", sentence, count=1) if _LEAD_IN.match(sentence) else sentence
