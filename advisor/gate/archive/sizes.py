"""Whether an unpacked archive fits where it is deployed, and what its workload says of its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from advisor.gate.archive.contents import Archive
from advisor.gate.carrying import memory_of
from advisor.gate.document import Resource
from advisor.gate.instances import is_a
from advisor.gate.rulefiles import read_yaml_rules, rule_path
from advisor.gate.terraform_plan import plain
from advisor.model import Advice, Interval, Workload
from advisor.quantity import parse
from advisor.rounding import about

MARGIN = 10
"""Per cent by which an archive may exceed the stated size before that is worth a word."""
_GB = 1024**3
_MB = 1024**2


class Room(NamedTuple):
    """Disk and memory, in bytes, of one place where the archive goes; ``None``: not known."""

    where: str
    disk: int | None
    memory: int | None


class SizeFault(NamedTuple):
    """A check that the size of an archive breaks, and the value that it was compared with."""

    check: str
    message: str
    value: str


def room_faults(archive: Archive, workload: Workload, rooms: Iterable[Room]) -> Iterator[SizeFault]:
    """What does not fit. Only an archive that was read to its end has a size."""
    if not archive.complete:
        return
    scratch = _low(workload, "model.disk")
    wanted = archive.unpacked + scratch
    beside = f" and {_size(scratch)} of scratch space" if scratch else ""
    loaded = sum(_loaded_sizes(archive))
    for room in rooms:
        if room.disk is not None and wanted > room.disk:
            yield SizeFault(
                "archive-exceeds-disk",
                f"{_size(archive.unpacked)} unpacked{beside}; {room.where} has {_size(room.disk)} "
                "of disk",
                str(room.disk),
            )
        if room.memory is not None and loaded > room.memory:
            yield SizeFault(
                "archive-exceeds-memory",
                f"{_size(loaded)} of model files; {room.where} has {_size(room.memory)} of memory",
                str(room.memory),
            )


def stated_faults(archive: Archive, workload: Workload) -> Iterator[SizeFault]:
    """What the workload says of the archive's size and is far below the real one."""
    size = workload.interval("model.size")
    if not archive.complete or size is None or size.high is None:
        return
    disk = workload.interval("model.disk")
    scratch = 0 if disk is None else disk.high
    stated = workload.values["model.size"]
    said = f"model.size is {stated.text} ({workload.file}:{stated.line})"
    if _exceeds(archive.packed, size.high):
        message = (
            f"{said}; the archive has {_size(archive.packed)}, {_size(archive.unpacked)} unpacked"
        )
        yield SizeFault("archive-larger-than-stated", message, stated.text)
    elif scratch is not None and _exceeds(archive.unpacked, size.high + scratch):
        beside = f" and model.disk {workload.values['model.disk'].text}" if disk else ""
        message = f"{said}{beside}; the archive has {_size(archive.unpacked)} unpacked"
        yield SizeFault("archive-larger-than-stated", message, stated.text)


def planned_rooms(advice: Advice) -> Iterator[Room]:
    """The rooms of the requests that the workload's answer makes."""
    plan = advice.chosen.plan if advice.chosen is not None else None
    for request in plan.requests if plan is not None else ():
        yield from _rooms(request.operation.removeprefix("Create"), request.parameters, "the plan")


def configured_rooms(resources: Iterable[Resource]) -> Iterator[Room]:
    """The rooms of endpoint configurations and transform jobs."""
    for resource in resources:
        yield from _rooms(resource.kind, plain(resource.body), resource.mark.file)


def _rooms(kind: str, body: Mapping[str, Any], where: str) -> Iterator[Room]:
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
            yield Room(f"{type_name} of {where}", disk, memory_of(type_name))
    if kind != "EndpointConfig":
        return
    variants = body.get("ProductionVariants")
    for variant in variants if isinstance(variants, list | tuple) else ():
        if isinstance(variant, dict):
            yield from _variant(variant, where)


def _variant(variant: Mapping[str, Any], where: str) -> Iterator[Room]:
    serverless, type_name = variant.get("ServerlessConfig"), variant.get("InstanceType")
    if isinstance(serverless, dict):
        memory = _int(serverless.get("MemorySizeInMB"))
        yield Room(
            f"the serverless endpoint of {where}",
            _bound("serverless-disk"),
            memory * _MB if memory else None,
        )
    elif isinstance(type_name, str):
        yield Room(f"{type_name} of {where}", _volume(variant, type_name), memory_of(type_name))


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


def _loaded_sizes(archive: Archive) -> Iterator[int]:
    """Bytes of the files that are not code."""
    for name, size in archive.sizes.items():
        if not name.startswith("code/") and not name.endswith(".py"):
            yield size


def _exceeds(size: int, stated: int) -> bool:
    return size * 100 > stated * (100 + MARGIN)


def _low(workload: Workload, path: str) -> int:
    found: Interval | None = workload.interval(path)
    return 0 if found is None or found.low is None else found.low


def _int(value: Any) -> int | None:
    """A number as templates write it, which may be a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _size(size: int) -> str:
    return about(size, "size")
