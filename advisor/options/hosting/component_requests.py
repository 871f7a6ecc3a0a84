"""The requests of an endpoint with inference components, and of what scales their copies."""

from typing import NamedTuple

from advisor.model.advice import Parameters, Request
from advisor.options import (
    addressing,
    containers,
    endpoint,
    fleet,
    names,
    placeholders,
    scaling,
    schedule,
)
from advisor.options.hosting.copies import Component
from advisor.options.hosting.packing import MILLI
from advisor.options.load import Load, number
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

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
    models = [_model(draft, each) for each in design.components]
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
        draft.find(
            "models-not-named",
            "info",
            f"the requests create the component of one model, but there are {design.times:,}",
            path="model.count",
            fix="List the models by name under models, or repeat CreateModel, "
            "CreateInferenceComponent and its scaling with a name for each.",
        )
    return tuple(done)


def _model(draft: Draft, component: Component) -> Request:
    # The configuration has the network, but a private registry is reached through the model's.
    own = component.member.draft.apart()
    own.way = draft.way  # its container has the devices of one copy
    made = containers.create_model(own, network=own.needs("private-image"))
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
    safety, constant = fleet.planned_share(draft)
    goal = max(1.0, component.workers * safety)
    if component is design.components[0]:
        draft.set(
            "TargetValue",
            goal,
            f"{number(component.workers)} requests at once x {safety}, at "
            "least one, in progress on each copy.",
            constant=constant,
        )
    done.append(scaling.by(draft, "concurrency", goal, name))
    if design.to_zero:
        done += scaling.wake_component(draft, name)
    return done
