"""How the AWS provider calls things, and its names and blocks brought into the shape of the API.

The provider's names are the API's in snake case, with few exceptions; a block that may stand once
is a structure, one that may be repeated a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from advisor.configuration.api.service import TERRAFORM_KINDS, ServiceModel
from advisor.configuration.document import Hidden, Mark, Node, Path, ReadFault
from advisor.configuration.rulefiles import of_dialects, read_json_rules

if TYPE_CHECKING:
    # A check of CloudFormation asks for names only; the tree is not its to load.
    from advisor.configuration.terraform import hcl_tree as hcl

Tree: TypeAlias = "Mapping[str, Any]"
"""What a block may hold: ``arguments``, a list of names, and ``blocks``, by name."""

AWSCC = "awscc_"
"""How the types of the other provider begin, which has CloudFormation's names in snake case."""
_OTHER_NAMES = {"kms_key_arn": "KmsKeyId"}
_MADE_UP = 26  # characters that the provider puts behind a prefix
_TYPES = {kind: name for name, kind in TERRAFORM_KINDS.items()}


def snake(name: str) -> str:
    """``MemorySizeInMB`` as Terraform writes it: ``memory_size_in_mb``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parted.lower()


def plain(name: str) -> str:
    """A name without underscores, in lower case."""
    return name.replace("_", "").lower()


def tree_of(kind: str) -> Tree | None:
    """What a resource of a kind may hold; ``None`` when the provider has no such resource."""
    found: Tree | None = read_json_rules("service", "terraform.json")["resources"].get(
        _TYPES.get(kind)
    )
    return found


def inner(tree: Tree | None, name: str) -> Tree | None:
    """What a block within a block may hold; ``None`` when that is not known."""
    found: Tree | None = (tree or {}).get("blocks", {}).get(name)
    return found


def _names(tree: Tree) -> list[str]:
    return [*tree["arguments"], *tree.get("blocks", ())]


def member_of(key: str, members: Mapping[str, str]) -> str | None:
    """The field of the API that an argument or block sets."""
    word = plain(_OTHER_NAMES.get(key, key))
    return members.get(word) or members.get(word + "s")


def is_name(key: str, member: str, tree: Tree | None, members: Mapping[str, str]) -> bool:
    """Whether the provider spells a field so: as its schema has it, or as a newer one would.

    Args:
        key: as it is written.
        member: the field of the API that it resembles.
        tree: what the provider takes here; ``None`` when that is not known.
        members: plain name -> field of the API.
    """
    if tree is None or key in _names(tree):
        return True
    return key == snake(member) and _spelt(member, tree, members) is None


def _spelt(member: str, tree: Tree, members: Mapping[str, str]) -> str | None:
    return next((name for name in _names(tree) if member_of(name, members) == member), None)


def in_terraform(kind: str, path: Path) -> str:
    """The last field of a path as the provider spells it."""
    steps = [step for step in path if isinstance(step, str)]
    tree = tree_of(kind)
    for step in steps[:-1]:
        name = _spelt(step, tree, {plain(step): step}) if tree is not None else None
        tree = inner(tree, name) if name is not None else None
    last = steps[-1]
    found = _spelt(last, tree, {plain(last): last}) if tree is not None else None
    return found or snake(last)


def misplaced(block: hcl.HclBlock) -> Iterator[ReadFault]:
    """Arguments that are written as blocks, and blocks that are written as arguments."""
    tree = read_json_rules("service", "terraform.json")["resources"].get(block.labels[0])
    if tree is not None and not block.mark.file.endswith(".json"):
        yield from _misplaced(block.body, tree, ".".join(block.labels))


def _misplaced(body: hcl.Body, tree: Tree, address: str) -> Iterator[ReadFault]:
    blocks = tree.get("blocks", {})

    def wrong(name: str, mark: Mark, what: str, right: str) -> ReadFault:
        node, message = Node("scalar", name, mark), f"{name} is {what} equals sign"
        return ReadFault("block-or-argument", node, address, message, suggestion=name + right)

    for name, attribute in body.attributes.items():
        if name in blocks:
            yield wrong(name, attribute.mark, "a block and takes no", " { … }")
    for block in body.blocks:
        if block.type in tree["arguments"]:
            yield wrong(block.type, block.mark, "an argument and takes an", " = { … }")
        elif block.type in blocks:
            yield from _misplaced(block.body, blocks[block.type], address)
        elif block.type == "dynamic" and block.labels and block.labels[0] in blocks:
            for content in block.body.blocks:
                if content.type == "content":
                    yield from _misplaced(content.body, blocks[block.labels[0]], address)


def to_api(raw: Node, name: str, service: ServiceModel) -> Node:
    """The values of a resource of a type, by Terraform's names, as the request that makes it.

    Names that the API does not have keep their Terraform spelling, so that the walk over the
    service model finds them.
    """
    kind, provider = TERRAFORM_KINDS[name], of_dialects("terraform")
    shape, tree = service.kinds[kind], None if name.startswith(AWSCC) else tree_of(kind)
    others, named = provider["not_of_the_request"], provider["names"].get(kind)
    entries = {key: value for key, value in raw.value.items() if key not in others}
    if "name" in entries and named:
        entries[named] = entries.pop("name")
    prefix = raw.value.get("name_prefix")
    if prefix is not None and named and prefix.kind in ("scalar", "text"):
        pieces = prefix.value if prefix.kind == "text" else (str(prefix.value),)
        hidden = Hidden("made up by Terraform", least=_MADE_UP)
        if entries.get(named, prefix).kind == "unknown" or named not in entries:
            entries[named] = prefix._replace(kind="text", value=(*pieces, hidden))
    tags = entries.get("tags")
    listed = service.shapes[shape]["members"].get("Tags")
    if tags is not None and listed is not None and service.shapes[listed]["type"] == "list":
        entries["tags"] = _tags(tags)
    top = Node("map", entries, raw.mark, raw.key)
    return _without_nulls(_convert(top, shape, service, tree))


def _without_nulls(node: Node) -> Node:
    """Null in Terraform is the same as nothing, at every depth."""
    if node.kind == "map":
        node = node._replace(value={k: v for k, v in node.value.items() if not v.is_null})
    elif node.kind == "list":
        node = node._replace(value=[v for v in node.value if not v.is_null])
    return node.within(_without_nulls)


def _convert(node: Node, name: str, service: ServiceModel, tree: Tree | None) -> Node:
    shape = service.shapes[name]
    kind = shape["type"]
    if kind == "structure":
        if node.kind == "list":
            blocks = node.items()
            if len(blocks) != 1:
                return node if blocks else node._replace(kind="map", value={})
            node = blocks[0].under(node.key or blocks[0].key)
        return _structure(node, shape, service, tree) if node.kind == "map" else node
    if kind == "map" and len(node.items()) == 1:
        return node.items()[0].under(node.key)  # written as a block, which its own check says
    if kind == "list":
        if node.kind == "map":
            node = Node("list", [node], node.mark, node.key)
        if node.kind == "list":
            items = [_convert(item, shape["member"], service, tree) for item in node.value]
            return node._replace(value=items)
    return node


def _structure(node: Node, shape: dict[str, Any], service: ServiceModel, tree: Tree | None) -> Node:
    members = {plain(member): member for member in shape["members"]}
    absent_if_empty = of_dialects("terraform")["absent_if_empty"]
    entries: dict[str, Node] = {}
    for key, value in node.value.items():
        member = member_of(key, members)
        if member is None or not (key == member or is_name(key, member, tree, members)):
            entries[key] = value
            continue
        if member in absent_if_empty and value.kind == "scalar" and value.value == "":
            continue
        converted = _convert(value, shape["members"][member], service, inner(tree, key))
        if not (converted.kind == "list" and not converted.value and value.kind == "list"):
            entries[member] = converted
    return node._replace(value=entries)


def _tags(node: Node) -> Node:
    """A map of tags as the API's list of keys and values."""
    if node.kind != "map":
        return node
    items = [
        Node("map", {"Key": Node("scalar", key, value.place), "Value": value}, value.place)
        for key, value in node.value.items()
    ]
    return Node("list", items, node.mark, node.key)
