"""The few functions of Terraform that are followed: those that only move or convert values."""

from __future__ import annotations

import re
from collections.abc import Callable

from advisor.configuration.document import Mark, Node
from advisor.configuration.partial_texts import as_text, joined, joined_by, number

Arguments = list[Node]
Function = Callable[[Arguments, Mark], Node | None]
FUNCTIONS: dict[str, Function] = {}
"""Name -> what it makes of its arguments; ``None`` where they are not known well enough."""
MOST_ITEMS = 1000
_MORE = "…"


def _takes(*kinds: str) -> Callable[[Function], Function]:
    """Follow a function by its name, for arguments of these kinds; after the last may be more."""
    wanted, more = [kind for kind in kinds if kind != _MORE], _MORE in kinds

    def follow(function: Function) -> Function:
        def apply(arguments: Arguments, mark: Mark) -> Node | None:
            enough = len(arguments) == len(wanted) or (more and len(arguments) > len(wanted))
            pairs = zip(wanted, arguments, strict=False)
            fit = enough and all(kind in ("any", argument.kind) for kind, argument in pairs)
            return function(arguments, mark) if fit else None

        FUNCTIONS[function.__name__.removeprefix("_")] = apply
        return function

    return follow


def _text(function: Callable[[str], str]) -> Function:
    def apply(arguments: Arguments, _: Mark) -> Node | None:
        if len(arguments) != 1 or arguments[0].kind != "scalar" or arguments[0].is_null:
            return None
        return arguments[0]._replace(value=function(as_text(arguments[0].value)), key=None)

    return apply


def _same(arguments: Arguments, _: Mark) -> Node | None:
    """``tolist``, ``tomap`` and their kin: the same elements."""
    return arguments[0] if len(arguments) == 1 else None


@_takes("any")
def _toset(arguments: Arguments, _: Mark) -> Node:
    """The elements of a list, each once; texts in their order."""
    (given,) = arguments
    if given.kind != "list" or any(item.kind != "scalar" for item in given.value):
        return given
    each = {as_text(item.value): item for item in reversed(given.value)}
    return given._replace(value=[each[text] for text in sorted(each)])


@_takes("scalar")
def _tonumber(arguments: Arguments, _: Mark) -> Node | None:
    (node,) = arguments
    if node.is_null or isinstance(node.value, bool):
        return None
    value = number(as_text(node.value))
    return None if value is None else node._replace(value=value)


@_takes(_MORE)
def _merge(arguments: Arguments, mark: Mark) -> Node | None:
    entries: dict[str, Node] = {}
    for argument in arguments:
        if argument.kind != "map" and not argument.is_null:
            return None
        entries.update(argument.value or {})
    return Node("map", entries, mark)


@_takes(_MORE)
def _concat(arguments: Arguments, mark: Mark) -> Node | None:
    if any(argument.kind != "list" for argument in arguments):
        return None
    items = [item for argument in arguments for item in argument.value]
    return Node("list", items, mark) if len(items) <= MOST_ITEMS else None


@_takes("map", "scalar", _MORE)
def _lookup(arguments: Arguments, _: Mark) -> Node | None:
    found: Node | None = arguments[0].value.get(as_text(arguments[1].value))
    return found or (arguments[2] if len(arguments) == 3 else None)


@_takes(_MORE)
def _coalesce(arguments: Arguments, _: Mark) -> Node | None:
    for argument in arguments:
        if argument.kind == "unknown":
            return None
        if not (argument.is_null or (argument.kind == "scalar" and argument.value == "")):
            return argument
    return None


@_takes("scalar", "list")
def _join(arguments: Arguments, mark: Mark) -> Node:
    return joined_by(as_text(arguments[0].value), arguments[1].value, mark)


@_takes("scalar", "scalar")
def _split(arguments: Arguments, mark: Mark) -> Node | None:
    if not all(argument.value for argument in arguments):
        return None
    pieces = as_text(arguments[1].value).split(as_text(arguments[0].value))[:MOST_ITEMS]
    return Node("list", [Node("scalar", piece, arguments[1].mark) for piece in pieces], mark)


@_takes("any")
def _length(arguments: Arguments, mark: Mark) -> Node | None:
    (node,) = arguments
    if node.kind not in ("list", "map"):
        return None
    entries = node.value if node.kind == "list" else node.value.values()
    known = all(entry.kind != "unknown" for entry in entries)
    return Node("scalar", len(entries), mark) if known else None


@_takes("scalar", _MORE)
def _format(arguments: Arguments, mark: Mark) -> Node | None:
    """``format`` with the verbs %s, %d and %v; a number that is to be padded stays open."""
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


@_takes("list", "scalar")
def _element(arguments: Arguments, _: Mark) -> Node | None:
    items: list[Node] = arguments[0].value
    index = arguments[1].value
    if not items or not isinstance(index, int) or isinstance(index, bool):
        return None
    return items[index % len(items)]


@_takes("map")
def _keys(arguments: Arguments, mark: Mark) -> Node:
    entries = sorted(arguments[0].value.items(), key=lambda entry: entry[0])
    return Node("list", [Node("scalar", name, value.place) for name, value in entries], mark)


@_takes("map")
def _values(arguments: Arguments, mark: Mark) -> Node:
    return Node("list", [arguments[0].value[name] for name in sorted(arguments[0].value)], mark)


def _extreme(pick: Callable[[list[float]], float]) -> Function:
    def apply(arguments: Arguments, mark: Mark) -> Node | None:
        texts = [as_text(each.value) for each in arguments if each.kind == "scalar"]
        numbers = [found for found in map(number, texts) if found is not None]
        if not numbers or len(numbers) != len(arguments):
            return None
        return Node("scalar", pick(numbers), mark, via=arguments[0].via)

    return apply


@_takes("list", "scalar")
def _contains(arguments: Arguments, mark: Mark) -> Node | None:
    items, wanted = arguments[0].value, arguments[1].value
    if any(item.kind == "scalar" and item.value == wanted for item in items):
        return Node("scalar", True, mark)
    known = all(item.kind == "scalar" for item in items)
    return Node("scalar", False, mark) if known else None


@_takes("scalar", "scalar", "scalar")
def _replace(arguments: Arguments, mark: Mark) -> Node | None:
    """``replace`` of plain text; a pattern between slashes is left open."""
    text, old, new = (as_text(each.value) for each in arguments)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return None
    return Node("scalar", text.replace(old, new), mark, via=arguments[0].via)


FUNCTIONS |= dict.fromkeys(("tobool", "tolist", "tomap", "nonsensitive", "sensitive"), _same)
FUNCTIONS |= {"lower": _text(str.lower), "upper": _text(str.upper), "trimspace": _text(str.strip)}
FUNCTIONS |= {"tostring": _text(str), "min": _extreme(min), "max": _extreme(max)}
