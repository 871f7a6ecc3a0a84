"""Requests that a state machine or a schedule makes.

CloudFormation and Terraform have no resource for a transform job: it is started by a call, in a
task of a state machine or as the target of a schedule. The call's arguments are the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.configuration.api.service import OPERATIONS
from advisor.configuration.document import (
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
from advisor.configuration.requests import without_placeholders
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError

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
