"""Find what a browser, a mail program or a chat may make a link of, and take it out of a model's text."""

from __future__ import annotations

import re
from collections.abc import Collection

CUT = "\ue001"  # where a link was; no text has it

# What stands for a link's punctuation in other alphabets, each as one character.
_PUNCTUATION = str.maketrans("：／＼．＠⁄∕", ":/\\.@//") | {
    wide: wide - 0xFEE0 for wide in range(ord("０"), ord("～")) if chr(wide).isalnum()
}
_NOT_IN_ADDRESS = r"\s<>\[\]{}【】（）\"”，。、；！？"
_REST = rf"(?:[^{_NOT_IN_ADDRESS}()]|\([^{_NOT_IN_ADDRESS}()]*\))*(?<![.,;:!?'])"
_DOMAINS = (
    "com|org|net|edu|gov|info|biz|io|ai|co|dev|app|xyz|top|site|online|shop|club|click|link|live|icu|vip"
    "|example|uk|de|fr|jp|cn|ru|eu|us|ca|au|nl|ch|se|kr|tw|hk|sg|tv|ly|cc|gg|ws"
)
_LETTER = r"[a-z0-9\u00df-\u024f\u0370-\u04ff]"  # Greek and Cyrillic look-alikes included
_NAME = rf"(?:{_LETTER}(?:{_LETTER}|-){{0,62}}\.){{1,5}}"
_ADDRESS = re.compile(
    rf"(?<!{_LETTER})(?:"
    rf"(?:https?|ftp|wss?|file)\s?:\s?[/\\]+\s?{_REST}|[a-z][a-z0-9+.-]{{1,20}}://{_REST}"
    rf"|(?:java\s?|vb)script\s?:(?=\S){_REST}|mailto:(?=\S){_REST}|data:(?:[\w.+-]+/|[;,]){_REST}"
    rf"|www\.{_REST}"
    rf"|[a-z0-9._+-]{{1,64}}@{_NAME}[a-z]{{2,24}}\b"
    rf"|{_NAME}(?:(?:{_DOMAINS})\b|[a-z]{{2,24}}(?=/)){_REST}"
    rf")|(?<![\w:/\\])[/\\]{{2}}{_NAME}[a-z]{{2,24}}\b{_REST}",
    re.IGNORECASE,
)
_WITH_WORDS = re.compile(
    r"!?\[([^\[\]]{0,300})\]\(\s*[^()\s]{0,2000}(?:\s[^()]{0,300})?\)"
    r"|!\[([^\[\]]{0,300})\]\s?\[[^\[\]]{0,300}\]"
    r"|\\href\s?\{[^{}]{0,2000}\}\s?\{([^{}]{0,300})\}"
)
_IN_LATEX = re.compile(r"\\url\s?\{[^{}]{0,2000}\}")
_AROUND_NOTHING = re.compile(  # the definition of a link, and brackets
    rf"^[ \t]*\[[^\[\]]{{1,300}}\]:\s*{CUT}.*|[<(\[{{]\s*{CUT}[\s{CUT}]*[>)\]}}]", re.M
)


def without_links(text: str, allowed: Collection[str]) -> tuple[str, int]:
    """``text`` with ``CUT`` in place of its links, and how many there were; ``allowed`` addresses stay.

    The words of a link in Markdown or LaTeX stay as well; a number in brackets may be a mark, and keeps them.
    """
    text, n_with_words = _WITH_WORDS.subn(_words_of, text)
    text, n_in_latex = _IN_LATEX.subn(CUT, text)
    unwanted = [span for span in _addresses(text) if text[slice(*span)] not in allowed]
    for start, end in reversed(unwanted):
        text = text[:start] + CUT + text[end:]
    return _AROUND_NOTHING.sub(CUT, text), n_with_words + n_in_latex + len(unwanted)


def _words_of(link: re.Match[str]) -> str:
    words = link[link.lastindex or 1]
    return f" [{words}] " if re.fullmatch(r"\^?\d{1,2}", words) else f" {words} "


def web_addresses(text: str) -> list[str]:
    """The links to pages in ``text``, each written and ended as ``without_links`` finds it."""
    found = (text[start:end] for start, end in _addresses(text))
    return [link for link in found if link.lower().startswith(("http://", "https://"))]


def names_of_hosts(text: str) -> list[str]:
    """What looks like a host's name and no more in ``text``, such as "example.org"."""
    found = (text[start:end] for start, end in _addresses(text))
    return [name for name in found if re.fullmatch(r"[\w.-]+", name)]


def _addresses(text: str) -> list[tuple[int, int]]:
    """The half-open spans of the addresses in ``text``."""
    return [match.span() for match in _ADDRESS.finditer(text.translate(_PUNCTUATION))]
