"""What a scaling target or policy scales: the endpoint, its configuration, the variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from advisor.gate.document import Node, Reference, Resource
from advisor.gate.view import View, text_of

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
DIMENSIONS = (INSTANCES, CONCURRENCY, COPIES)


class Scaled(NamedTuple):
    """What a resource id means, as far as the document settles it."""

    form: str  # variant | component | other | open
    endpoint: Resource | None = None
    config: Resource | None = None
    variant: Node | None = None
    variant_name: str | None = None


def scaled(view: View) -> Scaled:
    """The endpoint and variant that the resource in view scales."""
    node = view.resource.body.get("ResourceId")
    target = target_of(view)
    if node is None or (node.kind in ("unknown", "reference") and target is not None):
        node = target.body.get("ResourceId") if target is not None else node
    if node is None or node.kind not in ("scalar", "text"):
        return Scaled("open")
    parts = _segments(node)
    if parts is None:
        return Scaled("open")
    if len(parts) == 4 and parts[0] == ["endpoint"] and parts[2] == ["variant"]:
        endpoint = _endpoint(view, parts[1])
        config = view.config_of(endpoint) if endpoint is not None else None
        name = _plain(parts[3])
        variant = _variant(view, config, parts[3]) if config is not None else None
        return Scaled("variant", endpoint, config, variant, name)
    if len(parts) == 2 and parts[0] == ["inference-component"]:
        return Scaled("component")
    hidden = any(not isinstance(piece, str | Reference) for part in parts for piece in part)
    return Scaled("open" if hidden else "other")


def target_of(view: View) -> Resource | None:
    """The scaling target that a policy names by reference."""
    for field in ("ScalingTargetId", "ResourceId"):
        node = view.resource.body.get(field)
        if node is not None and node.kind == "reference":
            found = view.world.find(node.value.target)
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
    for endpoint in view.of_kind("Endpoint"):
        name = endpoint.body.get("EndpointName")
        if name is None:
            continue
        pieces = list(name.value) if name.kind == "text" else [name.value]
        if name.kind in ("text", "scalar") and pieces == part and _settled(part):
            return endpoint
    return None


def _settled(part: list[object]) -> bool:
    return bool(part) and all(isinstance(piece, str | Reference) for piece in part)


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
    node, target = view.resource.body.get("ScalableDimension"), target_of(view)
    if (node is None or node.kind == "reference") and target is not None:
        node = target.body.get("ScalableDimension")
    return text_of(node)


def policies_of(view: View, target: Resource) -> Iterator[Resource]:
    """The policies of a target."""
    wanted = target.body.get("ResourceId")
    for policy in view.of_kind("ScalingPolicy"):
        inner = view._replace(resource=policy)
        named = policy.body.get("ResourceId")
        found = target_of(inner)
        if (found is not None and found.address == target.address) or (
            named is not None and wanted is not None and named.value == wanted.value
        ):
            yield policy


def configured(view: View) -> Iterator[tuple[Scaled, Node]]:
    """The variant in view with its configuration, where both are known."""
    what = scaled(view)
    if what.config is not None and what.variant is not None:
        yield what, what.variant


def asynchronous(config: Resource) -> bool | None:
    """Whether a configuration is asynchronous; ``None`` when that is open."""
    node = config.body.get("AsyncInferenceConfig")
    return False if node is None else True if node.kind == "map" else None
