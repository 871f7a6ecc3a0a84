"""Where a model archive is deployed: disk and memory, the image, and what its container is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from advisor.configuration.document import Node, Resource
from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.configuration.terraform.plan import plain
from advisor.gate.rules.instances import is_a, memory_of
from advisor.gate.rules.view import containers, text_of
from advisor.model.advice import Advice
from advisor.text.quantity import parse

_GB = 1024**3
_MB = 1024**2


class MemoryRoom(NamedTuple):
    """Disk and memory, in bytes, of one place where the archive goes; ``None``: not known."""

    where: str
    disk: int | None
    memory: int | None


class Deployed(NamedTuple):
    """What configurations say of where an archive goes.

    ``environment`` has the container's variables, a value that is not known as ``None``; it is
    ``None`` itself where nobody can tell which container or which variables it is.
    """

    rooms: tuple[MemoryRoom, ...] = ()
    image: str = ""
    environment: Mapping[str, str | None] | None = {}


def deployed(made: Iterable[Resource], models: Iterable[Resource]) -> Deployed:
    """Where endpoint configurations and transform jobs, with the models beside them, put it."""
    rooms = tuple(dict.fromkeys(configured_rooms(made)))
    told = [_told(node) for model in models for _, node in containers(model)]
    if not told:
        return Deployed(rooms)
    if any(each != told[0] for each in told):
        return Deployed(rooms, environment=None)
    image, environment = told[0]
    return Deployed(rooms, image, environment)


def _told(container: Node) -> tuple[str, dict[str, str | None] | None]:
    """The image and the variables of a container."""
    image = text_of(container.get("Image")) or ""
    node = container.get("Environment")
    if node is not None and node.kind != "map":
        return image, None
    variables = node.value.items() if node is not None else ()
    return image, {name: text_of(value) for name, value in variables}


def planned_rooms(advice: Advice) -> Iterator[MemoryRoom]:
    """The rooms of the requests that the workload's answer makes."""
    plan = advice.chosen.plan if advice.chosen is not None else None
    for request in plan.requests if plan is not None else ():
        yield from _rooms(request.operation.removeprefix("Create"), request.parameters, "the plan")


def configured_rooms(resources: Iterable[Resource]) -> Iterator[MemoryRoom]:
    """The rooms of endpoint configurations and transform jobs."""
    for resource in resources:
        yield from _rooms(resource.kind, plain(resource.body), resource.mark.file)


def _rooms(kind: str, body: Mapping[str, Any], where: str) -> Iterator[MemoryRoom]:
    """The rooms of a configuration in the API's shape; a value that is no literal is not known."""
    if kind == "TransformJob":
        resources = body.get("TransformResources")
        type_name = resources.get("InstanceType") if isinstance(resources, dict) else None
        if isinstance(type_name, str):
            disk = (
                _bound("batch-transform-volume")
                if is_a(type_name, "local-storage") is False
                else None
            )
            yield MemoryRoom(f"{type_name} of {where}", disk, memory_of(type_name))
    if kind != "EndpointConfig":
        return
    variants = body.get("ProductionVariants")
    for variant in variants if isinstance(variants, list | tuple) else ():
        if isinstance(variant, dict):
            yield from _variant(variant, where)


def _variant(variant: Mapping[str, Any], where: str) -> Iterator[MemoryRoom]:
    serverless, type_name = variant.get("ServerlessConfig"), variant.get("InstanceType")
    if isinstance(serverless, dict):
        memory = _int(serverless.get("MemorySizeInMB"))
        yield MemoryRoom(
            f"the serverless endpoint of {where}",
            _bound("serverless-disk"),
            memory * _MB if memory else None,
        )
    elif isinstance(type_name, str):
        yield MemoryRoom(
            f"{type_name} of {where}", _volume(variant, type_name), memory_of(type_name)
        )


def _volume(variant: Mapping[str, Any], type_name: str) -> int | None:
    """Bytes of the volume of an instance; ``None`` for local disks, whose size is not known."""
    if is_a(type_name, "local-storage") is not False:
        return None
    asked = variant.get("VolumeSizeInGB")
    if asked is None:
        return _bound("volume-default")
    size = _int(asked)
    return size * _GB if size else None


@cache
def _bound(name: str) -> int:
    """Bytes that an entry of the rules gives: a limit, a caution or a constant of sizing."""
    options = read_yaml_rules(rule_path("options", "serverless.yaml"))["limits"]
    cautions = read_yaml_rules(rule_path("cautions.yaml"))["cautions"]
    constants = read_yaml_rules(rule_path("sizing.yaml"))["constants"]
    entry = next(each for each in (*options, *cautions, *constants) if each["id"] == name)
    text = entry.get("at_most") or f"{entry['value']} {entry['unit']}"
    size = parse(str(text), "size").high
    assert size is not None
    return size


def _int(value: Any) -> int | None:
    """A number as templates write it, which may be a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None
