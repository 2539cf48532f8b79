"""An attribution such as "The paper reports that" is separated from the statement and checked on its own."""

from __future__ import annotations

import pytest
from judged import support

from rag.verification.attribution import split_attribution

HERD = (
    "We introduce Herd, a family of language models.\n"
    "Herd-65B was trained on 1.4 trillion tokens for 21 days. It does not use any private data."
)


@pytest.mark.parametrize(
    "attribution",
    [
        "According to the Herd paper, ",
        "According to Herd, ",
        "As reported in the paper, ",
        "The paper reports that ",
        "The authors of Herd also note that ",
        "Cow et al. (2023) show that ",
        "According to the evidence, ",
        "Based on the passages, the answer is that ",
        "So the answer is: ",
        "point out ,",  # 论文指出，
        "according to Herd , ",  # 根据 Herd 论文，
    ],
)
def test_an_attribution_changes_no_verdict(attribution: str) -> None:
    """With an attribution before it, a true sentence stays supported and one with a changed fact unsupported."""
    said = "Herd-65B was trained on 1.4 trillion tokens for {} days."
    assert support(attribution + said.format(21), HERD) == "supported"
    assert support(attribution + said.format(23), HERD) == "unsupported"


def test_an_attribution_to_another_paper_is_not_supported() -> None:
    """The names in an attribution must be those of the paper, or be on the page."""
    said = "Herd-65B was trained on 1.4 trillion tokens for 21 days."
    assert support(f"According to the Slim paper, {said}", HERD) == "partly"
    assert support(f"Herd et al. (2019) show that {said}", HERD) == "partly"


@pytest.mark.parametrize(
    "sentence",
    [
        "The paper does not report that Herd was trained on public text.",
        "According to Table 3, Herd was trained on public text.",
        "The paper reports high accuracy.",
        "The authors report that so.",
    ],
)
def test_other_sentences_have_no_attribution(sentence: str) -> None:
    """A denial, the number of a table and a sentence's own verb are not split off as an attribution."""
    assert split_attribution(sentence) == ("", sentence)


def test_a_citation_of_the_paper_itself_is_an_attribution() -> None:
    """A citation of the paper itself at the end changes no verdict; one of another paper is not supported."""
    said = "Herd-65B was trained on 1.4 trillion tokens for {} days ({})."
    for cited in ("Cow et al., 2023", "Cow et al. 2023", "Ann Cow, 2023"):
        assert support(said.format(21, cited), HERD) == "supported"
        assert support(said.format(23, cited), HERD) == "unsupported"
    assert support(said.format(21, "Slim et al., 2020"), HERD) != "supported"


def test_a_citation_on_the_page_belongs_to_the_statement() -> None:
    """If the page itself cites another paper, the year of the citation must agree."""
    said = "We build our policy of four recurrent networks of the same size (Bull et al., {})."
    page = f"{said.format(2014)} Bull et al. (2017) use another. Horse et al. (2014) do not."
    assert support(said.format(2014), page) == "supported"
    assert support(said.format(2017), page) == "unsupported"


def test_a_short_answer_keeps_its_lead_in() -> None:
    """Nothing is split off a short answer: "1.4T tokens" alone would match any model's number of tokens."""
    assert split_attribution("The answer is 1.4T tokens.") == ("", "The answer is 1.4T tokens.")
