"""A good and a bad language model, played by a program that reads what it is shown.

"quoting" answers with the sentence of the passages that shares most words with the question, rightly
marked; "swapping" does the same with its numbers changed and the mark of another passage.
"""

from __future__ import annotations

import re

from openai_server import Asked, ModelServer, Say, say

from ingest.indexing.sentences import split_sentences
from ingest.indexing.words import terms

_PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)


class QuotingServer(ModelServer):
    """Plays the models "quoting" and "swapping"; asked to rewrite a question, it repeats it."""

    def next_reply(self, asked: Asked) -> Say:
        self.asked.append(asked)
        rewritten = re.search(r"Last question: (.*)", asked.text)
        if rewritten:
            return say(rewritten[1])
        number, sentence = _best_sentence(asked.text)
        if asked.body["model"] == "swapping":
            number, sentence = number % 9 + 1, re.sub(r"\d", _other_digit, sentence)
        return say(f"{sentence.rstrip('.')} [{number}].")


def _best_sentence(prompt: str) -> tuple[int, str]:
    """The number of a passage and its sentence that is nearest to the question, by words."""
    question = prompt.rpartition("Question: ")[2].partition("\n")[0]
    wanted = set(terms(question))
    found = [
        (len(wanted & set(terms(text[start:end]))), -int(number), text[start:end])
        for number, text in _PASSAGE.findall(prompt)
        for start, end in split_sentences(text)
    ]
    _, number, sentence = max(found)
    return -number, " ".join(sentence.split())


def _other_digit(digit: re.Match[str]) -> str:
    return str((int(digit[0]) + 3) % 10)
