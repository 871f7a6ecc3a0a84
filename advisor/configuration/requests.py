"""Requests as people keep them in files, and those that a state machine or a schedule makes.

CloudFormation and Terraform have no resource for a transform job: it is started by a call, in a
task of a state machine or as the target of a schedule. The call's arguments are the request.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from advisor.configuration.api.service import OPERATIONS, SCALING, operation_in
from advisor.configuration.document import (
    PARTIAL,
    Dialect,
    Document,
    Hidden,
    Mark,
    Node,
    Reference,
    Resource,
    World,
    addressed,
    unknown,
    walk,
)
from advisor.configuration.json_nodes import read_json
from advisor.configuration.rulefiles import of_dialects, read_json_rules
from advisor.configuration.source import SourceText
from advisor.configuration.yaml_nodes import Parsed
from advisor.model.errors import InputError
from advisor.model.value import Value

_PLACEHOLDER = re.compile(r"<[A-Za-z_][^<>]*>|\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\}")


def read_requests(file: str, parsed: Parsed) -> Document | None:
    """The requests of a JSON or YAML file; ``None`` when it holds none that the gate knows."""
    found: list[Resource] = []
    said = operation_in(os.path.basename(file))
    for number, node in enumerate(parsed.documents):
        prefix = f"document {number + 1}" if len(parsed.documents) > 1 else ""
        _collect(node, prefix, found, said)
    if not found:
        return None
    described = all(resource.dialect == "described" for resource in found)
    return Document(
        file=file,
        dialect="described" if described else "request",
        worlds=(World("", tuple(found)),),
    )


def _collect(node: Node, prefix: str, into: list[Resource], said: str = "") -> None:
    """Add the requests that a document is, lists, or wraps; ``said`` is the kind by its name."""
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
    kind = kind_of(node, said)
    if kind:
        into.append(_resource(kind, node, prefix))
        return
    for key, inner in node.value.items():
        operation = operation_in(key)
        if (operation or _plain(key) in _wrappers()) and not prefix.count("."):
            _collect(inner, f"{prefix}.{key}".lstrip("."), into, operation)


def _collect_list(node: Node, prefix: str, into: list[Resource]) -> None:
    """Add the requests of a list, or the variants that it holds alone."""
    keys = of_dialects("requests")["variant"]  # beside the name, any of these tells one
    items = node.items()
    if items and all(item.get("VariantName") and any(map(item.get, keys)) for item in items):
        into.append(_part("EndpointConfig", "ProductionVariants", node, prefix))
        return
    for index, item in enumerate(items):
        if item.kind == "map":
            _collect(item, f"{prefix}[{index}]", into)


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


@cache
def _wrappers() -> frozenset[str]:
    """Keys under which requests stand besides the names of operations, as ``_plain`` has them."""
    return frozenset(map(_plain, (*OPERATIONS, *of_dialects("requests")["wrappers"])))


def _add_named(item: Node, address: str, into: list[Resource]) -> None:
    operation, parameters = item.get("operation"), item.get("parameters")
    name = str(operation.value) if operation is not None else ""
    kind = operation_in(name)
    if kind and parameters is not None:
        into.append(_resource(kind, parameters, f"{address}.{name}"))


class _Input(Value):
    """What an operation takes, by the names of its fields."""

    kind: str
    members: frozenset[str]
    required: frozenset[str]
    answers: frozenset[str]  # fields of what the service says of a resource of the kind
    is_open: bool  # whether the fields alone tell it: those of other services have common names


@cache
def _inputs() -> tuple[_Input, ...]:
    table = read_json_rules("service", "model.json")
    shapes = {kind: table["shapes"][name] for kind, name in table["kinds"].items()}
    return tuple(
        _Input(
            kind=kind,
            members=frozenset(shapes[kind]["members"]),
            required=frozenset(shapes[kind]["required"]),
            answers=frozenset(table["answers"].get(kind, ())),
            is_open=service.startswith("sagemaker"),
        )
        for kind, (service, _) in OPERATIONS.items()
    )


def kind_of(node: Node, said: str = "") -> str:
    """The kind of request that an object is; empty when it is none.

    Of the operations that its keys tell, the one whose shape fits best; ``said`` is the kind that
    its file or key names, which holds for an object with a field of that kind.
    """
    keys = node.value.keys()
    described = not keys.isdisjoint(of_dialects("requests")["described"])
    told = {kind for kind, telling in of_dialects("requests")["telling"] if keys >= set(telling)}
    best: tuple[int, int] | None = None
    kind = ""
    for each in _inputs():
        if each.kind == said and not keys.isdisjoint(each.members):
            kind = said
            break
        asked = each.is_open and len(each.required) > 1 and keys >= each.required
        if each.kind in told or asked:
            known = each.members | each.answers if described else each.members
            fit = (len(keys - known), 0 if described else len(each.required - keys))
            if best is None or fit < best:
                best, kind = fit, each.kind
    return (kind if is_ours(kind, node) else "") if kind else _part_of(node)[0]


def _part_of(node: Node) -> tuple[str, str]:
    """Kind and field of an object that is a field alone, without the request around it."""
    for kind, name, telling in of_dialects("requests")["parts"]:
        ours = not name.startswith("Target") or _tracks_sagemaker(node)
        if ours and node.value.keys() >= set(telling):
            return kind, name
    return "", ""


def _part(kind: str, field: str, node: Node, prefix: str) -> Resource:
    """A field as a request of which the rest is not known."""
    body = Node("map", {field: without_placeholders(node)}, node.mark)
    address = prefix or OPERATIONS[kind][1]
    made = addressed(kind, "request", address, body, node.mark)
    return made._replace(lifecycle={PARTIAL: True})


def is_ours(kind: str, node: Node) -> bool:
    """Whether a request to a service that others use, too, is about SageMaker."""
    if kind == "MetricAlarm":
        spaces = tuple(of_dialects("requests")["alarms"])
        named = (each for path, each in walk(node) if path and path[-1] == "Namespace")
        return any(str(each.value).startswith(spaces) for each in named)
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


CLOUDFORMATION = {
    "AWS::StepFunctions::StateMachine": ("Definition", "DefinitionString"),
    "AWS::Serverless::StateMachine": ("Definition",),
    "AWS::Scheduler::Schedule": ("Target",),
}
"""Type of a resource that makes calls -> its properties that hold them."""
TERRAFORM = {"aws_sfn_state_machine": ("definition",), "aws_scheduler_schedule": ("target",)}
"""The same for Terraform."""

_CALL = re.compile(r":(?:states|scheduler):::(?:aws-sdk:)?sagemaker:(\w+?)(?:\.\w+)?$")
_KINDS = {
    name[0].lower() + name[1:]: kind
    for kind, (service, name) in OPERATIONS.items()
    if service == "sagemaker"
}
_HOLE = "${…}"
"""Stands in a text for what is not known; it reads as a placeholder."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\$\{[^"}]*\}')


