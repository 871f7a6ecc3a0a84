"""What the readers of `check` find in an artifact, as the requests that it would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from advisor.configuration.document import Hidden, Node, Reference, World
from advisor.configuration.rulefiles import of_dialects
from advisor.model.advice import Request

KINDS = {
    "CreateModel": "Model",
    "CreateEndpointConfig": "EndpointConfig",
    "CreateEndpoint": "Endpoint",
    "CreateTransformJob": "TransformJob",
    "CreateInferenceComponent": "InferenceComponent",
    "RegisterScalableTarget": "ScalableTarget",
    "PutScalingPolicy": "ScalingPolicy",
    "PutScheduledAction": "ScheduledAction",
}
_NAMES = {
    "Model": "ModelName",
    "EndpointConfig": "EndpointConfigName",
    "Endpoint": "EndpointName",
    "InferenceComponent": "InferenceComponentName",
    "ScheduledAction": "ScheduledActionName",
}
_ACTIONS = "ScheduledActions"


Known: TypeAlias = Mapping[str, str]
"""What references say of a resource -> its name or ARN, where no reader of `check` finds it."""


def known(identities: Sequence[str], requests: Sequence[Request]) -> Known:
    """What the resources of an artifact are called, which stand in the order of the requests."""
    found = {}
    for identity, request in zip(identities, requests, strict=True):
        body = request.parameters
        if request.operation == "CreateTopic":
            kind = body["Name"].rpartition("-")[2]
            found[identity] = topics(requests)[kind]
        for field in ("ModelName", "EndpointConfigName", "AlarmName"):
            made = request.operation not in ("CreateEndpoint", "CreateInferenceComponent")
            if made and field in body:
                found[identity] = body[field]
    return found


def planned(value: Any, names: Mapping[str, str]) -> Any:
    """A value with the plan's names in place of those that a script made."""
    if isinstance(value, dict):
        return {key: planned(inner, names) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(planned(inner, names) for inner in value)
    return names.get(value, value) if isinstance(value, str) else value


def topics(requests: Sequence[Request]) -> dict[str, str]:
    """The placeholder of each topic that the requests make, by what it is for."""
    found = {}
    for node in _texts([request.parameters for request in requests]):
        if ":sns:" in node and "REPLACE-ME-" in node:
            found[node.rpartition("-")[2]] = node
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


_RUN = "TransformJobName"


def plain(node: Node, world: World, names: Known) -> Any:
    """The value of a node; a reference gives the value of what it refers to."""
    if node.kind == "map":
        return {key: plain(inner, world, names) for key, inner in node.value.items()}
    if node.kind == "list":
        return [plain(inner, world, names) for inner in node.value]
    if node.kind == "reference":
        return _meant(node.value, world, names)
    if node.kind == "text":
        return "".join(
            _meant(part, world, names) if isinstance(part, Reference) else str(part)
            for part in node.value
        )
    return node.value


def _meant(reference: Reference, world: World, names: Known) -> Any:
    target = world.find(reference.target)
    if target is None or target.kind in ("Model", "EndpointConfig"):
        return names[reference.target]
    if target.kind in _NAMES and reference.attribute in ("name", _NAMES[target.kind]):
        return plain(target.body.value[_NAMES[target.kind]], world, names)
    return plain(target.body.value[_field(reference.attribute)], world, names)


def _field(attribute: str) -> str:
    """``resource_id`` to ``ResourceId``; CloudFormation's names stay."""
    if "_" not in attribute:
        return attribute
    return "".join(word.capitalize() for word in attribute.split("_"))


def _place(made: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    kind, parameters = made
    return kind, str(parameters.get(_NAMES.get(kind, "PolicyName")))


def found(world: World, names: Known) -> list[tuple[str, dict[str, Any]]]:
    """Kind and parameters of every resource, sorted by kind and name.

    Where the dialect makes up the name of a model or a configuration, that of the request stands
    for it: a name that is written must be the request's, or its beginning. The schedule makes up
    the name of a job for each run.
    """
    made = []
    for each in world.resources:
        entries = dict(each.body.value)
        body = {}
        if each.kind in ("Model", "EndpointConfig"):
            name = names[each.identity]
            written = entries.pop(_NAMES[each.kind], None)
            assert written is None or _begins(written, name), (written, name)
            body = {_NAMES[each.kind]: name}
        elif each.kind == "TransformJob":
            entries.pop(_RUN, None)
        rest = plain(each.body._replace(value=entries), world, names)
        made.append((each.kind, body | rest))
    return in_order([part for each in made for part in _apart(*each)])


def _apart(kind: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A template's target, and each of its scheduled actions as the request that makes it."""
    own = {key: value for key, value in body.items() if key != _ACTIONS}
    subject = {key: own[key] for key in of_dialects("of_the_target") if key in own}
    return [(kind, own), *(("ScheduledAction", subject | each) for each in body.get(_ACTIONS, ()))]


def in_order(made: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Sorted by kind and name."""
    return sorted(made, key=_place)


def _begins(written: Node, name: str) -> bool:
    if written.kind == "scalar":
        return bool(written.value == name)
    start, hidden = written.value
    return isinstance(hidden, Hidden) and name.startswith(start)


def wanted(requests: tuple[Request, ...]) -> list[tuple[str, dict[str, Any]]]:
    """What the readers must find: the requests of the kinds that they read.

    A component has no tag without a value: CloudFormation, which makes it, refuses one.
    """
    made = [
        (kind, {key: _tagged(kind, key, value) for key, value in body.items() if key != _RUN})
        for body, kind in ((each.parameters, KINDS.get(each.operation, "")) for each in requests)
        if kind
    ]
    return sorted(made, key=_place)


def _tagged(kind: str, field: str, value: Any) -> Any:
    if (kind, field) != ("InferenceComponent", "Tags"):
        return value
    return [each for each in value if each["Value"]]
