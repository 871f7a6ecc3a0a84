"""What a variant runs on: its option, its instance types, how many, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from advisor.configuration.document import REQUESTS, Node, Resource, World
from advisor.gate.rules.scaling import INSTANCES, Scaled, dimension_of, scaled
from advisor.gate.rules.service_walk import load_service
from advisor.gate.rules.view import View, number_of, text_of
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.model.usage import FleetUsage, Quantity, Traffic, known

if TYPE_CHECKING:
    from decimal import Decimal

    from advisor.catalogue.price_snapshot import Prices
    from advisor.model.advice import Cost

NO_TRAFFIC = Traffic(requests=known(0), bytes_in=known(0), bytes_out=known(0))
"""Nothing comes: what instances cost by themselves."""


class Counts(NamedTuple):
    """The fewest and the most instances; ``None`` where that is open."""

    least: int | None
    most: int | None


_OPEN = Counts(None, None)


def option_of(resource: Resource, variant: Node) -> str:
    """The option that a configuration makes; empty where that is open."""
    if resource.kind == "TransformJob":
        return BATCH_TRANSFORM
    asynchronous = resource.body.get("AsyncInferenceConfig")
    serverless = variant.get("ServerlessConfig")
    if any(node is not None and node.kind == "unknown" for node in (asynchronous, serverless)):
        return ""
    if asynchronous is not None:
        return ASYNCHRONOUS
    if serverless is not None:
        return SERVERLESS
    capacity = variant.get("InstanceType") or variant.get("InstancePools")
    return REAL_TIME if capacity is not None else ""


def counts(view: View, variant: Node, option: str) -> Counts:
    """The bounds that scaling sets; without scaling, the initial number."""
    bounds = scaled_between(view, variant)
    if bounds is not None:
        return bounds
    initial = whole_number(variant.get("InitialInstanceCount"))
    complete = view.world.whole and view.world.of_kind("Endpoint")
    if view.resource.dialect in REQUESTS and initial is not None and not complete:
        # The requests of an endpoint are files of their own: a target may be elsewhere.
        return Counts(0 if option == ASYNCHRONOUS else 1, None)
    return Counts(initial, initial)


def scaled_between(
    view: View, variant: Node, dimension: str = INSTANCES, endpoint: Resource | None = None
) -> Counts | None:
    """The bounds of what scales a variant, scheduled actions included; ``None`` without any.

    Where several endpoints have the configuration in view, ``endpoint`` is the one that is meant.
    """
    managed = variant.get("ManagedInstanceScaling") if dimension == INSTANCES else None
    if managed is not None and text_of(managed.get("Status")) != "DISABLED":
        return _between(managed, "MinInstanceCount", "MaxInstanceCount")
    targets: list[Counts] = []
    actions: list[Counts] = []
    by_variant = _scaling(view.world)
    if any(what.form == "open" and its in (None, dimension) for _, what, its in by_variant[None]):
        return _OPEN
    for each, what, its in by_variant.get(id(variant), ()):
        if its != dimension or (endpoint is not None and what.endpoint is not endpoint):
            continue
        body, found = each.body, targets if each.kind == "ScalableTarget" else actions
        inner = [body.get("ScalableTargetAction")] if found is actions else [body]
        found += [_between(part, "MinCapacity", "MaxCapacity") for part in inner if part]
        inner = [part.get("ScalableTargetAction") for part in body.items("ScheduledActions")]
        actions += [_between(part, "MinCapacity", "MaxCapacity") for part in inner if part]
    if not targets:
        return None
    least, most = [each.least for each in targets], [each.most for each in targets]
    least += [each.least for each in actions if each.least is not None]  # one end may stand alone
    most += [each.most for each in actions if each.most is not None]
    fewest, largest = [n for n in least if n is not None], [n for n in most if n is not None]
    return _in_order(
        min(fewest) if len(fewest) == len(least) else None,
        max(largest) if len(largest) == len(most) else None,
    )


@lru_cache(maxsize=1)
def _scaling(world: World) -> dict[int | None, list[tuple[Resource, Scaled, str | None]]]:
    """What scales something, with its dimension, by the id of its variant; ``None`` without one."""
    found: dict[int | None, list[tuple[Resource, Scaled, str | None]]] = {None: []}
    for each in (*world.of_kind("ScalableTarget"), *world.of_kind("ScheduledAction")):
        view = View(resource=each, world=world, service=load_service(), region="")
        what = scaled(view)
        key = None if what.variant is None else id(what.variant)
        found.setdefault(key, []).append((each, what, dimension_of(view)))
    return found


def _between(node: Node, least: str, most: str) -> Counts:
    return _in_order(whole_number(node.get(least)), whole_number(node.get(most)))


def _in_order(least: int | None, most: int | None) -> Counts:
    """Two bounds; a minimum above its maximum bounds nothing, and a check says so."""
    crossed = least is not None and most is not None and least > most
    return _OPEN if crossed else Counts(least, most)


def whole_number(node: Node | None) -> int | None:
    """A number of things; ``None`` when it is absent, not known or none."""
    number = number_of(node)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def types_of(holder: Node) -> tuple[list[str], str]:
    """The instance types that a variant may run on; else why they are not known."""
    pools = holder.items("InstancePools")
    nodes = [each.get("InstanceType") for each in pools] or [holder.get("InstanceType")]
    names = [text_of(node) for node in nodes]
    if None in names:
        return [], why_hidden(nodes[names.index(None)], "InstanceType")
    return list(dict.fromkeys(name for name in names if name is not None)), ""


def why_hidden(node: Node | None, field: str) -> str:
    """Why the value of a field is not known."""
    if node is None:
        return f"{field} is not stated here"
    return f"{field} is not known here{f': {node.value.reason}' if node.kind == 'unknown' else ''}"


def fleet_cost(
    variant: Node,
    option: str,
    number: Counts,
    prices: Prices,
    traffic: Traffic = NO_TRAFFIC,
    open_share: Decimal | int = 1,
) -> Cost:
    """What so many instances of a variant, whose types are known, cost in a month.

    Of pools it is from the cheapest to the dearest; ``open_share`` is of the month, up to 1.
    """
    from advisor.pricing.monthly import cost

    volume = whole_number(variant.get("VolumeSizeInGB"))
    usages = (
        FleetUsage(
            instance_type=each,
            count=Quantity(low=number.least or 0, high=number.most),
            traffic=traffic,
            open_share=open_share,
            volume_gb=volume,
        )
        for each in types_of(variant)[0]
    )
    return spanning([cost(option, usage, prices) for usage in usages])


def spanning(costs: Sequence[Cost]) -> Cost:
    """From the cheapest to the dearest of several ways; the items are those of the dearest."""
    from decimal import Decimal

    from advisor.pricing.amounts import usd

    lows = [None if each.usd_low is None else Decimal(each.usd_low) for each in costs]
    known_lows = [low for low in lows if low is not None]
    if len(known_lows) < len(costs):
        return costs[lows.index(None)]
    highs = [Decimal(each.usd_high) for each in costs if each.usd_high is not None]
    high = usd(max(highs)) if len(highs) == len(costs) else None
    dearest = costs[lows.index(max(known_lows))]
    return dearest._replace(usd_low=usd(min(known_lows)), usd_high=high)