def mentions_calls(node: Node) -> bool:
    """Whether something in a template may call SageMaker, as far as its texts say."""
    return any(
        "sagemaker:" in str(inner.value) for _, inner in walk(node) if inner.kind == "scalar"
    )


def read_state_machine(file: str, top: Node) -> Document | None:
    """A state machine's definition in a file of its own; ``None`` when it calls nothing of ours."""
    if top.get("States") is None:
        return None
    found = tuple(tasks(top, ""))
    return Document(file=file, dialect="request", worlds=(World("", found),)) if found else None


def tasks(definition: Node, address: str) -> Iterator[Resource]:
    """The requests of a state machine's tasks, at every depth."""
    for path, state in walk(definition):
        called, arguments = state.get("Resource"), state.get("Parameters") or state.get("Arguments")
        if called is not None and arguments is not None:
            name = str(path[-1]) if path else ""
            yield from _call(called, arguments, ".".join(filter(None, (address, name))))


def scheduled(target: Node, address: str) -> Iterator[Resource]:
    """The request of a schedule's target."""
    called = target.get("Arn") or target.get("arn")
    text = target.get("Input") or target.get("input")
    arguments = opened(text) if text is not None else None
    if called is not None and arguments is not None:
        yield from _call(called, arguments, address)


def _call(called: Node, arguments: Node, address: str) -> Iterator[Resource]:
    found = _CALL.search(_text(called))
    kind = _KINDS.get(found[1]) if found else None
    if kind is not None and arguments.kind == "map":
        body = without_placeholders(_without_paths(arguments))
        yield addressed(kind, "request", address, body, arguments.place)


def _text(node: Node) -> str:
    """What is known of a text; a hole, or the name of what is referred to, for the rest."""
    pieces: tuple[Any, ...] = node.value if node.kind == "text" else (str(node.value),)
    return "".join(piece if isinstance(piece, str) else _hole(piece) for piece in pieces)


def _hole(piece: Hidden | Reference) -> str:
    return f"${{{piece}}}" if isinstance(piece, Reference) else _HOLE


def opened(node: Node) -> Node | None:
    """A value that holds JSON as text, or the object itself; ``None`` when it is neither."""
    if node.kind == "map":
        return node
    if node.kind not in ("scalar", "text") or not isinstance(node.value, str | tuple):
        return None
    text = _TOKEN.sub(
        lambda found: found[0] if found[0][0] == '"' else f'"{found[0]}"', _text(node)
    )
    try:
        top = read_json(SourceText(node.mark.file, text)).documents[0]
    except InputError:
        return None
    top = _referring(top, {_hole(each): each for each in node.value if isinstance(each, Reference)})
    return _placed(top, node.mark, "\n" in text and not node.mark.file.endswith(".json"))


def _referring(node: Node, holes: Mapping[str, Reference]) -> Node:
    """The same value; a text that is nothing but a reference becomes one."""
    if node.kind == "scalar" and node.value in holes:
        return node._replace(kind="reference", value=holes[node.value])
    return node.within(lambda inner: _referring(inner, holes))


def _placed(node: Node, mark: Mark, block: bool) -> Node:
    """The same value where its text stands: a block of text begins on the line after its mark."""

    def at(inner: Mark) -> Mark:
        return Mark(mark.file, mark.line + inner.line, 1) if block else mark

    placed = node.within(lambda inner: _placed(inner, mark, block))
    return placed._replace(mark=at(node.mark), key=at(node.key) if node.key else None)


def _without_paths(node: Node) -> Node:
    """The same request; what the state machine fills in while it runs is unknown."""
    if node.kind == "list":
        return node._replace(value=[_without_paths(item) for item in node.value])
    if node.kind == "scalar" and str(node.value).startswith("{%"):
        return node._replace(kind="unknown", value=Hidden("an expression of the state machine"))
    if node.kind != "map":
        return node
    entries: dict[str, Node] = {}
    for key, value in node.value.items():
        if key.endswith(".$"):
            reason = "a path into the state machine's input"
            entries[key[:-2]] = unknown(reason, value.mark).under(value.key)
        else:
            entries[key] = _without_paths(value)
    return node._replace(value=entries)
