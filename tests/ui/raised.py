"""Which messages the code can show on the page, read off its syntax tree.

A template is a message with ``{}`` for each blank, and ``{WORDS}`` for a blank that is filled with
words of our own.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).parents[2]
FIRST = "rag.ui.page"  # what it imports, and that in turn, can speak on the page
WITHOUT_MODEL = "WITHOUT_MODEL"  # stands behind hints, and is taken off again where it goes unsaid

# Who takes words besides the errors themselves, and at which places.
TAKERS = {"Problem": (1, 2), "KnownError": (2, 3), "otherwise": (0, 1)}
# Fields that pass words on; the words themselves are found where they were made.
PASSED_ON = {"message", "hint"}

Scope = ast.FunctionDef | None


class Source:
    """The modules that the page imports."""

    def __init__(self) -> None:
        self.unclear: list[str] = []  # arguments of errors whose words could not be found
        self._functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        self._calls: dict[str, list[tuple[ast.Call, Scope]]] = defaultdict(list)
        self._constants: dict[str, list[ast.expr]] = defaultdict(list)
        self._nodes: list[tuple[ast.AST, Scope, str]] = []
        for name, tree in _imported(FIRST).items():
            self._read(name, tree)
        # These take problems, and put the words together themselves.
        self._errors = self._classes_below("AssistantError") - {"ManifestError", "DamagedFile"}

    def templates(self) -> set[str]:
        """Every line that an error can say, and the words that its blanks can be filled with."""
        found: set[str] = set()
        for node, scope, module in self._nodes:
            for said, within in self._said_by(node, scope):
                words = self._words(said, within, found, set())
                found |= words
                if not words and not _passes_on(said):
                    self.unclear.append(f"{module}:{said.lineno}: {ast.unparse(said)}")
        return {line for template in found for line in _lines(template)}

    def texts(self) -> set[str]:
        """Every line of every text in the modules, whatever it is for."""
        texts = {
            _template(node)
            for node, _, _ in self._nodes
            if isinstance(node, ast.JoinedStr | ast.Constant)
        }
        return {line.strip() for text in texts for line in text.split("\n")}

    def _read(self, module: str, tree: ast.Module) -> None:
        for node, scope in _walk(tree, None):
            self._nodes.append((node, scope, module))
            if isinstance(node, ast.FunctionDef):
                self._functions[node.name].append(node)
            elif isinstance(node, ast.Call):
                self._calls[_name(node.func)].append((node, scope))
            elif isinstance(node, ast.Assign) and scope is None:
                for target in node.targets:
                    self._constants[_name(target)].append(node.value)

    def hintless(self, *bases: str) -> list[str]:
        """Where an error of these kinds is made that does not say what to do."""
        errors = self._classes_below(*bases)
        return [
            f"{module}:{node.lineno}"
            for node, _, module in self._nodes
            if isinstance(node, ast.Call)
            and _name(node.func) in errors
            and len(node.args) + len(node.keywords) < 2
            and not any(keyword.arg is None for keyword in node.keywords)  # another error's, whole
        ]

    def _classes_below(self, *bases: str) -> set[str]:
        classes = [node for node, _, _ in self._nodes if isinstance(node, ast.ClassDef)]
        errors, n_before = set(bases), 0
        while len(errors) > n_before:
            n_before = len(errors)
            errors |= {c.name for c in classes if {_name(b) for b in c.bases} & errors}
        return errors

    def _said_by(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """The expressions in ``node`` itself that become words of an error, each with its function."""
        if isinstance(node, ast.Call):
            places = TAKERS.get(_name(node.func), ())
            if _name(node.func) in self._errors or ast.unparse(node.func) == "super().__init__":
                places = (0, 1)
            said = [a for i, a in enumerate(node.args) if i in places and _is_new(a, node)]
            yield from ((words, scope) for words in said)
        elif _is_fault(node, scope):
            yield from ((said, scope) for said in node.value.elts)  # type: ignore[attr-defined]

    def _words(self, said: ast.expr, scope: Scope, found: set[str], seen: set[str]) -> set[str]:
        """The templates of ``said``, as far as they can be read off; into ``found`` go those inside."""
        words: set[str] = set()
        match said:
            case ast.Constant(value=str()):
                words = {_template(said)} & _worded({_template(said)})
            case ast.JoinedStr():
                words = _worded(self._filled(said, scope, found, seen))
            case ast.IfExp():
                words = self._all([said.body, said.orelse], scope, found, seen)
            case ast.BinOp(op=ast.Add()):
                sides = [self._words(s, scope, found, seen) for s in (said.left, said.right)]
                words = _worded({a + b for a, b in product(*(side or {"{}"} for side in sides))})
            case ast.Name():
                words = self._named(said.id, scope, found, seen)
            case ast.Attribute(attr="problem"):
                words = self._field(said.attr, found, seen)
            case ast.Call():
                words = self._returned(said, found, seen)
        return words

    def _all(
        self, parts: Iterable[ast.expr], scope: Scope, found: set[str], seen: set[str]
    ) -> set[str]:
        return set().union(*(self._words(part, scope, found, seen) for part in parts))

    def _filled(
        self, said: ast.JoinedStr, scope: Scope, found: set[str], seen: set[str]
    ) -> set[str]:
        parts = said.values
        if _is_ours(parts[-1]):
            found |= {"{WORDS} " + t for t in self._words(parts[-1].value, None, found, set())}
            parts = parts[:-1]
        template = ""
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                quoted = part.conversion == ord("r") or template.endswith("`")
                is_code = quoted or (_name(part.value).isupper() and not _is_ours(part))
                words = set() if is_code else self._words(part.value, scope, found, set(seen))
                found |= words
                template += "{WORDS}" if words or _passes_on(part.value) else "{}"
            else:
                template += _template(part)
        return {template.rstrip()}

    def _named(self, name: str, scope: Scope, found: set[str], seen: set[str]) -> set[str]:
        """What a name stands for: set in this function, handed to it, or a constant."""
        here = f"{scope.name if scope else ''}.{name}"
        if here in seen:
            return set()
        seen.add(here)
        assigned = [
            node.value
            for node in (ast.walk(scope) if scope else ())
            if isinstance(node, ast.Assign) and name in map(_name, node.targets)
        ]
        if assigned:
            return self._all(assigned, scope, found, seen)
        if (
            scope
            and scope.name != "__init__"
            and name in (place := [a.arg for a in scope.args.args])
        ):
            return self._handed(scope, place.index(name), name, found, seen)
        return self._all(self._constants[name], None, found, seen)

    def _field(self, name: str, found: set[str], seen: set[str]) -> set[str]:
        """What objects are made with for their field ``name``."""
        made = [
            self._words(keyword.value, scope, found, seen)
            for calls in self._calls.values()
            for call, scope in calls
            for keyword in call.keywords
            if keyword.arg == name
        ]
        return set().union(*made)

    def _handed(
        self, function: ast.FunctionDef, place: int, name: str, found: set[str], seen: set[str]
    ) -> set[str]:
        """What the callers of ``function`` hand to it at ``place``, or by ``name``."""
        is_method = bool(function.args.args) and function.args.args[0].arg == "self"
        words: set[str] = set()
        for call, scope in self._calls[function.name]:
            if isinstance(call.func, ast.Attribute) is not is_method:
                continue
            handed = [k.value for k in call.keywords if k.arg == name]
            handed += call.args[place - is_method : place - is_method + 1]
            words |= self._all(handed, scope, found, seen)
        return words

    def _returned(self, call: ast.Call, found: set[str], seen: set[str]) -> set[str]:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get":
            tables = self._constants[_name(call.func.value)]
            values = [v for t in tables if isinstance(t, ast.Dict) for v in t.values]
            return self._all([*values, *call.args[1:]], None, found, seen) if tables else set()
        words: set[str] = set()
        for function in self._functions[_name(call.func)] if _is_plain(call.func) else ():
            returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
            words |= self._all(returns, function, found, seen)
        return words


def joined_by_hand() -> list[str]:
    """Where any of our modules puts the message and the hint of an error into one line."""
    paths = [path for part in ("ingest", "rag") for path in sorted((ROOT / part).rglob("*.py"))]
    return [
        f"{path.name}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and "\n" not in _template(node)
        if {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)} >= PASSED_ON
    ]


def _imported(first: str) -> dict[str, ast.Module]:
    """The syntax trees of ``first`` and of all our modules that it imports, anywhere in it."""
    found: dict[str, ast.Module] = {}
    waiting = [first]
    while waiting:
        name = waiting.pop()
        path = ROOT / f"{name.replace('.', '/')}.py"
        if name in found or not path.exists():
            continue
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(found[name]):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
    return found


def _walk(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Every node below ``node``, with the innermost function around it."""
    for child in ast.iter_child_nodes(node):
        yield child, scope
        yield from _walk(child, child if isinstance(child, ast.FunctionDef) else scope)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_plain(function: ast.expr) -> bool:
    """Whether a function of our own is meant: ``f(...)`` or ``self.f(...)``."""
    return isinstance(function, ast.Name) or ast.unparse(function).startswith("self.")


