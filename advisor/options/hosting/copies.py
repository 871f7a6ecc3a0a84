"""Copies of models: what each takes, how many there are, and the type of which they take least."""

from collections.abc import Mapping
from typing import NamedTuple

from advisor.modelling.queueing.scaling import instances_for_rate, whole
from advisor.options import fleet, instances, memory, real_time
from advisor.options.hosting import models as named
from advisor.options.hosting import packing
from advisor.options.hosting.packing import MILLI, Room
from advisor.options.load import PER_SECOND, Load, load, per_second
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance


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
    draft: Draft,
    members: tuple[named.Member, ...],
    alone: memory.Need,
    prices: Mapping[str, int] | None,
) -> instances.TypeChoice:
    """The type that is named, else that of the cheapest fleet for all copies of the peak.

    Args:
        draft: the plan being made.
        members: the models.
        alone: need of the largest.
        prices: as for real-time.
    """
    times = 1 if named.listed(draft) else named.count(draft)
    floor = 1 if draft.needs("scale-to-zero") else fewest(draft)[0]

    def taken(apart: Draft, each: Instance) -> tuple[float, bool]:
        parts = tuple(component(apart, member, each, scaled=False) for member in members)
        count = max(floor, packed(parts, "copies", times, room_of(apart, each)))
        return fleet.held(apart, count, fleet.bounds(apart)), True

    least = fleet.within(floor, fleet.bounds(draft))
    return instances.choice(draft, alone, prices, taken, every=True, least=least)


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
    need = memory.need(member.draft)
    on = fleet.modelled(member.draft, instance)
    stated = draft.upper("model.concurrency") if on is None else on.concurrency // on.copies
    cores = int(draft.number("component-cores"))
    workers = stated or 1
    if need.accelerator == CPU and stated:
        cores = min(stated, max(1, int((instance.vcpu or stated) * draft.number("usable-memory"))))
    devices = _devices(need, instance) if on is None else on.tensor_parallel
    least = int(draft.number("component-memory-least"))
    held = min(max(least, need.host_mib), fleet.MOST)
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
    needed, why, rate = _for_peak(draft, work, workers, on_one)
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


def _for_peak(draft: Draft, work: Load, workers: int, on_one: int) -> tuple[int, str, float | None]:
    """Copies that carry the model's share of the peak, with AWS's safety factor.

    A throughput that was measured on an instance is shared by the copies that fill it.
    """
    safety, _ = fleet.planned_share(draft)
    measured = draft.upper("model.throughput")
    if work.concurrent is not None and draft.facts.workload.is_told("model.throughput"):
        measured = None
    peak = work.peak or 0.0
    if measured:
        rate = measured / PER_SECOND / on_one
        count = min(fleet.MOST, instances_for_rate(peak, rate, safety))
        how = "modelled" if draft.facts.workload.is_told("model.throughput") else "measured"
        text = (
            f"{per_second(measured / PER_SECOND)} {how} on an instance of {said(on_one)}, "
            f"x {safety}; {work.peak_text} / {per_second(rate * safety)} = {said(count)}"
        )
        return count, text, rate
    if work.concurrent is None:
        rate = workers / (work.processing_s or 1.0)
        count = min(fleet.MOST, instances_for_rate(peak, rate, safety))
        text = (
            f"{workers} at once / {work.time_text} = {per_second(rate)} a copy, "
            f"x {safety}; {work.peak_text} / {per_second(rate * safety)} = "
            f"{said(count)}"
        )
        return count, text, rate
    count = max(1, min(fleet.MOST, whole((work.in_flight or 0.0) / (workers * safety))))
    return count, f"{work.in_flight_text} / ({workers} at once x {safety}) = {said(count)}", None


def said(count: int) -> str:
    """``1 copy``, ``2 copies``."""
    return f"{count:,} copy" if count == 1 else f"{count:,} copies"


def packed(components: tuple[Component, ...], which: str, times: int, has: Room) -> int:
    """Instances for all copies: those at ``least``, for the peak (``copies``) or at ``most``."""
    demand = [(each.room, getattr(each, which) * times) for each in components]
    return packing.instances(demand, has)
