"""``for`` expressions, and what ``for_each`` runs over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from advisor.configuration.document import Node, unknown
from advisor.configuration.terraform import hcl_tree as hcl

MOST_ROUNDS = 1000
"""Elements that a ``for`` expression runs over; a longer list is left open."""

Value = Callable[[hcl.Expression, Mapping[str, Node]], Node]
"""The value of an expression, with the names that the loop adds."""


def elements(node: Node) -> Iterator[tuple[Node, Node]]:
    """Key and value of what ``for_each`` runs over; of a map in the order of its keys."""
    if node.kind == "map":
        for key, value in sorted(node.value.items(), key=lambda entry: entry[0]):
            yield Node("scalar", key, value.place), value
    else:
        for value in node.items():
            yield value, value


def looped(loop: hcl.For, symbols: Mapping[str, Node], value_of: Value) -> Node:
    """The list or map that a ``for`` expression makes; unknown where a part of it is open."""
    over = value_of(loop.over, symbols)
    if over.kind not in ("list", "map") or len(over.value) > MOST_ROUNDS or loop.grouped:
        return _open(loop)
    items: list[Node] = []
    entries: dict[str, Node] = {}
    for inner in _rounds(loop, over, symbols):
        wanted = value_of(loop.condition, inner) if loop.condition is not None else None
        if wanted is not None and not (wanted.kind == "scalar" and isinstance(wanted.value, bool)):
            return _open(loop)
        if wanted is not None and wanted.value is False:
            continue
        made = value_of(loop.value, inner)
        if loop.key is None:
            items.append(made)
            continue
        key = value_of(loop.key, inner)
        if key.kind != "scalar":
            return _open(loop)
        entries[str(key.value)] = made.under(made.key or loop.key.mark)
    if loop.key is None:
        return Node("list", items, loop.mark)
    return Node("map", entries, loop.mark)


def _rounds(loop: hcl.For, over: Node, symbols: Mapping[str, Node]) -> Iterator[Mapping[str, Node]]:
    """The names of each round: the value alone, or key (or index) and value."""
    for index, (key, value) in enumerate(elements(over)):
        first = key if over.kind == "map" else Node("scalar", index, value.mark)
        named = dict(zip(loop.names[-2:], (first, value)[-len(loop.names) :], strict=True))
        yield {**symbols, **named}


def _open(loop: hcl.For) -> Node:
    return unknown("a for expression that is open", loop.mark, maybe_absent=True)
