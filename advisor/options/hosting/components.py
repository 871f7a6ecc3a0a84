"""Inference components: copies of each model on the instances of one endpoint, down to none."""

from collections.abc import Mapping
from math import fsum
from typing import NamedTuple

from advisor.model.advice import Parameters, Plan, Request
from advisor.model.usage import FleetUsage, Part, Quantity
from advisor.options import (
    addressing,
    containers,
    endpoint,
    fleet,
    instances,
    memory,
    names,
    placeholders,
    quotas,
    rollout,
    scaling,
    schedule,
    traffic,
    variants,
)
from advisor.options import invocation as call
from advisor.options.hosting import copies
from advisor.options.hosting import models as named
from advisor.options.hosting.copies import MILLI, Component, Room
from advisor.options.load import SECOND, Load, counted, load, mib, sentence
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance
from advisor.text.quantity_format import number

_START = ("ModelDataDownloadTimeoutInSeconds", "ContainerStartupHealthCheckTimeoutInSeconds")
_LONG = "long-request"


class ComponentDesign(NamedTuple):
    """Components and instances that the requests are made for."""

    work: Load
    instance: Instance
    components: tuple[Component, ...]
    times: int  # models that each component stands for
    least: int  # instances
    initial: int
    most: int
    to_zero: bool
    scaled: bool  # whether a policy moves the copies
    hours: schedule.Timetable | None  # in which the copies for the peak are up


def requests(draft: Draft, design: ComponentDesign) -> tuple[Request, ...]:
    """Models, configuration, endpoint; then each component with its scaling.

    The components of several models are made after the endpoint that holds them.
    """
    models = [_model(draft, each, design.instance) for each in design.components]
    config, start = _config(draft, design)
    made = endpoint.requests(draft, models[0], config)
    done = [*models, *made[1:]]
    for component, model in zip(design.components, models, strict=True):
        done.append(_component(draft, component, model, start))
        done += _scaling(draft, component, design)
    if design.scaled:
        draft.carry("autoscaling")
    if design.to_zero:
        draft.carry("scale-to-zero")
        because = (
            "Target tracking cannot leave zero: a failed call raises this alarm, and the step "
            "policy adds a copy, for which an instance starts."
        )
        draft.set("NoCapacityInvocationFailures", ">= 1", because, constant="component-wake-calls")
    if design.times > 1:
        again = "CreateModel, CreateInferenceComponent and its scaling with a name"
        named.unnamed(draft, "the component", again)
    return tuple(done)


def _model(draft: Draft, component: Component, instance: Instance) -> Request:
    # The configuration has the network, but a private registry is reached through the model's.
    own = component.member.draft.apart()
    own.way = draft.way  # its container has the devices of one copy
    made = containers.create_model(own, instance, network=own.needs("private-image"))
    draft.take(own)
    prefix = f"{component.member.name}: " if component.member.name else ""
    draft.set(
        f"{prefix}ModelName",
        made.parameters["ModelName"],
        "The model's name and a digest of the request: a changed model needs another name.",
    )
    return made


def _config(draft: Draft, design: ComponentDesign) -> tuple[Parameters, Parameters]:
    """The configuration without a model, and the start-up limits, which components carry."""
    nameless = Request(service="sagemaker", operation="CreateModel", parameters={"ModelName": ""})
    variant = endpoint.variant(draft, nameless, design.instance, design.initial)
    start = {field: variant.pop(field) for field in _START if field in variant}
    del variant["ModelName"], variant["InitialVariantWeight"]
    variant["ManagedInstanceScaling"] = {
        "Status": "ENABLED",
        "MinInstanceCount": design.least,
        "MaxInstanceCount": design.most,
    }
    variant["RoutingConfig"] = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    draft.set(
        "RoutingStrategy",
        "LEAST_OUTSTANDING_REQUESTS",
        "Requests go to the copy where fewest are in progress.",
        constant=_LONG,
    )
    config: Parameters = {
        "ProductionVariants": [variant],
        "ExecutionRoleArn": placeholders.role(draft),
    }
    containers.put_network(draft, config)
    key = endpoint.encrypt(draft, config, design.instance)
    endpoint.capture(draft, config, key)
    return config, start


