"""Costs side by side: which is lower for certain, by how much, and per thousand requests."""

from collections.abc import Mapping
from decimal import Decimal

from advisor.costs.money import Number, decimal, quotient, total_of, usd
from advisor.model import Cost
from advisor.value import Value

_THOUSAND = Decimal(1000)


class Increase(Value):
    """How a monthly cost moved, as bounds in USD; ``None`` where nothing bounds it."""

    low: str | None
    high: str | None


def certainly_cheaper(cost: Cost, than: Cost) -> bool:
    """Whether the whole range of one cost lies below the whole range of the other."""
    if cost.usd_high is None or than.usd_low is None:
        return False
    return Decimal(cost.usd_high) < Decimal(than.usd_low)


def cheaper_options(costs: Mapping[str, Cost], than: str) -> tuple[str, ...]:
    """The options that are certainly cheaper than one of them, cheapest first."""
    found = [
        option
        for option, cost in costs.items()
        if option != than and certainly_cheaper(cost, costs[than])
    ]
    return tuple(sorted(found, key=lambda option: _high(costs[option])))


def over_budget(cost: Cost, usd_per_month: Number) -> bool | None:
    """Whether a cost exceeds a budget; ``None`` when a range or a missing price leaves it open."""
    budget = decimal(usd_per_month)
    if cost.usd_low is not None and Decimal(cost.usd_low) > budget:
        return True
    if cost.usd_high is not None and Decimal(cost.usd_high) <= budget:
        return False
    return None


def increase(old: Cost, new: Cost) -> Increase:
    """New minus old, for every pair of values in their ranges."""
    return Increase(_difference(new.usd_low, old.usd_high), _difference(new.usd_high, old.usd_low))


def per_thousand_requests(cost: Cost, requests: Number) -> tuple[str | None, str | None]:
    """The monthly cost in USD per 1,000 requests, low and high.

    Args:
        cost: of a month.
        requests: in the same month, more than none.
    """
    thousands = quotient(decimal(requests), _THOUSAND)

    def share(text: str | None) -> str | None:
        return None if text is None else usd(quotient(Decimal(text), thousands))

    return share(cost.usd_low), share(cost.usd_high)


def stand_ins(cost: Cost) -> int:
    """How many of its prices stand in for ones that are not known."""
    return sum(1 for item in cost.items if item.basis.startswith("stand-in:"))


def _difference(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return None
    return usd(total_of((Decimal(left), Decimal(right).copy_negate())))


def _high(cost: Cost) -> Decimal:
    return Decimal(cost.usd_high) if cost.usd_high is not None else Decimal("Infinity")
