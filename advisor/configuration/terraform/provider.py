"""What the AWS provider in use takes: the schema that ships, and the versions that are allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Node
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_values import Evaluator
from advisor.configuration.terraform.names import Tree, inner, is_name, member_of, plain, tree_of

Version: TypeAlias = "tuple[int, ...]"

_CONSTRAINT = re.compile(r"\s*+(~>|>=|<=|!=|=|<|>)?\s*+v?(\d+(?:\.\d+){0,2})[^,]*")


class Versions(NamedTuple):
    """The versions of the provider that may be in use."""

    least: Version = ()
    below: Version | None = None  # ``None``: without end

    @property
    def are_known(self) -> bool:
        """Whether the schema is that of a version which is allowed, or of a newer one."""
        return self.least <= _version(read_json_rules("service", "terraform.json")["provider"])


def versions(blocks: Iterable[hcl.HclBlock]) -> Versions:
    """The versions that ``required_providers`` of a folder allows."""
    found: Node | None = None
    for block in blocks:
        if block.type == "terraform":
            for body in (block.body, *(each.body for each in block.body.blocks)):
                values = {
                    name: Evaluator({}, {}).value(attribute.value)
                    for name, attribute in body.attributes.items()
                    if name in ("aws", "required_providers")
                }
                listed = values.get("required_providers")
                found = values.get("aws") or (listed.get("aws") if listed else None) or found
    said = found.get("version") if found is not None and found.kind == "map" else found
    return allowed(str(said.value) if said is not None and said.kind == "scalar" else "")


def allowed(constraint: str) -> Versions:
    """What a constraint such as ``~> 5.31, != 5.40`` leaves; a part that is none leaves all."""
    least: Version = ()
    below: Version | None = None
    for part in constraint.split(","):
        found = _CONSTRAINT.fullmatch(part)
        if found is None or found[1] == "!=":
            continue
        version, end = _version(found[2]), None
        if found[1] in ("<", "<="):
            end = version if found[1] == "<" else (*version, 0)
        else:
            least = max(least, version)
        if found[1] == "~>" and len(version) > 1:
            end = (*version[:-2], version[-2] + 1)
        elif found[1] in (None, "="):
            end = (*version, 0)
        if end is not None:
            below = min(below or end, end)
    return Versions(least, below)


def _version(text: str) -> Version:
    return tuple(map(int, text.split(".")))


def refused(
    raw: Node, kind: str, service: ServiceModel, used: Versions
) -> Iterator[tuple[str, Node, str, str]]:
    """Arguments of a resource that the provider refuses, with a severity and a message.

    Those that the API has are an error where the schema is known to be that of the provider in use.
    A name that a later version has is none unless such a version is excluded.
    """
    tree = tree_of(kind)
    if tree is None:
        return
    table = read_json_rules("service", "terraform.json")
    lacks, newer = f"the AWS provider {table['provider']} has no argument", table["newer"]
    name, prefix = raw.get("name"), raw.get("name_prefix")
    if prefix is not None and "name_prefix" not in tree["arguments"]:
        yield "name_prefix", prefix, "error", f"{lacks} name_prefix here"
    elif prefix is not None and name is not None and "unknown" not in (name.kind, prefix.kind):
        yield "name_prefix", prefix, "error", "name and name_prefix exclude each other"
    for argument, node in _lacking(raw, service.kinds[kind], service, tree):
        since = newer.get(argument)
        severity = "error" if used.are_known or since is not None else "warning"
        if since is None or (used.below is not None and used.below <= _version(since)):
            yield argument, node, severity, f"{lacks} {argument} here"


def _lacking(
    raw: Node, shape: str, service: ServiceModel, tree: Tree
) -> Iterator[tuple[str, Node]]:
    while service.shapes[shape]["type"] == "list":
        shape = service.shapes[shape]["member"]
    fields = service.shapes[shape].get("members", {})
    members = {plain(member): member for member in fields}
    for block in raw.items() if raw.kind == "list" else (raw,):
        for name, node in block.value.items() if block.kind == "map" else ():
            member, within = member_of(name, members), inner(tree, name)
            if member is None or node.is_null:
                continue
            if within is not None:
                yield from _lacking(node, fields[member], service, within)
            elif name not in tree["arguments"] and is_name(name, member, tree, members):
                yield name, node
