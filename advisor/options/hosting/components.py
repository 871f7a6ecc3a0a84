"""Inference components: copies of each model on the instances of one endpoint, down to none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.facts import Facts
from advisor.model import Plan
from advisor.options import (
    call,
    endpoint,
    fleet,
    instances,
    memory,
    named,
    quotas,
    real_time,
    shared_facts,
    variants,
)
from advisor.options.draft import Draft
from advisor.options.hosting import packing
from advisor.options.hosting.packing import MILLI, Room
from advisor.options.load import (
    PER_SECOND,
    Load,
    counted,
    load,
    mib,
    number,
    per_second,
    seconds,
    sentence,
)
from advisor.options.shelf import usable_mib
from advisor.queueing.scaling import instances_for_rate, whole
from advisor.rulebook.hardware import CPU, Instance, rank, size


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


class Design(NamedTuple):
    """What requests and facts are made from."""

    work: Load
    instance: Instance
    components: tuple[Component, ...]
    times: int  # models that each component stands for
    least: int  # instances
    initial: int
    most: int
    to_zero: bool
    scaled: bool


def planned(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of an endpoint that holds components; arguments as for real-time."""
    design = _design(draft, prices)
    facts = _facts(draft, design)
    if not deploy:
        return draft.sized(facts)
    from advisor.options.hosting import component_requests

    made = component_requests.requests(draft, design)
    variants.elsewhere(draft)
    draft.carry("inference-components", "response-streaming", "tenant-isolation")
    if design.least >= draft.number("availability-instances"):
        draft.carry("multi-az")
    if design.instance.arch == "arm64":
        draft.carry("graviton")
    invoke = call.synchronous(draft, design.work)
    wanted = {"instances": design.most, "endpoints": 1}
    return draft.plan(made, invoke, quotas.quotas(draft, wanted, design.instance), facts)


def _design(draft: Draft, prices: Mapping[str, int] | None) -> Design:
    work = load(draft)
    members = named.members(draft)
    alone = max((memory.need(each.draft) for each in members), key=_weight)
    instance, because = _type(draft, members, alone, prices)
    draft.set("InstanceType", instance.type, sentence(because))
    has = _has(draft, instance)
    to_zero = draft.needs("scale-to-zero")
    limits = fleet.bounds(draft)
    ranged = limits.most is not None and limits.most > max(1, limits.least or 0)
    scaled = to_zero or draft.needs("autoscaling") or ranged
    floor = 1 if to_zero else _floor(draft)[0]
    components = tuple(_component(draft, each, instance, scaled=scaled) for each in members)
    times = 1 if named.listed(draft) else named.count(draft)
    _say_copies(draft, components, has, instance, times)
    initial = max(floor, _packed(components, "copies", times, has))
    least = 0 if to_zero else max(floor, _packed(components, "least", times, has))
    most = max(initial, _packed(components, "most", times, has))
    initial = fleet.within(initial, limits)
    least, most = fleet.ends(min(least, initial), max(most, initial), limits, 0 if to_zero else 1)
    initial = min(max(1, least, initial), most)
    _say_instances(draft, components, (least, initial, most), times)
    return Design(work, instance, components, times, least, initial, most, to_zero, scaled)


def _type(
    draft: Draft,
    members: tuple[named.Member, ...],
    alone: memory.Need,
    prices: Mapping[str, int] | None,
) -> tuple[Instance, str]:
    """The type that is named, else the one of which all copies of the peak take least.

    Types come first on which the largest copy takes the fewest devices, since a model on one device
    needs no parallelism; then the fewest devices, or vCPUs, of the fleet; price tells equals apart.
    """
    stated = draft.text("deploy.instance_type") or draft.text("model.measured_on")
    found = [] if stated is not None else instances.suiting(draft, alone)
    if not found:
        return instances.choose(draft, alone, prices)
    times = 1 if named.listed(draft) else named.count(draft)
    floor = 1 if draft.needs("scale-to-zero") else _floor(draft)[0]
    fewest = min(_devices(alone, each) for each in found)
    found = [each for each in found if _devices(alone, each) == fewest]
    unknown = 1 << 62

    def fleet_of(each: Instance) -> tuple[tuple[int, ...], int]:
        """What all copies take of a type, least first, and how many of it."""
        parts = tuple(_component(draft, member, each, scaled=False) for member in members)
        count = max(floor, _packed(parts, "copies", times, _has(draft, each)))
        price = (prices or {}).get(each.type, unknown)
        scarce = each.vcpu if alone.accelerator == CPU else each.accelerator_count
        return (count * (scarce or 1), *size(each), price, *rank(each)[:1]), count

    instance = min(found, key=lambda each: fleet_of(each)[0])
    _, count = fleet_of(instance)
    return instance, (
        f"of the types that hold {alone.text}, {counted(count, 'instance')} of this one carry all "
        f"copies with the fewest {'vCPUs' if alone.accelerator == CPU else 'devices'}"
    )


