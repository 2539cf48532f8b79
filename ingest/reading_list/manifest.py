"""Read the list of papers, ``corpus_manifest.yaml``, and the notes beside it, into ``Paper``.

``ingest.reading_list.edit`` changes the list, ``ingest.reading_list.list_yaml`` reads its YAML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import ManifestError, Problem
from ingest.reading_list.list_yaml import (
    Entry,
    compose_list,
    describe,
    find_repeated,
    kind,
    read_list_text,
)
from ingest.reading_list.notes import NOTES_NAME, Note, read_notes
from ingest.reading_list.rules import bare_arxiv_id

SOURCES = ("arxiv", "url", "file")
FIELDS = ("id", "title", "authors", "year", *SOURCES, "topics", "aliases", "lists", "note")


@dataclass(frozen=True, slots=True)
class Listing:
    """The papers of a list, and their positions in its text.

    ``papers[i]`` has its first field on ``lines[i]`` (from 1); the dashes are in ``column`` (from
    0), which is None if the list is empty or written in brackets.
    """

    papers: tuple[Paper, ...]
    lines: tuple[int, ...]
    column: int | None


def read_manifest(path: Path) -> tuple[Paper, ...]:
    """The papers of the list, in its order, with the notes of ``corpus_notes.yaml`` beside it.

    A file that has only comments is an empty list; the notes' file may be missing, and notes for papers
    that are not in the list are ignored.  Raises ``UsageError`` if there is no list, ``ManifestError``
    with all problems in it, or else in the notes, in order of lines.
    """
    papers = parse_manifest(read_list_text(path), str(path)).papers
    notes = read_notes(path.with_name(NOTES_NAME))
    return tuple(_with_note(paper, notes) for paper in papers)


def _with_note(paper: Paper, notes: dict[str, Note]) -> Paper:
    """The paper with its note, unless its own entry has one."""
    note = notes.get(paper.id)
    if note is None or paper.note:
        return paper
    return replace(paper, note=note.note, note_zh=note.note_zh, note_from=note.note_from)


@lru_cache(maxsize=1)  # reading a large list takes seconds, and an edit reads it twice
def parse_manifest(text: str, name: str) -> Listing:
    """What ``text`` lists; ``name`` is the file's name in the error.  Raises ``ManifestError``."""
    root = compose_list(text, name, "papers")
    if root is None:
        return Listing((), (), None)
    problems: list[Problem] = []
    entries = [_PaperEntry(node, problems) for node in root.value]
    papers = tuple(entry.paper() for entry in entries)
    problems += find_repeated("id", zip((paper.id for paper in papers), entries, strict=True))
    arxiv_ids = (bare_arxiv_id(paper.arxiv or "") for paper in papers)
    problems += find_repeated("arxiv", zip(arxiv_ids, entries, strict=True))
    if problems:
        raise ManifestError(name, sorted(problems, key=lambda problem: problem.line))
    column = root.start_mark.column if papers and not root.flow_style else None
    return Listing(papers, tuple(entry.line for entry in entries), column)


class _PaperEntry(Entry):
    """One paper's entry while it is read."""

    known = FIELDS

    def paper(self) -> Paper:
        """The paper, which is not valid if a problem was found."""
        if self.is_mapping:
            self._check_presence()
        return Paper(
            id=self.text("id") or "",
            title=self.text("title") or "",
            authors=self.texts("authors"),
            year=self._year(),
            arxiv=self.text("arxiv"),
            url=self.text("url"),
            file=self.text("file"),
            topics=self.texts("topics"),
            aliases=self.texts("aliases"),
            lists=self.texts("lists"),
            note=self.text("note") or "",
        )

    def _check_presence(self) -> None:
        self.require(("id", "title"))
        sources = [key for key in SOURCES if key in self.fields]
        if not sources:
            hint = "Add one of `arxiv` (an id), `url` (https) or `file` (a PDF beside the list)."
            self.add_problem(self.line, "this entry does not say where its PDF comes from", hint)
        for key in sources[1:]:
            hint = "Keep just one of `arxiv`, `url` and `file`."
            self.add_problem(self.fields[key][0], f"`{key}` is given beside `{sources[0]}`", hint)

    def _year(self) -> int | None:
        if "year" not in self.fields:
            return None
        line, node = self.fields["year"]
        if kind(node) == "int" and re.fullmatch("19[0-9]{2}|20[0-9]{2}|2100", node.value):
            return int(node.value)
        hint = "Write only the number, without quotes, or remove the line."
        self.add_problem(
            line, f"`year` must be from 1900 to 2100, but this is {describe(node)}", hint
        )
        return None
