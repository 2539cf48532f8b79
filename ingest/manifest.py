"""The list of papers: ``corpus_manifest.yaml`` read into ``Paper``, every problem with its line.

The YAML is only composed into nodes, which carry their lines; no YAML value is ever constructed, so
no tag can run anything.  ``ingest.manifest_edit`` changes the list.  Home of ruamel.yaml.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ingest.corpus import Paper
from ingest.errors import ManifestError, Problem
from ingest.manifest_rules import FAULTS, Fault, bare_arxiv_id, has_control, tidy

MAX_BYTES = 20_000_000  # some 40,000 papers; what is larger is no list made by a person
MAX_DEPTH = 20  # a list needs 3
SOURCES = ("arxiv", "url", "file")
FIELDS = ("id", "title", "authors", "year", *SOURCES, "topics", "aliases", "lists", "note")

_KINDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "timestamp": "a date",
    "seq": "a list",
    "map": "a mapping",
}
_READ_FROM_PLAIN_TEXT = ("int", "float", "bool", "timestamp")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list says, and where.

    ``papers[i]`` has its first field on ``lines[i]`` (from 1); the dashes stand in ``column`` (from
    0), which is None where the list is empty or written in brackets.
    """

    papers: tuple[Paper, ...]
    lines: tuple[int, ...]
    column: int | None


def read_manifest(path: Path) -> tuple[Paper, ...]:
    """The papers of the list, in its order; a file of nothing but comments is a list of none.

    Raises ``ManifestError`` with all that is wrong, in order of lines.
    """
    return parse_manifest(read_list_text(path), str(path)).papers


def read_list_text(path: Path) -> str:
    """The file's text, its line ends and byte order mark kept.  Raises ``ManifestError``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            hint = f"A list may have {MAX_BYTES // 1_000_000} MB; is this the right file?"
            _stop(str(path), "the file is too large for a list", hint)
        raw = path.read_bytes()
        return raw.decode("utf-8")
    except FileNotFoundError:
        hint = "Create it (an empty file will do), or name another file with --manifest."
        _stop(str(path), "this file does not exist", hint)
    except OSError as error:
        hint = "Check that it is a file and that you may read it."
        _stop(str(path), f"this cannot be read: {error.strerror or error}", hint)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _stop(str(path), "this is not UTF-8 text", "Save the file in the encoding UTF-8.", line)


def parse_manifest(text: str, name: str) -> Listing:
    """What ``text`` lists; ``name`` is the file's name in the error.  Raises ``ManifestError``."""
    root = _compose(text.removeprefix("\ufeff"), name)
    if root is None or (_kind(root) == "null" and not root.value):
        return Listing((), (), None)
    if _kind(root) != "seq":
        hint = 'Write one entry a paper, each beginning with "- id: ...".'
        _stop(name, f"this is {_came(root)}, not a list of papers", hint, _line(root))
    problems: list[Problem] = []
    entries = [_Entry(node, problems) for node in root.value]
    papers = tuple(entry.paper() for entry in entries)
    problems += _repeated("id", zip((paper.id for paper in papers), entries, strict=True))
    arxiv_ids = (bare_arxiv_id(paper.arxiv or "") for paper in papers)
    problems += _repeated("arxiv", zip(arxiv_ids, entries, strict=True))
    if problems:
        raise ManifestError(name, sorted(problems, key=lambda problem: problem.line))
    column = root.start_mark.column if papers and not root.flow_style else None
    return Listing(papers, tuple(entry.line for entry in entries), column)


def reads_plainly(text: str, in_list: bool) -> bool:
    """Whether YAML reads ``text``, written without quotes as a value or list item, as itself."""
    try:
        ((_, node),) = _yaml().compose(f"k: [{text}]" if in_list else f"k: {text}").value
        if in_list:
            (node,) = node.value
    except (YAMLError, ValueError):
        return False
    return _kind(node) == "str" and bool(node.value == text)


