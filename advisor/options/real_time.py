"""Real-time inference: a fleet for the peak, two instances where an outage counts."""

from collections.abc import Mapping

from advisor.engine import availability as available
from advisor.model.advice import Parameters, Plan, Request
from advisor.model.usage import FleetUsage, Quantity, known
from advisor.model.value import Value
from advisor.modelling.queueing.scaling import invocations_target
from advisor.options import (
    containers,
    endpoint,
    fleet,
    instances,
    memory,
    quotas,
    rollout,
    scaling,
    schedule,
    traffic,
    variants,
    waiting,
)
from advisor.options import invocation as call
from advisor.options import load as loads
from advisor.options.fleet import Capacity
from advisor.options.load import (
    Load,
    counted,
    load,
    seconds,
    sentence,
    sized,
    timed,
)
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Replaced
from advisor.rulebook.hardware import Instance
from advisor.text.quantity_format import number


class Fleet(Value):
    """Numbers of instances."""

    floor: int  # at least
    initial: int  # for the peak
    ceiling: int  # at most, when scaled
    for_answer: int | None = None  # that the answer time asks for, where that is more
    hours: schedule.Timetable | None = None  # in which the peak's fleet is up


class Design(Value):
    """What the requests and the plan's usage are made from."""

    work: Load
    instance: Instance
    capacity: Capacity
    sizes: Fleet
    many: bool  # models share the instances
    uneven: bool  # requests are long, so that it matters where each one goes
    hurried: bool  # sent at random, requests would need more instances for the answer time
    answered: bool  # false only where no fleet answers in the stated time

    @property
    def routed(self) -> bool:
        """Whether requests go to the instance with the fewest of them."""
        return (self.uneven or self.hurried) and self.sizes.ceiling > 1 and not self.many

    @property
    def scaled(self) -> bool:
        """Whether the number of instances follows the load."""
        return self.sizes.ceiling > self.sizes.floor


