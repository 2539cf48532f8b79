"""Names of papers are found in questions however they are written."""

from __future__ import annotations

import pytest

from ingest.corpus import Paper
from rag.query.names import PaperNames, remove_names_of
from rag.query.question import read_question
from rag.retrieval.entries import Entries

PAPERS = [
    Paper("llama", "LLaMA: Open Models", ("Hugo Touvron",), aliases=("LLaMA", "LLaMA-1")),
    Paper("video-llama", "Video-LLaMA: Audio-Visual", aliases=("Video-LLaMA",)),
    Paper("gpt-3", "Language Models are Few-Shot Learners", ("Tom B. Brown",), aliases=("GPT-3",)),
    Paper("opt", "OPT: Open Transformers", aliases=("OPT",)),
    Paper("cot", "Chain of Thought", aliases=("思维链", "CoT")),
    Paper("pet", "Cloze Questions", ("Timo Schick", "Hinrich Schütze"), aliases=("PET",)),
    Paper("ipet", "Small Models Too", ("Timo Schick", "Hinrich Schütze"), aliases=("iPET",)),
    Paper("dino", "Datasets from Models", ("Timo Schick", "Jane Dwivedi-Yu")),
    Paper("word2vec", "Word2vec: Deriving Mikolov et al.'s Method"),
    Paper("glm", "GLM: An Open Pre-trained Model of Chinese Text"),
    Paper("cat", "Schrödinger Bridge: A Match", ("Kaiser Łukasz", "Hinrich Schütze")),
    Paper("bloom", "A Model of Many Languages", ("Ann O'Brien",), aliases=("BLOOM",)),
    Paper("clair", "Light: A Model", ("Ekin Akyürek",), aliases=("ÉCLAIR",)),
    Paper("hyphen", "Without a Nickname", ("Jane Dwivedi-Yu", "Bo Yu"), aliases=("李明模型",)),
]
NAMES = PaperNames(PAPERS)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("How many tokens did LLaMA-65B see?", ["llama"]),
        ("what does video-llama hear", ["video-llama"]),
        ("Video LLaMA and LLaMA compared", ["video-llama", "llama"]),
        ("is gpt3 larger", ["gpt-3"]),
        ("GPT 3's size", ["gpt-3"]),
        ("What did Touvron et al. train on?", ["llama"]),
        ("Brown 等人用了什么数据？", ["gpt-3"]),
        ("思维链是哪篇论文提出的？", ["cot"]),
        ("language models are few-shot learners: which sizes?", ["gpt-3"]),
        ("we opt for less", []),
        ("what is opt?", ["opt"]),
        ("how does opt work", ["opt"]),
        ("llama or opt bigger?", ["llama", "opt"]),
        ("is pet or opt larger", ["pet", "opt"]),
        ("LLaMA 2's context length", []),
        ("LLaMA 2 and LLaMA", ["llama"]),
        ("LLaMA 4 个模型", ["llama"]),
        ("LLaMA 7B, LLaMA 1 or LLaMA-65B", ["llama", "llama", "llama"]),
        ("OPT has 175B", ["opt"]),
        ("Touvron wrote", []),
        ("How many patterns do Schick and Schütze use?", ["pet", "ipet"]),
        ("Schick & Schutze's loss", ["pet", "ipet"]),
        ("Schick, Dwivedi-Yu et al. on data", ["dino"]),
        ("Schick and the others", []),
        ("How long did Schick and Schütze train PET?", ["pet", "pet"]),
        ("Brown et al.'s sizes", ["gpt-3"]),
        ("Which pre-trained model is larger?", []),  # two words, not three
        ("the model of Chinese text", ["glm"]),
        ("what does a schrodinger bridge cost?", ["cat"]),
        ("What does a Schrödinger Bridge cost?", ["cat"]),
        ("What did Lukasz et al. match?", ["cat"]),
        ("What did Łukasz and Schütze match?", ["cat"]),
        ("What do Akyürek et al. show?", ["clair"]),
        ("What do Akyu\u0308rek et al. show?", ["clair"]),  # the accent is a character of its own
        ("How many patterns do Schick and Schu\u0308tze use?", ["pet", "ipet"]),
        ("what does éclair do", ["clair"]),
        ("a clair lune", []),
        ("How long is ＬＬａＭＡ's context?", ["llama"]),
        ("ＬＬａＭＡ　２'s context length", []),
        ("we ＯＰＴ for less, ＯＰＴ", ["opt", "opt"]),
        ("How did O'Brien et al. train?", ["bloom"]),
        ("How did Dwivedi-Yu et al. train?", ["hyphen"]),
        ("opt 175b vs bloom on which tasks", ["opt", "bloom"]),
        ("opt vs bloom on which tasks", ["opt", "bloom"]),
        ("on which tasks do bloom and llama differ", ["bloom", "llama"]),
        ("on which tasks do llama 7b, opt or bloom differ from gpt-3", ["llama", "gpt-3"]),
        ("is gpt-3 compared to bloom or opt on many tasks", ["gpt-3", "bloom", "opt"]),
        ("bloom和llama用了哪些数据", ["bloom", "llama"]),
        ("the flowers bloom and grow, or pet and opt", []),
        ("how many gpus did bloom need + for how long?", ["bloom"]),
        ("on which days does the bloom end?", []),
        ("which flowers do bloom, and when?", []),
    ],
)
def test_which_papers_are_named(question: str, papers: list[str]) -> None:
    """Nicknames, titles, authors and Chinese aliases name papers, and the longest name wins."""
    assert [p for mention in NAMES.find(question) for p in mention.papers] == papers


