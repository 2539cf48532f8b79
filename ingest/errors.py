"""Every error that askpapers raises on purpose, in one tree.

    AssistantError                 the base: a message, and a hint that says what to do
    ├── ManifestError              the list has problems; carries all of them, each with its line
    ├── SourceError                a paper's PDF could not be obtained
    │   ├── NotFetched             nothing is wrong, but the PDF has not been fetched (offline)
    │   ├── Unreachable            there is no connection: true of every paper, so reported once
    │   ├── AccessDenied           the host denied access earlier in this sync (403): not asked again
    │   └── Refused                a final no: not found (404), not a PDF, an address not allowed
    ├── ParseError                 the file is not a readable PDF (encrypted, truncated, no text)
    ├── StorageError               a file could not be written (a full disk)
    ├── DamagedFile                a paper's intermediate file is unreadable; a sync remakes it
    ├── EmbedderError              the embedding model cannot be loaded
    ├── IndexProblem               the index is damaged, or made with another format or model version
    │   └── NoIndex                there is no index yet
    ├── SyncRefused                the plan would drop too much
    │   └── SyncRunning            another sync is running
    ├── UsageError                 bad arguments, bad input file
    ├── ModelError                 the language model cannot be used
    │   ├── ModelUnreachable       it cannot be reached (no connection, refused key, time-out)
    │   └── ContextTooSmall        the prompt is longer than its context; a shorter one may fit
    └── UnexpectedError            none of the above; the log holds the details

Modules that call a third-party library translate its errors into these (``raise ... from``).
``ingest/terminal.py`` shows them on the command line, ``rag/ui/`` on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_ENDS = tuple(".!?…:。！？：")


def as_sentences(*parts: str, stop: str = ".", space: str = " ") -> str:
    """A message and its hint as one text; "" is left out.

    ``stop`` is added to every part but the last that has no end mark: a message may quote another
    program, with or without a stop.
    """
    texts = [text for text in parts if text]
    ended = [text if text.endswith(_ENDS) else text + stop for text in texts[:-1]]
    return space.join([*ended, *texts[-1:]])


def did_you_mean(unknown: Iterable[str], known: Sequence[str], otherwise: str) -> str:
    """A hint that suggests ``known`` names similar to the ``unknown`` ones; ``otherwise`` if none is."""
    folded = {name.casefold(): name for name in known}
    near = {folded[c] for name in unknown for c in get_close_matches(name.casefold(), folded)}
    return f"Did you mean {', '.join(sorted(near))}?" if near else otherwise


class AssistantError(Exception):
    """An error whose message is meant for the user.

    ``message`` says what happened, ``hint`` what to do about it ("" if there is nothing to do).
    """

    exit_code = 2  # of the command line: bad usage or input, or something named cannot be used

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return as_sentences(self.message, self.hint, space="\n  ") if self.hint else self.message

    def as_json(self) -> dict[str, str]:
        """The value of ``error`` in the JSON that replaces an answer."""
        return {"message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the list: its line (from 1), what is wrong, and what to do."""

    line: int
    message: str
    hint: str


class ManifestError(AssistantError):
    """The list has ``problems``, one or more; nothing was changed."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"{path}:{p.line}: {p.message}\n    {p.hint}" for p in self.problems]
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        details = "\n  ".join(lines)
        super().__init__(f"The list has {count}, so nothing was changed:\n  {details}")


class SourceError(AssistantError):
    """A paper's PDF could not be obtained."""


class NotFetched(SourceError):
    """The PDF is not on this machine, and no attempt was made to fetch it (offline)."""


class Unreachable(SourceError):
    """arXiv cannot be reached: the same will be true of the next paper."""


class AccessDenied(SourceError):
    """The host denied access earlier, so it was not asked for this paper, which may be available."""


class Refused(SourceError):
    """The PDF is not available from its source; trying again would not help."""


class ParseError(AssistantError):
    """The file is not a PDF that text can be read from."""


class StorageError(AssistantError):
    """A file could not be written: the disk is full, or its folder is not writable."""

    exit_code = 1  # what was written before is kept


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
    """Another sync is running in the data folder; this one can run once it has finished."""


class UsageError(AssistantError):
    """Bad arguments or a bad input file."""


class ModelError(AssistantError):
    """The language model cannot be used as asked."""


class ModelUnreachable(ModelError):
    """The language model cannot be reached."""

    exit_code = 4


class ContextTooSmall(ModelError):
    """The evidence is longer than the model's context; less of it may fit."""


class UnexpectedError(AssistantError):
    """An unforeseen error; the log has it under the id that the message names."""

    exit_code = 1
