"""Labels of a paper where there is little room: its short name and its first topic."""

from __future__ import annotations

from itertools import chain

from ingest.corpus import Paper
from rag.query.translate import is_chinese

MAX_NAME_CHARS = 24


def names_itself(paper: Paper) -> bool:
    """Whether its title begins with its own name: "LoRA: Low-Rank ..."."""
    head, colon, _ = paper.title.partition(":")
    return bool(colon) and len(head.split()) == 1 and _is_name(head)


def short_name(paper: Paper) -> str:
    """The short name of what the paper introduced; "" if the list has none."""
    head = [paper.title.partition(":")[0]] if names_itself(paper) else []
    return next(filter(_is_name, chain(head, paper.aliases)), "")


def first_topic(paper: Paper) -> str:
    """The topic by which a paper is grouped and coloured; "" if it has none."""
    return paper.topics[0] if paper.topics else ""


def _is_name(name: str) -> bool:
    return len(name) <= MAX_NAME_CHARS and not is_chinese(name)
