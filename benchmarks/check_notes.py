"""Check the notes against the papers that they were written from.

    python benchmarks/check_notes.py ../shared/papers

Every number and every proper name of a note must occur in the paper's text, eight words in a row must
not, and the English note has 50 to 90 words.  Papers whose PDF is not in the folder are left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ingest.fetch.local_pdfs import LocalPdfs
from ingest.pdf.parse import parse_pdf
from ingest.reading_list.manifest import read_manifest
from ingest.terminal import log_to_stderr

MIN_WORDS, MAX_WORDS = 50, 90  # words of a note
IN_A_ROW = 8  # words that must not occur in the paper as well

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_MARKED_NAME = re.compile(r"[A-Za-z][\w+-]*[A-Z0-9][\w+-]*")
_PLAIN_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-z]+\w*")
_WORD = re.compile(r"[a-z0-9]+")


def squash(text: str) -> str:
    """Lower case, without white space, hyphens and commas."""
    return re.sub(r"[\s\-‐-―,]", "", text).lower()


def problems(note: str, note_zh: str, paper: str) -> Iterator[str]:
    """What the paper's text does not bear out."""
    if not MIN_WORDS <= len(note.split()) <= MAX_WORDS:
        yield f"{len(note.split())} words"
    flat, plain = squash(paper), paper.replace(",", "")
    for number in sorted({n.replace(",", "") for n in _NUMBER.findall(f"{note} {note_zh}")}):
        if not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", plain):
            yield f"the number {number} is not in the paper"
    names = {*_MARKED_NAME.findall(f"{note} {note_zh}"), *_PLAIN_NAME.findall(note)}
    yield from (f"the name {n} is not in the paper" for n in sorted(names) if squash(n) not in flat)
    words = _WORD.findall(note.lower())
    text = f" {' '.join(_WORD.findall(paper.lower()))} "
    for i in range(len(words) - IN_A_ROW + 1):
        run = " ".join(words[i : i + IN_A_ROW])
        if f" {run} " in text:
            yield f"taken from the paper: {run}"


def main() -> int:
    log_to_stderr(verbose=False)
    pdfs = LocalPdfs([Path(sys.argv[1])])
    n_checked = n_problems = 0
    for paper in read_manifest(Path("corpus_manifest.yaml")):
        pdf = pdfs.find(paper)
        if pdf is None or paper.note_from != "paper":
            continue
        n_checked += 1
        for problem in problems(paper.note, paper.note_zh, parse_pdf(pdf.path).text):
            n_problems += 1
            print(f"{paper.id}: {problem}", flush=True)
    print(f"{n_checked} notes held against their papers, {n_problems} problems")
    return 1 if n_problems or not n_checked else 0


if __name__ == "__main__":
    sys.exit(main())
