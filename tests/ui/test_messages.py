"""Errors are told in the reader's language, whichever part of the code they come from."""

from __future__ import annotations

import re

import pytest
from ui.raised import Source, joined_by_hand

from ingest.errors import ManifestError, Problem
from rag.assistant import Assistant
from rag.ui.chat.render import render_chat
from rag.ui.exchange import Chat, Exchange
from rag.ui.messages import BLANK, Message, read_catalogue, translate
from rag.ui.texts import Language

MESSAGES = read_catalogue()


def _template(english: str) -> str:
    """The message as ``Source`` gives it, with nameless blanks."""
    return BLANK.sub(lambda blank: "{WORDS}" if blank[1].isupper() else "{}", english)


def _sample(message: Message) -> tuple[str, str]:
    """The message with its blanks filled, and what is to become of it."""
    values = {name: f"<{i}>" for i, name in enumerate(BLANK.findall(message.english))}
    return message.english.format(**values), message.chinese.format(**values)


@pytest.fixture(scope="module")
def source() -> Source:
    return Source()


def test_every_message_that_can_reach_the_page_is_there(source: Source) -> None:
    """Whatever the code can raise, with the same blanks; and no words are hidden from this test."""
    missing = source.templates() - {_template(message.english) for message in MESSAGES}
    assert missing == set()
    assert source.unclear == []


def test_every_message_of_the_catalogue_is_still_said(source: Source) -> None:
    """What the code no longer says leaves the catalogue, too."""
    said = source.templates() | {text.replace("{}", "{WORDS}") for text in source.texts()}
    told_nowhere = [
        message.english
        for message in MESSAGES
        if not {_template(message.english), BLANK.sub("{WORDS}", message.english)} & said
    ]
    assert told_nowhere == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.english[:60])
def test_each_message_is_recognised(message: Message) -> None:
    """Its own Chinese comes, with all that filled its blanks; no other message takes its place."""
    names = BLANK.findall(message.english)
    assert sorted(names) == sorted(BLANK.findall(message.chinese)) and len(set(names)) == len(names)
    assert sorted(names) == sorted(BLANK.findall(message.words("en")))
    said, chinese = _sample(message)
    assert translate("zh", said) == chinese


def test_what_is_wrong_with_a_paper_comes_with_what_to_do(source: Source) -> None:
    """No error of a PDF that cannot be had, read or drawn goes without a hint."""
    assert source.hintless("SourceError", "ParseError") == []


def test_a_message_and_its_hint_are_joined_in_one_place() -> None:
    """There they are two sentences, whichever of them ends with a full stop of its own."""
    assert joined_by_hand() == []


def test_no_message_is_there_twice() -> None:
    """One English message has one Chinese one."""
    templates = [BLANK.sub("{}", message.english) for message in MESSAGES]
    assert len(set(templates)) == len(templates)


def test_chinese_is_chinese() -> None:
    """Full stops and commas too; what is left of Latin letters are names, commands and examples."""
    for message in MESSAGES:
        words = BLANK.sub("", re.sub('`[^`]*`|"[^"]*"|“[^”]*”', "", message.chinese))
        assert not re.search(r"[\u4e00-\u9fff][,;:?!.]", words), message.chinese


def test_words_within_words_are_told_too() -> None:
    """A message that holds another one, or words of ours, is Chinese throughout."""
    said = "arxiv.org answered 404 to https://arxiv.org/pdf/1: withdrawn, or no such paper"
    assert translate("zh", said) == (
        "arxiv.org 对 https://arxiv.org/pdf/1 返回了 404：论文已撤回，或并不存在"
    )
    assert (
        translate("zh", "this is a number (5), not a list of papers")
        == "这里是数字（5），而不是论文列表"
    )


def test_a_list_with_problems_is_told_line_by_line() -> None:
    """Every problem with its line and hint."""
    problems = [Problem(3, "this entry has no `id`", 'Add "id: ..." to it.')]
    assert translate("zh", ManifestError("list.yaml", problems).message) == (
        "列表有 1 处问题，因此未作任何更改：\n"
        "  list.yaml 第 3 行：该条目缺少 `id`\n"
        '    请加上 "id: ..."。'
    )


def test_what_somebody_else_said_stays_as_it_is() -> None:
    """A provider's own words are quoted; an unknown message is told in English."""
    assert translate("zh", "openai:x failed: no such thing") == "openai:x 出错：no such thing"
    assert translate("zh", "Something quite new.") == "Something quite new."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_gives_no_advice_for_the_command_line(language: Language) -> None:
    """What is to be done is done on the page; only who started the chat is told of its options."""
    for_the_keeper = (
        "--no-sync",
        "--hits",
        "--yes",
        "--manifest",
        "--data-dir",
        "--llm",
        "--title can be used with",
        "ALL_PROXY",
    )
    for message in MESSAGES:
        words = message.words(language)
        if not any(option in message.english for option in for_the_keeper):
            assert not re.search(r"askpapers (sync|papers)|--[a-z]|HTTPS_PROXY", words), words


def test_a_hint_within_a_hint_is_for_the_page_too() -> None:
    """arXiv is out of reach while a paper is added."""
    hint = "Check the network (and HTTPS_PROXY), or provide the PDFs with --pdf-dir."
    assert translate("en", hint + " To add one paper without asking arXiv, use --title.") == (
        "Check the network, or add the PDF itself. Or enter its title, so that arXiv is not asked."
    )


@pytest.mark.parametrize(
    "asked", ["How many epochs was Slim trained for?", "Slim 训练了多少个 epoch？"]
)
def test_a_refusal_sends_nobody_to_the_command_line(assistant: Assistant, asked: str) -> None:
    """Where a paper's pages are not here, in either language."""
    answer = assistant.ask(asked)
    assert "`askpapers sync`" in answer.text
    shown = render_chat(Chat((Exchange(asked, answer=answer),)), "en")
    assert "askpapers" not in shown and ("next sync" in shown or "下次同步" in shown)


def test_message_and_hint_are_two_sentences() -> None:
    """Where the message has no full stop of its own it gets one; an empty hint leaves no trace."""
    assert (
        translate("en", "x cannot be reached", "Check the ids.")
        == "x cannot be reached. Check the ids."
    )
    assert translate("zh", "x cannot be reached", "Check the ids.") == "无法连接 x。请检查编号。"
    assert translate("en", "The file is empty.", "") == "The file is empty."
