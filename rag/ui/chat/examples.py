"""Example questions: one of each kind, about what is here, so that each can be answered well."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.corpus import HANDBOOK, Paper
from ingest.indexing.index import IndexedPaper
from rag.ui.short_names import names_itself, short_name
from rag.ui.texts import Language

MAX_EXAMPLES = 5
FEW_PAPERS = 3  # fewer on a topic are no list to ask for

# What the note of a paper with pages says, and how to ask for its number.
NUMBERS = (
    (
        re.compile(r"\d(?:[BT]| [bt]rillion) tokens"),
        "How many tokens was {} trained on?",
        "{} 用了多少 token 训练？",
    ),
    (
        re.compile(r"\d(?:[MBT]| (?:m|b|tr)illion) parameters"),
        "How many parameters does {} have?",
        "{} 有多少参数？",
    ),
)
IDEA = ("What is the main idea of {}?", "{} 的核心思想是什么？")


@dataclass(frozen=True, slots=True)
class Example:
    """A question in English and in Chinese, and the topics of the papers that it is about."""

    english: str
    chinese: str
    topics: frozenset[str]


def example_questions(papers: Mapping[str, IndexedPaper], language: Language) -> list[str]:
    """At most ``MAX_EXAMPLES`` questions, each about another topic as far as there are some.

    A number, a comparison, how something works, which papers are on a topic, and one in Chinese;
    then what papers are about.  The first three need pages, the others only the list.
    """
    listed = [entry.paper for paper, entry in papers.items() if paper != HANDBOOK]
    known = sorted(filter(short_name, listed), key=lambda p: (not names_itself(p), -len(p.lists)))
    with_pages = [paper for paper in known if papers[paper.id].n_pages]
    examples: list[Example] = []
    for kind, asked in (
        (_number, with_pages),
        (_comparison, with_pages),
        (_how, with_pages),
        (_on_topic, listed),
        (_in_chinese, with_pages or known),
    ):
        used = frozenset(chain.from_iterable(example.topics for example in examples))
        example = kind([p for p in asked if _topic(p) not in used] or asked)
        examples += [example] if example else []
    examples += [_about(paper, *IDEA) for paper in known[: 2 * MAX_EXAMPLES]]
    asked_in = [e.chinese if language == "zh" else e.english for e in examples]
    return list(dict.fromkeys(asked_in))[:MAX_EXAMPLES]


def _about(paper: Paper, english: str, chinese: str) -> Example:
    name = short_name(paper)
    return Example(english.format(name), chinese.format(name), frozenset([_topic(paper)]))


def _number(papers: Sequence[Paper]) -> Example | None:
    for note, english, chinese in NUMBERS:
        for paper in papers:
            if note.search(paper.note):
                return _about(paper, english, chinese)
    return None


def _comparison(papers: Sequence[Paper]) -> Example | None:
    """Of the first two papers that share a topic and name themselves."""
    alike: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in filter(names_itself, papers):
        alike[_topic(paper)].append(paper)
    pair = next((group[:2] for group in alike.values() if len(group) > 1), None)
    if pair is None:
        return None
    one, other = map(short_name, pair)
    return Example(
        f"How do {one} and {other} differ?",
        f"{one} 和 {other} 有什么区别？",
        frozenset(map(_topic, pair)),
    )


def _how(papers: Sequence[Paper]) -> Example | None:
    return _about(papers[0], "How does {} work?", "{} 是怎么工作的？") if papers else None


def _on_topic(papers: Sequence[Paper]) -> Example | None:
    """On the topic that the most papers spell out, in the words that they use for it."""
    spelled: defaultdict[str, list[str]] = defaultdict(list)
    for paper in papers:
        words = re.escape(_topic(paper)).replace(r"\-", "[- ]")
        found = re.search(rf"\b{words}\b", f"{paper.title} {paper.note}", re.IGNORECASE)
        spelled[_topic(paper)] += [found[0]] if found and _is_term(found[0]) else []
    topic = max(spelled, key=lambda topic: len(spelled[topic]), default="")
    if len(spelled[topic]) < FEW_PAPERS:
        return None
    ((words, _),) = Counter(spelled[topic]).most_common(1)
    return Example(
        f"Which papers are about {words}?", f"有哪些关于 {words} 的论文？", frozenset([topic])
    )


def _is_term(words: str) -> bool:
    """Whether they name something: "in-context learning" and "RLHF", not "evaluation" or nothing."""
    return bool(re.search(r"\w[ -]\w", words)) or (len(words) > 1 and words.isupper())


def _in_chinese(papers: Sequence[Paper]) -> Example | None:
    """In Chinese for everyone: the papers may be in another language than the question."""
    return _about(papers[0], IDEA[1], IDEA[1]) if papers else None


def _topic(paper: Paper) -> str:
    return paper.topics[0] if paper.topics else ""
