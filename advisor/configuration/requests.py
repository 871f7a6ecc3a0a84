"""Requests as people keep them in files: an operation's input, a describe answer, our output."""

from __future__ import annotations

import re
from functools import cache

from advisor.configuration.api.service import OPERATIONS, SCALING
from advisor.configuration.document import (
    PARTIAL,
    Dialect,
    Document,
    Hidden,
    Node,
    Resource,
    World,
    addressed,
)
from advisor.configuration.rulefiles import of_dialects
from advisor.configuration.yaml_nodes import Parsed

_PLACEHOLDER = re.compile(r"<[A-Za-z_][^<>]*>|\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\}")


def read_requests(file: str, parsed: Parsed) -> Document | None:
    """The requests of a JSON or YAML file; ``None`` when it holds none that the gate knows."""
    found: list[Resource] = []
    for number, node in enumerate(parsed.documents):
        prefix = f"document {number + 1}" if len(parsed.documents) > 1 else ""
        _collect(node, prefix, found)
    if not found:
        return None
    described = all(resource.dialect == "described" for resource in found)
    return Document(
        file=file,
        dialect="described" if described else "request",
        worlds=(World("", tuple(found)),),
    )


def _collect(node: Node, prefix: str, into: list[Resource]) -> None:
    """Add the requests that a document is, lists, or wraps."""
    if node.kind == "list":
        _collect_list(node, prefix, into)
        return
    if node.kind != "map":
        return
    schema = node.get("schema")
    wrapped = node.get("requests")
    if schema is not None and str(schema.value).startswith("sm-advise/advice") and wrapped:
        for index, item in enumerate(wrapped.items()):
            _add_named(item, f"requests[{index}]", into)
        return
    kind = kind_of(node)
    if kind:
        into.append(_resource(kind, node, prefix))
        return
    for key, inner in node.value.items():
        if _plain(key) in _names() and not prefix.count("."):
            _collect(inner, f"{prefix}.{key}".lstrip("."), into)


def _collect_list(node: Node, prefix: str, into: list[Resource]) -> None:
    """Add the requests of a list, or the variants that it holds alone."""
    if node.items() and all(_is_variant(item) for item in node.items()):
        into.append(_part("EndpointConfig", "ProductionVariants", node, prefix))
        return
    for index, item in enumerate(node.items()):
        if item.kind == "map":
            _collect(item, f"{prefix}[{index}]", into)


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


@cache
def _names() -> frozenset[str]:
    """Keys under which requests stand: names of operations and kinds, however written, and more."""
    named = (_plain(word) for kind, (_, name) in OPERATIONS.items() for word in (kind, name))
    return frozenset((*named, *of_dialects("requests")["wrappers"]))


def _add_named(item: Node, address: str, into: list[Resource]) -> None:
    operation, parameters = item.get("operation"), item.get("parameters")
    for kind, (_, name) in OPERATIONS.items():
        if operation is not None and operation.value == name and parameters is not None:
            into.append(_resource(kind, parameters, f"{address}.{name}"))


def kind_of(node: Node) -> str:
    """The kind of request that an object is; empty when it is none."""
    keys = node.value.keys()
    for kind, telling in of_dialects("requests")["telling"]:
        if keys >= set(telling):
            return str(kind) if _scales_sagemaker(kind, node) else ""
    return _part_of(node)[0]


def _part_of(node: Node) -> tuple[str, str]:
    """Kind and field of an object that is a field alone, without the request around it."""
    for kind, name, telling in of_dialects("requests")["parts"]:
        ours = not name.startswith("Target") or _tracks_sagemaker(node)
        if ours and node.value.keys() >= set(telling):
            return kind, name
    return "", ""


def _is_variant(node: Node) -> bool:
    return node.get("VariantName") is not None and any(
        node.get(key) for key in of_dialects("requests")["variant"]
    )


def _part(kind: str, field: str, node: Node, prefix: str) -> Resource:
    """A field as a request of which the rest is not known."""
    body = Node("map", {field: without_placeholders(node)}, node.mark)
    address = prefix or OPERATIONS[kind][1]
    made = addressed(kind, "request", address, body, node.mark)
    return made._replace(lifecycle={PARTIAL: True})


def _scales_sagemaker(kind: str, node: Node) -> bool:
    """Whether a scaling request is about SageMaker; true of what is no scaling request."""
    if kind not in SCALING:
        return True
    namespace, dimension = node.get("ServiceNamespace"), node.get("ScalableDimension")
    resource = node.get("ResourceId")
    return (
        (namespace is not None and namespace.value == "sagemaker")
        or (dimension is not None and str(dimension.value).startswith("sagemaker"))
        or (
            namespace is None
            and resource is not None
            and str(resource.value).startswith(("endpoint/", "inference-component/"))
        )
    )


def _tracks_sagemaker(node: Node) -> bool:
    metric = node.at("PredefinedMetricSpecification", "PredefinedMetricType")
    if metric is not None:
        return "SageMaker" in str(metric.value) or str(metric.value) == "InvocationsPerInstance"
    namespace = node.at("CustomizedMetricSpecification", "Namespace")
    return namespace is not None and "sagemaker" in str(namespace.value).lower()


def _resource(kind: str, node: Node, prefix: str) -> Resource:
    described = not node.value.keys().isdisjoint(of_dialects("requests")["described"])
    body = without_placeholders(node)
    operation = OPERATIONS[kind][1]
    part = _part_of(node)[1]
    if part and part not in node.value:
        return _part(kind, part, node, prefix)
    dialect: Dialect = "described" if described else "request"
    return addressed(kind, dialect, prefix or operation, body, node.mark)


def without_placeholders(node: Node) -> Node:
    """The same values; texts that someone is to fill in before the request is sent are unknown."""
    if node.kind == "scalar" and isinstance(node.value, str) and _PLACEHOLDER.search(node.value):
        return node._replace(kind="unknown", value=Hidden("a placeholder"))
    return node.within(without_placeholders)