def _weight(need: memory.Need) -> tuple[int, int]:
    return need.accelerator_mib, need.host_mib


def _has(draft: Draft, instance: Instance) -> Room:
    """What an instance has for copies; unknown figures bound nothing."""
    endless = 1 << 40
    share = draft.number("usable-memory")
    cores = endless if instance.vcpu is None else int(instance.vcpu * share * MILLI)
    found = usable_mib(draft, instance)
    devices = instance.accelerator_count
    return Room(cores, endless if found is None else found, endless if devices is None else devices)


def _takes(draft: Draft, member: named.Member, instance: Instance) -> tuple[Room, int]:
    """What one copy asks for, and the requests that it works on at once."""
    need = memory.need(member.draft)
    stated = draft.upper("model.concurrency")
    cores = int(draft.number("component-cores"))
    workers = stated or 1
    if need.accelerator == CPU and stated:
        cores = min(stated, max(1, int((instance.vcpu or stated) * draft.number("usable-memory"))))
    devices = _devices(need, instance)
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


def _component(
    draft: Draft, member: named.Member, instance: Instance, *, scaled: bool
) -> Component:
    room, workers = _takes(draft, member, instance)
    work = load(member.draft)
    floor, why_floor = _floor(draft)
    on_one = max(1, _has(draft, instance).copies(room))
    needed, why, rate = _for_peak(draft, work, workers, on_one)
    copies = max(floor, needed)
    if floor > needed:
        why = f"{why}; {why_floor}"
    most = draft.number("scaling-ceiling") * max(1, copies) if scaled else copies
    least = 0 if draft.needs("scale-to-zero") else min(floor, copies)
    if not scaled:
        least = copies
    return Component(member, room, workers, rate, least, copies, most, why)


def _floor(draft: Draft) -> tuple[int, str]:
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
    safety, measured = draft.number("safety-factor"), draft.upper("model.throughput")
    if work.peak is not None and measured:
        rate = measured / PER_SECOND / on_one
        count = min(fleet.MOST, instances_for_rate(work.peak, rate, safety))
        text = (
            f"{per_second(measured / PER_SECOND)} measured on an instance of {_copies(on_one)}, "
            f"x {safety}; {work.peak_text} / {per_second(rate * safety)} = {_copies(count)}"
        )
        return count, text, rate
    if work.peak is not None and work.processing_s is not None:
        rate = workers / work.processing_s
        count = min(fleet.MOST, instances_for_rate(work.peak, rate, safety))
        text = (
            f"{workers} at once / {seconds(work.processing_s)} = {per_second(rate)} a copy, "
            f"x {safety}; {work.peak_text} / {per_second(rate * safety)} = "
            f"{_copies(count)}"
        )
        return count, text, rate
    if work.in_flight is not None:
        count = max(1, min(fleet.MOST, whole(work.in_flight / (workers * safety))))
        text = f"{work.in_flight_text} / ({workers} at once x {safety}) = {_copies(count)}"
        return count, text, None
    return 1, "neither peak rate and processing time nor requests in progress are stated: one", None


def _copies(count: int) -> str:
    return f"{count:,} copy" if count == 1 else f"{count:,} copies"


def _packed(components: tuple[Component, ...], which: str, times: int, has: Room) -> int:
    demand = [(each.room, getattr(each, which) * times) for each in components]
    return packing.instances(demand, has)


