"""Example questions, one of each kind, about papers of the index that can answer them well."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.corpus import HANDBOOK, Paper
from ingest.indexing.index import IndexedPaper
from rag.ui.paper_labels import first_topic, names_itself, short_name
from rag.ui.texts import Language

MAX_EXAMPLES = 5
MIN_TOPIC_PAPERS = 3  # on a topic that a question asks for

# A number in the note of a paper, and the questions for it.
NUMBER_QUESTIONS = (
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
MAIN_IDEA = ("What is the main idea of {}?", "{} 的核心思想是什么？")


@dataclass(frozen=True, slots=True)
class Example:
    """A question in English and in Chinese, and the topics of the papers that it is about."""

    english: str
    chinese: str
    topics: frozenset[str]


def example_questions(papers: Mapping[str, IndexedPaper], language: Language) -> list[str]:
    """At most ``MAX_EXAMPLES`` questions, each about another topic as far as there are enough.

    A number, a comparison, how something works, which papers are on a topic, and one in Chinese;
    then the main ideas of papers.  The first three need pages, the others only the list.
    """
    listed = [entry.paper for paper, entry in papers.items() if paper != HANDBOOK]
    known = sorted(filter(short_name, listed), key=lambda p: (not names_itself(p), -len(p.lists)))
    with_pages = [paper for paper in known if papers[paper.id].n_pages]
    examples: list[Example] = []
    for make_example, candidates in (
        (_ask_number, with_pages),
        (_ask_comparison, with_pages),
        (_ask_how, with_pages),
        (_ask_on_topic, listed),
        (_ask_in_chinese, with_pages or known),
    ):
        used = frozenset(chain.from_iterable(example.topics for example in examples))
        example = make_example([p for p in candidates if first_topic(p) not in used] or candidates)
        examples += [example] if example else []
    examples += [_make_example(paper, *MAIN_IDEA) for paper in known[: 2 * MAX_EXAMPLES]]
    questions = [e.chinese if language == "zh" else e.english for e in examples]
    return list(dict.fromkeys(questions))[:MAX_EXAMPLES]


def _make_example(paper: Paper, english: str, chinese: str) -> Example:
    name = short_name(paper)
    return Example(english.format(name), chinese.format(name), frozenset([first_topic(paper)]))


def _ask_number(papers: Sequence[Paper]) -> Example | None:
    for number, english, chinese in NUMBER_QUESTIONS:
        for paper in papers:
            if number.search(paper.note):
                return _make_example(paper, english, chinese)
    return None


def _ask_comparison(papers: Sequence[Paper]) -> Example | None:
    """Compares the first two papers that share a topic and name themselves."""
    alike: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in filter(names_itself, papers):
        alike[first_topic(paper)].append(paper)
    pair = next((group[:2] for group in alike.values() if len(group) > 1), None)
    if pair is None:
        return None
    one, other = map(short_name, pair)
    return Example(
        f"How do {one} and {other} differ?",
        f"{one} 和 {other} 有什么区别？",
        frozenset(map(first_topic, pair)),
    )


def _ask_how(papers: Sequence[Paper]) -> Example | None:
    return _make_example(papers[0], "How does {} work?", "{} 是怎么工作的？") if papers else None


def _ask_on_topic(papers: Sequence[Paper]) -> Example | None:
    """Asks for papers on the topic that most of them spell out, in their words for it."""
    spelled: defaultdict[str, list[str]] = defaultdict(list)
    for paper in papers:
        words = re.escape(first_topic(paper)).replace(r"\-", "[- ]")
        found = re.search(rf"\b{words}\b", f"{paper.title} {paper.note}", re.IGNORECASE)
        spelled[first_topic(paper)] += [found[0]] if found and _is_term(found[0]) else []
    topic = max(spelled, key=lambda topic: len(spelled[topic]), default="")
    if len(spelled[topic]) < MIN_TOPIC_PAPERS:
        return None
    ((words, _),) = Counter(spelled[topic]).most_common(1)
    return Example(
        f"Which papers are about {words}?", f"有哪些关于 {words} 的论文？", frozenset([topic])
    )


def _is_term(words: str) -> bool:
    """Whether they are a technical term: "in-context learning" and "RLHF", not "evaluation" or ""."""
    return bool(re.search(r"\w[ -]\w", words)) or (len(words) > 1 and words.isupper())


def _ask_in_chinese(papers: Sequence[Paper]) -> Example | None:
    """In Chinese for everyone, to show that papers and questions may differ in language."""
    return _make_example(papers[0], MAIN_IDEA[1], MAIN_IDEA[1]) if papers else None
