"""Expressions of Python as values: literals, and what is put together from them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from advisor.configuration.document import Hidden, Mark, Node, unknown
from advisor.configuration.partial_texts import joined

Place: TypeAlias = Callable[[ast.AST], Mark]
"""Where a part of the program stands in its file."""
Made: TypeAlias = Callable[[ast.Call, Mapping[str, Node]], Node | None]
"""What a call makes that is known, such as a configuration of the SDK."""
OPEN = "**"
"""A key of a map beside which others may stand that are not known."""

_DEEPEST = 100
_LARGEST = 10**15
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


class Values:
    """Evaluates the expressions of one program."""

    def __init__(self, place: Place, made: Made) -> None:
        self.place = place
        self.made = made
        self.depth = 0

    def value(self, expression: ast.AST, names: Mapping[str, Node]) -> Node:
        """What an expression is, as far as the program itself says it."""
        self.depth += 1
        try:
            reading = _READINGS.get(type(expression)) if self.depth <= _DEEPEST else None
            found = getattr(self, reading)(expression, names) if reading is not None else None
        finally:
            self.depth -= 1
        return self.open(expression) if found is None else found

    def open(self, expression: ast.AST) -> Node:
        """A value that only running the program settles."""
        return unknown("computed when the program runs", self.place(expression))

    def _constant(self, part: ast.Constant, names: Mapping[str, Node]) -> Node | None:
        del names
        if part.value is None or isinstance(part.value, str | bool | int | float):
            return Node("scalar", part.value, self.place(part))
        return None

    def _name(self, part: ast.Name, names: Mapping[str, Node]) -> Node | None:
        return names.get(part.id)

    def _attribute(self, part: ast.Attribute, names: Mapping[str, Node]) -> Node | None:
        return names.get(dotted(part))

    def _text(self, part: ast.JoinedStr, names: Mapping[str, Node]) -> Node:
        pieces: list[Node | str] = []
        for each in part.values:
            if isinstance(each, ast.FormattedValue) and each.format_spec is None:
                each = each.value  # noqa: PLW2901 - what is between the braces
            found = self.value(each, names)
            pieces.append(found if found.kind in ("scalar", "text") else self.open(each))
        return joined(pieces, self.place(part))

    def _mapping(self, part: ast.Dict, names: Mapping[str, Node]) -> Node:
        entries: dict[str, Node] = {}
        for key, value in zip(part.keys, part.values, strict=True):
            if key is None:
                entries.update(self.unpacked(value, names))
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                entries[key.value] = self.value(value, names).under(self.place(key))
            else:
                entries[OPEN] = self.open(key)
        return Node("map", entries, self.place(part))

    def unpacked(self, value: ast.AST, names: Mapping[str, Node]) -> dict[str, Node]:
        """The entries that ``**`` of a value adds; it may add others where it is not known."""
        found = self.value(value, names)
        return found.value if found.kind == "map" else {OPEN: self.open(value)}

    def _sequence(self, part: ast.List | ast.Tuple, names: Mapping[str, Node]) -> Node | None:
        if any(isinstance(each, ast.Starred) for each in part.elts):
            return None
        return Node("list", [self.value(each, names) for each in part.elts], self.place(part))

    def _binary(self, part: ast.BinOp, names: Mapping[str, Node]) -> Node | None:
        left, right = self.value(part.left, names), self.value(part.right, names)
        if isinstance(part.op, ast.BitOr) and left.kind == right.kind == "map":
            return left._replace(value={**left.value, **right.value})
        texts = [each.kind == "text" or isinstance(each.value, str) for each in (left, right)]
        if isinstance(part.op, ast.Add) and any(texts):
            known = all(each.kind in ("text", "scalar", "unknown") for each in (left, right))
            return joined((left, right), self.place(part)) if known else None
        if isinstance(part.op, ast.Add) and left.kind == right.kind == "list":
            return left._replace(value=[*left.value, *right.value])
        function, pair = _ARITHMETIC.get(type(part.op)), (left.value, right.value)
        if function is None or not all(type(each) in (int, float) for each in pair):
            return None
        if isinstance(part.op, ast.Pow) and not (abs(pair[0]) <= 1024 and 0 <= pair[1] <= 64):
            return None
        try:
            found = function(*pair)
        except (ArithmeticError, ValueError):
            return None
        return Node("scalar", found, self.place(part)) if abs(found) <= _LARGEST else None

    def _signed(self, part: ast.UnaryOp, names: Mapping[str, Node]) -> Node | None:
        inner = self.value(part.operand, names)
        if isinstance(part.op, ast.USub) and type(inner.value) in (int, float):
            return Node("scalar", -inner.value, self.place(part))
        return None

    def _item(self, part: ast.Subscript, names: Mapping[str, Node]) -> Node | None:
        return item_of(self.value(part.value, names), self.value(part.slice, names).value)

    def _choice(self, part: ast.IfExp, names: Mapping[str, Node]) -> Node | None:
        yes, no = self.value(part.body, names), self.value(part.orelse, names)
        return yes if yes.kind == "scalar" and yes.value == no.value else None

    def _called(self, part: ast.Call, names: Mapping[str, Node]) -> Node | None:
        if isinstance(part.func, ast.Name) and part.func.id == "dict" and not part.args:
            entries = dict(self.arguments(part, names))
            return Node("map", entries, self.place(part))
        return self.made(part, names)

    def arguments(self, part: ast.Call, names: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
        """The arguments of a call that have names, with those of ``**``."""
        for each in part.keywords:
            if each.arg is None:
                yield from self.unpacked(each.value, names).items()
            else:
                mark = self.place(each)._replace(width=len(each.arg))
                yield each.arg, self.value(each.value, names).under(mark)


_READINGS: Mapping[type[ast.AST], str] = {
    ast.Constant: "_constant",
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.JoinedStr: "_text",
    ast.Dict: "_mapping",
    ast.List: "_sequence",
    ast.Tuple: "_sequence",
    ast.BinOp: "_binary",
    ast.UnaryOp: "_signed",
    ast.Subscript: "_item",
    ast.IfExp: "_choice",
    ast.Call: "_called",
}


def item_of(whole: Node, index: object) -> Node | None:
    """The member of a map or list at a key or index; ``None`` where there is none."""
    found: Node | None = None
    if whole.kind == "map" and isinstance(index, str):
        found = whole.value.get(index)
    elif whole.kind == "list" and type(index) is int and index < len(whole.value) >= -index:
        found = whole.value[index]
    return found


def dotted(part: ast.Attribute) -> str:
    """``self.client``: an attribute of a name, as names are kept; else empty."""
    return f"{part.value.id}.{part.attr}" if isinstance(part.value, ast.Name) else ""


def settled(node: Node) -> Node:
    """A value in which a map that may have other keys is not known, and None says nothing."""
    if node.is_null:  # boto3 takes none: it is set elsewhere, in a way that is not followed
        return node._replace(kind="unknown", value=Hidden("None where the program begins"))
    if node.kind == "map" and OPEN in node.value:
        return node._replace(kind="unknown", value=Hidden("other keys may stand there"))
    return node.within(settled)
