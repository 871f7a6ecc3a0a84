"""``--set KEY=VALUE`` on the nodes of a document, as if the value stood in the file."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.errors import InputError
from advisor.workload.keys import KEYS, short_for
from advisor.yamlfile import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    is_nothing,
    place,
    read_value,
)

# Keys whose one value counts as that of a key below them.
_SPLIT = {
    key.path: "max" if key.parts else short_for(key) for key in KEYS if key.parts or short_for(key)
}
_FREE = tuple(key.path + "." for key in KEYS if key.kind in ("named", "waivers"))


def apply(root: Node, changes: Sequence[tuple[str, str]]) -> Node:
    """A copy of a document's root with the changes made, in their order.

    A mapping is replaced as a whole where its key is set, and completed where a key in it is. One
    quantity counts as ``max`` beside a ``typical`` or ``p99`` that is set; a list of needs gains
    what is set to true.

    Args:
        root: of the document; stays as it is.
        changes: key paths with YAML texts.

    Raises:
        InputError: a key path is empty, or a value is no YAML.
    """
    if not isinstance(root, MappingNode):
        return root
    root = _copy(root)
    for path, text in changes:
        option = f"--set {path}"
        value = read_value(text, option)
        names = _names(path)
        mapping = root
        for depth, name in enumerate(names[:-1], start=1):
            mapping = _descend(mapping, name, ".".join(names[:depth]), option)
        _put(mapping, names[-1], value, option)
    return root


def _names(path: str) -> list[str]:
    """The keys of a path; what follows a mapping with free names is one of them."""
    names = path.split(".")
    for free in _FREE:
        if path.startswith(free):
            depth = free.count(".")
            names[depth:] = [".".join(names[depth:])]
    if "" in names or not path.isprintable():
        hint = "write the key as requests.payload, then = and a value"
        raise InputError(f"{path!r} is not a key path", file="--set", hint=hint)
    return names


def _copy(node: MappingNode) -> MappingNode:
    """A mapping that can be changed without changing what shares it."""
    return MappingNode("", list(node.value), node.start_mark, node.end_mark)


def _descend(mapping: MappingNode, name: str, path: str, option: str) -> MappingNode:
    """The mapping under a key, made or converted where there is none."""
    inner: MappingNode | None = None
    for key, value in mapping.value:
        if key.value == name:
            inner = _as_mapping(value, path)
    if inner is None:
        inner = MappingNode("", [])
        place(inner, option)
    _put(mapping, name, inner, option)
    return inner


def _as_mapping(node: Node, path: str) -> MappingNode | None:
    if isinstance(node, MappingNode):
        return _copy(node)
    if isinstance(node, SequenceNode) and path == "needs":
        pairs = [(item, ScalarNode("", "true", item.start_mark, style="")) for item in node.value]
    elif isinstance(node, ScalarNode) and path in _SPLIT and not is_nothing(node):
        pairs = [(ScalarNode("", _SPLIT[path], node.start_mark, style=""), node)]
    else:
        return None
    return MappingNode("", pairs, node.start_mark)


def _put(mapping: MappingNode, name: str, value: Node, option: str) -> None:
    """Set a key: in its place if it is there, else at the end."""
    fresh = ScalarNode("", name, style="")
    place(fresh, option)
    for index, (key, _) in enumerate(mapping.value):
        if key.value == name:
            mapping.value[index] = (key if isinstance(value, MappingNode) else fresh, value)
            return
    mapping.value.append((fresh, value))
