"""Asynchronous inference: instances for the answer time, none where a start fits into it."""

from collections.abc import Mapping

from advisor.model.advice import Parameters, Plan, Request
from advisor.model.usage import FleetUsage, Quantity
from advisor.model.value import Value
from advisor.modelling.queueing.scaling import asynchronous_backlog_target, whole
from advisor.options import (
    containers,
    endpoint,
    fleet,
    instances,
    memory,
    placeholders,
    quotas,
    rollout,
    scaling,
    schedule,
    traffic,
    variants,
)
from advisor.options import invocation as call
from advisor.options.fleet import Capacity
from advisor.options.load import (
    SECOND,
    Load,
    counted,
    known,
    load,
    per_second,
    seconds,
    sentence,
    sized,
    timed,
)
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Replaced, asked
from advisor.rulebook.hardware import Instance
from advisor.text.quantity_format import number


class Sizes(Value):
    """Numbers of instances and the times behind them."""

    floor: int
    ceiling: int
    wait_s: float | None  # a request may wait this long in the queue
    wake_s: float  # from zero instances to the first service
    hours: schedule.Timetable | None = None  # in which the floor is up


def size(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of an asynchronous endpoint; arguments as for real-time."""
    work = load(draft)
    found = instances.choice(draft, memory.need(draft), prices, _taken)
    instance = instances.note(draft, found)
    capacity = fleet.capacity(draft, work, instance)
    sizes = _fleet(draft, work, capacity, instance)
    usage = _usage(draft, capacity, sizes, instance)
    if not deploy:
        return draft.sized(usage)
    model = containers.create_model(draft, instance)
    config = _config(draft, model, instance, capacity, sizes)
    made = endpoint.requests(draft, model, config)
    variants.elsewhere(draft)
    least = sizes.floor if sizes.hours is None else sizes.hours.outside
    released = rollout.complete(
        draft, made, Replaced(instance=instance, least=least, most=sizes.ceiling)
    )
    requests = released.requests + _scaling(draft, work, capacity, sizes)
    invoke = call.queued(draft, work, _useful_s(draft, work, sizes))
    _carried(draft, sizes, instance)
    wanted = {"instances": released.instances, "endpoints": 1}
    return draft.plan(requests, invoke, quotas.quotas(draft, wanted, instance), usage)


def _taken(draft: Draft, instance: Instance) -> tuple[float, bool]:
    """Instances of a type that the plan takes at the peak."""
    work = load(draft)
    return _fleet(draft, work, fleet.capacity(draft, work, instance), instance).ceiling, True


def _fleet(draft: Draft, work: Load, capacity: Capacity, instance: Instance) -> Sizes:
    alarm = draft.number("wake-alarm-period") * draft.number("wake-alarm-periods")
    wake, wake_text = endpoint.in_service(draft, float(alarm))
    zero, why_zero = _zero(draft, work, wake, wake_text)
    wait = _wait(draft, work, wake if zero else 0.0)
    most, why = _most(draft, work, capacity, wait)
    floor = 0
    if not zero:
        floor, why_zero = _floor(draft, work, capacity, why_zero)
    limits = fleet.bounds(draft)
    fleet.held(draft, max(floor, most), limits)
    if draft.needs("autoscaling") and most <= floor:
        most = draft.number("scaling-ceiling") * max(1, floor)
        why += f"; {most} leave room for the scaling that is needed"
    floor, ceiling = fleet.ends(floor, most, limits, 0)
    if ceiling > floor and not fleet.scalable(draft, instance):
        floor, why_zero = ceiling, "a fixed number for the peak"
    draft.set("MinCapacity", floor, sentence(why_zero))
    draft.set("MaxCapacity", ceiling, sentence(why))
    hours = None
    if floor > 0 and instance.family.autoscaling and schedule.stated(draft):
        kept = fleet.outside(draft, *_least(draft, "one for what comes outside of the windows"))
        hours = schedule.timetable(draft, floor, kept, endpoint.in_service(draft))
    return Sizes(floor=floor, ceiling=ceiling, wait_s=wait, wake_s=wake, hours=hours)


def _zero(draft: Draft, work: Load, wake: float, wake_text: str) -> tuple[bool, str]:
    """Whether the fleet may go to zero: where a start and the work fit into the answer time."""
    facts = draft.facts
    wanted = draft.needs("scale-to-zero")
    cold = facts.interval("requests.cold_start")
    patient = cold is not None and (cold.high is None or cold.high >= wake * SECOND)
    if cold is not None and not patient and not wanted:
        return False, f"A start takes {wake_text}, longer than the cold start that is accepted"
    if wanted and patient:
        return True, (
            "scale-to-zero, and a cold start is acceptable: the first request after a pause "
            f"waits {wake_text}"
        )
    if work.answer_s is None:
        if wanted:
            return True, f"scale-to-zero; the first request after a pause waits {wake_text}"
        return False, "requests.answer is not stated, so one instance stays on"
    if work.answer_open:
        return True, f"The answer may come later, so also after a start: {wake_text}"
    total = wake + (work.slowest_s or work.processing_s or 0.0)
    if total <= work.answer_s:
        return True, (
            f"A start, {wake_text}, and the work fit into the answer's {seconds(work.answer_s)}"
        )
    if wanted:
        draft.find(
            "conflict",
            "warning",
            f"needs scale-to-zero, but a start takes {wake_text} and the answer "
            f"{seconds(work.answer_s)}, so one instance stays",
            path="needs.scale-to-zero",
            fix="State requests.cold_start: tolerated if the first request may wait.",
        )
    return False, f"A start takes {wake_text}, longer than the answer may take"


def _wait(draft: Draft, work: Load, wake: float) -> float | None:
    """Time that a request may wait in the queue; ``None`` when no answer time is stated."""
    if work.answer_s is None:
        return None
    longest = min(work.answer_s, draft.number("async-wait-most"))
    return max(0.0, float(longest - (work.processing_s or 0.0) - wake))


def _most(draft: Draft, work: Load, capacity: Capacity, wait: float | None) -> tuple[int, str]:
    """Instances at most: for the peak as it comes, or for what the queue leaves of it."""
    how, lacks = sized(draft)
    if how == "not-sized":
        return draft.number("scaling-ceiling"), f"not sized: state {lacks[0]}"
    lag = draft.number("tracking-alarm") + endpoint.in_service(draft)[0]
    if wait is None or wait < lag:
        found = _as_it_comes(draft, work, capacity, wait, lag)
    else:
        found = _spread(draft, work, capacity, wait)
    least = draft.number("scaling-ceiling")
    if known(draft).in_flight is None and found[0] < least:
        return least, f"{found[1]}; {least} leave room, as the load is not stated"
    return found


def _as_it_comes(
    draft: Draft, work: Load, capacity: Capacity, wait: float | None, lag: float
) -> tuple[int, str]:
    count, text = fleet.for_peak(draft, work, capacity)
    why = "no answer time is stated"
    if wait is not None:
        why = f"{seconds(round(wait))} to wait are less than the {seconds(lag)} until help arrives"
    return count, f"{text}; {why}"


def _spread(draft: Draft, work: Load, capacity: Capacity, wait: float) -> tuple[int, str]:
    """The queue spreads the peak: enough for the mean, and for a peak as long as one lasts."""
    share, lasts = draft.number("highest-utilisation"), draft.number("peak-duration")
    busy = fleet.busy(draft, work, capacity)[0]
    burst = _whole(busy * lasts / (lasts + wait))
    if known(draft).mean is None:
        count = max(burst, _whole(busy / share))
        return count, (
            f"{work.peak_text} keeps {number(busy)} instances busy, / {share} = {count}; the "
            "volume is not stated, so the peak may last"
        )
    mean = work.mean or 0.0
    steady = mean / capacity.per_second
    count = max(burst, _whole(steady / share))
    text = (
        f"{per_second(mean)} in the active time / {per_second(capacity.per_second)} = "
        f"{number(steady)} instances busy, / {share} = {_whole(steady / share)}; the peak of "
        f"{number(busy)} spread over its {seconds(lasts)} and the {seconds(round(wait))} that an "
        f"answer may wait = {burst}"
    )
    return count, text + _peak_may_last(busy, count, wait)


def _peak_may_last(busy: float, count: int, wait: float) -> str:
    """How long the peak may last before the queue is longer than the wait."""
    if busy <= count:
        return ""
    return f"; with {count} the peak may last {number(wait * count / (busy - count) / 3600)} h"


def _floor(draft: Draft, work: Load, capacity: Capacity, why: str) -> tuple[int, str]:
    """Instances that stay: for the mean load, and two where zones are asked for."""
    mean = known(draft).mean
    if mean is None or sized(draft)[0] == "not-sized":
        return _least(draft, why)
    count = _whole(mean / capacity.per_second)
    least, why = _least(
        draft, f"{why}; {counted(count, 'instance')} for the mean of the active time"
    )
    return max(count, least), why


def _least(draft: Draft, why: str) -> tuple[int, str]:
    """One instance, and two where zones are asked for."""
    if draft.needs("multi-az"):
        return draft.number("availability-instances"), f"{why}; multi-az: two zones"
    return 1, why


def _config(
    draft: Draft, model: Request, instance: Instance, capacity: Capacity, sizes: Sizes
) -> Parameters:
    variant = endpoint.variant(draft, model, instance, max(1, sizes.floor))
    config: Parameters = {"ProductionVariants": [variant]}
    key = endpoint.encrypt(draft, config, instance)
    output: Parameters = {
        "S3OutputPath": placeholders.location(draft, "async/output", "S3OutputPath"),
        "S3FailurePath": placeholders.location(draft, "async/failure", "S3FailurePath"),
    }
    if key is not None:
        output["KmsKeyId"] = key
    _notify(draft, output)
    most = draft.number("async-concurrency-most")
    concurrent = min(most, capacity.workers)
    config["AsyncInferenceConfig"] = {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": concurrent},
        "OutputConfig": output,
    }
    because = f"{capacity.text}; what one instance processes at once, 1 to {most}"
    draft.set("MaxConcurrentInvocationsPerInstance", concurrent, sentence(because))
    endpoint.capture(draft, config, key)
    return config


def _notify(draft: Draft, output: Parameters) -> None:
    if not asked(draft):
        return
    from advisor.options import topics

    kinds = topics.results(draft)
    if not kinds:
        return
    told = {f"{kind.title()}Topic": topics.arn(draft, kind) for kind in kinds}
    output["NotificationConfig"] = told
    if draft.needs("notifications"):
        draft.carry("notifications")
    because = "notifications: a message at the end of each request."
    draft.set("NotificationConfig", ", ".join(told), because)


def _scaling(draft: Draft, work: Load, capacity: Capacity, sizes: Sizes) -> tuple[Request, ...]:
    register = scaling.target(draft, sizes.floor, sizes.ceiling)
    scheduled = schedule.scheduled(sizes.hours, register)
    if sizes.ceiling <= sizes.floor:
        return scheduled
    draft.carry("autoscaling")
    goal = _backlog(draft, work, capacity, sizes)
    requests = (*(scheduled or (register,)), scaling.by_backlog(draft, goal))
    if sizes.floor > 0:
        return requests
    draft.carry("scale-to-zero")
    return requests + scaling.wake(draft)


def _backlog(draft: Draft, work: Load, capacity: Capacity, sizes: Sizes) -> float:
    time = known(draft).processing_s
    if sizes.wait_s is None or time is None:
        goal = float(draft.number("backlog-target"))
        because = "Answer or processing time not stated."
        draft.set("TargetValue", goal, because, constant="backlog-target")
        return goal
    safety = draft.number("safety-factor")
    count = capacity.workers
    found = asynchronous_backlog_target(sizes.wait_s * safety, time, count)
    goal = round(max(1.0, found), 1)
    because = (
        f"{safety} x {seconds(round(sizes.wait_s))} to wait / {work.time_text} x "
        f"{count} at once + {count} in progress = {number(goal)} requests for each instance."
    )
    draft.set("TargetValue", goal, because, constant="safety-factor")
    return goal


def _useful_s(draft: Draft, work: Load, sizes: Sizes) -> float | None:
    """After twice the answer time and a start nobody waits any more; a word is no such bound."""
    if work.answer_s is None or work.answer_open or draft.text("requests.answer") is not None:
        return None
    return 2 * work.answer_s + (sizes.wake_s if sizes.floor == 0 else 0.0)


def _carried(draft: Draft, sizes: Sizes, instance: Instance) -> None:
    if sizes.floor >= 2:
        draft.carry("multi-az")
    if instance.arch == "arm64":
        draft.carry("graviton")


def _usage(draft: Draft, capacity: Capacity, sizes: Sizes, instance: Instance) -> FleetUsage:
    to_zero, unknown, hours = sizes.floor == 0, sized(draft)[1], sizes.hours
    linger_s = float(draft.number("scale-in-alarm"))
    return FleetUsage(
        instance_type=instance.type,
        count=Quantity(low=sizes.floor, high=None if unknown else sizes.ceiling),
        origins={"count": unknown[0]} if unknown else {},
        traffic=traffic.traffic(draft),
        minimum=sizes.floor,
        instances=sizes.ceiling,
        maximum=sizes.ceiling,
        workers=capacity.workers,
        rate_of_one=capacity.per_second if timed(draft) else None,
        measured=traffic.measured(draft, instance.type),
        wake_s=sizes.wake_s if to_zero else None,
        linger_s=linger_s if to_zero else None,
        off=hours.off(linger_s if sizes.ceiling > sizes.floor else 0.0) if hours else None,
        volume_gb=endpoint.volume_gb(draft, instance),
    )


def _whole(count: float) -> int:
    return max(1, min(fleet.MOST, whole(count)))