class _Entry:
    """One entry while it is read; what is wrong with it lands in ``problems``."""

    def __init__(self, node: Node, problems: list[Problem]) -> None:
        self.line = _line(node)
        self.fields: dict[str, tuple[int, Node]] = {}
        self._problems = problems
        self._is_one = _kind(node) == "map"
        if self._is_one:
            self._read_fields(node.value)
        else:
            hint = 'Write "- id: ..." and the other fields below it, each on a line of its own.'
            self._wrong(self.line, f"an entry must have fields, but this is {_came(node)}", hint)

    def paper(self) -> Paper:
        """The paper; no good if a problem was found."""
        if self._is_one:
            self._check_presence()
        return Paper(
            id=self._text("id") or "",
            title=self._text("title") or "",
            authors=self._texts("authors"),
            year=self._year(),
            arxiv=self._text("arxiv"),
            url=self._text("url"),
            file=self._text("file"),
            topics=self._texts("topics"),
            aliases=self._texts("aliases"),
            lists=self._texts("lists"),
            note=self._text("note") or "",
        )

    def _wrong(self, line: int, message: str, hint: str) -> None:
        self._problems.append(Problem(line, message, hint))

    def _read_fields(self, pairs: Sequence[tuple[Node, Node]]) -> None:
        for key, value in pairs:
            name = str(key.value) if isinstance(key, ScalarNode) else _came(key)
            if name in self.fields:
                hint = f"Keep one of them; the first is on line {self.fields[name][0]}."
                self._wrong(_line(key), f"`{name}` is given twice in this entry", hint)
            elif name in FIELDS:
                self.fields[name] = (_line(key), value)
            else:
                near = difflib.get_close_matches(name, FIELDS, n=1)
                hint = f"Did you mean `{near[0]}`?" if near else f"Fields: {', '.join(FIELDS)}."
                self._wrong(_line(key), f"there is no field `{name}`", hint)

    def _check_presence(self) -> None:
        for key in ("id", "title"):
            if key not in self.fields:
                self._wrong(self.line, f"this entry has no `{key}`", f'Add "{key}: ..." to it.')
        sources = [key for key in SOURCES if key in self.fields]
        if not sources:
            hint = "Add one of `arxiv` (an id), `url` (https) and `file` (a PDF beside the list)."
            self._wrong(self.line, "this entry does not say where its PDF comes from", hint)
        for key in sources[1:]:
            hint = "Keep just one of `arxiv`, `url` and `file`."
            self._wrong(self.fields[key][0], f"`{key}` stands beside `{sources[0]}`", hint)

    def _text(self, key: str) -> str | None:
        if key not in self.fields:
            return None
        line, node = self.fields[key]
        fault = _text_fault(f"`{key}`", node)
        if key == "arxiv" and _kind(node) in ("int", "float"):
            hint = (
                f'Put it in quotes, arxiv: "{node.value}"; YAML drops a number\'s trailing zeros.'
            )
            fault = ("`arxiv` is written as a number", hint)
        elif not fault and key in FAULTS:
            fault = FAULTS[key](tidy(node.value))
        if fault:
            self._wrong(line, *fault)
        return None if fault else tidy(node.value)

    def _texts(self, key: str) -> tuple[str, ...]:
        if key not in self.fields:
            return ()
        line, node = self.fields[key]
        if _kind(node) != "seq":
            example = tidy(node.value) if _kind(node) == "str" else "..."
            hint = f"Put it in brackets: {key}: [{example}]"
            self._wrong(line, f"`{key}` must be a list, but this is {_came(node)}", hint)
            return ()
        faults = [(item, _text_fault(f"an item of `{key}`", item)) for item in node.value]
        for item, fault in faults:
            if fault:
                self._wrong(_line(item), *fault)
        return tuple(tidy(item.value) for item, fault in faults if not fault)

    def _year(self) -> int | None:
        if "year" not in self.fields:
            return None
        line, node = self.fields["year"]
        if _kind(node) == "int" and re.fullmatch("19[0-9]{2}|20[0-9]{2}|2100", node.value):
            return int(node.value)
        hint = "Write just the year's number, without quotes, or take the line out."
        self._wrong(line, f"`year` must be 1900 to 2100, but this is {_came(node)}", hint)
        return None


def _text_fault(what: str, node: Node) -> Fault | None:
    kind = _kind(node)
    if kind == "null":
        return f"{what} has no value", "Give it one, or take it out."
    if kind != "str":
        quoted = f'Put it in quotes: "{node.value}"'
        hint = quoted if kind in _READ_FROM_PLAIN_TEXT else "Write a piece of text."
        return f"{what} must be text, but this is {_came(node)}", hint
    if not tidy(node.value):
        return f"{what} is empty", "Write something in it, or take it out."
    if has_control(node.value):
        return f"{what} has a control character in it", "Take it out; it may be an escape (\\x..)."
    return None


def _repeated(key: str, values: Iterable[tuple[str, _Entry]]) -> Iterator[Problem]:
    """A problem for every value of ``key`` that an earlier entry has; "" is no value."""
    first: dict[str, int] = {}
    for value, entry in values:
        if not value:
            continue
        line = entry.fields[key][0]
        if value in first:
            hint = f"It stands on line {first[value]}, too; drop or change one of the two."
            yield Problem(line, f"`{key}` {value} is in the list twice", hint)
        first.setdefault(value, line)


def _yaml() -> YAML:
    # The C parser is no part of ruamel.yaml, and where it is there it reads some texts otherwise.
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    return yaml


def _compose(text: str, name: str) -> Any:
    """The document's root node, or None if it has none.  Raises ``ManifestError``."""
    try:
        return _yaml().compose(text)
    except Exception as error:  # not all are YAMLErrors: "\\UFFFFFFFF" is an OverflowError
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        before = text[: getattr(error, "position", 0)]
        line = mark.line + 1 if mark else before.count("\n") + 1
        parts = [getattr(error, key, None) for key in ("context", "problem", "reason")]
        message = ", ".join(filter(None, parts)) or str(error)
        hint = "Mind quotes, brackets, and the spaces that a line begins with (no tabs)."
        _stop(name, f"YAML cannot read this: {message}", hint, line)


def _stop(name: str, message: str, hint: str, line: int = 1) -> NoReturn:
    raise ManifestError(name, [Problem(line, message, hint)])


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _kind(node: Node) -> str:
    """YAML's short name of what the node is (``str``, ``int``, ``seq``...), or its own tag."""
    tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
    name = tag.removeprefix("!!")
    fitting = {"seq": SequenceNode, "map": MappingNode}.get(name, ScalarNode)
    return name if name in _KINDS and isinstance(node, fitting) else tag


def _came(node: Node) -> str:
    """What stands in the file, for a message."""
    kind = _KINDS.get(_kind(node), f"something with the tag {_kind(node)}")
    return f"{kind} ({node.value[:60]})" if isinstance(node, ScalarNode) and node.value else kind
