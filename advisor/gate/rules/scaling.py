"""What a scaling target or policy scales: the endpoint, its configuration, the variant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from advisor.configuration.document import Node, Reference, Resource, World
from advisor.gate.rules.view import View, text_of
from advisor.model.value import Value

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
DIMENSIONS = (INSTANCES, CONCURRENCY, COPIES)
_TRACKING = "TargetTrackingScalingPolicyConfiguration"
PREDEFINED = (_TRACKING, "PredefinedMetricSpecification", "PredefinedMetricType")
CUSTOM = (_TRACKING, "CustomizedMetricSpecification")


_Index: TypeAlias = "dict[Any, list[Resource]]"


class Scaled(Value):
    """What a resource id means, as far as the document settles it."""

    form: str  # variant | component | other | open
    endpoint: Resource | None = None
    config: Resource | None = None
    variant: Node | None = None
    variant_name: str | None = None


def scaled(view: View) -> Scaled:
    """The endpoint and variant that the resource in view scales."""
    node = view.body.get("ResourceId")
    target = target_of(view.world, view.resource)
    if node is None or (node.kind in ("unknown", "reference") and target is not None):
        node = target.body.get("ResourceId") if target is not None else node
    if node is None or node.kind not in ("scalar", "text"):
        return Scaled(form="open")
    parts = _segments(node)
    if parts is None:
        return Scaled(form="open")
    if len(parts) == 4 and parts[0] == ["endpoint"] and parts[2] == ["variant"]:
        endpoint = _endpoint(view, parts[1])
        config = view.config_of(endpoint) if endpoint is not None else None
        name = _plain(parts[3])
        variant = _variant(view, config, parts[3]) if config is not None else None
        return Scaled(
            form="variant", endpoint=endpoint, config=config, variant=variant, variant_name=name
        )
    if len(parts) == 2 and parts[0] == ["inference-component"]:
        return Scaled(form="component")
    hidden = any(not isinstance(piece, str | Reference) for part in parts for piece in part)
    return Scaled(form="open" if hidden else "other")


def target_of(world: World, policy: Resource) -> Resource | None:
    """The scaling target that a policy names by reference."""
    for field in ("ScalingTargetId", "ResourceId"):
        node = policy.body.get(field)
        if node is not None and node.kind == "reference":
            found = world.find(node.value.target)
            if found is not None and found.kind == "ScalableTarget":
                return found
    return None


def _segments(node: Node) -> list[list[object]] | None:
    """The parts of a resource id between its slashes, each a list of what is known of it."""
    pieces = node.value if node.kind == "text" else (node.value,)
    segments: list[list[object]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            segments[-1].append(piece)
            continue
        first, *rest = piece.split("/")
        if first:
            segments[-1].append(first)
        segments.extend([[part] if part else [] for part in rest])
    return segments


def _plain(part: list[object]) -> str | None:
    return part[0] if len(part) == 1 and isinstance(part[0], str) else None


def _endpoint(view: View, part: list[object]) -> Resource | None:
    if len(part) == 1 and isinstance(part[0], Reference):
        found = view.world.find(part[0].target)
        return found if found is not None and found.kind == "Endpoint" else None
    settled = bool(part) and all(isinstance(piece, str | Reference) for piece in part)
    return view.world.named("Endpoint", "EndpointName", tuple(part)) if settled else None


def _variant(view: View, config: Resource, part: list[object]) -> Node | None:
    variants = [
        variant for path, variant in view.variants(config) if path[0] == "ProductionVariants"
    ]
    name = _plain(part)
    for variant in variants:
        if name is not None and text_of(variant.get("VariantName")) == name:
            return variant
    return variants[0] if len(variants) == 1 and name is None else None


def dimension_of(view: View) -> str | None:
    """The dimension that a policy scales: its own, else its target's; ``None`` where it is open."""
    node, target = view.body.get("ScalableDimension"), target_of(view.world, view.resource)
    if (node is None or node.kind == "reference") and target is not None:
        node = target.body.get("ScalableDimension")
    return text_of(node)


def policies_of(view: View, target: Resource) -> list[Resource]:
    """The policies of a target."""
    by_target, by_id = _policies(view.world)
    wanted = target.body.get("ResourceId")
    found = list(by_target.get(target.address, ()))
    if wanted is not None and wanted.kind in _COMPARED:
        found += [policy for policy in by_id.get(wanted.value, ()) if policy not in found]
    return found


_COMPARED = ("scalar", "text", "reference")


@lru_cache(maxsize=1)
def _policies(world: World) -> tuple[_Index, _Index]:
    """The policies by the address of their target, and by their resource id."""
    by_target: dict[Any, list[Resource]] = {}
    by_id: dict[Any, list[Resource]] = {}
    for policy in world.of_kind("ScalingPolicy"):
        target, named = target_of(world, policy), policy.body.get("ResourceId")
        if target is not None:
            by_target.setdefault(target.address, []).append(policy)
        if named is not None and named.kind in _COMPARED:
            by_id.setdefault(named.value, []).append(policy)
    return by_target, by_id


def configured(view: View) -> Iterator[tuple[Scaled, Node]]:
    """The variant in view with its configuration, where both are known."""
    what = scaled(view)
    if what.config is not None and what.variant is not None:
        yield what, what.variant


def asynchronous(config: Resource) -> bool | None:
    """Whether a configuration is asynchronous; ``None`` when that is open."""
    node = config.body.get("AsyncInferenceConfig")
    return False if node is None else True if node.kind == "map" else None
