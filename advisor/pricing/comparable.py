"""Costs side by side: which is lower for certain, and per thousand requests."""

from decimal import Decimal

from advisor.model.advice import Cost, CostItem
from advisor.model.usage import Number
from advisor.model.value import Value
from advisor.pricing.amounts import decimal, quotient, usd

_THOUSAND = Decimal(1000)


class Share(Value):
    """What a part of a month's requests costs; ends and estimate as those of the whole cost."""

    usd_low: str | None
    usd_high: str | None
    usd_estimate: str | None


def certainly_cheaper(cost: Cost, than: Cost) -> bool:
    """Whether the whole range of one cost lies below the whole range of the other."""
    if cost.usd_high is None or than.usd_low is None:
        return False
    return Decimal(cost.usd_high) < Decimal(than.usd_low)


def over_budget(cost: Cost, usd_per_month: Number) -> bool | None:
    """Whether a cost exceeds a budget; ``None`` when a range or a missing price leaves it open."""
    budget = decimal(usd_per_month)
    if cost.usd_low is not None and Decimal(cost.usd_low) > budget:
        return True
    if cost.usd_high is not None and Decimal(cost.usd_high) <= budget:
        return False
    return None


def per_thousand_requests(cost: Cost, requests: Number) -> Share:
    """The monthly cost in USD per 1,000 requests.

    Args:
        cost: of a month.
        requests: in the same month, more than none.
    """
    thousands = quotient(decimal(requests), _THOUSAND)

    def share(text: str | None) -> str | None:
        return None if text is None else usd(quotient(Decimal(text), thousands))

    return Share(
        usd_low=share(cost.usd_low),
        usd_high=share(cost.usd_high),
        usd_estimate=share(cost.usd_estimate),
    )


def stand_ins(cost: Cost) -> int:
    """How many of its prices stand in for ones that are not known."""
    return sum(1 for item in cost.items if _estimated(item))


def estimated_share(cost: Cost) -> Decimal | None:
    """Share of a cost that rests on estimated prices, 0 to 1; ``None`` where it costs nothing.

    An item counts as it is estimated, else at its upper end, else at its lower one.
    """
    amounts = [
        (item, Decimal(item.usd_estimate or item.usd_high or item.usd_low or 0))
        for item in cost.items
    ]
    whole = sum((usd for _, usd in amounts), Decimal(0))
    lent = sum((usd for item, usd in amounts if _estimated(item)), Decimal(0))
    return quotient(lent, whole) if whole else None


def _estimated(item: CostItem) -> bool:
    return item.basis.startswith("stand-in:")
