"""Read YAML entries, of the list and the notes beside it, and report every problem with its line.

The YAML is only composed into nodes, which know their lines; values are never constructed, so no tag can
run code.  Home of ruamel.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ingest.errors import ManifestError, Problem, UsageError, did_you_mean
from ingest.reading_list.rules import FAULTS, Fault, has_control, tidy

MAX_BYTES = 20_000_000  # some 50,000 papers
MAX_DEPTH = 20  # a list needs 3

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
_UNQUOTED_KINDS = ("int", "float", "bool", "timestamp")


def read_list_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The file's text with its line ends and byte order mark.

    Raises ``UsageError`` if there is no file, ``ManifestError`` if it cannot be read.
    """
    try:
        if path.stat().st_size > max_bytes:
            hint = f"A list may be up to {max_bytes // 1_000_000} MB; is this the right file?"
            _fail(str(path), "the file is too large for a list", hint)
        raw = path.read_bytes()
        return raw.decode("utf-8")
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no list {path}.",
            "Go to the folder that has it, or name it with --manifest; to begin a new one, create an empty file.",
        ) from error
    except OSError as error:
        hint = "Check that it is a file and that you may read it."
        _fail(str(path), f"this cannot be read: {error.strerror or error}", hint)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _fail(str(path), "this is not UTF-8 text", "Save the file as UTF-8.", line)


def compose_list(text: str, name: str, what: str) -> SequenceNode | None:
    """The list of ``what`` ("papers") that ``text`` contains, or None if it contains nothing.

    ``name`` is the file's name in the error.  Raises ``ManifestError`` if it is not a list.
    """
    root = _compose(text.removeprefix("\ufeff"), name)
    if root is None or (kind(root) == "null" and not root.value):
        return None
    if kind(root) != "seq":
        hint = 'Write one entry per paper, each beginning with "- id: ...".'
        _fail(name, f"this is {describe(root)}, not a list of {what}", hint, _line(root))
    assert isinstance(root, SequenceNode)
    return root


def reads_plainly(text: str, in_list: bool) -> bool:
    """Whether YAML reads ``text``, written without quotes as a value or list item, as itself."""
    try:
        ((_, node),) = _yaml().compose(f"k: [{text}]" if in_list else f"k: {text}").value
        if in_list:
            (node,) = node.value
    except (YAMLError, ValueError):
        return False
    return kind(node) == "str" and bool(node.value == text)


class Entry:
    """One entry while it is read; what is wrong with it is added to ``problems``.

    ``fields`` has the line and the value of each field that is ``known``.
    """

    known: tuple[str, ...]

    def __init__(self, node: Node, problems: list[Problem]) -> None:
        self.line = _line(node)
        self.fields: dict[str, tuple[int, Node]] = {}
        self._problems = problems
        self.is_mapping = kind(node) == "map"
        if self.is_mapping:
            self._read_fields(node.value)
        else:
            hint = 'Write "- id: ..." and the other fields below it, each on its own line.'
            self.add_problem(
                self.line, f"an entry must have fields, but this is {describe(node)}", hint
            )

    def add_problem(self, line: int, message: str, hint: str) -> None:
        """Record a problem."""
        self._problems.append(Problem(line, message, hint))

    def require(self, keys: Iterable[str]) -> None:
        """Record a problem for each of ``keys`` that the entry lacks."""
        for key in keys:
            if key not in self.fields:
                self.add_problem(
                    self.line, f"this entry has no `{key}`", f'Add "{key}: ..." to it.'
                )

    def text(self, key: str) -> str | None:
        """The field's text; None if it is missing or invalid."""
        if key not in self.fields:
            return None
        line, node = self.fields[key]
        fault = _text_fault(f"`{key}`", node)
        if key == "arxiv" and kind(node) in ("int", "float"):
            hint = (
                f'Put it in quotes, arxiv: "{node.value}"; YAML drops a number\'s trailing zeros.'
            )
            fault = ("`arxiv` is written as a number", hint)
        elif not fault and key in FAULTS:
            fault = FAULTS[key](tidy(node.value))
        if fault:
            self.add_problem(line, *fault)
        return None if fault else tidy(node.value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The valid items of the field; none if it is missing or not a list."""
        if key not in self.fields:
            return ()
        line, node = self.fields[key]
        if kind(node) != "seq":
            example = tidy(node.value) if kind(node) == "str" else "..."
            hint = f"Put it in brackets: `{key}: [{example}]`"
            self.add_problem(line, f"`{key}` must be a list, but this is {describe(node)}", hint)
            return ()
        faults = [(item, _text_fault(f"an item of `{key}`", item)) for item in node.value]
        for item, fault in faults:
            if fault:
                self.add_problem(_line(item), *fault)
        return tuple(tidy(item.value) for item, fault in faults if not fault)

    def _read_fields(self, pairs: Sequence[tuple[Node, Node]]) -> None:
        for key, value in pairs:
            name = str(key.value) if isinstance(key, ScalarNode) else describe(key)
            if name in self.fields:
                hint = f"Keep one of them; the first is on line {self.fields[name][0]}."
                self.add_problem(_line(key), f"`{name}` is given twice in this entry", hint)
            elif name in self.known:
                self.fields[name] = (_line(key), value)
            else:
                hint = did_you_mean([name], self.known, f"Fields: {', '.join(self.known)}.")
                self.add_problem(_line(key), f"there is no field `{name}`", hint)


def _text_fault(what: str, node: Node) -> Fault | None:
    yaml_kind = kind(node)
    if yaml_kind == "null":
        return f"{what} has no value", "Give it one, or remove it."
    if yaml_kind != "str":
        quoted = f'Put it in quotes: "{node.value}"'
        hint = quoted if yaml_kind in _UNQUOTED_KINDS else "Write some text."
        return f"{what} must be text, but this is {describe(node)}", hint
    if not tidy(node.value):
        return f"{what} is empty", "Fill it in, or remove it."
    if has_control(node.value):
        return f"{what} contains a control character", "Remove it; it may be an escape (\\x..)."
    return None


def find_repeated(key: str, values: Iterable[tuple[str, Entry]]) -> Iterator[Problem]:
    """A problem for every value of ``key`` that an earlier entry has; "" does not count."""
    first: dict[str, int] = {}
    for value, entry in values:
        if not value:
            continue
        line = entry.fields[key][0]
        if value in first:
            hint = f"It is also on line {first[value]}; remove or change one of the two."
            yield Problem(line, f"`{key}` {value} is in the list twice", hint)
        first.setdefault(value, line)


def kind(node: Node) -> str:
    """YAML's short name of what the node is (``str``, ``int``, ``seq``...), or its own tag."""
    tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
    name = tag.removeprefix("!!")
    fitting = {"seq": SequenceNode, "map": MappingNode}.get(name, ScalarNode)
    return name if name in _KINDS and isinstance(node, fitting) else tag


def describe(node: Node) -> str:
    """What kind of value ``node`` is, and the value if it is short, for a message."""
    what = _KINDS.get(kind(node), f"something with the tag {kind(node)}")
    return f"{what} ({node.value[:60]})" if isinstance(node, ScalarNode) and node.value else what


def _yaml() -> YAML:
    # The C parser is not part of ruamel.yaml, and reads some texts differently.
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
        hint = "Check the quotes, the brackets and the indentation (spaces, not tabs)."
        _fail(name, f"YAML cannot read this: {message}", hint, line)


def _fail(name: str, message: str, hint: str, line: int = 1) -> NoReturn:
    raise ManifestError(name, [Problem(line, message, hint)])


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