def _say_copies(
    draft: Draft,
    components: tuple[Component, ...],
    has: Room,
    instance: Instance,
    times: int,
) -> None:
    """What a copy of each model takes, how many fit, and how many there are."""
    for each in components:
        before = f"{each.member.name}: " if each.member.name else ""
        room = each.room
        terms = [
            f"vCPUs {number(has.cores / MILLI)} / {number(room.cores / MILLI)}",
            f"memory {mib(has.memory_mib)} / {mib(room.memory_mib)}",
        ]
        if room.devices:
            terms.append(f"devices {has.devices} / {room.devices}")
        need = memory.need(each.member.draft)
        draft.set(
            f"{before}MinMemoryRequiredInMb",
            room.memory_mib,
            f"{need.host_text[0].upper()}{need.host_text[1:]}; one {instance.type} holds the least "
            f"of {', '.join(terms)} = {_copies(max(1, has.copies(room)))}.",
        )
        shared = f" Each of {times:,} models alike." if times > 1 else ""
        draft.set(f"{before}CopyCount", each.copies, sentence(each.why) + shared)


def _say_instances(
    draft: Draft, components: tuple[Component, ...], sizes: tuple[int, int, int], times: int
) -> None:
    total = sum(each.copies for each in components) * times
    models = len(components) * times
    least, initial, most = sizes
    draft.set(
        "InitialInstanceCount",
        initial,
        f"{counted(models, 'model')}, {_copies(total)} in all, placed largest first on "
        f"{counted(initial, 'instance')}.",
    )
    zero = "no copies need no instance" if not least else f"the fewest copies take {least}"
    draft.set(
        "ManagedInstanceScaling",
        f"{least} to {most}",
        f"SageMaker adds and removes instances as copies come and go: {zero}, the most {most}.",
    )


def _facts(draft: Draft, design: Design) -> dict[str, Any]:
    """What costs and latency read; a copy is a worker of the fleet as a whole."""
    first = max(design.components, key=lambda each: each.member.share)
    total = sum(each.copies for each in design.components) * design.times
    workers = max(1, total * first.workers // design.initial)
    done = {
        **shared_facts.traffic(draft),
        "component": "hosting",
        "instance_type": design.instance.type,
        "minimum": design.least,
        "instances": design.initial,
        "maximum": design.most,
        "workers": workers,
        "measured": shared_facts.measured(draft, design.instance.type),
    }
    if design.scaled:
        done["count_low"], done["count_high"] = design.least, design.initial
    else:
        done["count"] = design.initial
    if first.rate is not None:
        per_instance = total * first.rate / design.initial
        done["rate_of_one"] = per_instance * draft.number("safety-factor")
    done["busiest"] = _busiest(first)
    if design.to_zero:
        start = draft.number("instance-start") + endpoint.start_s(draft)
        done["wake_s"] = float(draft.number("component-wake-period") + start)
        done["linger_s"] = float(draft.number("scale-in-alarm"))
        if len(design.components) * design.times > 1:
            done["each"] = tuple(
                _asleep_alone(draft, each, design, done) for each in design.components
            )
    volume = endpoint.volume_gb(draft, design.instance)
    if volume is not None:
        done["volume_gb"] = volume
    return done


def _asleep_alone(
    draft: Draft, component: Component, design: Design, whole: Mapping[str, Any]
) -> tuple[Plan, Facts]:
    """What one component costs: each wakes and sleeps by itself.

    Instances that copies of several share count for each of them, so the sum is an upper estimate.
    """
    part, has = component.member.draft, _has(draft, design.instance)
    on_one = max(1, has.copies(component.room))
    found = {
        **shared_facts.traffic(part),
        **named.times(draft),
        **{key: whole[key] for key in ("instance_type", "wake_s", "linger_s")},
        "minimum": 0,
        "maximum": -(-component.most // on_one),
        "count_low": 0,
        "count_high": -(-component.copies // on_one),
        "workers": on_one * component.workers,
    }
    return Draft(draft.option, part.basis).sized(found), part.facts


def _busiest(component: Component) -> dict[str, Any]:
    """What latency reads: the copies of one model are a queue of their own."""
    from advisor.queueing.responses import LEAST_OUTSTANDING_REQUESTS

    found: dict[str, Any] = {
        "instances": component.copies,
        "workers": component.workers,
        "routing": LEAST_OUTSTANDING_REQUESTS,
    }
    peak = load(component.member.draft).peak
    if peak is not None:
        found["rate"] = peak
    return found
