"""What a plan costs that exists only in the hours that are stated, and not the whole month."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from advisor.model.advice import Cost, PartTime
from advisor.model.usage import JobUsage, ServerlessUsage, Usage, known
from advisor.model.workload import Interval
from advisor.pricing.amounts import decimal, product, quotient
from advisor.pricing.ranges import Range
from advisor.text.quantity import MONTH_HOURS, WEEK

_MONTH = decimal(MONTH_HOURS)
_BY_HAND = "Delete and create it on a schedule of your own."
_WARM = "Provision concurrency in the hours only, on a schedule of your own."


def part_time(
    active: Interval, usage: Usage, priced: Callable[[Callable[[Usage], Usage]], Cost]
) -> PartTime | None:
    """The cost of a plan within the active time; ``None`` where that saves nothing.

    Args:
        active: the stated time with traffic.
        usage: of the plan.
        priced: the cost of the plan after a change of its usage.
    """
    if active.high is None or active.high >= WEEK or not _stands(usage):
        return None
    few, many = (quotient(decimal(end or 0), decimal(WEEK)) for end in active)
    found = least = priced(lambda each: _within(each, many))
    if few != many:
        least = priced(lambda each: _within(each, few))
    return PartTime(
        hours=Range(product(few, _MONTH), product(many, _MONTH)).text(),
        usd_low=least.usd_low,
        usd_high=found.usd_high,
        usd_estimate=found.usd_estimate,
        items=found.items,
        note=_WARM if isinstance(usage, ServerlessUsage) else _BY_HAND,
    )


def _stands(usage: Usage) -> bool:
    """Whether something of a plan costs money while nothing is asked of it."""
    if usage.parts:
        return any(_stands(part.usage) for part in usage.parts)
    if isinstance(usage, ServerlessUsage):
        return usage.provisioned > 0
    return not isinstance(usage, JobUsage) and usage.minimum != 0 and usage.instance_hours is None


def _within(usage: Usage, share: Decimal) -> Usage:
    """The usage of a plan that exists for a share of the month."""
    if usage.parts:
        parts = (part._replace(usage=_within(part.usage, share)) for part in usage.parts)
        return usage._replace(parts=tuple(parts))
    if isinstance(usage, JobUsage) or not _stands(usage):
        return usage
    if isinstance(usage, ServerlessUsage):
        return usage._replace(provisioned_hours=known(product(_MONTH, share)))
    return usage._replace(open_share=share)