def _component(draft: Draft, component: Component, model: Request, start: Parameters) -> Request:
    room = component.room
    resources: Parameters = {
        "NumberOfCpuCoresRequired": room.cores / MILLI,
        "MinMemoryRequiredInMb": room.memory_mib,
    }
    if room.devices:
        resources["NumberOfAcceleratorDevicesRequired"] = float(room.devices)
    specification: Parameters = {
        "ModelName": model.parameters["ModelName"],
        "ComputeResourceRequirements": resources,
    }
    if start:
        specification["StartupParameters"] = start
    parameters: Parameters = {
        "InferenceComponentName": addressing.component(draft, component.member),
        "EndpointName": endpoint.endpoint_name(draft),
        "VariantName": names.VARIANT,
        "Specification": specification,
        "RuntimeConfig": {"CopyCount": component.copies},
    }
    if "Tags" in model.parameters:
        parameters["Tags"] = model.parameters["Tags"]
    return Request(service="sagemaker", operation="CreateInferenceComponent", parameters=parameters)


def _scaling(draft: Draft, component: Component, design: ComponentDesign) -> list[Request]:
    """Copies follow the requests in progress; from none the first failed call adds one."""
    name, hours = addressing.component(draft, component.member), design.hours
    least, most = component.least, max(component.most, component.least, 1)
    if hours is not None and hours.outside < component.copies:
        least = component.copies
    else:
        hours = None
    register = scaling.copies(name, least, most)
    done = [*schedule.scheduled(hours, register)]
    if not design.scaled:
        return done
    done = done or [register]
    safety, constant = fleet.planned_share(component.member.draft)
    goal = max(1.0, component.workers * safety)
    alike = len({each.workers for each in design.components}) == 1
    if component is design.components[0] or not alike:
        draft.set(
            "TargetValue" if alike else f"{component.member.name}: TargetValue",
            goal,
            f"{number(component.workers)} requests at once x {safety}, at "
            "least one, in progress on each copy.",
            constant=constant,
        )
    done.append(scaling.by(draft, "concurrency", goal, name))
    if design.to_zero:
        done += scaling.wake_component(draft, name)
    return done


