"""What is wrong with the members of an archive and with its size, and where it is deployed.

There are disk and memory, the image, and what its container is told.
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

from advisor.configuration.document import Node, Resource
from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.configuration.terraform.plan import plain
from advisor.gate.archive.contents import Archive, ArchiveFault, is_junk
from advisor.gate.archive.tar_members import DIRECTORY, FILE, HARD_LINK, SYMLINK, TarMember
from advisor.gate.rules.instances import is_a, memory_of
from advisor.gate.rules.view import containers, text_of
from advisor.model.advice import Advice
from advisor.model.workload import Workload
from advisor.text.quantity import parse
from advisor.text.quantity_format import about

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


MOST_SHOWN = 5
"""Findings of one check in an archive; the last one counts the others."""

_SHARD = re.compile(r"(.*-)(\d{5})(-of-)(\d{5})(\.(?:safetensors|bin))")


def member_faults(archive: Archive) -> Iterator[ArchiveFault]:
    """The faults of an archive's members, of each check only the first few.

    Names are as the archive writes them.
    """
    for look in _LOOKS:
        shown: list[ArchiveFault] = []
        more = 0
        for fault in look(archive):
            if len(shown) < MOST_SHOWN:
                shown.append(fault)
            else:
                more += 1
        if more:
            last = shown[-1]
            shown[-1] = last._replace(message=f"{last.message}; {more:,} more like it")
        yield from shown


def _of_each(
    archive: Archive, check: str, says: Callable[[TarMember], str]
) -> Iterator[ArchiveFault]:
    """The members of which something is to be said."""
    for each in archive.members:
        said = says(each)
        if said:
            yield ArchiveFault(check, f"{each.name} is {said}", each.name)


def _outside(member: TarMember) -> str:
    if member.name.startswith("/"):
        return "an absolute name"
    return "a name with .." if ".." in member.name.split("/") else ""


def _links(archive: Archive) -> Iterator[ArchiveFault]:
    """Links that lead out of the archive, or to what is not in it."""
    links = [(each, _target(each)) for each in archive.members if each.kind in (SYMLINK, HARD_LINK)]
    targets = {target for _, target in links}
    known = targets & {path for path, _ in archive.by_path}
    known |= _folders_among(targets, archive)
    for each, target in links:
        message = ""
        if target.startswith(("/", "../")) or target in ("..", "."):
            message = f"{_called(each)}, outside of the archive"
        elif target not in known and archive.complete:
            message = f"{_called(each)}, which is not in the archive"
        if message:
            yield ArchiveFault("archive-link-outside", message, each.name)


def _within(archive: Archive, kind: str, check: str) -> Iterator[ArchiveFault]:
    """The links of a kind that stay in the archive."""
    elsewhere = {fault.member for fault in _links(archive)}
    for each in archive.members:
        if each.kind == kind and each.name not in elsewhere:
            yield ArchiveFault(check, _called(each), each.name)


def _special(member: TarMember) -> str:
    if member.kind in (FILE, DIRECTORY, SYMLINK, HARD_LINK):
        return ""
    return "a special file" if member.kind == "other" else f"a {member.kind}"


def _set_id(archive: Archive) -> Iterator[ArchiveFault]:
    for each in archive.members:
        # On a folder the group bit only hands on the group, which shared disks set as a rule.
        if each.kind == FILE and each.mode & (stat.S_ISUID | stat.S_ISGID):
            bit = "setuid" if each.mode & stat.S_ISUID else "setgid"
            yield ArchiveFault("archive-set-id", f"{each.name} has its {bit} bit set", each.name)


def _same_name(archive: Archive) -> Iterator[ArchiveFault]:
    seen: set[str] = set()
    for path, each in archive.by_path:
        if path in seen and each.kind != DIRECTORY:
            yield ArchiveFault("archive-same-name", f"{path} is repeated", each.name)
        seen.add(path)


def _file_and_folder(archive: Archive) -> Iterator[ArchiveFault]:
    folders = _folders_among(set(archive.files), archive)
    for name in archive.files:
        if name in folders:
            yield ArchiveFault(
                "archive-file-and-folder", f"{name} is both a file and a folder", name
            )


def _same_but_case(archive: Archive) -> Iterator[ArchiveFault]:
    seen: dict[str, str] = {}
    for path, each in archive.by_path:
        first = seen.setdefault(path.casefold(), path)
        if first != path:
            message = f"{path} and {first} differ in case only"
            yield ArchiveFault("archive-same-but-case", message, each.name)


def _encoding(member: TarMember) -> str:
    foreign = any("\udc80" <= letter <= "\udcff" for letter in member.name)
    return "not UTF-8" if foreign else ""


def _macos(archive: Archive) -> Iterator[ArchiveFault]:
    found = [each.name for each in archive.members if is_junk(each.name)]
    if found:
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        yield ArchiveFault("archive-macos-files", f"macOS added {found[0]}{more}", found[0])


def _pointer(member: TarMember) -> str:
    return member.holds if member.holds.startswith("a Git LFS pointer") else ""


def _empty_files(archive: Archive) -> Iterator[ArchiveFault]:
    ends = tuple(read_yaml_rules(rule_path("archives.yaml"))["models"])
    for path, each in archive.by_path:
        named = f"/{path}".endswith(ends)
        if each.kind == FILE and not each.size and named and not is_junk(each.name):
            yield ArchiveFault("archive-empty-file", f"{each.name} is empty", each.name)


def _shards(archive: Archive) -> Iterator[ArchiveFault]:
    parts: dict[tuple[str, str, str], set[int]] = {}
    for name in archive.files:
        match = _SHARD.fullmatch(name)
        if match:
            before, number, _, total, end = match.groups()
            parts.setdefault((before, total, end), set()).add(int(number))
    for (before, total, end), found in parts.items():
        missing = int(total) - len(found)
        if missing > 0 and archive.complete:
            first = next(number for number in range(1, int(total) + 1) if number not in found)
            name = f"{before}{first:05}-of-{total}{end}"
            more = f", and {missing - 1:,} more parts" if missing > 1 else ""
            yield ArchiveFault("archive-shard-missing", f"{name} is missing{more}", name)


def _archive_alone(archive: Archive) -> Iterator[ArchiveFault]:
    """One archive, and nothing beside it."""
    files = [each for each in archive.members if each.kind == FILE and not is_junk(each.name)]
    if len(files) == 1 and len(archive.files) == 1 and archive.complete:
        name = files[0].name
        if files[0].holds in ("gzip", "tar") and name.endswith((".tar", ".gz", ".tgz")):
            message = f"the archive contains only {name}, which is an archive"
            yield ArchiveFault("archive-in-archive", message, name)


_LOOKS: tuple[Callable[[Archive], Iterator[ArchiveFault]], ...] = (
    _archive_alone,
    partial(_of_each, check="archive-path-outside", says=_outside),
    _links,
    partial(_within, kind=SYMLINK, check="archive-symlink"),
    partial(_within, kind=HARD_LINK, check="archive-hard-link"),
    partial(_of_each, check="archive-special-file", says=_special),
    _set_id,
    _same_name,
    _file_and_folder,
    _same_but_case,
    partial(_of_each, check="archive-name-encoding", says=_encoding),
    partial(
        _of_each,
        check="archive-backslash",
        says=lambda each: "one file name, not folders and a file" if "\\" in each.name else "",
    ),
    _macos,
    partial(_of_each, check="archive-pointer", says=_pointer),
    _empty_files,
    _shards,
)


def _target(link: TarMember) -> str:
    """The name that a link means, from the top of the archive."""
    base = posixpath.dirname(link.name) if link.kind == SYMLINK else ""
    return posixpath.normpath(posixpath.join(base, link.target))


def _folders_among(names: set[str], archive: Archive) -> set[str]:
    """The names that are folders around a member."""
    found: set[str] = set()
    for path, _ in archive.by_path if names else ():
        at = path.find("/")
        while at >= 0:
            if path[:at] in names:
                found.add(path[:at])
            at = path.find("/", at + 1)
    return found


def _called(link: TarMember) -> str:
    """What a link is and where it leads."""
    kind = "hard link" if link.kind == HARD_LINK else "symbolic link"
    return f"{link.name} is a {kind} to {link.target}"


MARGIN = 10
"""Per cent by which an archive may exceed the stated size before that is worth a word."""


def room_faults(
    archive: Archive, workload: Workload, rooms: Iterable[MemoryRoom]
) -> Iterator[ArchiveFault]:
    """What does not fit. Only an archive that was read to its end has a size."""
    if not archive.complete:
        return
    disk = workload.interval("model.disk")
    scratch = 0 if disk is None else disk.low or 0
    wanted = archive.unpacked + scratch
    beside = f" and {_size(scratch)} of scratch space" if scratch else ""
    sizes = archive.sizes.items()  # of what is loaded: the files that are not code
    loaded = sum(n for name, n in sizes if not name.startswith("code/") and name[-3:] != ".py")
    for room in rooms:
        if room.disk is not None and wanted > room.disk:
            yield ArchiveFault(
                "archive-exceeds-disk",
                f"{_size(archive.unpacked)} unpacked{beside}; {room.where} has {_size(room.disk)} "
                "of disk",
                value=str(room.disk),
            )
        if room.memory is not None and loaded > room.memory:
            yield ArchiveFault(
                "archive-exceeds-memory",
                f"{_size(loaded)} of model files; {room.where} has {_size(room.memory)} of memory",
                value=str(room.memory),
            )


def stated_faults(archive: Archive, workload: Workload) -> Iterator[ArchiveFault]:
    """What the workload says of the archive's size and is far below the real one."""
    size = workload.interval("model.size")
    if not archive.complete or size is None or size.high is None:
        return
    disk = workload.interval("model.disk")
    scratch = 0 if disk is None else disk.high
    stated = workload.values["model.size"]
    said = f"model.size is {stated.text} ({workload.file}:{stated.line})"
    if _exceeds(archive.packed, size.high):
        has = f"{_size(archive.packed)}, {_size(archive.unpacked)} unpacked"
        message = f"{said}, but the archive has {has}"
        yield ArchiveFault("archive-larger-than-stated", message, value=stated.text)
    elif scratch is not None and _exceeds(archive.unpacked, size.high + scratch):
        beside = f" and model.disk {workload.values['model.disk'].text}" if disk else ""
        message = f"{said}{beside}, but the archive has {_size(archive.unpacked)} unpacked"
        yield ArchiveFault("archive-larger-than-stated", message, value=stated.text)


def _exceeds(size: int, stated: int) -> bool:
    return size * 100 > stated * (100 + MARGIN)


def _size(size: int) -> str:
    return about(size, "size")
