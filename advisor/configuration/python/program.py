"""The statements of a program in their order: what each name holds where a call is made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeAlias

from advisor.configuration.document import Node
from advisor.configuration.python.values import Values, dotted, item_of

Names: TypeAlias = dict[str, Node]
Heard: TypeAlias = Callable[[ast.Call, Names], None]
"""Told of each call, with what the names hold there."""

_MOST_COPIED = 5_000_000
"""Names, entries and items that are copied for the ways and changes of a program, together."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CHANGES = {
    "append",
    "extend",
    "insert",
    "pop",
    "update",
    "setdefault",
    "clear",
    "remove",
    "popitem",
}


class Program:
    """Follows statements without running them; what differs by the way is open."""

    def __init__(self, values: Values, heard: Heard) -> None:
        self.values = values
        self.heard = heard
        self.left = _MOST_COPIED

    def follow(self, module: Iterable[ast.stmt]) -> None:
        """The statements of a module, then its functions, which see what it holds at its end."""
        names: Names = {}
        later: list[ast.stmt] = []
        self._block(module, names, later)
        for function in later:  # grows while functions hold others
            inner = {
                **self._copy(names),
                **dict.fromkeys(_bound(function), self.values.open(function)),
            }
            self._block(function.body, inner, later)  # type: ignore[attr-defined]

    def _block(self, block: Iterable[ast.stmt], names: Names, later: list[ast.stmt]) -> None:
        for statement in block:
            self._statement(statement, names, later)

    def _statement(self, statement: ast.stmt, names: Names, later: list[ast.stmt]) -> None:
        if isinstance(statement, _FUNCTIONS):
            later.append(statement)
            names.pop(statement.name, None)
        elif isinstance(statement, ast.ClassDef):
            self._block(statement.body, self._copy(names), later)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            self._hear(statement, names)
            self._forget(_targets(statement.items), names)
            self._block(statement.body, names, later)
        elif any(_ways(statement)):
            self._hear(statement, names)
            self._branch(statement, names, later)
        else:
            for call in _calls(statement):
                self.heard(call, names)
            self._bind(statement, names)

    def _hear(self, statement: ast.stmt, names: Names) -> None:
        """The calls in the test of a statement, in what it loops over, or in what it opens."""
        for part in ast.iter_child_nodes(statement):
            if isinstance(part, ast.expr | ast.withitem):
                for call in _calls(part):
                    self.heard(call, names)

    def _branch(self, statement: ast.stmt, names: Names, later: list[ast.stmt]) -> None:
        """The ways through a statement: a name that they leave alike is known behind it."""
        changed = set(_assigned(statement))
        loops = isinstance(statement, ast.For | ast.AsyncFor | ast.While)
        if loops:
            self._forget(changed, names)  # a later turn sees what an earlier one left
        ends = []
        for way in _ways(statement):
            ends.append(self._copy(names))
            self._block(way, ends[-1], later)
        tried = isinstance(statement, ast.Try)  # mostly it goes well: what the body leaves counts
        for name in changed:
            held = ends[0].get(name)
            alike = tried or all(_same(each.get(name), held) for each in ends)
            if held is not None and alike and not loops:
                names[name] = held
            else:
                names.pop(name, None)

    def _copy(self, names: Names) -> Names:
        """What the names hold, for one way; nothing once a program has had too many of both."""
        return dict(names) if self._affords(names) else {}

    def _affords(self, copied: Sized) -> bool:
        """Count what is copied; whether a program may still have that."""
        self.left -= len(copied)
        return self.left > 0

    @staticmethod
    def _forget(changed: Iterable[str], names: Names) -> None:
        for name in changed:
            names.pop(name, None)

    def _bind(self, statement: ast.stmt, names: Names) -> None:
        if isinstance(statement, ast.Assign):
            value = self.values.value(statement.value, names)
            for target in statement.targets:
                self._assign(target, value, names)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement.target, self.values.value(statement.value, names), names)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._change(statement.value, names)
        else:
            self._forget(_assigned(statement), names)

    def _assign(self, target: ast.expr, value: Node, names: Names) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, ast.Attribute) and (name := dotted(target)):
            names[name] = value
        elif isinstance(target, ast.Subscript):
            self._put(target, value, names)
        else:
            self._forget(_targets([target]), names)

    def _put(self, target: ast.Subscript, value: Node, names: Names) -> None:
        """``request["Key"] = value``; what is changed in another way is open from then on."""
        steps: list[str | int] = []
        whole: ast.expr = target
        while isinstance(whole, ast.Subscript):
            index = self.values.value(whole.slice, names)
            if index.kind != "scalar" or not isinstance(index.value, str | int):
                break
            steps.insert(0, index.value)
            whole = whole.value
        if isinstance(whole, ast.Name) and whole.id in names:
            changed = self._with(
                names[whole.id], steps, value.under(self.values.place(target.slice))
            )
            if changed is not None:
                names[whole.id] = changed
                return
        names.pop(_root(whole), None)

    def _with(self, node: Node, steps: list[str | int], value: Node) -> Node | None:
        """A map or list with another value at a path; ``None`` where there is no such path."""
        if not steps:
            return value
        step, rest = steps[0], steps[1:]
        held = item_of(node, step)
        is_new = node.kind == "map" and isinstance(step, str) and not rest
        if (held is None and not is_new) or not self._affords(node.value):
            return None
        inner = value if held is None else self._with(held, rest, value)
        if inner is None:
            return None
        whole = node.value.copy()
        whole[step] = inner
        return node._replace(value=whole)

    def _change(self, call: ast.Call, names: Names) -> None:
        """A method that changes what a name holds."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _CHANGES:
            return
        whole, root = call.func.value, _root(call.func.value)
        held = names.get(whole.id) if isinstance(whole, ast.Name) else None
        if held is None or held.kind not in ("map", "list") or not self._affords(held.value):
            names.pop(root, None)
        elif held.kind == "map" and call.func.attr == "update":
            entries = dict(self.values.arguments(call, names))
            for each in call.args:
                entries.update(self.values.unpacked(each, names))
            names[root] = held._replace(value={**held.value, **entries})
        elif held.kind == "list" and call.func.attr == "append" and call.args:
            items = [*held.value, self.values.value(call.args[0], names)]
            names[root] = held._replace(value=items)
        else:
            names.pop(root, None)


def _same(one: Node | None, other: Node | None) -> bool:
    """Whether two values are the same, wherever they are written."""
    return one == other or (
        one is not None
        and other is not None
        and one.kind == other.kind == "scalar"
        and (type(one.value), one.value) == (type(other.value), other.value)
    )


def _ways(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement, of which one or another is taken; none for a plain one."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        parts = getattr(statement, name, None)
        if name in ("handlers", "cases"):
            yield from (part.body for part in parts or ())
        elif parts or (name == "body" and parts is not None):
            yield parts
    if isinstance(statement, ast.If) and not statement.orelse:
        yield []  # the way around it


def _calls(part: ast.AST) -> Iterator[ast.Call]:
    """The calls within an expression or a plain statement, inner ones last."""
    pending: list[ast.AST] = [part]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Call):
            yield each
        pending.extend(ast.iter_child_nodes(each))


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ""


def _root(part: ast.expr) -> str:
    while isinstance(part, ast.Subscript | ast.Attribute | ast.Call):
        part = part.func if isinstance(part, ast.Call) else part.value
    return part.id if isinstance(part, ast.Name) else ""


def _targets(parts: Iterable[ast.AST]) -> Iterator[str]:
    for part in parts:
        for each in ast.walk(part):
            if isinstance(each, ast.Name):
                yield each.id


def _assigned(statement: ast.AST) -> Iterator[str]:
    """The names that a statement, or one within it, may give another value."""
    for each in ast.walk(statement):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store | ast.Del):
            yield each.id
        elif isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            yield dotted(each) if isinstance(each, ast.Attribute) else _root(each)
        elif isinstance(each, ast.Call) and _name_of(each.func) in _CHANGES:
            yield _root(each)


def _bound(function: ast.stmt) -> Iterator[str]:
    """The names that a function takes, and those that it gives a value itself."""
    arguments = function.args  # type: ignore[attr-defined]
    for each in ast.walk(arguments):
        if isinstance(each, ast.arg):
            yield each.arg
    for statement in function.body:  # type: ignore[attr-defined]
        yield from _assigned(statement)
