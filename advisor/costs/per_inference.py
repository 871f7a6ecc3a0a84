"""Inference Recommender's arithmetic: what an hour and one inference cost at full load.

Source: AWS documentation, Inference Recommender results (CostPerHour, CostPerInference).
"""

from __future__ import annotations

from decimal import Decimal

from advisor.costs.money import Number, decimal, product, quotient

_MINUTES = Decimal(60)


def cost_per_hour(instances: int, usd_per_hour: Number) -> Decimal:
    """USD an hour of a fleet."""
    return product(Decimal(instances), decimal(usd_per_hour))


def cost_per_inference(usd_per_hour: Number, max_invocations: Number) -> Decimal:
    """USD for one inference.

    Args:
        usd_per_hour: of the whole fleet.
        max_invocations: a minute, the most it served in the load test.
    """
    return quotient(decimal(usd_per_hour), product(decimal(max_invocations), _MINUTES))
