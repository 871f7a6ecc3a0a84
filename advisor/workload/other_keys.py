"""A mapping under the keys of a workload file, where it has the names that other tools give them.

What is read so stands in rules/service/spellings.json; whatever is not is refused as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Any

from advisor.text.spelling import plain
from advisor.text.yaml_reader import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    is_nothing,
    mapping_node,
    text_node,
)
from advisor.workload.familiar import rewritten, spellings
from advisor.workload.keys import keys
from advisor.workload.spelling import takes

_THOUSANDS = re.compile(r"\d{3}(?!\d).*", re.DOTALL)  # what follows a comma within a number
_Notes = list[tuple[Any, str]]  # place and text


def as_keys(path: str, node: YamlNode, known: AbstractSet[str]) -> tuple[YamlNode, _Notes]:
    """A mapping with its keys as a workload file has them, and a note on each that differed.

    Args:
        path: of the mapping; of one of several models, ``models[1]``.
        node: the mapping; a text or list of several values becomes one, where they are of parts.
        known: the keys that the mapping takes.
    """
    section = re.sub(r"^models\[\d+\]$", "model", path)
    said: _Notes = []
    if not isinstance(node, MappingNode):
        return _parts(section, node, said), said
    turns: list[YamlNode] = []
    others = []
    for key, value in zip(*[iter(_joined(node))] * 2, strict=True):
        unknown = isinstance(key, ScalarNode) and key.value not in known
        if unknown and (names := _meant(section, key.value, value)):
            others.append((names, key, value))
        else:
            turns += key, value
    for names, key, value in others:
        if _put(turns, names, key, value):
            where = ".".join([section, *names]).lstrip(".")
            said.append((key.start_mark, f"{key.value!r} is read as {where}"))
        else:
            turns += key, value
    return mapping_node(turns, node.start_mark), said


def _parts(section: str, node: YamlNode, said: _Notes) -> YamlNode:
    """A text such as ``1000/300`` as a mapping of what its values are; else the node as it is."""
    several = node.value if isinstance(node, SequenceNode) else [node]
    if not all(isinstance(each, ScalarNode) for each in several):
        return node
    written = "/".join(each.value for each in several)
    for pattern in spellings()["split"].get(section, ()):
        if found := re.fullmatch(pattern, rewritten(written, "any"), re.IGNORECASE):
            turns: list[YamlNode] = []
            for name, value in found.groupdict().items():
                turns += text_node(name, node.start_mark), text_node(value, node.start_mark)
            parts = ", ".join(f"{name} {value}" for name, value in found.groupdict().items())
            said.append((node.start_mark, f"{written!r} is read as {parts}"))
            return mapping_node(turns, node.start_mark)
    return node


def _joined(node: MappingNode) -> list[YamlNode]:
    """The turns of a mapping; in braces a comma within a number ends none of its values."""
    if not node.flow_style:
        return node.value
    turns: list[YamlNode] = []
    ends = 0
    for key, value in zip(node.value[::2], node.value[1::2], strict=True):
        before = turns[-1] if turns else None
        if (
            isinstance(before, ScalarNode)
            and isinstance(key, ScalarNode)
            and before.value[-1:].isdigit()
            and key.start_mark.index == ends + 1
            and _THOUSANDS.fullmatch(key.value)
            and is_nothing(value)
        ):
            turns[-1] = text_node(f"{before.value},{key.value}", before.start_mark)
        else:
            turns += key, value
        ends = (key if is_nothing(value) else value).end_mark.index
    return turns


def _meant(section: str, written: str, value: YamlNode) -> list[str]:
    """The names that lead from a section to the key that is meant; none where it is not sure."""
    name = plain(written)
    target: str = spellings()["read"].get(section, {}).get(name, "")
    path = f"{section}.{target}".lstrip(".")
    key, sure = keys().get(path), True
    if not target:
        return []
    if key is not None and key.kind == "section":
        sure = isinstance(value, MappingNode)
    elif len(spellings()["keys"].get(name, ())) > 1:
        sure = isinstance(value, ScalarNode) and takes(path, value.value)
    return target.split(".") if sure else []


def _put(turns: list[YamlNode], names: list[str], key: YamlNode, value: YamlNode) -> bool:
    """Add a value under the names that lead to it; false where something else is stated there."""
    name, *inner = names
    held = [each.value for each in turns[::2]]
    at = 2 * held.index(name) + 1 if name in held else 0
    if inner:
        within = turns[at] if at else mapping_node([], key.start_mark)
        if not isinstance(within, MappingNode):
            return False
        below = list(within.value)
        if not _put(below, inner, key, value):
            return False
        value = mapping_node(below, within.start_mark)
    if not at:
        turns += text_node(name, key.start_mark), value
    elif inner:
        turns[at] = value
    return bool(inner) or not at
