"""Checks of scaling targets and policies against each other and against the endpoint they scale."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisor.configuration.document import Node, Path, Resource
from advisor.gate.rules.instances import is_a
from advisor.gate.rules.scaling import (
    CONCURRENCY,
    COPIES,
    CUSTOM,
    DIMENSIONS,
    INSTANCES,
    PREDEFINED,
    asynchronous,
    configured,
    dimension_of,
    policies_of,
    scaled,
)
from advisor.gate.rules.view import Fault, View, above, no_such_variant, number_of, text_of


def minimum_zero(view: View) -> Iterator[Fault]:
    """A plain real-time variant that is allowed, or at some time told, to scale to no instance."""
    if dimension_of(view) != INSTANCES:
        return
    for what, variant in configured(view):
        assert what.config is not None
        hosted = variant.get("ModelName") is not None and variant.get("ServerlessConfig") is None
        if asynchronous(what.config) is False and hosted:
            for path, low, high in _capacities(view.body):
                name, node = ("MaxCapacity", high) if low is None else ("MinCapacity", low)
                if node is not None and text_of(node) == "0":
                    yield Fault(node, (*path, name), suggestion="1")


def _capacities(body: Node) -> Iterator[tuple[Path, Node | None, Node | None]]:
    """The minimum and the maximum of a target, and of each scheduled action."""
    bodies: list[tuple[Path, Node]] = [((), body)]
    bodies += [(("ScheduledActions", n), e) for n, e in enumerate(body.items("ScheduledActions"))]
    for path, each in bodies:
        for inner in ((), ("ScalableTargetAction",)):
            yield (*path, *inner), each.at(*inner, "MinCapacity"), each.at(*inner, "MaxCapacity")


def burstable(view: View) -> Iterator[Fault]:
    """A policy or target for a burstable variant."""
    for _, variant in configured(view):
        instance = variant.get("InstanceType")
        text = text_of(instance)
        node = view.body.get("ResourceId") or view.body
        if instance is not None and text is not None and is_a(text, "burstable"):
            message = f"{text} cannot be scaled automatically"
            yield Fault(node, ("ResourceId",), message, related=(instance,))


def resource_id_form(view: View) -> Iterator[Fault]:
    """A resource id of a form that Application Auto Scaling does not know for SageMaker."""
    node = view.body.get("ResourceId")
    if node is None or node.kind == "reference" or not _sagemaker(view.resource):
        return
    if scaled(view).form != "other":
        return
    message = "expected endpoint/NAME/variant/NAME or inference-component/NAME"
    yield Fault(node, ("ResourceId",), message)


def dimension(view: View) -> Iterator[Fault]:
    """A dimension that SageMaker does not have, or that does not belong to the resource id."""
    node = view.body.get("ScalableDimension")
    text = text_of(node)
    if node is None or text is None or not _sagemaker(view.resource):
        return
    form = scaled(view).form
    if text not in DIMENSIONS:
        yield Fault(node, ("ScalableDimension",), f"expected one of {', '.join(DIMENSIONS)}")
    elif (form == "component") != (text == COPIES) and form in ("component", "variant"):
        right = COPIES if form == "component" else INSTANCES
        what = "an inference component" if form == "component" else "a variant"
        message = f"ResourceId names {what}"
        yield Fault(node, ("ScalableDimension",), message, suggestion=right)
    else:
        yield from _other_capacity(view, node, text)


def _other_capacity(view: View, node: Node, text: str) -> Iterator[Fault]:
    """Instances of a serverless variant, or provisioned concurrency of one on instances."""
    for what, variant in configured(view):
        assert what.config is not None
        if view.resource.kind != "ScalableTarget" or asynchronous(what.config) is not False:
            continue
        serverless, instances = variant.get("ServerlessConfig"), variant.get("InstanceType")
        if text == INSTANCES and serverless is not None and serverless.kind == "map":
            message = "the variant is serverless: it has no instances to scale"
            yield Fault(
                node, ("ScalableDimension",), message, suggestion=CONCURRENCY, related=(serverless,)
            )
        elif text == CONCURRENCY and instances is not None and instances.kind == "scalar":
            message = "the variant runs on instances: it has no provisioned concurrency"
            yield Fault(
                node, ("ScalableDimension",), message, suggestion=INSTANCES, related=(instances,)
            )


def _sagemaker(resource: Resource) -> bool:
    text = text_of(resource.body.get("ServiceNamespace"))
    return text in (None, "sagemaker")


def unknown_variant(view: View) -> Iterator[Fault]:
    """A resource id that names a variant which the endpoint's configuration does not have."""
    what = scaled(view)
    node = view.body.get("ResourceId")
    if node is None or node.kind == "reference" or what.config is None:
        return
    if what.variant_name is None or what.variant is not None:
        return
    variants = (variant for _, variant in view.variants(what.config))
    yield from no_such_variant(node, ("ResourceId",), what.variant_name, variants)


