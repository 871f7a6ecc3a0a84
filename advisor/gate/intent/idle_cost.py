"""What the instances that a configuration keeps running cost in a month."""

from __future__ import annotations

from typing import NamedTuple

from advisor.configuration.document import Node
from advisor.gate.intent.instance_counts import counts
from advisor.gate.rules.view import View, text_of
from advisor.pricing.plan_cost import per_hour, prices_of
from advisor.text.quantity import MONTH_HOURS


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

    Without a Region the reference Region's prices count.

    Raises:
        InputError: the Region's code is none.
    """
    instance_type, count = text_of(variant.get("InstanceType")), counts(view, variant, option).least
    prices = prices_of(region)
    if instance_type is None or not count:
        return None
    hourly = per_hour(option, prices).get(instance_type)
    if hourly is None:
        return None
    return StandingCost(count, instance_type, count * hourly * MONTH_HOURS, prices.date or "")
