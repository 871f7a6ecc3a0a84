"""Whether an unpacked archive fits where it is deployed, and what its workload says of its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.gate.archive.contents import Archive, ArchiveFault
from advisor.gate.archive.deployed import MemoryRoom
from advisor.model.workload import Interval, Workload
from advisor.text.quantity_format import about

MARGIN = 10
"""Per cent by which an archive may exceed the stated size before that is worth a word."""


def room_faults(
    archive: Archive, workload: Workload, rooms: Iterable[MemoryRoom]
) -> Iterator[ArchiveFault]:
    """What does not fit. Only an archive that was read to its end has a size."""
    if not archive.complete:
        return
    scratch = _low(workload, "model.disk")
    wanted = archive.unpacked + scratch
    beside = f" and {_size(scratch)} of scratch space" if scratch else ""
    loaded = sum(_loaded_sizes(archive))
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


def _size(size: int) -> str:
    return about(size, "size")
