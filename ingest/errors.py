"""Every error that askpapers raises on purpose, in one tree.

    AssistantError                 the base: a message, and a hint that says what to do
    ├── ManifestError              the list has problems; carries all of them, each with its line
    ├── SourceError                a paper's PDF could not be had
    │   ├── NotFetched             nothing is wrong, the PDF is just not here (offline, or not tried)
    │   ├── Unreachable            no connection at all: true of every paper, so reported once
    │   ├── ClosedDoor             the host denied access in this sync (403): not asked again
    │   └── Refused                the server answered, and the answer was no (404, not a PDF)
    ├── ParseError                 the file is not a readable PDF (encrypted, truncated, no text)
    ├── StorageError               a file could not be written (a full disk)
    ├── DamagedFile                a paper's intermediate file is unreadable; a sync remakes it
    ├── EmbedderError              the embedding model cannot be loaded
    ├── IndexProblem               the index is damaged, or of another format or version of its model
    │   └── NoIndex                there is no index yet
    ├── SyncRefused                the plan would drop too much
    │   └── SyncRunning            another sync is running
    ├── UsageError                 bad arguments, bad input file
    ├── ModelError                 the language model cannot be used
    │   ├── ModelUnreachable       it cannot be reached (no connection, refused key, time-out)
    │   └── ContextTooSmall        it cannot read that much at once; with less it may
    └── UnexpectedError            none of the above; the log holds the details

Modules that touch a foreign library translate its errors into these (``raise ... from``).  The user
is told them by ``ingest/terminal.py`` on the command line and by ``rag/ui/`` on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_ENDS = tuple(".!?…:。！？：")


def as_sentences(*said: str, stop: str = ".", space: str = " ") -> str:
    """A message and its hint as one text: each but the last is ended with a stop; "" is left out.

    (A message may end with what another program said, and that with a stop or without.)
    """
    texts = [text for text in said if text]
    ended = [text if text.endswith(_ENDS) else text + stop for text in texts[:-1]]
    return space.join([*ended, *texts[-1:]])


def did_you_mean(unknown: Iterable[str], known: Sequence[str], otherwise: str) -> str:
    """A hint at what may have been meant by names that are ``unknown``; ``otherwise`` if nothing is near."""
    folded = {name.casefold(): name for name in known}
    near = {folded[c] for name in unknown for c in get_close_matches(name.casefold(), folded)}
    return f"Did you mean {', '.join(sorted(near))}?" if near else otherwise


class AssistantError(Exception):
    """An error whose message is meant for the user.

    ``message`` says what happened, ``hint`` what to do about it ("" if there is nothing to do).
    """

    exit_code = 2  # of the command line: bad usage or input, or what was named cannot be used

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return as_sentences(self.message, self.hint, space="\n  ") if self.hint else self.message

    def as_json(self) -> dict[str, str]:
        """The form of ``error`` in an answer's place."""
        return {"message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the list: its line (from 1), what it is, what to do."""

    line: int
    message: str
    hint: str


class ManifestError(AssistantError):
    """The list has one problem or more; nothing was changed.  ``problems`` holds all of them."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"{path}:{p.line}: {p.message}\n    {p.hint}" for p in self.problems]
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        told = "\n  ".join(lines)
        super().__init__(f"The list has {count}, so nothing was changed:\n  {told}")


class SourceError(AssistantError):
    """A paper's PDF could not be had."""


class NotFetched(SourceError):
    """The PDF is not here, and no attempt was made to fetch it (offline)."""


class Unreachable(SourceError):
    """No server can be reached: the same will be true of the next paper."""


class ClosedDoor(SourceError):
    """A host has denied access, so it was not asked for this paper: nothing is known about it."""


class Refused(SourceError):
    """A server answered, but not with the PDF."""


class ParseError(AssistantError):
    """The file is not a PDF that text can be read from."""


class StorageError(AssistantError):
    """A file could not be written: the disk is full, or its folder is not writable."""

    exit_code = 1  # what was written before stays


class DamagedFile(AssistantError):
    """Intermediate files of papers, ``faults`` by path, are unreadable; a sync deletes and remakes them."""

    def __init__(self, faults: Mapping[Path, object]) -> None:
        self.faults = dict(faults)
        path, fault = next(iter(self.faults.items()))
        super().__init__(f"{path} is damaged: {fault}", "Run `askpapers sync` to rebuild it.")


class EmbedderError(AssistantError):
    """The embedding model cannot be loaded."""


class IndexProblem(AssistantError):
    """The index cannot be used: damaged, in another format, or made with another version of its model."""

    exit_code = 3


class NoIndex(IndexProblem):
    """There is no index yet."""


class SyncRefused(AssistantError):
    """The sync stopped before it changed anything."""


class SyncRunning(SyncRefused):
    """Another sync is running in the data folder; once it is done this one can."""


class UsageError(AssistantError):
    """Bad arguments or a bad input file."""


class ModelError(AssistantError):
    """The language model cannot be used as asked."""


class ModelUnreachable(ModelError):
    """The language model cannot be reached."""

    exit_code = 4


class ContextTooSmall(ModelError):
    """The model's context does not hold the evidence; less of it may fit."""


class UnexpectedError(AssistantError):
    """An error of no known kind; the log has it under the id that the message names."""

    exit_code = 1
