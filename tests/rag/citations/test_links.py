"""Everything that may become a link is removed from a model's text; what only resembles a link is kept."""

from __future__ import annotations

import re

import pytest

from rag.citations.cite import DraftClaim, read_draft
from rag.citations.links import host_names, web_addresses

TITLES = ("Herd", "Slim")


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/a?b=c",
        "[click here](https://evil.example)",
        "![x](https://evil.example/leak?q=1)",
        "www.evil.example/x",
        "javascript:alert(1)",
        "evil.example/login",
        "evil.com",
        "//evil.example/a.png",
        "attacker@evil.example",
        "https：//evil.example/y",
        "ｈｔｔｐｓ：／／evil.example/x",
        "http:⁄⁄evil.example",
        "https://еvil.example/х",
        "https:/evil.example",
        r"https:\\evil.example\x",
        "http\u200bs://evil.example",
        "https://\nevil.example/x",
        "hxxps://evil.example",
        "<https://evil.example/x>",
        "data:,evil",
        "data:text/html;base64,ZXZpbA==",
        "vbscript:evil(1)",
        "java\tscript:evil(1)",
        r"\url{evil.example/q}",
        r"\href{https://evil.example/x}{Oslo}",
    ],
)
def test_links_are_removed(link: str) -> None:
    """However it is written, a link in an answer is removed and counted."""
    draft = read_draft(f"It has six layers and more at {link} for ever [1].", TITLES)
    assert re.fullmatch(
        r"It has six layers and more at( Oslo| click here| x)? for ever\.", draft.claims[0].text
    )
    assert draft.n_links == 1


def test_a_picture_by_reference_is_removed() -> None:
    """A Markdown picture and the line with its address are both removed."""
    text = "Robots eat ![x][img] there [1].\n\n[img]: //evil.example/a.png"
    draft = read_draft(text, TITLES)
    assert [claim.text for claim in draft.claims] == ["Robots eat x there."]
    assert draft.n_links == 2


@pytest.mark.parametrize(
    "honest",
    [
        "It is in model.py and node.js, e.g. for v1.2.3.",
        "See Fig.2 by Li et al.In 2020 it had 3.5 points.",
        "SQuAD2.0 and torch.nn.Linear were used and/or read i.e. both.",
        "The ratio 3:1 holds w.r.t. the data: text, code and JavaScript: all of it.",
        "Its loss:\\alpha is 0.1 at pass@1 and recall@k.",
        "它用的是model.py。",
    ],
)
def test_text_that_looks_like_a_link_is_kept(honest: str) -> None:
    """Names of files, versions, abbreviations and measures are kept although they have dots, colons or @."""
    draft = read_draft(honest, TITLES)
    assert " ".join(claim.text for claim in draft.claims) == honest and draft.n_links == 0


def test_a_host_name_in_the_evidence_is_allowed() -> None:
    """A host name is kept if the evidence has it, because some products are named like their address."""
    names = host_names("We study perplexity.ai and https://x.org/a, a@x.org and x.org/a.")
    assert names == ["perplexity.ai"]
    assert read_draft("It is perplexity.ai that wins.", TITLES, names).n_links == 0


def test_a_link_in_chinese_text_is_removed() -> None:
    """A link without a space before it, as in Chinese text, is removed."""
    draft = read_draft(
        "它有六层，更多内容请见https://evil.example/a，还有代码。请见https://evil.example/b。",
        TITLES,
    )
    assert draft.claims == (DraftClaim("它有六层，更多内容请见，还有代码。", ()),)
    assert draft.n_links == 2


@pytest.mark.parametrize(
    "evidence",
    [
        "The code is at {}.",
        "All of it is at {}!",
        "Have you seen {}?",
        "(see {})",
        "代码在 {}，数据也在。",
        "数据（{}）",
    ],
)
@pytest.mark.parametrize("link", ["https://example.org/herd", "HTTPS://x.org/p?a=1"])
def test_a_link_in_the_evidence_is_kept(evidence: str, link: str) -> None:
    """A link that the evidence has is kept, whatever punctuation follows it there or in the answer."""
    links = web_addresses(evidence.format(link))
    assert links == [link]
    for stop in (".", "!", "?"):
        draft = read_draft(f"The code is at {link} [1]{stop}", TITLES, links)
        assert draft.claims == (DraftClaim(f"The code is at {link}{stop}", (1,)),)


def test_only_http_links_may_be_kept() -> None:
    """Only http and https addresses of the evidence may be kept, not scripts, data or mail."""
    assert web_addresses("javascript:alert(1) mailto:a@x.org data:text/html,x www.x.org") == []


def test_a_sentence_that_was_only_a_link_is_dropped() -> None:
    """A sentence that says nothing without its link is dropped."""
    draft = read_draft("It has 6 layers [1]. See http://evil.example/x.", TITLES)
    assert draft.claims == (DraftClaim("It has 6 layers.", (1,)),)
