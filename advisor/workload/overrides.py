"""``--set KEY=VALUE`` on the nodes of a document, as if the value stood in the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.model.errors import InputError
from advisor.text.places import UNSEEN
from advisor.text.yaml_reader import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    is_nothing,
    mapping_node,
    nowhere,
    read_text,
    text_node,
)
from advisor.workload.keys import keys


def apply(root: YamlNode, changes: Sequence[tuple[str, str]]) -> YamlNode:
    """A copy of a document's root with the changes made, in their order.

    A mapping is replaced as a whole where its key is set, and completed where a key in it is. One
    quantity counts as the part for which it stands beside another that is set; a list of needs
    gains what is set to true.

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
    for key in keys().values():
        if key.kind in ("named", "waivers") and path.startswith(f"{key.path}."):
            depth = key.path.count(".") + 1
            names[depth:] = [".".join(names[depth:])]
    if "" in names or not path.isprintable():
        hint = "write the key as requests.payload, then = and a value"
        raise InputError(f"{path!r} is not a key path", file="--set", hint=hint)
    return names


def _copy(node: MappingNode) -> MappingNode:
    """A mapping that can be changed without changing what shares it."""
    return mapping_node(list(node.value), node.start_mark)


def _descend(mapping: MappingNode, name: str, path: str, option: str) -> MappingNode:
    """The mapping under a key, made or converted where there is none."""
    inner: MappingNode | None = None
    for key, value in zip(mapping.value[::2], mapping.value[1::2], strict=True):
        if key.value == name:
            inner = _as_mapping(value, path)
    if inner is None:
        inner = mapping_node([], nowhere(option))
    _put(mapping, name, inner, option)
    return inner


def _as_mapping(node: YamlNode, path: str) -> MappingNode | None:
    if isinstance(node, MappingNode):
        return _copy(node)
    turns: list[YamlNode] = []
    key = keys().get(path)
    below = key and (key.single or key.short_for)  # whose value the one value counts as
    if isinstance(node, SequenceNode) and path == "needs":
        for item in node.value:
            turns += item, text_node("true", item.start_mark)
    elif isinstance(node, ScalarNode) and below and not is_nothing(node):
        turns += text_node(below, node.start_mark), node
    else:
        return None
    return mapping_node(turns, node.start_mark)


def _put(mapping: MappingNode, name: str, value: YamlNode, option: str) -> None:
    """Set a key: in its place if it is there, else at the end."""
    fresh, turns = text_node(name, nowhere(option)), mapping.value
    for index in range(0, len(turns), 2):
        if turns[index].value == name:
            turns[index + 1] = value
            if not isinstance(value, MappingNode):
                turns[index] = fresh
            return
    turns += fresh, value


def read_value(text: str, option: str) -> YamlNode:
    """Read the YAML value that came with a command-line option.

    What starts with ``>`` is taken as written: a bound such as ``> 4 MB``, not a folded text.

    Raises:
        InputError: the text is no YAML, or holds what no file may hold.
    """
    stripped = text.strip()
    if re.search(f"[{UNSEEN}]", text):
        hint = "write the plain value"
        raise InputError("the value holds invisible characters", file=option, hint=hint)
    plain = text_node(stripped, style="'" if stripped.startswith(">") else "")
    found: list[YamlNode] = [plain]
    if not plain.style and not is_nothing(plain):
        try:
            found = read_text(text, option)
        except InputError as error:
            raise _within(error, text, option) from None
    if len(found) != 1:
        raise InputError("this is not one value", file=option, hint="give one value")
    _place(found[0], option)
    return found[0]


def _within(error: InputError, text: str, option: str) -> InputError:
    """The error with its place in the value, which is no place in a file."""
    place = f"character {error.column}"
    if "\n" in text.strip():
        place = f"line {error.line}, {place}"
    message = f"{error.message} ({place} of the value)" if error.line else error.message
    return InputError(message, file=option, hint=error.hint)


def _place(node: YamlNode, option: str) -> None:
    """Mark a node, and all in it, as given by an option."""
    node.start_mark = nowhere(option)
    if not isinstance(node, ScalarNode):
        for each in node.value:
            _place(each, option)