def capacity_range(view: View) -> Iterator[Fault]:
    """A maximum below the minimum, or one of them below 0."""
    for path, low, high in _capacities(view.body):
        for name, node in (("MinCapacity", low), ("MaxCapacity", high)):
            amount = number_of(node)
            if node is not None and amount is not None and amount < 0:
                message = f"{name} is {amount:g}; it must be at least 0"
                yield Fault(node, (*path, name), message, suggestion="0")
                return
        for least, small, most, large in above(low, high):
            message = f"MaxCapacity {large:g} is below MinCapacity {small:g}"
            yield Fault(most, (*path, "MaxCapacity"), message, related=(least,))


def initial_outside(view: View) -> Iterator[Fault]:
    """An initial instance count outside the range that autoscaling keeps."""
    if text_of(view.body.get("ScalableDimension")) != INSTANCES:
        return
    if any(True for _ in capacity_range(view)):
        return  # which of the two is wrong is said there
    for _, variant in configured(view):
        found = above(variant.get("InitialInstanceCount"), view.body.get("MaxCapacity"))
        for count, start, high, large in found:
            message = f"InitialInstanceCount is {start:g}, above MaxCapacity {large:g}"
            yield Fault(high, ("MaxCapacity",), message, related=(count,))


def concurrency_above(view: View) -> Iterator[Fault]:
    """Provisioned concurrency that may scale beyond the variant's maximum concurrency."""
    if text_of(view.body.get("ScalableDimension")) != CONCURRENCY:
        return
    for _, variant in configured(view):
        found = above(
            view.body.get("MaxCapacity"), variant.at("ServerlessConfig", "MaxConcurrency")
        )
        for high, large, limit, most in found:
            message = f"MaxCapacity {large:g} is above the variant's MaxConcurrency {most:g}"
            yield Fault(high, ("MaxCapacity",), message, suggestion=f"{most:g}", related=(limit,))


def invocation_metric(view: View) -> Iterator[Fault]:
    """A policy that follows invocations, which asynchronous endpoints do not publish."""
    path, node = PREDEFINED, view.body.at(*PREDEFINED)
    if node is None:
        path = (*CUSTOM, "MetricName")
        node = view.body.at(*path)
    text = text_of(node)
    if node is None or text is None or not re.search("Invocations(PerInstance)?$", text):
        return
    what = scaled(view)
    if what.config is not None and asynchronous(what.config):
        yield Fault(node, path)


def no_way_from_zero(view: View) -> Iterator[Fault]:
    """An asynchronous endpoint that may scale to zero without a step policy that wakes it."""
    node = view.body.get("MinCapacity")
    what = scaled(view)
    if node is None or text_of(node) != "0" or what.config is None or not asynchronous(what.config):
        return
    yield from _never_woken(view, node)


def no_copy_from_zero(view: View) -> Iterator[Fault]:
    """A component whose copies may scale to zero without a step policy that brings one back."""
    node = view.body.get("MinCapacity")
    dimension_text = text_of(view.body.get("ScalableDimension"))
    if node is not None and text_of(node) == "0" and dimension_text == COPIES:
        yield from _never_woken(view, node)


def _never_woken(view: View, node: Node) -> Iterator[Fault]:
    policies = policies_of(view, view.resource)
    if policies and not any(_steps(policy) for policy in policies):
        yield Fault(node, ("MinCapacity",))


def _steps(policy: Resource) -> bool:
    """Whether a policy is, or may be, a step policy."""
    kind = policy.body.get("PolicyType")
    return text_of(kind) in (None, "StepScaling") or "StepScalingPolicyConfiguration" in (
        policy.body.value
    )


def several_tracking(view: View) -> Iterator[Fault]:
    """More than one target-tracking policy on an asynchronous variant."""
    what = scaled(view)
    if what.config is None or not asynchronous(what.config):
        return
    tracking = [
        policy
        for policy in policies_of(view, view.resource)
        if policy.body.get("TargetTrackingScalingPolicyConfiguration") is not None
    ]
    if len(tracking) > 1:
        node = view.body.get("ResourceId") or view.body
        yield Fault(node, ("ResourceId",), related=tuple(policy.body for policy in tracking))
