"""Remove from a model's text everything that a browser, mail program or chat may turn into a link."""

from __future__ import annotations

import re
from collections.abc import Collection

LINK_PLACEHOLDER = "\ue001"  # where a link was; removed from replies

# Variants of a link's punctuation and letters in other alphabets, one character each.
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
_AROUND_NOTHING = re.compile(  # a link's definition, and brackets around a removed link
    rf"^[ \t]*\[[^\[\]]{{1,300}}\]:\s*{LINK_PLACEHOLDER}.*|[<(\[{{]\s*{LINK_PLACEHOLDER}[\s{LINK_PLACEHOLDER}]*[>)\]}}]",
    re.M,
)


def without_links(text: str, allowed: Collection[str]) -> tuple[str, int]:
    """``text`` with ``LINK_PLACEHOLDER`` in place of its links, and how many there were.

    ``allowed`` addresses are kept, and so are the words of a link in Markdown or LaTeX; a number keeps its
    brackets, because it may be a mark.
    """
    text, n_with_words = _WITH_WORDS.subn(_words_of, text)
    text, n_in_latex = _IN_LATEX.subn(LINK_PLACEHOLDER, text)
    unwanted = [span for span in _addresses(text) if text[slice(*span)] not in allowed]
    for start, end in reversed(unwanted):
        text = text[:start] + LINK_PLACEHOLDER + text[end:]
    return _AROUND_NOTHING.sub(LINK_PLACEHOLDER, text), n_with_words + n_in_latex + len(unwanted)


def _words_of(link: re.Match[str]) -> str:
    words = link[link.lastindex or 1]
    return f" [{words}] " if re.fullmatch(r"\^?\d{1,2}", words) else f" {words} "


def web_addresses(text: str) -> list[str]:
    """The http and https addresses in ``text``, as ``without_links`` finds them."""
    found = (text[start:end] for start, end in _addresses(text))
    return [link for link in found if link.lower().startswith(("http://", "https://"))]


def host_names(text: str) -> list[str]:
    """The addresses in ``text`` that are only a host name, such as "example.org"."""
    found = (text[start:end] for start, end in _addresses(text))
    return [name for name in found if re.fullmatch(r"[\w.-]+", name)]


def _addresses(text: str) -> list[tuple[int, int]]:
    """The half-open spans of the addresses in ``text``."""
    return [match.span() for match in _ADDRESS.finditer(text.translate(_PUNCTUATION))]
