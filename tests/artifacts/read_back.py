"""What the readers of `check` find in an artifact, as the requests that it would send."""

from __future__ import annotations

from typing import Any

from advisor.gate.document import Node, Reference, World
from advisor.model import Request

KINDS = {
    "CreateModel": "Model",
    "CreateEndpointConfig": "EndpointConfig",
    "CreateEndpoint": "Endpoint",
    "CreateTransformJob": "TransformJob",
    "RegisterScalableTarget": "ScalableTarget",
    "PutScalingPolicy": "ScalingPolicy",
}
_NAMES = {
    "Model": "ModelName",
    "EndpointConfig": "EndpointConfigName",
    "Endpoint": "EndpointName",
}


def plain(node: Node, world: World) -> Any:
    """The value of a node; a reference gives the value of what it refers to."""
    if node.kind == "map":
        return {key: plain(inner, world) for key, inner in node.value.items()}
    if node.kind == "list":
        return [plain(inner, world) for inner in node.value]
    if node.kind == "reference":
        return _meant(node.value, world)
    if node.kind == "text":
        return "".join(
            _meant(part, world) if isinstance(part, Reference) else str(part) for part in node.value
        )
    return node.value


def _meant(reference: Reference, world: World) -> Any:
    target = world.find(reference.target)
    assert target is not None, f"{reference} refers to nothing"
    if target.kind in _NAMES and reference.attribute in ("name", _NAMES[target.kind]):
        return plain(target.body.value[_NAMES[target.kind]], world)
    return plain(target.body.value[_field(reference.attribute)], world)


def _field(attribute: str) -> str:
    """``resource_id`` to ``ResourceId``; CloudFormation's names stay."""
    if "_" not in attribute:
        return attribute
    return "".join(word.capitalize() for word in attribute.split("_"))


def _place(made: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    kind, parameters = made
    return kind, str(parameters.get(_NAMES.get(kind, "PolicyName")))


def found(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Kind and parameters of every resource, sorted by kind and name."""
    made = [(each.kind, _named(each.kind, plain(each.body, world))) for each in world.resources]
    return sorted(made, key=_place)


def _named(kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters; without the name of a job, which the schedule makes up for each run."""
    if kind != "TransformJob":
        return parameters
    return {key: value for key, value in parameters.items() if key != "TransformJobName"}


def wanted(requests: tuple[Request, ...]) -> list[tuple[str, dict[str, Any]]]:
    """What the readers must find: the requests of the kinds that they read."""
    made = [
        (kind, _named(kind, each.parameters))
        for each in requests
        if (kind := KINDS.get(each.operation, ""))
    ]
    return sorted(made, key=_place)