@pytest.mark.parametrize(
    "question", ["Who is Kaiser Lukasz?", "Which papers did Kaiser Łukasz write?"]
)
def test_an_author_is_found_without_accents(question: str) -> None:
    """The list and the question may write the name with or without accents."""
    assert Entries(PAPERS, NAMES).written_by(question) == {"cat"}


def test_a_mention_is_a_span_of_the_question() -> None:
    """Offsets hold in the text as typed, although folding changes its length."""
    question = "Do Akyu\u0308rek et al. or ＬＬａＭＡ-65B cite “ﬁne” ÉCLAIR?"
    spans = [question[mention.start : mention.end] for mention in NAMES.find(question)]
    assert spans == ["Akyu\u0308rek et al.", "ＬＬａＭＡ", "ÉCLAIR"]


def test_a_name_is_removed_only_within_its_own_paper() -> None:
    """Within LLaMA its name is uninformative; within another paper it is not."""
    question = "LLaMA against GPT-3: which data?"
    mentions = NAMES.find(question)
    assert (
        remove_names_of(question, mentions, "llama").split() == "against GPT-3: which data?".split()
    )
    assert "LLaMA" in remove_names_of(question, mentions, "gpt-3")


@pytest.mark.parametrize(
    ("title", "question", "is_named"),
    [
        ("Toolmaker: Models That Write Tools", "what does toolmaker cost", True),
        ("Stem Cells: A Survey", "how do stem cells differ", False),  # another title has the words
        (
            "GLM-130B: A Bilingual Model",
            "is glm-130b larger",
            True,
        ),  # others too, but it is written so
    ],
)
def test_the_part_before_a_colon_is_a_name_or_a_topic(
    title: str, question: str, is_named: bool
) -> None:
    """A topic that other titles share does not name one paper."""
    others = [Paper("aging", "How Stem Cells Age"), Paper("chat", "A Chat Model after GLM-130B")]
    assert bool(PaperNames([Paper("it", title), *others]).find(question)) == is_named


def test_both_refers_to_the_names_before() -> None:
    """The paper named after "both" is not one of the sides compared."""
    asked = "LLaMA and the long paper on OPT both begin with GPT-3. Which is larger?"
    assert read_question(asked, None, NAMES).sides == (("llama",), ("opt",))


def test_a_title_that_begins_with_the_nickname_of_another_paper_leaves_it_to_that_paper() -> None:
    """Version 2 is titled like version 1, and only its own nickname names it."""
    names = PaperNames(
        [
            Paper("v2", "Tuner: Prompts in Every Layer", aliases=("Tuner v2",)),
            Paper("v1", "Models Understand", aliases=("Tuner",)),
        ]
    )
    named = names.find("Tuner against Tuner v2: what is tuned?")
    assert [mention.papers for mention in named] == [("v1",), ("v2",)]


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("How many examples are in the reasoning chains paper?", ["elicits"]),
        ("How many examples are there in reasoning chains?", []),
        ("reasoning chains 那篇用了多少例子？", ["elicits"]),
        ("What do the authors of the “hidden costs” paper measure?", ["tools"]),
        ("What does the language models paper say?", []),  # both titles have the words
    ],
)
def test_two_words_of_a_title_name_the_paper_if_paper_follows(
    question: str, papers: list[str]
) -> None:
    """If several titles have them, the one that begins with them is meant."""
    names = PaperNames(
        [
            Paper("elicits", "Reasoning Chains Help Language Models"),
            Paper("auto", "Automatic Reasoning Chains for Language Models"),
            Paper("tools", "What Are the Hidden Costs of Tools?"),
        ]
    )
    assert [p for mention in names.find(question) for p in mention.papers] == papers


@pytest.mark.parametrize(
    "asked",
    [
        "LLaMA on GPT-3 175B versus OPT on a 7B BLOOM: how much memory is saved?",
        "What part does data play in 'LLaMA' and in OPT?",
        "At which layers do Touvron et al.'s LLaMA, and OPT, differ?",
        "How many layers are in Touvron et al.'s LLaMA, and in OPT?",
        "LLaMA to OPT: how did the context length and CoT change?",
    ],
)
def test_what_is_compared(asked: str) -> None:
    """Not what a method is used on; two names of one paper in a row are one side."""
    question = read_question(asked, None, NAMES)
    assert question.compares
    assert question.sides == (("llama",), ("opt",))
