"""Costs side by side: which is lower for certain, and what an hour and a request cost."""

from decimal import Context, Decimal

from advisor.catalogue.price_snapshot import Prices
from advisor.model.advice import Cost, CostItem, Plan
from advisor.model.usage import FleetUsage, Number, ServerlessUsage, Usage, WorkloadFacts
from advisor.model.value import Value
from advisor.pricing.amounts import decimal, product, quotient, sum_of, usd
from advisor.pricing.billable_usage import charged, completed
from advisor.pricing.cost_lines import lines, pinned
from advisor.pricing.plan_cost import COMPONENTS
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH

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

    ends = ("usd_low", "usd_high", "usd_estimate")
    return Share(**{end: share(getattr(cost, end)) for end in ends})


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


_DIGITS = Context(prec=20)
_MINUTES = Decimal(60)
_PER_MINUTE = decimal(RATE_PER_MONTH * MONTH_HOURS * 60)  # base units of one request a minute


class UnitCosts(Value):
    """Decimal texts at full digits; ``None`` where a price or a quantity is not known."""

    usd_per_hour: str | None  # of the instances for the peak while they run
    requests_per_minute: str | None  # that these serve when all of them are always busy
    usd_per_request_busy: str | None  # of one request then; of serverless what one more costs
    usd_per_request: str | None  # the cost of the month over its requests


def unit_costs(
    plan: Plan, facts: WorkloadFacts, prices: Prices, cost: Cost, requests: Number | None
) -> UnitCosts:
    """The costs of an hour and of a request."""
    usage, hour, rate = charged(plan, facts), None, None
    if isinstance(usage, ServerlessUsage):
        busy = _one_more(plan, facts, prices)
    else:
        hour, rate = _hour(usage, COMPONENTS[plan.option], prices), _rate(usage, facts)
        busy = quotient(hour, product(rate, _MINUTES)) if hour is not None and rate else None
    each = None
    if requests and cost.usd_low is not None and cost.usd_low == cost.usd_high:
        each = quotient(Decimal(cost.usd_low), decimal(requests))
    return UnitCosts(
        usd_per_hour=_text(hour),
        requests_per_minute=_text(rate),
        usd_per_request_busy=_text(busy),
        usd_per_request=_text(each),
    )


def break_even_requests(instances: Cost, one: UnitCosts) -> str | None:
    """Requests a month whose serverless costs are those of instances without any, data left out."""
    fixed = sum_of(
        None if item.usd_low is None else Decimal(item.usd_low)
        for item in (instances.part_time or instances).items
        if item.unit != "GB"
    )
    if fixed is None or one.usd_per_request_busy is None:
        return None
    return _text(quotient(fixed, Decimal(one.usd_per_request_busy)))


def _one_more(plan: Plan, facts: WorkloadFacts, prices: Prices) -> Decimal | None:
    """What one more request on demand costs: its time and its data."""
    usage = completed(plan, facts)
    if usage.parts or not isinstance(usage, ServerlessUsage):
        return None
    rows = lines(plan.option, pinned(usage._replace(provisioned=0), "requests", Decimal(1)), prices)
    return sum_of(
        None if row.price is None else product(row.quantity.low, Decimal(row.price.usd))
        for row in rows
    )


def _hour(usage: Usage, component: str, prices: Prices) -> Decimal | None:
    """What the instances for the peak cost in an hour, with variants and further endpoints."""
    if usage.parts:
        hours = [(_hour(each.usage, component, prices), each.times.exact) for each in usage.parts]
        return sum_of(
            None if usd is None or times is None else product(usd, decimal(times))
            for usd, times in hours
        )
    count = _count(usage)
    if isinstance(usage, ServerlessUsage) or count is None:
        return None
    counts: list[tuple[str, Number]] = [(usage.instance_type, count)]
    many: Number | None = 1
    if isinstance(usage, FleetUsage):
        counts += [(other.instance_type, other.count) for other in usage.variants]
        many = 1 if usage.endpoints is None else usage.endpoints.exact
    found = [(prices.lookup(component, name), number) for name, number in counts]
    usd = sum_of(
        None if price is None else product(decimal(number), Decimal(price.usd))
        for price, number in found
    )
    return None if usd is None or many is None else product(usd, decimal(many))


def _count(usage: Usage) -> Number | None:
    if isinstance(usage, ServerlessUsage):
        return None
    count = usage.count.exact
    return usage.instances if count is None and isinstance(usage, FleetUsage) else count


def _rate(usage: Usage, facts: WorkloadFacts) -> Decimal | None:
    """Requests a minute of a fleet: measured of one instance, else by the time of a request."""
    count = _count(usage)
    if usage.parts or not isinstance(usage, FleetUsage) or count is None:
        return None
    measured = facts.workload.interval("model.throughput")
    if measured is not None and measured.low is not None and measured.low == measured.high:
        return product(decimal(count), quotient(decimal(measured.low), _PER_MINUTE))
    time = usage.traffic.processing_s
    return quotient(decimal(count) * usage.workers * 60, decimal(time)) if time else None


def _text(value: Decimal | None) -> str | None:
    """All digits of an exact number, twenty of one without end."""
    return None if value is None else f"{_DIGITS.plus(value).normalize():f}"
