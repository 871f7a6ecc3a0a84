"""Terraform's names and blocks into the shape of the API.

The provider's names are the API's in snake case, with few exceptions; a block that may stand once
is a structure, one that may be repeated a list.
"""

from __future__ import annotations

from typing import Any

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Hidden, Node
from advisor.configuration.terraform.names import Tree, inner, is_name, member_of, plain, tree_of

_NAMES = {
    "EndpointConfig": "EndpointConfigName",
    "Model": "ModelName",
    "Endpoint": "EndpointName",
    "InferenceComponent": "InferenceComponentName",
    "ScalingPolicy": "PolicyName",
    "ScheduledAction": "ScheduledActionName",
}
_EMPTY_IS_ABSENT = frozenset(
    {
        "KmsKeyId",
        "MetricIntervalLowerBound",
        "MetricIntervalUpperBound",
        "ModelName",
        "ModelPackageName",
        "VariantName",
    }
)
"""Fields that the provider leaves out of the request where they hold an empty text."""
_NOT_OF_THE_REQUEST = frozenset(
    {
        "alarm_arns",
        "arn",
        "connection",
        "count",
        "depends_on",
        "for_each",
        "id",
        "lifecycle",
        "name_prefix",
        "provider",
        "provisioner",
        "region",
        "tags_all",
        "timeouts",
    }
)


def to_api(raw: Node, kind: str, service: ServiceModel) -> Node:
    """A resource's values, by Terraform's names, as the request that makes it.

    Names that the API does not have keep their Terraform spelling, so that the walk over the
    service model finds them.
    """
    shape = service.kinds[kind]
    entries = {key: value for key, value in raw.value.items() if key not in _NOT_OF_THE_REQUEST}
    if "name" in entries and kind in _NAMES:
        entries[_NAMES[kind]] = entries.pop("name")
    prefix = raw.value.get("name_prefix")
    if prefix is not None and kind in _NAMES and prefix.kind in ("scalar", "text"):
        pieces = prefix.value if prefix.kind == "text" else (str(prefix.value),)
        entries[_NAMES[kind]] = prefix._replace(
            kind="text", value=(*pieces, Hidden("made up by Terraform"))
        )
    tags = entries.get("tags")
    listed = service.shapes[shape]["members"].get("Tags")
    if tags is not None and listed is not None and service.shapes[listed]["type"] == "list":
        entries["tags"] = _tags(tags)
    top = Node("map", entries, raw.mark, raw.key)
    return _without_nulls(_convert(top, shape, service, tree_of(kind)))


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
    entries: dict[str, Node] = {}
    for key, value in node.value.items():
        member = member_of(key, members)
        if member is None or not (key == member or is_name(key, member, tree, members)):
            entries[key] = value
            continue
        if member in _EMPTY_IS_ABSENT and value.kind == "scalar" and value.value == "":
            continue
        converted = _convert(value, shape["members"][member], service, inner(tree, key))
        if not (converted.kind == "list" and not converted.value and value.kind == "list"):
            entries[member] = converted
    return node._replace(value=entries)


def _tags(node: Node) -> Node:
    """A map of tags as the API's list of keys and values."""
    if node.kind != "map":
        return node
    items = []
    for key, value in node.value.items():
        place = value.place
        name = Node("scalar", key, place)
        items.append(Node("map", {"Key": name, "Value": value}, place))
    return Node("list", items, node.mark, node.key)
