"""The few functions of Terraform that are followed: those that only move or convert values."""

from __future__ import annotations

from collections.abc import Callable

from advisor.gate.document import Mark, Node
from advisor.gate.scalars import as_text, number
from advisor.gate.texts import joined

Arguments = list[Node]
MOST_ITEMS = 1000


def _text(function: Callable[[str], str]) -> Callable[[Arguments, Mark], Node | None]:
    def apply(arguments: Arguments, mark: Mark) -> Node | None:
        del mark
        if len(arguments) != 1 or arguments[0].kind != "scalar" or arguments[0].is_null:
            return None
        return arguments[0]._replace(value=function(as_text(arguments[0].value)), key=None)

    return apply


def _same(arguments: Arguments, mark: Mark) -> Node | None:
    """``tolist``, ``toset``, ``tomap`` and their kin: the same elements."""
    del mark
    return arguments[0] if len(arguments) == 1 else None


def _tonumber(arguments: Arguments, mark: Mark) -> Node | None:
    del mark
    node = arguments[0] if len(arguments) == 1 else None
    if node is None or node.kind != "scalar" or node.is_null or isinstance(node.value, bool):
        return None
    value = number(as_text(node.value))
    return None if value is None else node._replace(value=value)


def _merge(arguments: Arguments, mark: Mark) -> Node | None:
    entries: dict[str, Node] = {}
    for argument in arguments:
        if argument.is_null:
            continue
        if argument.kind != "map":
            return None
        entries.update(argument.value)
    return Node("map", entries, mark)


def _concat(arguments: Arguments, mark: Mark) -> Node | None:
    if any(argument.kind != "list" for argument in arguments):
        return None
    items = [item for argument in arguments for item in argument.value]
    return Node("list", items, mark) if len(items) <= MOST_ITEMS else None


def _lookup(arguments: Arguments, mark: Mark) -> Node | None:
    del mark
    if len(arguments) < 2 or arguments[0].kind != "map" or arguments[1].kind != "scalar":
        return None
    found: Node | None = arguments[0].value.get(as_text(arguments[1].value))
    return found or (arguments[2] if len(arguments) == 3 else None)


def _coalesce(arguments: Arguments, mark: Mark) -> Node | None:
    del mark
    for argument in arguments:
        if argument.kind == "unknown":
            return None
        if not (argument.is_null or (argument.kind == "scalar" and argument.value == "")):
            return argument
    return None


def _join(arguments: Arguments, mark: Mark) -> Node | None:
    if len(arguments) != 2 or arguments[0].kind != "scalar" or arguments[1].kind != "list":
        return None
    pieces: list[Node | str] = []
    for index, item in enumerate(arguments[1].value):
        pieces += [as_text(arguments[0].value), item] if index else [item]
    return joined(pieces, mark)


def _split(arguments: Arguments, mark: Mark) -> Node | None:
    if len(arguments) != 2 or any(a.kind != "scalar" or not a.value for a in arguments):
        return None
    pieces = as_text(arguments[1].value).split(as_text(arguments[0].value))[:MOST_ITEMS]
    return Node("list", [Node("scalar", piece, arguments[1].mark) for piece in pieces], mark)


def _length(arguments: Arguments, mark: Mark) -> Node | None:
    node = arguments[0] if len(arguments) == 1 else None
    if node is None or node.kind not in ("list", "map"):
        return None
    entries = node.value if node.kind == "list" else list(node.value.values())
    if any(entry.kind == "unknown" for entry in entries):
        return None
    return Node("scalar", len(entries), mark)


FUNCTIONS: dict[str, Callable[[Arguments, Mark], Node | None]] = {
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "trimspace": _text(str.strip),
    "tostring": _text(str),
    "tonumber": _tonumber,
    "tobool": _same,
    "tolist": _same,
    "toset": _same,
    "tomap": _same,
    "nonsensitive": _same,
    "sensitive": _same,
    "merge": _merge,
    "concat": _concat,
    "lookup": _lookup,
    "coalesce": _coalesce,
    "join": _join,
    "split": _split,
    "length": _length,
}
"""Name -> what it makes of its arguments; ``None`` where they are not known well enough."""