def planned(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of an endpoint that holds components; arguments as for real-time."""
    design = _design(draft, prices)
    usage = _usage(draft, design)
    if not deploy:
        return draft.sized(usage)
    made = requests(draft, design)
    made = rollout.complete_components(draft, made, design.instance)
    variants.elsewhere(draft)
    draft.carry("inference-components", "response-streaming", "tenant-isolation")
    if design.least >= draft.number("availability-instances"):
        draft.carry("multi-az")
    if design.instance.arch == "arm64":
        draft.carry("graviton")
    invoke = call.synchronous(draft, design.work)
    wanted = {"instances": design.most, "endpoints": 1}
    return draft.plan(made, invoke, quotas.quotas(draft, wanted, design.instance), usage)


def _design(draft: Draft, prices: Mapping[str, int] | None) -> ComponentDesign:
    work = load(draft)
    members = named.members(draft)
    instance = instances.note(draft, copies.instance_type(draft, members, prices))
    members = tuple(named.placed(each, instance.type) for each in members)
    has = copies.room_of(draft, instance)
    to_zero = draft.needs("scale-to-zero")
    limits = fleet.bounds(draft)
    ranged = limits.most is not None and limits.most > max(1, limits.least or 0)
    scaled = to_zero or draft.needs("autoscaling") or ranged
    floor = 1 if to_zero else copies.fewest(draft)[0]
    components = tuple(copies.component(draft, each, instance, scaled=scaled) for each in members)
    times = 1 if named.listed(draft) else named.count(draft)
    hours = None
    if schedule.stated(draft) and not limits.least and (to_zero or not scaled):
        hours = _hours(draft, components, to_zero, times, has)
    if hours is not None:
        to_zero = scaled = scaled or not hours.outside
        components = tuple(
            each._replace(least=min(hours.outside, each.copies))
            for each in (
                copies.component(draft, member, instance, scaled=scaled) for member in members
            )
        )
    _say_copies(draft, components, has, instance, times)
    initial = max(floor, copies.packed(components, "copies", times, has))
    least = 0 if to_zero else max(floor, copies.packed(components, "least", times, has))
    most = max(initial, copies.packed(components, "most", times, has))
    initial = fleet.held(draft, initial, limits)
    least, most = fleet.ends(min(least, initial), max(most, initial), limits, 0 if to_zero else 1)
    initial = min(max(1, least, initial), most)
    _say_instances(draft, components, (least, initial, most), times)
    return ComponentDesign(
        work=work,
        instance=instance,
        components=components,
        times=times,
        least=least,
        initial=initial,
        most=most,
        to_zero=to_zero,
        scaled=scaled,
        hours=hours,
    )


def _hours(
    draft: Draft, components: tuple[copies.Component, ...], to_zero: bool, times: int, has: Room
) -> schedule.Timetable | None:
    """The hours in which the copies of the peak are up, where that takes fewer instances outside.

    Where callers accept a start, a plan that goes to zero needs no hours: a call wakes it. Any
    other goes to zero outside of them.
    """
    cold = draft.facts.interval("requests.cold_start")
    start = max(endpoint.in_service(each.member.draft) for each in components)
    patient = cold is not None and (cold.high is None or cold.high >= start[0] * SECOND)
    outside = copies.fewest(draft)
    if to_zero or (patient and not draft.needs("multi-az")):
        outside = (0, "none, and a call that fails wakes one")
    kept = tuple(each._replace(least=min(outside[0], each.copies)) for each in components)
    fewest, most = (copies.packed(kept, which, times, has) for which in ("least", "copies"))
    if (to_zero and patient) or fewest >= most:
        return None
    return schedule.timetable(draft, max(each.copies for each in kept), outside, start)


def _say_copies(
    draft: Draft,
    components: tuple[copies.Component, ...],
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
            f"of {', '.join(terms)} = {copies.said(max(1, has.copies(room)))}.",
        )
        shared = f" Each of {times:,} models alike." if times > 1 else ""
        draft.set(f"{before}CopyCount", each.copies, sentence(each.why) + shared)


def _say_instances(
    draft: Draft, components: tuple[copies.Component, ...], sizes: tuple[int, int, int], times: int
) -> None:
    total = sum(each.copies for each in components) * times
    models = len(components) * times
    least, initial, most = sizes
    draft.set(
        "InitialInstanceCount",
        initial,
        f"{counted(models, 'model')}, {copies.said(total)} in all, placed largest first on "
        f"{counted(initial, 'instance')}.",
    )
    zero = "no copies need no instance" if not least else f"the fewest copies take {least}"
    draft.set(
        "ManagedInstanceScaling",
        f"{least} to {most}",
        f"SageMaker adds and removes instances as copies come and go: {zero}, the most {most}.",
    )


def _usage(draft: Draft, design: ComponentDesign) -> FleetUsage:
    """What costs and latency read; a copy is a worker of the fleet as a whole."""
    every = sorted(design.components, key=lambda each: (each.member.share, each.member.name))
    first, rate, times = every[-1], None, design.times / design.initial
    safety = fleet.planned_share(first.member.draft)[0]
    if all(each.rate is not None for each in every):
        rate = fsum(each.copies * (each.rate or 0.0) for each in every) * times * safety
    hours, linger_s = design.hours, float(draft.number("scale-in-alarm"))
    least = design.least if hours is None else design.initial
    asleep = design.to_zero and hours is None
    usage = FleetUsage(
        instance_type=design.instance.type,
        count=Quantity(low=least, high=design.initial),
        traffic=traffic.traffic(draft),
        minimum=least,
        instances=design.initial,
        maximum=design.most,
        workers=max(1, int(sum(each.copies * each.workers for each in every) * times)),
        rate_of_one=rate,
        planned_share=safety,
        measured=traffic.measured(draft, design.instance.type),
        volume_gb=endpoint.volume_gb(draft, design.instance),
    )
    if asleep:
        wake_s = draft.facts.taken("start.component") / SECOND
        usage = usage._replace(wake_s=wake_s, linger_s=linger_s)
    elif hours is not None:
        off = hours.off(linger_s if design.scaled else 0.0)
        usage = usage._replace(off=off._replace(count=design.least))
    usage = usage._replace(busiest=_busiest(first, usage))
    if not asleep or len(design.components) * design.times == 1:
        return usage
    parts = tuple(_asleep_alone(draft, each, design.instance, usage) for each in design.components)
    return usage._replace(parts=parts)


def _asleep_alone(
    draft: Draft, component: copies.Component, instance: Instance, whole: FleetUsage
) -> Part:
    """What one component costs: each wakes and sleeps by itself.

    Instances that copies of several share count for each of them, so the sum is an upper estimate.
    """
    part = component.member.draft
    on_one = max(1, copies.room_of(draft, instance).copies(component.room))
    usage = FleetUsage(
        instance_type=whole.instance_type,
        count=Quantity(low=0, high=-(-component.copies // on_one)),
        traffic=traffic.traffic(part),
        minimum=0,
        maximum=-(-component.most // on_one),
        workers=on_one * component.workers,
        wake_s=whole.wake_s,
        linger_s=whole.linger_s,
    )
    return Part(usage=usage, facts=part.facts, times=named.times(draft))


def _busiest(component: copies.Component, whole: FleetUsage) -> FleetUsage:
    """What latency reads: the copies of one model are a queue of their own."""
    from advisor.modelling.queueing.responses import LEAST_OUTSTANDING_REQUESTS

    peak, moved = load(component.member.draft).peak, whole.traffic
    return whole._replace(
        traffic=moved if peak is None else moved._replace(rate=peak),
        instances=component.copies,
        workers=component.workers,
        routing=LEAST_OUTSTANDING_REQUESTS,
    )
