"""Read ``corpus_notes.yaml``, beside the list: what each paper is about, in our own words.

A note is used until the paper's PDF has been fetched, so it states what it was written from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.errors import ManifestError, Problem
from ingest.reading_list.list_yaml import Entry, compose_list, find_repeated, read_list_text

NOTES_NAME = "corpus_notes.yaml"
FIELDS = ("id", "note", "note_zh", "note_from")
ORIGINS = ("paper", "general knowledge")
MAX_BYTES = 60_000_000  # for as many papers as the list may have: notes are three times as long


@dataclass(frozen=True, slots=True)
class Note:
    """A paper's note in English and Chinese; ``note_from`` is one of ``ORIGINS``."""

    note: str
    note_zh: str
    note_from: str


def read_notes(path: Path) -> dict[str, Note]:
    """The notes by paper, in the file's order; none if there is no such file.

    Raises ``ManifestError`` with all problems, in order of lines.
    """
    if not path.exists():
        return {}
    root = compose_list(read_list_text(path, MAX_BYTES), str(path), "notes")
    problems: list[Problem] = []
    entries = [_NoteEntry(node, problems) for node in (root.value if root else ())]
    ids = [entry.text("id") or "" for entry in entries]
    notes = [entry.note() for entry in entries]
    problems += find_repeated("id", zip(ids, entries, strict=True))
    if problems:
        raise ManifestError(str(path), sorted(problems, key=lambda problem: problem.line))
    return dict(zip(ids, notes, strict=True))


class _NoteEntry(Entry):
    """One note while it is read."""

    known = FIELDS

    def note(self) -> Note:
        """The note, which is not valid if a problem was found."""
        if self.is_mapping:
            self.require(FIELDS)
        origin = self.text("note_from") or ""
        if origin and origin not in ORIGINS:
            line = self.fields["note_from"][0]
            self.add_problem(
                line, f"`note_from` is {origin}", f"Write one of: {', '.join(ORIGINS)}."
            )
        return Note(self.text("note") or "", self.text("note_zh") or "", origin)
