"""What the instances that a configuration keeps running cost in a month."""

from __future__ import annotations

from typing import NamedTuple

from advisor.estimate import per_hour, prices_of
from advisor.gate.document import Node
from advisor.gate.scalars import number
from advisor.gate.scaling import INSTANCES, scaled
from advisor.gate.view import View, text_of
from advisor.model import ASYNCHRONOUS
from advisor.quantity import MONTH_HOURS


class StandingCost(NamedTuple):
    """Instances that are there whatever the traffic, and their price."""

    instances: int
    instance_type: str
    micro_usd: int  # a month, in millionths of a USD
    prices: str  # of which day they are


def standing_cost(
    view: View, variant: Node, option: str, region: str | None
) -> StandingCost | None:
    """The monthly price of the fewest instances of a variant; ``None`` where that is open.

    Args:
        view: the endpoint configuration among the resources of its document.
        variant: one of its production variants.
        option: which option the configuration makes.
        region: where it runs; the reference Region without one.

    Raises:
        InputError: the Region's code is none.
    """
    instance_type, count = text_of(variant.get("InstanceType")), _fewest(view, variant, option)
    prices = prices_of(region)
    if instance_type is None or not count:
        return None
    hourly = per_hour(option, prices).get(instance_type)
    if hourly is None:
        return None
    return StandingCost(count, instance_type, count * hourly * MONTH_HOURS, prices.date or "")


def _fewest(view: View, variant: Node, option: str) -> int | None:
    """The least number of instances that scaling leaves; without scaling, the initial number."""
    managed = variant.get("ManagedInstanceScaling")
    if managed is not None:
        return _count(managed.get("MinInstanceCount"))
    initial = _count(variant.get("InitialInstanceCount"))
    for target in view.of_kind("ScalableTarget"):
        what = scaled(view._replace(resource=target))
        if what.form == "open" or what.variant is variant:
            if text_of(target.body.get("ScalableDimension")) != INSTANCES:
                return None
            return _count(target.body.get("MinCapacity"))
    if view.resource.dialect == "request" and initial is not None:
        # The requests of an endpoint are files of their own: a target may be in another one.
        return 0 if option == ASYNCHRONOUS else 1
    return initial


def _count(node: Node | None) -> int | None:
    amount = number(text_of(node) or "")
    return None if amount is None else int(amount)
