"""Refusals and remarks to the reader are told apart from claims about the papers."""

from __future__ import annotations

import pytest

from rag.citations.asides import is_refusal, is_remark, without_lead_in

REFUSALS = [
    "Not mentioned in the passages.",
    "The answer is not in the passages.",
    "Unfortunately, none of the passages mention the number of tokens.",
    "I don't have enough information to answer.",
    "Based on the passages, I cannot determine how many tokens it was trained on.",
    "No information is provided.",
    "I'm sorry, but I can't help with that.",
    "论文不能回答该问题。",
    "根据提供的段落，无法回答这个问题。",
    "It is not specified how many tokens it was trained on.",
    "The papers do not answer this question.",
    "**The papers do not answer this question.**",
    "The passages do not provide this information.",
    "I cannot answer this from the passages.",
    "这些段落没有提到这个问题。",
    "The passages do not contain information about this.",
    "There is no information about that in the passages.",
    "The provided context doesn't mention the training cost.",
    "这些论文没有回答这个问题。",
    "抱歉，我无法从提供的段落中找到答案。",
    "训练所用的 token 数未在段落中提及。",
    "文中没有说明训练所用的数据。",
    "该问题无法根据所给段落回答。",
    "我不知道。",
    "I do not know.",
    "I'm not sure what the answer is.",
    "The number of tokens is not specified in the passages.",
    "The training cost cannot be determined from the given passages.",
    "The question cannot be answered.",
    "This information is not available in the provided passages.",
    "The passages don't say how much memory is used, nor how long it took.",
    "No mention of the batch size is made in the passages.",
    "The papers are silent on this.",
    "Not specified.",
    "None of the papers says so.",
    "No passage mentions the price.",
    "The passages lack information on this.",
    "The information is not provided in the passages.",
    "It is not mentioned.",
    "The exact number is not stated.",
    "Sorry, the provided text does not include an answer.",
    "Insufficient information.",
    "There isn't enough information to answer the question.",
    "I could not find this in the passages.",
    "The provided passages do not specifically mention the number of GPUs.",
    "Nothing in the passages says how long it took.",
]
CLAIMS = [
    "LLaMA-65B was trained on 1.4T tokens.",
    "The passages do not mention the batch size, but LLaMA-65B was trained on 1.4T tokens.",
    "段落没有提到批大小，但 LLaMA-65B 使用了 1.4T 个 token。",
    "The model does not use dropout.",
    "The model does not include biases.",
    "No data augmentation was used.",
    "Dropout is not used in the encoder.",
    "It is not available for commercial use.",
    "The weights were not released.",
    "The model cannot answer questions about recent events.",
    "BERT does not provide sentence embeddings.",
    "No, it was trained on 1T tokens.",
    "No evidence of overfitting was found.",
    "The weights are not updated during training.",
    'Models often say "I don\'t know".',
    "The decoder cannot see future positions.",
    "该模型没有使用 dropout。",
    "模型不能回答时事问题。",
    "LoRA 没有额外的推理延迟。",
    "RAG reduces answers that cannot be verified.",
    "It does not state-of-the-art.",
    "The original GPT-3 is not given any examples in the zero-shot setting.",
    "Information is not lost between layers.",
    "The answer is not a single number: 1.4T and 1T.",
    "In the paper, the encoder has 6 layers.",
    "The text encoder does not include a bias.",
    "Not all layers are trained.",
    "No additional parameters are given to the encoder.",
    "The context is not limited to 512 tokens.",
    "没有使用位置编码。",
    "SQuAD 2.0 adds questions that cannot be answered from the paragraph.",
    "Unanswerable questions are those that are not answered in the text and need abstention.",
    "未经微调的模型在提及实体时更好。",
    "无法并行是 RNN 的缺点。",
    "不需要额外参数，LoRA 的描述见表。",
]


@pytest.mark.parametrize("sentence", REFUSALS)
def test_refusals_are_recognised(sentence: str) -> None:
    """A sentence that says that the passages don't answer is a refusal, in whatever words."""
    assert is_refusal(sentence)


@pytest.mark.parametrize("sentence", CLAIMS)
def test_a_denial_in_a_claim_is_not_a_refusal(sentence: str) -> None:
    """A claim that denies something, or that has a refusal in only one of its clauses, is not a refusal."""
    assert not is_refusal(sentence)


@pytest.mark.parametrize(
    "words", ["a ", "not ", "the ", "no passage ", "没", "在文中", "is not the "]
)
@pytest.mark.timeout(30)
def test_a_long_sentence_is_read_fast(words: str) -> None:
    """The time for a long sentence of repeated words, as models sometimes write, does not explode."""
    assert not is_refusal(words * 5_000)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sure!",
        "Thank you for your question.",
        "Happy to help!",
        "If you have any other questions, feel free to ask.",
        "Please refer to the paper for details.",
        "This answer is based solely on the provided passages.",
        "好的！",
        "希望以上内容对您有帮助。",
        "如有其他问题，请随时提问。",
        "以上回答均基于提供的段落。",
    ],
)
def test_remarks_to_the_reader_are_recognised(sentence: str) -> None:
    """A sentence that says nothing about the papers, such as "Happy to help!", is a remark."""
    assert is_remark(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The answer is based on a majority vote.",
        "The answer is based on the retrieved passages and on what was said before.",
        "Sure enough, it has 6 layers.",
        "If you want more tokens, training takes longer.",
        "Note that LLaMA has 65B parameters.",
        "OK-VQA has 14,055 questions.",
        "The information is drawn from Wikipedia.",
        "如果训练更久，损失会下降。",
    ],
)
def test_a_claim_that_resembles_a_remark_is_not_one(sentence: str) -> None:
    """A claim with words of a remark, such as "the answer" or "note", is kept whole."""
    assert not is_remark(sentence) and without_lead_in(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Sure! Here is the answer: X is 1.", "X is 1."),
        ("Final answer: X is 1.", "X is 1."),
        ("According to the evidence, the answer is 1.4T tokens.", "1.4T tokens."),
        ("根据所给段落，答案是：六层。", "六层。"),
        ("Here are the main points:", ""),
        ("Answer", ""),
    ],
)
def test_an_introduction_is_removed(sentence: str, left: str) -> None:
    """An introduction is removed up to its colon; if nothing follows, nothing is left."""
    assert without_lead_in(sentence) == left