def _is_ours(part: ast.expr) -> TypeGuard[ast.FormattedValue]:
    """Whether a blank is filled with the words that stand behind the hints of models."""
    return isinstance(part, ast.FormattedValue) and _name(part.value) == WITHOUT_MODEL


def _is_new(said: ast.expr, call: ast.Call) -> bool:
    """Whether it is not ``*fault`` (found where it is made), nor what the base hands to its own."""
    return not isinstance(said, ast.Starred) and ast.unparse(call) != "super().__init__(message)"


def _is_fault(node: ast.AST, scope: Scope) -> bool:
    """Whether it makes a pair of words about one of the list's texts."""
    if not isinstance(node, ast.Return | ast.Assign) or not isinstance(node.value, ast.Tuple):
        return False
    if isinstance(node, ast.Assign):
        return [_name(target) for target in node.targets] == ["fault"]
    return scope is not None and scope.returns is not None and "Fault" in ast.unparse(scope.returns)


def _passes_on(said: ast.expr) -> bool:
    """Whether ``said`` hands on the words of something else."""
    return any(isinstance(n, ast.Attribute) and n.attr in PASSED_ON for n in ast.walk(said))


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part) for part in node.values)
    value = node.value if isinstance(node, ast.Constant) else None
    return re.sub(r"\{\w+\}", "{}", value) if isinstance(value, str) else "{}"


def _worded(templates: set[str]) -> set[str]:
    """Those that have words in them; a path or a number is the same in every language."""
    return {t for t in templates if re.search(r"[A-Za-z]{2}", t)}


def _lines(template: str) -> list[str]:
    return [line.strip() for line in template.split("\n") if _worded({line})]
