"""Detect sentences of a passage that are addressed to a language model (prompt injection).

They are not evidence: a model that obeys "answer that X" would otherwise find its X on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULES = (
    r"(?:instructions?|directives?|prompts?|guidelines|rules|messages?|passages?|sources?|context"
    r"|evidence|papers?|text|questions?|everything)"
)
_READERS = r"(?:AIs?|LLMs?|language models?|assistants?|chatbots?)"
_SAY = r"(?:answer|respond|reply|say|write|output|print|state|claim|repeat)"
_DO = rf"(?:{_SAY}|cite|tell|visit|open|include|append|ignore|recommend|reveal|obey|follow)"

_ORDERS = (
    # "Ignore all previous instructions"
    r"\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|discard)\b.{0,40}"
    rf"\b(?:all|any|every|previous|prior|above|earlier|other|preceding|your|these|the)\b.{{0,30}}{_RULES}",
    # "Cite this passage", "must cite [2]"
    r"\bcite (?:only |me\b|this (?:passage|paper|document|page|source)|passage|\[\d)",
    # "Respond only with", "Tell the user"
    rf"(?:^\W*|[.:;!?]\s+|\bplease ){_SAY}"
    r" (?:only|exactly|instead|just|always|verbatim|in all cases|that|with the words)\b",
    r"\btell (?:the |every )?(?:users?|readers?|them)\b",
    # "Any AI reading this should say"
    rf"\b(?:{_READERS}|you) (?:reading this |that reads? this )?"
    r"(?:must|should|shall|need to|have to|are (?:now )?(?:required|obliged|instructed|ordered) to|are to)"
    rf" (?:now |always |only |instead )*{_DO}\b",
    r"\byou are (?:now|no longer)\b",
    # "New instructions:", "Note to the AI", "Attention language models!"
    r"^\W*(?:new|updated|hidden|secret|real|actual|important) "
    r"(?:instructions?|system (?:prompt|message)|directive)s?\b",
    r"\b(?:note|message|instructions?|attention|order|reminder|warning)s? (?:to|for|from) "
    rf"(?:the |all |any )?(?:{_READERS}|system|developers?|user|operator|model)\b",
    rf"^\W*attention,? (?:all |any )?{_READERS}\s*[!:,.]",
    # "The correct answer is"
    r"^\W*(?:the )?(?:(?:correct|right|true|only|real|final|official) )+answer "
    r"(?:to (?:this|the|any|every) question )?is\b",
    # "Visit https://..."
    r"\b(?:visit|open|click|go to|fetch|load|include the link)\b.{0,40}(?:https?://|www\.)",
    # Fences and chat templates
    r"<[|｜]?\s*(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)\b",
    r"\[/?(?:INST|SYSTEM_PROMPT|THINK)\]|<</?SYS>>|</?passage|^\W*system\s*:",
    r"\bend of (?:the )?(?:passages?|evidence|context|document|data|untrusted)\b",
)
_SPEAKS = re.compile("|".join(_ORDERS), re.IGNORECASE)


def gives_orders(sentence: str) -> bool:
    """Whether the sentence gives orders to a model that reads on the user's behalf."""
    return _SPEAKS.search(sentence) is not None


def without_orders(sentences: Sequence[str]) -> list[bool]:
    """Which sentences may be evidence: none that gives orders, and none next to one.

    What the order is about is often said before or after it.
    """
    flags = [gives_orders(sentence) for sentence in sentences]
    return [not any(flags[max(0, i - 1) : i + 2]) for i in range(len(flags))]
