"""``Fn::ForEach``: what a template's loops make, where it is certain what they run over."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.configuration.document import Node, walk
from advisor.configuration.scalars import as_text
from advisor.configuration.source import MOST_VALUES

LOOP = "Fn::ForEach::"


def written_out(
    entries: Mapping[str, Node], lists: Mapping[str, Node], most: int = MOST_VALUES
) -> dict[str, Node]:
    """The entries of a section with those that its loops make; an uncertain loop stays.

    Args:
        entries: name -> entry, as the template has them.
        lists: name -> value of the template's parameters, of which loops run over lists.
        most: values that a loop may write; one that makes more stays, too.
    """
    found: dict[str, Node] = {}
    for name, node in entries.items():
        values = _values(node, lists) if name.startswith(LOOP) else None
        if values is None or len(values) * sum(1 for _ in walk(node)) > most:
            found[name] = node
            continue
        identifier, _, body = node.items()
        for value in values:
            made = _substituted(body, str(identifier.value), value).value
            found.update(written_out(made, lists, most // len(values)))
    return found


def _values(node: Node, lists: Mapping[str, Node]) -> list[str] | None:
    """The texts that a loop runs over; ``None`` where they, or its form, are not certain."""
    parts = node.items()
    if len(parts) != 3 or parts[0].kind != "scalar" or parts[2].kind != "map":
        return None
    over: Node | None = parts[1]
    if parts[1].kind == "map":
        name = parts[1].get("Ref")
        over = lists.get(str(name.value)) if name is not None and len(parts[1].value) == 1 else None
    if over is None or over.kind != "list" or any(each.kind != "scalar" for each in over.items()):
        return None
    return [as_text(each.value) for each in over.items()]


def _substituted(node: Node, identifier: str, value: str) -> Node:
    """A value of the loop's body with its identifier filled in, in keys and texts."""

    def filled(text: str) -> str:
        if identifier not in text:
            return text
        plain = "".join(character for character in value if character.isalnum())
        return text.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)

    if node.kind == "map":
        name = node.get("Ref")
        if name is not None and len(node.value) == 1 and name.value == identifier:
            return node._replace(kind="scalar", value=value)
        entries = node.value.items()
        return node._replace(
            value={filled(key): _substituted(each, identifier, value) for key, each in entries}
        )
    if node.kind == "list":
        return node._replace(value=[_substituted(e, identifier, value) for e in node.value])
    if node.kind == "scalar" and isinstance(node.value, str):
        return node._replace(value=filled(node.value))
    return node
