"""Requests as people keep them in files: an operation's input, a describe answer, our output."""

from __future__ import annotations

import re
from functools import cache

from advisor.configuration.api.service import OPERATIONS, SCALING
from advisor.configuration.document import PARTIAL, Document, Hidden, Node, Resource, World
from advisor.configuration.yaml_nodes import Parsed

_TELLING: tuple[tuple[str, frozenset[str]], ...] = (
    ("TransformJob", frozenset({"TransformJobName", "TransformInput"})),
    ("TransformJob", frozenset({"TransformInput", "TransformOutput"})),
    ("TransformJob", frozenset({"TransformJobName", "TransformOutput"})),
    ("TransformJob", frozenset({"TransformJobName", "TransformResources"})),
    ("ScalingPolicy", frozenset({"PolicyName", "ScalableDimension"})),
    ("ScalingPolicy", frozenset({"PolicyName", "ResourceId"})),
    ("ScalingPolicy", frozenset({"PolicyName", "ServiceNamespace"})),
    ("ScheduledAction", frozenset({"ScheduledActionName", "ResourceId"})),
    ("ScheduledAction", frozenset({"ScheduledActionName", "ServiceNamespace"})),
    ("ScalableTarget", frozenset({"ResourceId", "MinCapacity"})),
    ("ScalableTarget", frozenset({"ResourceId", "MaxCapacity"})),
    ("ScalableTarget", frozenset({"ResourceId", "ScalableDimension"})),
    ("InferenceComponent", frozenset({"InferenceComponentName"})),
    ("AsyncInvocation", frozenset({"EndpointName", "InputLocation"})),
    ("AsyncInvocation", frozenset({"EndpointName", "InvocationTimeoutSeconds"})),
    ("EndpointUpdate", frozenset({"EndpointConfigName", "RetainAllVariantProperties"})),
    ("EndpointUpdate", frozenset({"EndpointConfigName", "RetainDeploymentConfig"})),
    ("Endpoint", frozenset({"EndpointName", "EndpointConfigName"})),
    ("Endpoint", frozenset({"EndpointName", "DeploymentConfig"})),
    ("EndpointConfig", frozenset({"ProductionVariants"})),
    ("EndpointConfig", frozenset({"EndpointConfigName"})),
    ("Model", frozenset({"ModelName", "PrimaryContainer"})),
    ("Model", frozenset({"ModelName", "Containers"})),
    ("Model", frozenset({"ModelName", "ExecutionRoleArn"})),
    ("Model", frozenset({"ExecutionRoleArn", "PrimaryContainer"})),
)
"""Keys that tell which operation an object is the input of; the first that fits counts."""

_DESCRIBED = frozenset(
    {"CreationTime", "creationTime", "LastModifiedTime", "EndpointStatus", "TransformJobStatus"}
)
_PARTS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("ScalingPolicy", "TargetTrackingScalingPolicyConfiguration", frozenset({"TargetValue"})),
    (
        "ScalingPolicy",
        "StepScalingPolicyConfiguration",
        frozenset({"StepAdjustments", "AdjustmentType"}),
    ),
    ("Endpoint", "DeploymentConfig", frozenset({"BlueGreenUpdatePolicy"})),
    ("Endpoint", "DeploymentConfig", frozenset({"RollingUpdatePolicy"})),
)
"""Kind, field, and telling keys of files that hold one field; the rest is on the command line."""
_VARIANT = ("ModelName", "InstanceType", "ServerlessConfig")
"""Beside VariantName, any of these tells a variant."""
_WRAPPERS = frozenset({"input", "parameters", "params", "request", "requests"})
"""Keys of an object under which requests stand, besides the names of operations and kinds."""

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
        if _plain(key) in _WRAPPERS | _names() and not prefix.count("."):
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
    """The names of operations and of kinds, however they are written."""
    return frozenset(
        _plain(word) for kind, (_, name) in OPERATIONS.items() for word in (kind, name)
    )


def _add_named(item: Node, address: str, into: list[Resource]) -> None:
    operation, parameters = item.get("operation"), item.get("parameters")
    for kind, (_, name) in OPERATIONS.items():
        if operation is not None and operation.value == name and parameters is not None:
            into.append(_resource(kind, parameters, f"{address}.{name}"))


def kind_of(node: Node) -> str:
    """The kind of request that an object is; empty when it is none."""
    keys = node.value.keys()
    for kind, telling in _TELLING:
        if telling <= keys:
            return kind if _scales_sagemaker(kind, node) else ""
    return next((kind for kind, name, _ in _PARTS if _is_part(name, node)), "")


def _is_part(name: str, node: Node) -> bool:
    """Whether an object is a field alone, without the request around it."""
    telling = any(field == name and wanted <= node.value.keys() for _, field, wanted in _PARTS)
    return telling and (not name.startswith("Target") or _tracks_sagemaker(node))


def _is_variant(node: Node) -> bool:
    return node.get("VariantName") is not None and any(node.get(key) for key in _VARIANT)


def _part(kind: str, field: str, node: Node, prefix: str) -> Resource:
    """A field as a request of which the rest is not known."""
    body = Node("map", {field: without_placeholders(node)}, node.mark)
    address = prefix or OPERATIONS[kind][1]
    return Resource(
        kind=kind,
        dialect="request",
        address=address,
        body=body,
        mark=node.mark,
        identity=address,
        lifecycle={PARTIAL: True},
    )


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
    described = bool(_DESCRIBED & node.value.keys())
    body = without_placeholders(node)
    operation = OPERATIONS[kind][1]
    part = next((name for _, name, _ in _PARTS if _is_part(name, node)), "")
    if part and part not in node.value:
        return _part(kind, part, node, prefix)
    return Resource(
        kind=kind,
        dialect="described" if described else "request",
        address=prefix or operation,
        body=body,
        mark=node.mark,
        identity=prefix or operation,
    )


def without_placeholders(node: Node) -> Node:
    """The same values; texts that someone is to fill in before the request is sent are unknown."""
    if node.kind == "scalar" and isinstance(node.value, str) and _PLACEHOLDER.search(node.value):
        return node._replace(kind="unknown", value=Hidden("a placeholder"))
    return node.within(without_placeholders)
