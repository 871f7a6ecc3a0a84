"""Copies of models: what each takes, how many there are, and the type of which they take least."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.modelling.queueing.scaling import instances_for_rate, whole
from advisor.options import fleet, instances, memory, real_time
from advisor.options.hosting import models as named
from advisor.options.load import PER_SECOND, Load, load, mib, per_second
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance
from advisor.text.quantity import MIB

MILLI = 1000  # of a vCPU: cores are counted in thousandths, so that sums stay exact


class Room(NamedTuple):
    """What an instance has, or a copy takes."""

    cores: int  # thousandths of a vCPU
    memory_mib: int
    devices: int

    def copies(self, copy: "Room") -> int:
        """How many equal copies find room; the scarcest resource decides."""
        pairs = zip(self, copy, strict=True)
        return min(has // takes for has, takes in pairs if takes)

    def without(self, copy: "Room", number: int) -> "Room":
        """What is left beside some copies."""
        return Room(
            self.cores - number * copy.cores,
            self.memory_mib - number * copy.memory_mib,
            self.devices - number * copy.devices,
        )


def filled(copies: Iterable[tuple[Room, int]], instance: Room) -> int:
    """Instances that first-fit-decreasing takes for all copies.

    Args:
        copies: what one copy takes, and how many of it there are.
        instance: what one instance has; a copy that is larger gets an instance of its own.
    """
    bins: list[tuple[Room, int]] = []  # what is free, on how many instances
    order = sorted(copies, key=lambda each: (_share(each[0], instance), each), reverse=True)
    for copy, number in order:
        left = number
        filled: list[tuple[Room, int]] = []
        for free, count in bins:
            most = free.copies(copy)
            taken = min(left, most * count)
            filled += _fill(free, count, copy, most, taken)
            left -= taken
        bins = filled
        most = max(1, instance.copies(copy))
        bins += _fill(instance, -(-left // most), copy, most, left)
    return sum(count for _, count in bins)


def _fill(free: Room, count: int, copy: Room, most: int, taken: int) -> list[tuple[Room, int]]:
    """Equal instances after some of them took copies: full ones, one in part, untouched ones."""
    if not taken:
        return [(free, count)] if count else []
    full, rest = divmod(taken, most)
    parts = [(free.without(copy, most), full)]
    if rest:
        parts.append((free.without(copy, rest), 1))
    parts.append((free, count - full - bool(rest)))
    return [part for part in parts if part[1] > 0]


def _share(copy: Room, instance: Room) -> float:
    """The largest part that a copy takes of any resource."""
    pairs = zip(copy, instance, strict=True)
    return max(takes / has for takes, has in pairs if has)


class Component(NamedTuple):
    """Copies of one model."""

    member: named.Member
    room: Room  # that one copy takes
    workers: int  # requests that one copy works on at once
    rate: float | None  # requests per second of one copy when it is fully busy
    least: int  # copies
    copies: int  # for the peak
    most: int
    why: str


def instance_type(
    draft: Draft, members: tuple[named.Member, ...], prices: Mapping[str, int] | None
) -> instances.TypeChoice:
    """The type that is named, else that of the cheapest fleet for all copies of the peak.

    Args:
        draft: the plan being made.
        members: the models; the type holds a copy of each.
        prices: as for real-time.
    """
    times = 1 if named.listed(draft) else named.count(draft)
    floor = 1 if draft.needs("scale-to-zero") else fewest(draft)[0]

    def taken(apart: Draft, each: Instance) -> tuple[float, bool]:
        parts = tuple(component(apart, member, each, scaled=False) for member in members)
        count = max(floor, packed(parts, "copies", times, room_of(apart, each)))
        held = all(_holds(member, each) for member in members)
        return fleet.held(apart, count, fleet.bounds(apart)), held

    least = fleet.within(floor, fleet.bounds(draft))
    alone = max((_least(each.draft) for each in members), key=weight)
    found = instances.choice(draft, alone, prices, taken, every=True, least=least)
    outside = [each.name for each in members if not _holds(each, found.instance)]
    if not outside or len(members) == 1:  # what one needs is compared with a stated type before
        return found
    message = f"{found.instance.type} does not hold every model: {', '.join(outside)}"
    fix = "State deploy.hosting: endpoint-each."
    remark = instances.Remark(rule="instance-too-small", severity="error", message=message, fix=fix)
    return found._replace(remarks=(*found.remarks, remark))


def _holds(member: named.Member, instance: Instance) -> bool:
    """Whether a model may have copies on a type that are as sure and fast as on its own type."""
    told, accelerator = member.draft.facts.workload.modelled, memory.need(member.draft).accelerator
    if told is None or told.on is None:
        return accelerator in (CPU, instance.accelerator)
    on = fleet.modelled(member.draft, instance)
    return on is not None and (on.kept, on.certain) >= (told.on.kept, told.on.certain)


def _least(draft: Draft) -> memory.Need:
    """What a type must have: of a modelled one the weights, since the rest differs by type."""
    need, told = memory.need(draft), draft.facts.workload.modelled
    if told is None or told.on is None:
        return need
    size = -(-told.weights // MIB)
    text = f"{mib(size)} {told.precision}"
    return memory.with_host(need, size, text, size, f"weights of {told.name}")


def weight(need: memory.Need) -> tuple[int, int]:
    """What makes one model larger than another: its accelerator memory, then that of the host."""
    return need.accelerator_mib, need.host_mib


def room_of(draft: Draft, instance: Instance) -> Room:
    """What an instance has for copies; unknown figures bound nothing."""
    endless = 1 << 40
    share = draft.number("usable-memory")
    cores = endless if instance.vcpu is None else int(instance.vcpu * share * MILLI)
    found = instances.types_for(draft, None).usable_mib(instance)
    devices = instance.accelerator_count
    return Room(cores, endless if found is None else found, endless if devices is None else devices)


def _takes(draft: Draft, member: named.Member, instance: Instance) -> tuple[Room, int]:
    """What one copy asks for, and the requests that it works on at once."""
    own = member.draft
    need, on = memory.need(own), fleet.modelled(own, instance)
    stated = own.upper("model.concurrency") if on is None else on.concurrency // on.copies
    cores = int(draft.number("component-cores"))
    workers = stated or 1
    if need.accelerator == CPU and stated:
        cores = min(stated, max(1, int((instance.vcpu or stated) * draft.number("usable-memory"))))
    devices, host = _devices(need, instance), need.host_mib
    if on is not None:
        devices = on.tensor_parallel
        if own.facts.workload.is_told("model.memory"):
            host = on.host_mib + int(draft.number("server-memory"))
    held = min(max(int(draft.number("component-memory-least")), host), fleet.MOST)
    return Room(min(cores, fleet.MOST) * MILLI, held, devices), workers


def _devices(need: memory.Need, instance: Instance) -> int:
    """Devices that one copy takes: a power of two, as tensor parallelism splits a model."""
    if need.accelerator == CPU:
        return 0
    device, devices = instance.accelerator_memory_mib, 1
    while device and devices * device < need.accelerator_mib:
        devices *= 2
    return min(devices, instance.accelerator_count or devices)


def component(draft: Draft, member: named.Member, instance: Instance, *, scaled: bool) -> Component:
    """The copies of one model on instances of a type.

    Args:
        draft: the plan being made.
        member: the model with its share of the traffic.
        instance: the type that copies are placed on.
        scaled: whether their number follows the load.
    """
    room, workers = _takes(draft, member, instance)
    work = load(member.draft)
    floor, why_floor = fewest(draft)
    on_one = max(1, room_of(draft, instance).copies(room))
    needed, why, rate = _for_peak(member.draft, work, (workers, on_one), instance)
    copies = max(floor, needed)
    if floor > needed:
        why = f"{why}; {why_floor}"
    most = draft.number("scaling-ceiling") * max(1, copies) if scaled else copies
    least = 0 if draft.needs("scale-to-zero") else min(floor, copies)
    if not scaled:
        least = copies
    return Component(
        member=member,
        room=room,
        workers=workers,
        rate=rate,
        least=least,
        copies=copies,
        most=most,
        why=why,
    )


def fewest(draft: Draft) -> tuple[int, str]:
    """Copies for availability alone, with the reason."""
    if draft.needs("scale-to-zero") and not draft.needs("multi-az"):
        return 1, "one copy, since it may go to none anyway"
    two, _ = real_time.availability(draft)
    if two == 1:
        return 1, "one copy: production is not stated"
    copies = draft.number("component-copies")
    return copies, f"{copies} copies, on instances in two Availability Zones"


def _for_peak(
    draft: Draft, work: Load, size: tuple[int, int], instance: Instance
) -> tuple[int, str, float | None]:
    """Copies that carry the model's share of the peak, with AWS's safety factor.

    A throughput that was measured on an instance is shared by the copies that fill it.

    Args:
        draft: of the model alone.
        work: its load.
        size: requests that one copy works on at once, and copies on one instance.
        instance: the type that copies are placed on.
    """
    workers, on_one = size
    safety, _ = fleet.planned_share(draft)
    measured, on = draft.upper("model.throughput"), fleet.modelled(draft, instance)
    told = draft.facts.workload.is_told("model.throughput")
    peak = work.peak or 0.0
    if measured and not told:
        rate = measured / PER_SECOND / on_one
        said_of = f"{per_second(measured / PER_SECOND)} measured on an instance of {said(on_one)}"
    elif told and on is not None and work.concurrent is None:
        rate = on.highest_per_s / on.copies
        said_of = f"{workers:,} at once = {per_second(rate)} modelled a copy"
    elif work.concurrent is None:
        rate = workers / (work.processing_s or 1.0)
        said_of = f"{workers} at once / {work.time_text} = {per_second(rate)} a copy"
    else:
        count = max(1, min(fleet.MOST, whole((work.in_flight or 0.0) / (workers * safety))))
        return (
            count,
            f"{work.in_flight_text} / ({workers} at once x {safety}) = {said(count)}",
            None,
        )
    count = min(fleet.MOST, instances_for_rate(peak, rate, safety))
    planned = per_second(rate * safety)
    return count, f"{said_of}, x {safety}; {work.peak_text} / {planned} = {said(count)}", rate


def said(count: int) -> str:
    """``1 copy``, ``2 copies``."""
    return f"{count:,} copy" if count == 1 else f"{count:,} copies"


def packed(components: tuple[Component, ...], which: str, times: int, has: Room) -> int:
    """Instances for all copies: those at ``least``, for the peak (``copies``) or at ``most``."""
    demand = [(each.room, getattr(each, which) * times) for each in components]
    return filled(demand, has)
