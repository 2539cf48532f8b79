"""Know sentences of a passage that speak to a language model instead of saying something.

They are no evidence: a model that obeys "answer that X" would else find its X on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULES = (
    r"(?:instructions?|directives?|prompts?|guidelines|rules|messages?|passages?|sources?|context|"
    r"evidence|papers?|text|questions?|everything)"
)
_SPEAKS = re.compile(
    rf"\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|discard)\b.{{0,40}}\b(?:all|any|every|"
    rf"previous|prior|above|earlier|other|preceding|your|these|the)\b.{{0,30}}{_RULES}"
    r"|\b(?:always |only |must |should |please )*cite (?:only |me\b|this (?:passage|paper|document|page|source)|"
    r"passage|\[\d)"
    r"|(?:^\W*|[.:;!?]\s+|\bplease )(?:answer|respond|reply|say|write|output|print|state|claim|repeat)"
    r" (?:only|exactly|instead|just|always|verbatim|in all cases|that|with the words)\b"
    r"|\btell (?:the |every )?(?:users?|readers?|them)\b"
    r"|^\W*attention,? (?:all |any )?(?:AIs?|LLMs?|language models?|assistants?|chatbots?)\s*[!:,.]"
    r"|\b(?:assistants?|AI|LLMs?|language models?|chatbots?|you|models?) (?:reading this |that reads? this )?"
    r"(?:must|should|shall|need to|have to|are (?:now )?(?:required|obliged|instructed|ordered) to|are to) "
    r"(?:now |always |only |instead )*(?:answer|respond|reply|say|write|output|state|claim|cite|tell|visit|"
    r"open|include|append|ignore|recommend|repeat|reveal|obey|follow)\b"
    r"|\byou are (?:now|no longer)\b"
    r"|\b(?:new|updated|hidden|secret|real|actual|important) (?:instructions?|system (?:prompt|message)|"
    r"directive)s?\b"
    r"|\b(?:note|message|instructions?|attention|order|reminder|warning)s? (?:to|for|from) (?:the |all |any )?"
    r"(?:AI|LLMs?|language models?|assistants?|chatbots?|system|developers?|user|operator|model)\b"
    r"|\b(?:the )?(?:correct|right|true|only|real|final|official) answer (?:to (?:this|the|any|every) question )?"
    r"is\b"
    r"|\b(?:visit|open|click|go to|fetch|load|include the link)\b.{0,40}(?:https?://|www\.)"
    r"|<\|?\s*(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)\b|\[/?INST\]|"
    r"<</?SYS>>|</?passage|\bsystem\s*:"
    r"|\bend of (?:the )?(?:passages?|evidence|context|document|data|untrusted)\b",
    re.IGNORECASE,
)


def gives_orders(sentence: str) -> bool:
    """Whether the sentence is addressed to whoever reads for the user."""
    return _SPEAKS.search(sentence) is not None


def without_orders(sentences: Sequence[str]) -> list[bool]:
    """Which sentences may be evidence: none that gives orders, and none next to one.

    What the order is about often stands before or after it.
    """
    flags = [gives_orders(sentence) for sentence in sentences]
    return [not any(flags[max(0, i - 1) : i + 2]) for i in range(len(flags))]
