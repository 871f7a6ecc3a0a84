"""What one instance carries, and the bounds that the workload file puts on their number."""

from functools import lru_cache

from advisor.model.value import Value
from advisor.model.workload import OnType
from advisor.modelling.queueing.scaling import whole
from advisor.options.load import PER_SECOND, Load, counted, per_second
from advisor.options.plan_builder import Draft, once, upper
from advisor.rulebook.hardware import CPU, Instance
from advisor.text.quantity_format import number

MOST = 2_147_483_647  # the API's counts are 32-bit integers


class Capacity(Value):
    """What one instance carries when it is fully busy."""

    workers: int  # requests in progress
    per_second: float  # requests
    text: str


class Bounds(Value):
    """``deploy.instances``; ``None`` where nothing is stated."""

    least: int | None
    most: int | None


def capacity(draft: Draft, load: Load, instance: Instance) -> Capacity:
    """Measured throughput if it is stated, else requests at once over the time of one."""
    measured, batched = draft.upper("model.throughput"), modelled(draft, instance)
    count, text = workers(draft, instance)
    if batched is not None and draft.facts.workload.is_told("model.throughput"):
        said = f"{text} = {per_second(batched.highest_per_s)} modelled"
        return Capacity(workers=count, per_second=batched.highest_per_s, text=said)
    found = _capacity(count, text, measured, load.processing_s or 0.0, load.time_text)
    if draft.facts.workload.untimed and not measured:
        return found._replace(text=f"{text}, each for {load.time_text}")
    return found


@lru_cache(maxsize=256)  # the options of one workload often take the same type
def _capacity(
    count: int, text: str, measured: int | None, time_s: float, time_text: str
) -> Capacity:
    if measured:
        rate = measured / PER_SECOND
        return Capacity(
            workers=count, per_second=rate, text=f"{per_second(rate)} measured on one instance"
        )
    rate = count / time_s
    return Capacity(
        workers=count, per_second=rate, text=f"{text} / {time_text} = {per_second(rate)}"
    )


def modelled(draft: Draft, instance: Instance) -> OnType | None:
    """The model on a type as modelled; ``None`` where it does not hold it, or none is modelled."""
    if draft.facts.workload.modelled is None:
        return None
    from advisor.engine.model_choices import on_type  # most workloads name no model

    return on_type(draft.facts, instance.type)


def planned_share(draft: Draft) -> tuple[float, str]:
    """Share of an instance's highest rate that is planned for, and the constant that says so."""
    workload = draft.facts.workload
    batched = workload.is_told("model.concurrency") or workload.batched
    name = "batching-share" if batched else "safety-factor"
    return draft.number(name), name


def busy(draft: Draft, load: Load, capacity: Capacity) -> tuple[float, str]:
    """Instances that the peak keeps busy, and the rate that says so; empty for requests at once."""
    workload, rate = draft.facts.workload, capacity.per_second
    if load.concurrent is None or "model.throughput" in workload.as_stated.values:
        return (load.peak or 0.0) / rate, load.peak_text
    flying = (load.in_flight or 0.0) / capacity.workers
    # A language model settles by itself: a rate beside its requests in progress counts as well.
    told = workload.modelled
    peak = 0.0 if told is None or told.on is None else told.asked.rate
    return (peak / rate, f"{per_second(peak)} as stated") if peak / rate > flying else (flying, "")


def for_peak(draft: Draft, load: Load, capacity: Capacity) -> tuple[int, str]:
    """Instances that carry the peak with AWS's safety factor."""
    safety, _ = planned_share(draft)
    needed, peak_text = busy(draft, load, capacity)
    count = max(1, min(MOST, whole(needed / safety)))
    if peak_text:
        planned = per_second(capacity.per_second * safety)
        why = f"{capacity.text}, x {safety} = {planned} planned for; {peak_text} / {planned}"
    else:
        at_once = f"{number(capacity.workers)} at once x {safety}"
        why = f"{load.in_flight_text} / ({at_once})"
    return count, f"{why} = {counted(count, 'instance')}"


def workers(draft: Draft, instance: Instance) -> tuple[int, str]:
    """Requests that one instance processes at once: modelled, stated, else one for each vCPU."""
    on = modelled(draft, instance)
    if on is not None:
        several = f"{on.copies} copies of " if on.copies > 1 else ""
        return on.concurrency, f"{several}{on.concurrency // on.copies:,} at once"
    stated = draft.upper("model.concurrency")
    if stated:
        return stated, f"{number(stated)} at once"
    if instance.accelerator != CPU:
        return 1, "1 at once assumed on an accelerator"
    count = instance.vcpu or 1
    return count, f"1 at once assumed for each of {count} vCPUs"


@once
def bounds(draft: Draft) -> Bounds:
    """The stated bounds; of a range the end that leaves more room."""
    workload = draft.facts.workload
    least = workload.interval("deploy.instances.min")
    most = workload.interval("deploy.instances.max")
    low = least.low if least is not None else None
    high = upper(most)
    return Bounds(
        least=min(low, MOST) if low is not None else None,
        most=min(high, MOST) if high is not None else None,
    )


def within(count: int, limits: Bounds, least: int = 1) -> int:
    """A count of at least ``least`` inside the stated bounds."""
    low = max(least, limits.least or 0)
    high = max(low, limits.most) if limits.most is not None else MOST
    return min(max(count, low), high)


def held(draft: Draft, needed: int, limits: Bounds, least: int = 1) -> int:
    """The count inside the stated bounds; a finding where the load takes more than they allow."""
    count = within(needed, limits, least)
    if count < needed:
        draft.find(
            "fleet-bounded",
            "warning",
            f"the load takes {counted(needed, 'instance')}, and deploy.instances allows {count:,}",
            path="deploy.instances.max",
        )
    return count


def ends(floor: int, ceiling: int, limits: Bounds, least: int) -> tuple[int, int]:
    """Fewest and most instances: the stated bounds, else our own.

    Args:
        floor: our own fewest.
        ceiling: our own most.
        limits: what was stated.
        least: fewest that the option can have.
    """
    low = max(least, limits.least) if limits.least is not None else within(floor, limits, least)
    high = limits.most if limits.most is not None else min(ceiling, MOST)
    return low, max(1, low, high)


def outside(draft: Draft, floor: int, why: str) -> tuple[int, str]:
    """Instances that scheduled actions leave outside of the windows, with the reason.

    Without stated bounds these are the ``floor`` of availability, for its own reason.
    """
    least = draft.number("schedule-instances-least")
    kept = within(max(floor, least), bounds(draft), least)
    return kept, why if kept <= floor else f"{counted(kept, 'instance')}: deploy.instances"


def scalable(draft: Draft, instance: Instance) -> bool:
    """Whether the type takes a scaling policy; a finding when it does not."""
    if not instance.family.autoscaling:
        message = f"{instance.type} cannot be scaled automatically, so the requests set no policy"
        draft.find("instance-not-scalable", "warning", message, path="deploy.instance_type")
    return instance.family.autoscaling
