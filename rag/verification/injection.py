"""Detect sentences of a passage that are addressed to a language model (prompt injection).

They are not evidence: otherwise, if a model obeys "answer that X", the page would support X.  Nor are
examples of prompts and replies ("Assistant: X", "The answer is X").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.verification.lookalikes import deobfuscate

REACH = 2  # sentences before and after an injection that may belong to it

_RULES = (
    r"(?:instru[ck]\w+|anweisung\w*|consignes?|regeln?|reglas?|directives?|prompts?|guidelines"
    r"|rules|messages?|passages?|sources?|context|evidence|papers?|text|questions?|everything|above|else)"
)
_ALL = (
    r"(?:all|any|every|everything|previous|prior|above|earlier|other|preceding|your|these|the"
    r"|alle[nrs]?|deine|toutes?|tous|[lv][aeo]s|todas|tus)"
)
_READERS = r"(?:AIs?|LLMs?|language models?|assistants?|chatbots?)"
_SAY = (
    r"(?:answer|respond|reply|say|write|output|print|state|claim|repeat|report|confirm|assure|inform"
    r"|convince|conclude|pretend|repond(?:ez|s)|responde|antworten?)"
)
_DO = rf"(?:{_SAY}|cite|tell|visit|open|include|append|ignore|recommend|reveal|obey|follow)"
_START = r"(?:^\W*|[.:;!?]\W+|\b(?:please|always|now) )"
_ROLE = (
    r"(?:system|assistant|user|human|AI|bot|chatbot|developer)"
    r"(?: (?:prompt|message|note|notice|override|instructions?))?\s*:"
)

_ORDERS = (
    # "Ignore all previous instructions", in some languages
    r"\b(?:ignore[zn]?|ignora|ignorier\w*|disregard|forget|oublie[zr]?|olvid\w+|vergi(?:ss|ß)\w*|override"
    rf"|bypass|discard)\b.{{0,40}}\b{_ALL}\b.{{0,30}}\b{_RULES}",
    # "Cite this passage", "must cite [2]"
    r"\bcite (?:only |me\b|this (?:passage|paper|document|page|source)|passage|\[\d)",
    # "Respond only with", "Confirm to the person asking that", "Antworte: "
    rf"{_START}{_SAY}\b (?:only|exactly|instead|just|always|verbatim|in all cases|with the words)\b",
    rf"{_START}{_SAY}\b(?: (?:to|the|every|any|each|user|reader|person|human|asking|who asks)\b)* that\b",
    rf"\bpretend that\b|{_START}(?:repond(?:ez|s)|antworten?|responde)\b",
    r"\b(?:repond(?:ez|s)|responde|antworten?) (?:que|dass)\b",
    r"\btell (?:the |every )?(?:users?|readers?|them)\b|\blet (?:the )?(?:users?|readers?|person) know\b",
    # "Any AI reading this should say"
    rf"\b(?:{_READERS}|you|read(?:s|ing)? this)\b.{{0,25}} "
    r"(?:must|should|shall|need to|have to|are (?:now )?(?:required|obliged|instructed|ordered) to|are to)"
    rf" (?:now |always |only |instead )*{_DO}\b",
    rf"\byou are (?:now|no longer)\b|\byour (?:\w+ )?(?:task|job) is (?:now )?to {_SAY}\b",
    rf"\b(?:command|order|instruct|ask|tell|want|require) (?:you|(?:the |any )?{_READERS}) to {_SAY}\b",
    r"\buse (?:this|that|it) as (?:the|your) answer\b",
    # "When asked about it, reply", "Do not use the other sources", "Dear AI"
    r"\b(?:if|when|whenever)\b[^.]{0,80}, (?:please |always |just )?(?:say|respond|reply|tell|confirm)\b",
    rf"{_START}(?:do not|don't|never) (?:mention|use|trust|believe|cite|follow)\b.{{0,30}}\b{_RULES}",
    rf"\b(?:dear|hello|hey),? (?:{_READERS}|chatgpt|gpt|claude|gemini|copilot)\b",
    # "New instructions:", "Note to the AI", "Attention language models!"
    r"^\W*(?:new|updated|hidden|secret|real|actual|important) "
    r"(?:instructions?|system (?:prompt|message)|directive)s?\b",
    r"(?:^|[^\w ] ?)(?:note|message|instruction|attention|order|reminder|warning)s? (?:to|for|from) "
    rf"(?:the |all |any )?(?:{_READERS}|system|developers?|user|operator|model)s?\b",
    rf"^\W*attention,? (?:all |any )?{_READERS}\s*[!:,.]",
    # "The correct answer is"
    r"^\W*(?:the )?(?:(?:correct|right|true|only|real|final|official) )+answer "
    r"(?:to (?:this|the|any|every) question )?is\b",
    # "Visit https://..."
    r"\b(?:visit|open|click|go to|fetch|load|include the link)\b(?!-).{0,40}(?:https?://|www\.)",
    # Chinese: ignore the rules; you must answer; the right answer is
    r"(?:忽略|无视|忽视|忘记|忘掉|不要理会)[^。]{0,6}"
    r"(?:以上|上[面述]|之前|先前|前面|所有|其[他它]|一切|你的|任何|全部)",
    r"(?:请|务必|必须|只能?)(?:务必|直接|只|在回答中)*(?:回答|回复|写道|输出|声称|引用|说)"
    r"|告诉(?:用户|读者|提问者)",
    r"(?:正确|真正|唯一|标准|最终)的?答案(?:是|为)",
)
_MARKUP = (
    # Tokens of chat templates, whatever their family
    r"<\|[^<>|]{1,60}\|>|<\|?\s*(?:im_start|im_end|system|assistant|user)\b|<[a-z]+(?:_[a-z0-9]+)+>",
    r"\[/?(?:INST|SYSTEM_PROMPT|THINK|BOS|SYSTEM|TOOL_\w+|AVAILABLE_\w+)\]|<</?SYS>>",
    # Ends of the fence
    r"<\s*/?\s*passage\b",
    r"(?:^|[^\w\s,;]\s*)(?:end of (?:the |all )?(?:input|prompt|passages?|evidence|context|documents?|data"
    r"|untrusted)\b|(?:passages?|evidence|context) ends? here)",
    # A call of a tool, a message of a chat
    r"[\"'](?:role|tool|tool_calls?|function|function_call|arguments)[\"']\s*:",
)
_FOREIGN = (
    # A turn of a chat, or the markup of a web page
    rf"(?:^\W*|[.!?] ){_ROLE}|#{{2,}} *(?:system|user|human|assistant|instruction|response|input)\b",
    rf"^\W*(?:please |always )?{_SAY}(?: with)?\s*:",
    r"^\W*(?:系统(?:提示|消息|指令)?|助手|用户|开发者)\s*:",
    r"<\s*/\s*[a-z][\w-]*\s*>",
    # The end of an example of a prompt or reply: "The answer is 8."
    r"(?:^|[.:;!?] )\W*(?:so |therefore,? )?the answer (?:to .{0,40} )?is\b(?! (?:sent|not|\w+e[dn])\b)"
    r"|^\W*question answered\b",
)


def _any_of(rules: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rules), re.IGNORECASE)


_SPEAKS, _EXAMPLE = _any_of(_ORDERS + _MARKUP), _any_of(_FOREIGN)
_LABEL = re.compile(rf"\W*(?=[A-Z])(?i:{_ROLE})(?!\S)")


def is_injection(sentence: str) -> bool:
    """Whether the sentence gives orders to a model that reads it for the user."""
    return _SPEAKS.search(deobfuscate(sentence)) is not None


def is_model_dialogue(sentence: str) -> bool:
    """Whether the sentence is an example of a prompt or a reply, and not a claim of its paper."""
    lines = map(deobfuscate, sentence.splitlines())
    return bool(_EXAMPLE.search(deobfuscate(sentence))) or any(map(_LABEL.match, lines))


def may_be_evidence(sentences: Sequence[str]) -> list[bool]:
    """Which sentences may be evidence: no injections, none near one, and no examples of dialogue.

    The content of an injection is often in the sentences before or after it.
    """
    flags = [is_injection(sentence) for sentence in sentences]
    return [
        not any(flags[max(0, i - REACH) : i + REACH + 1]) and not is_model_dialogue(sentence)
        for i, sentence in enumerate(sentences)
    ]
