"""The functions of Terraform that are followed, and when two values are the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from advisor.configuration.document import Mark, Node
from advisor.configuration.partial_texts import any_of, as_text, joined, joined_by, number

Arguments = list[Node]
Function = Callable[[Arguments, Mark], Node | None]
FUNCTIONS: dict[str, Function] = {}
"""Name -> what it makes of its arguments; ``None`` where they are not known well enough."""
MOST_ITEMS = 1000
REFUSED = "what Terraform refuses"
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


def _given(arguments: Arguments, _: Mark) -> Node | None:
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
    return Node("scalar", len(node.value), mark) if node.kind in ("list", "map") else None


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


@_takes("list", "any")
def _contains(arguments: Arguments, mark: Mark) -> Node | None:
    found = any_of(same(item, arguments[1]) for item in arguments[0].value)
    return None if found is None else Node("scalar", found, mark)


@_takes("scalar", "scalar", "scalar")
def _replace(arguments: Arguments, mark: Mark) -> Node | None:
    """``replace`` of plain text; a pattern between slashes is left open."""
    text, old, new = (as_text(each.value) for each in arguments)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return None
    return Node("scalar", text.replace(old, new), mark, via=arguments[0].via)


@_takes(_MORE)
def _try(arguments: Arguments, _: Mark) -> Node | None:
    """The first that Terraform does not refuse; open where that is."""
    found = next((each for each in arguments if each.via != REFUSED), None)
    return None if found is None or found.kind == "unknown" else found


@_takes("any")
def _can(arguments: Arguments, mark: Mark) -> Node | None:
    (node,) = arguments
    refused = node.via == REFUSED
    return Node("scalar", not refused, mark) if refused or node.kind != "unknown" else None


@_takes("list")
def _one(arguments: Arguments, mark: Mark) -> Node | None:
    items = arguments[0].value
    return items[0] if len(items) == 1 else None if items else Node("scalar", None, mark)


@_takes("list")
def _compact(arguments: Arguments, mark: Mark) -> Node | None:
    items = arguments[0].value
    if any(item.kind == "unknown" for item in items):
        return None
    return Node("list", [item for item in items if item.value not in ("", None)], mark)


@_takes("list")
def _flatten(arguments: Arguments, mark: Mark) -> Node | None:
    items: list[Node] = []
    for item in arguments[0].value:
        inner = _flatten([item], mark) if item.kind == "list" else item
        if inner is None or inner.kind == "unknown":
            return None
        items += inner.value if inner.kind == "list" else [inner]
    return Node("list", items, mark) if len(items) <= MOST_ITEMS else None


def _ends(fits: Callable[[str, str], bool], end: int) -> Function:
    """``startswith`` and ``endswith``; of a text that is known in part, its known end decides."""

    def apply(arguments: Arguments, mark: Mark) -> Node | None:
        if len(arguments) != 2 or arguments[1].kind != "scalar" or arguments[0].is_null:
            return None
        whole, wanted = arguments[0], as_text(arguments[1].value)
        part = whole.value[end] if whole.kind == "text" else as_text(whole.value)
        if whole.kind not in ("text", "scalar") or not isinstance(part, str):
            return None
        sure = whole.kind == "scalar" or fits(part, wanted) or not fits(wanted, part)
        return Node("scalar", fits(part, wanted), mark) if sure else None

    return apply


FUNCTIONS |= {"startswith": _ends(str.startswith, 0), "endswith": _ends(str.endswith, -1)}
FUNCTIONS |= dict.fromkeys(("tobool", "tolist", "tomap", "nonsensitive", "sensitive"), _given)
FUNCTIONS |= {"lower": _text(str.lower), "upper": _text(str.upper), "trimspace": _text(str.strip)}
FUNCTIONS |= {"tostring": _text(str), "min": _extreme(min), "max": _extreme(max)}


def same(one: Node, other: Node) -> bool | None:
    """Whether two values are equal; ``None`` where that is open."""
    if one.kind == other.kind == "scalar":
        return _equal(one.value, other.value)
    for left, right in ((one, other), (other, one)):
        if left.kind in ("reference", "text", "list", "map") and right.is_null:
            return False
        if left.kind == "unknown" and left.value.other and right.kind == "scalar":
            return False
        if left.kind == "text" and right.kind in ("scalar", "text"):
            return None if _may_be(left, right) and _may_be(right, left) else False
    return None


def _may_be(text: Node, other: Node) -> bool:
    """Whether a text that is known in part may be another, by how both begin and end."""
    mine, theirs = (
        each.value if each.kind == "text" else (as_text(each.value),) for each in (text, other)
    )
    for end, fits in ((0, str.startswith), (-1, str.endswith)):
        one, two = mine[end], theirs[end]
        if isinstance(one, str) and isinstance(two, str):
            whole = other.kind == "scalar"
            if not (fits(two, one) or (not whole and fits(one, two))):
                return False
    known = sum(len(part) for part in mine if isinstance(part, str))
    return other.kind != "scalar" or known <= len(theirs[0])


def _equal(one: object, other: object) -> bool | None:
    """Whether two scalars are equal, as Terraform has it: a number never equals a text.

    A type constraint may have made one type of both; where they would be equal then, it is open.
    """
    if one is None or other is None or _kind(one) is _kind(other):
        return one == other
    numbers = number(as_text(one)), number(as_text(other))
    alike = None not in numbers and numbers[0] == numbers[1]
    return None if alike or as_text(one) == as_text(other) else False


def _kind(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
