"""The few functions of Terraform that are followed: those that only move or convert values."""

from __future__ import annotations

import re
from collections.abc import Callable

from advisor.configuration.document import Mark, Node
from advisor.configuration.partial_texts import as_text, joined, number

Arguments = list[Node]
MOST_ITEMS = 1000


def _text(function: Callable[[str], str]) -> Callable[[Arguments, Mark], Node | None]:
    def apply(arguments: Arguments, _: Mark) -> Node | None:
        if len(arguments) != 1 or arguments[0].kind != "scalar" or arguments[0].is_null:
            return None
        return arguments[0]._replace(value=function(as_text(arguments[0].value)), key=None)

    return apply


def _same(arguments: Arguments, _: Mark) -> Node | None:
    """``tolist``, ``toset``, ``tomap`` and their kin: the same elements."""
    return arguments[0] if len(arguments) == 1 else None


def _toset(arguments: Arguments, mark: Mark) -> Node | None:
    """The elements of a list, each once; texts in their order."""
    given = _same(arguments, mark)
    if given is None or given.kind != "list" or any(e.kind != "scalar" for e in given.value):
        return given
    each = {as_text(item.value): item for item in reversed(given.value)}
    return given._replace(value=[each[text] for text in sorted(each)])


def _tonumber(arguments: Arguments, _: Mark) -> Node | None:
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


def _lookup(arguments: Arguments, _: Mark) -> Node | None:
    if len(arguments) < 2 or arguments[0].kind != "map" or arguments[1].kind != "scalar":
        return None
    found: Node | None = arguments[0].value.get(as_text(arguments[1].value))
    return found or (arguments[2] if len(arguments) == 3 else None)


def _coalesce(arguments: Arguments, _: Mark) -> Node | None:
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


def _format(arguments: Arguments, mark: Mark) -> Node | None:
    """``format`` with the verbs %s, %d and %v; a number that is to be padded stays open."""
    if not arguments or arguments[0].kind != "scalar":
        return None
    pieces = re.split(r"%([sdv%])", as_text(arguments[0].value))
    values = iter(arguments[1:])
    made: list[Node | str] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0 and "%" in piece:
            return None
        filled = piece if index % 2 == 0 else "%" if piece == "%" else next(values, None)
        if filled is None:
            return None
        made.append(filled)
    return joined(made, mark)


def _element(arguments: Arguments, _: Mark) -> Node | None:
    if len(arguments) != 2 or arguments[0].kind != "list" or not arguments[0].value:
        return None
    index = arguments[1].value if arguments[1].kind == "scalar" else None
    if not isinstance(index, int) or isinstance(index, bool):
        return None
    items: list[Node] = arguments[0].value
    return items[index % len(items)]


def _keys(arguments: Arguments, mark: Mark) -> Node | None:
    if len(arguments) != 1 or arguments[0].kind != "map":
        return None
    names = sorted(arguments[0].value)
    places = (arguments[0].value[name].place for name in names)
    items = [Node("scalar", name, place) for name, place in zip(names, places, strict=True)]
    return Node("list", items, mark)


def _values(arguments: Arguments, mark: Mark) -> Node | None:
    if len(arguments) != 1 or arguments[0].kind != "map":
        return None
    return Node("list", [arguments[0].value[name] for name in sorted(arguments[0].value)], mark)


def _extreme(pick: Callable[[list[float]], float]) -> Callable[[Arguments, Mark], Node | None]:
    def apply(arguments: Arguments, mark: Mark) -> Node | None:
        texts = [as_text(each.value) for each in arguments if each.kind == "scalar"]
        numbers = [found for found in map(number, texts) if found is not None]
        if not numbers or len(numbers) != len(arguments):
            return None
        return Node("scalar", pick(numbers), mark, via=arguments[0].via)

    return apply


def _contains(arguments: Arguments, mark: Mark) -> Node | None:
    if len(arguments) != 2 or arguments[0].kind != "list" or arguments[1].kind != "scalar":
        return None
    items = arguments[0].value
    if any(item.kind == "scalar" and item.value == arguments[1].value for item in items):
        return Node("scalar", True, mark)
    known = all(item.kind == "scalar" for item in items)
    return Node("scalar", False, mark) if known else None


def _replace(arguments: Arguments, mark: Mark) -> Node | None:
    """``replace`` of plain text; a pattern between slashes is left open."""
    if len(arguments) != 3 or any(each.kind != "scalar" for each in arguments):
        return None
    text, old, new = (as_text(each.value) for each in arguments)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return None
    return Node("scalar", text.replace(old, new), mark, via=arguments[0].via)


FUNCTIONS: dict[str, Callable[[Arguments, Mark], Node | None]] = {
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "trimspace": _text(str.strip),
    "tostring": _text(str),
    "tonumber": _tonumber,
    "tobool": _same,
    "tolist": _same,
    "toset": _toset,
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
    "format": _format,
    "element": _element,
    "keys": _keys,
    "values": _values,
    "min": _extreme(min),
    "max": _extreme(max),
    "contains": _contains,
    "replace": _replace,
}
"""Name -> what it makes of its arguments; ``None`` where they are not known well enough."""