def size(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of a real-time endpoint.

    Args:
        draft: the plan to make.
        prices: millionths of a USD an hour of the instance types that the Region sells.
        deploy: whether requests and what goes with them are wanted.
    """
    made = design(draft, prices)
    others = _others(draft, made)
    if not deploy:
        return draft.sized(_usage(draft, made, others))
    model = containers.create_model(draft, made.instance)
    config = _config(draft, model, made)
    models = variants.add(draft, others, model, config)
    model, *rest = endpoint.requests(draft, model, config)
    released = rollout.complete(draft, (model, *models, *rest), _replaced(made, others))
    requests = released.requests + _scaling(draft, made)
    _carried(draft, made)
    invoke = call.synchronous(draft, loads.known(draft))
    wanted = {"instances": released.instances, "endpoints": 1}
    drawn = quotas.quotas(draft, wanted, made.instance)
    return draft.plan(requests, invoke, drawn, _usage(draft, made, others))


def _others(draft: Draft, design: Design) -> tuple[variants.Beside, ...]:
    return variants.others(draft, design.instance, design.sizes.initial, shared=design.many)


def _replaced(design: Design, others: tuple[variants.Beside, ...]) -> Replaced:
    """What an update replaces: also the variants that stand beside."""
    counts = [each.instances for each in others if not each.shadow]
    hours = design.sizes.hours
    least = min([design.sizes.floor if hours is None else hours.outside, *counts])
    more = variants.alike(others, design.instance)
    return Replaced(
        instance=design.instance,
        least=least,
        most=design.sizes.ceiling,
        shared=design.many,
        variants=1 + len(counts),
        more=more,
    )


def _need(draft: Draft) -> memory.Need:
    if not draft.way:
        return memory.need(draft)
    from advisor.options.hosting import shared_memory as together

    return together.need(draft)


def design(draft: Draft, prices: Mapping[str, int] | None) -> Design:
    """The type and the fleet of an endpoint, noted in its plan; arguments as for ``size``."""
    least = fleet.within(availability(draft)[0], fleet.bounds(draft))
    found = instances.choice(draft, _need(draft), prices, _taken, least=least)
    return _fleet_of(draft, instances.note(draft, found))


def _taken(draft: Draft, instance: Instance) -> tuple[float, bool]:
    """Instances of a type that the plan takes, and whether they answer in time."""
    found = _fleet_of(draft, instance)
    return found.sizes.initial, found.answered


def _fleet_of(draft: Draft, instance: Instance) -> Design:
    work = load(draft)
    many = memory.shared(draft)
    capacity = fleet.capacity(draft, work, instance)
    uneven = _uneven(draft, work)
    count, floor, why = _count(draft, work, capacity)
    one_queue = uneven and not many and count > 1
    found = waiting.for_answer(draft, work, capacity, count, one_queue=one_queue)
    hurried = (found.fleet > count or not found.met) and not one_queue and not many
    if hurried:
        found = waiting.for_answer(draft, work, capacity, count, one_queue=True)
    if found.fleet > count:
        why = f"{why}; {counted(found.fleet, 'instance')} for the answer time"
    why = f"{why}; {found.text}" if found.text else why
    sizes = _fleet(draft, instance, found.fleet, floor, why)
    if found.fleet > count:
        sizes = sizes._replace(for_answer=found.fleet)
    return Design(
        work=work,
        instance=instance,
        capacity=capacity,
        sizes=sizes,
        many=many,
        uneven=uneven,
        hurried=hurried,
        answered=found.met,
    )


def _count(draft: Draft, work: Load, capacity: Capacity) -> tuple[int, tuple[int, str], str]:
    """Instances for the peak, those for availability alone, and the reasons."""
    least = availability(draft)
    how, lacks = sized(draft)
    if how == "not-sized":
        return least[0], least, f"not sized: state {lacks[0]}; {least[1]}"
    needed, why = fleet.for_peak(draft, work, capacity)
    if least[0] > needed:
        why = f"{why}; {least[1]}"
    return max(least[0], needed), least, why


def _fleet(draft: Draft, instance: Instance, count: int, least: tuple[int, str], why: str) -> Fleet:
    floor, why_floor = least
    limits = fleet.bounds(draft)
    initial = fleet.held(draft, count, limits)
    if initial != count:
        why = f"{why}; {initial} by the stated bounds"
    draft.set("InitialInstanceCount", initial, sentence(why))
    if not _scaled(draft, limits, instance):
        hours = None
        if instance.family.autoscaling and schedule.stated(draft):
            outside = fleet.outside(draft, floor, why_floor)
            hours = schedule.timetable(draft, initial, outside, endpoint.in_service(draft))
        return Fleet(floor=initial, initial=initial, ceiling=initial, hours=hours)
    times = draft.number("scaling-ceiling")
    floor, ceiling = fleet.ends(floor, max(floor, times * initial), limits, 1)
    stated = "stated under deploy.instances."
    draft.set("MinCapacity", floor, sentence(why_floor) if limits.least is None else stated)
    if limits.most is None:
        text = f"{times} x {initial} for the peak."
        draft.set("MaxCapacity", ceiling, text, constant="scaling-ceiling")
    else:
        draft.set("MaxCapacity", ceiling, stated)
    return Fleet(floor=floor, initial=initial, ceiling=ceiling)


def availability(draft: Draft) -> tuple[int, str]:
    """Instances for availability alone, with the reason."""
    return available.availability(draft.facts, draft.number("availability-instances"))


def _scaled(draft: Draft, limits: fleet.Bounds, instance: Instance) -> bool:
    ranged = limits.most is not None and limits.most > max(1, limits.least or 0)
    if not (draft.needs("autoscaling") or ranged):
        return False
    return fleet.scalable(draft, instance)


def _config(draft: Draft, model: Request, design: Design) -> Parameters:
    variant = endpoint.variant(draft, model, design.instance, design.sizes.initial)
    if design.routed:
        variant["RoutingConfig"] = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
        _say_routing(draft, design)
    config: Parameters = {"ProductionVariants": [variant]}
    key = endpoint.encrypt(draft, config, design.instance)
    if not design.many:
        endpoint.capture(draft, config, key)
    return config


def _say_routing(draft: Draft, design: Design) -> None:
    strategy, time = "LEAST_OUTSTANDING_REQUESTS", design.work.processing_s
    if not design.uneven:
        because = (
            "At random, the answer time would take more instances: requests would wait for one "
            "that is busy while others are free."
        )
        draft.set("RoutingStrategy", strategy, because)
        return
    because = f"Requests of {seconds(time or 0.0)} each go where fewest are in progress."
    draft.set("RoutingStrategy", strategy, because, constant="long-request")


def _uneven(draft: Draft, work: Load) -> bool:
    if draft.facts.taken("requests.streaming") is True:
        return True
    return bool((work.processing_s or 0.0) >= draft.number("long-request"))


def _scaling(draft: Draft, design: Design) -> tuple[Request, ...]:
    sizes = design.sizes
    register = scaling.target(draft, sizes.floor, sizes.ceiling)
    if not design.scaled:
        return schedule.scheduled(sizes.hours, register)
    draft.carry("autoscaling")
    (safety, constant), capacity = fleet.planned_share(draft), design.capacity
    measured = draft.upper("model.throughput") is not None
    if design.uneven or not (measured or draft.facts.is_stated("requests.processing")):
        goal = max(1.0, capacity.workers * safety)
        because = (
            f"{number(capacity.workers)} requests at once x {safety}; requests in progress, every "
            "ten seconds, follow long or streamed requests better than their number a minute."
        )
        draft.set("TargetValue", goal, because, constant=constant)
        return register, scaling.by(draft, "concurrency", goal)
    goal = _rounded(invocations_target(capacity.per_second, safety))
    because = f"{capacity.text}, x {safety} x 60 = {number(goal)} per instance and minute."
    if design.sizes.for_answer:
        goal = _rounded(_planned(draft, design) * 60)
        because = (
            f"{design.work.peak_text} / {design.sizes.for_answer} x 60 = {number(goal)} per "
            "instance and minute, at which answers are in time."
        )
    draft.set("TargetValue", goal, because, constant=constant)
    return register, scaling.by(draft, "invocations", goal)


def _rounded(target: float) -> float:
    """A target to three decimals, or to three digits where it is small: AWS takes none of zero."""
    return round(target, 3) if target >= 1 else float(f"{target:.3g}")


def _planned(draft: Draft, design: Design) -> float:
    """Requests per second that one instance is given."""
    planned = float(design.capacity.per_second * fleet.planned_share(draft)[0])
    if design.sizes.for_answer is None:
        return planned
    return min(planned, (design.work.peak or 0.0) / design.sizes.for_answer)


def _carried(draft: Draft, design: Design) -> None:
    if not design.many:
        draft.carry("response-streaming")
    if design.sizes.floor >= 2:
        draft.carry("multi-az")
    if design.instance.arch == "arm64":
        draft.carry("graviton")


def _usage(draft: Draft, design: Design, others: tuple[variants.Beside, ...]) -> FleetUsage:
    sizes, routing, origins = design.sizes, None, {}
    count = Quantity(low=sizes.floor, high=sizes.initial) if design.scaled else known(sizes.initial)
    if sized(draft)[0] == "assumed":
        origins = {"count": design.work.rests_on[0]}
        count = Quantity(low=min(sizes.floor, availability(draft)[0]), high=None)
    if design.routed:
        from advisor.modelling.queueing.responses import LEAST_OUTSTANDING_REQUESTS

        routing = LEAST_OUTSTANDING_REQUESTS
    return FleetUsage(
        instance_type=design.instance.type,
        count=count,
        origins=origins,
        traffic=traffic.traffic(draft),
        minimum=sizes.floor,
        instances=sizes.initial,
        maximum=sizes.ceiling,
        workers=design.capacity.workers,
        rate_of_one=_planned(draft, design) if timed(draft) else None,
        planned_share=fleet.planned_share(draft)[0],
        routing=routing,
        measured=traffic.measured(draft, design.instance.type),
        volume_gb=endpoint.volume_gb(draft, design.instance),
        off=sizes.hours.off() if sizes.hours is not None else None,
        variants=variants.usage(others),
    )
