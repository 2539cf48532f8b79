"""A good list, with comments and blank lines as a person writes them, and how a test writes a list to disk."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
# my list

- id: lora
  title: "LoRA: Low-Rank Adaptation"
  authors: [Edward J. Hu, et al.]
  year: 2021
  arxiv: "2106.09685"
  aliases: [LoRA, 低秩适配]

# why: a friend asked
- id: mine
  title: A report   # of my own
  file: mine/report.pdf
  # its figures are good

- id: rouge
  title: ROUGE
  url: https://aclanthology.org/W04-1013.pdf
# that is all
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "list.yaml"
    path.write_bytes(text.encode())
    return path
