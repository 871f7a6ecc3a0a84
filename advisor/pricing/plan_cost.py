"""What a plan costs in a month and how fast it answers: its usage with a Region's prices."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

from advisor.catalogue.price_snapshot import Folder, Prices, load
from advisor.engine.facts import Facts
from advisor.model.advice import Cost, Latency, Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME
from advisor.model.usage import FleetUsage, JobUsage, ServerlessUsage, Usage
from advisor.model.workload import Measured
from advisor.pricing.billable_usage import charged, completed
from advisor.rulebook.source import rules_directory
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH

# The component of the price list under which an option's instances are sold.
COMPONENTS = {
    REAL_TIME: "hosting",
    ASYNCHRONOUS: "asynchronous",
    BATCH_TRANSFORM: "batch-transform",
}
_PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * 3600
_known: dict[tuple[str | None, str | None], Prices] = {}
_NO_PRICES: Mapping[str, int] = {}


def prices_of(
    region: str | None, own: Folder | None = None, measured: Measured | None = None
) -> Prices:
    """The prices of a Region, read once per process; those of the reference Region without one.

    Args:
        region: its code.
        own: folder of the user's snapshots.
        measured: a load test, whose costs stand in for prices that are not known.

    Raises:
        InputError: the code is not one of a Region, or the user's snapshot is not readable.
    """
    key = (region, None if own is None else os.fspath(own))
    if key not in _known:
        _known[key] = load(region, os.path.join(rules_directory(), "prices"), own)
    return learned(_known[key], measured)


def learned(prices: Prices, measured: Measured | None) -> Prices:
    """Prices with what a load test's instances cost, where no price of theirs is known.

    A known price goes first: it is dated and exact, and the job only estimates with the same list.
    """
    if measured is None:
        return prices
    for each in measured.tests:
        if each.instance_type and each.usd_per_hour:
            usd = {each.instance_type: each.usd_per_hour}
            source = f"CostPerHour of the job {each.job.name} in {each.job.file}"
            prices = prices.learning("hosting", usd, "load-test", source, each.job.date)
    return prices


def per_hour(option: str, prices: Prices) -> Mapping[str, int]:
    """Hourly prices that order instance types which fit an option equally well."""
    component = COMPONENTS.get(option)
    return _NO_PRICES if component is None else prices.per_hour(component)


def monthly_cost(plan: Plan, facts: Facts, prices: Prices) -> Cost:
    """The monthly cost of a plan; what nobody stated leaves it open above, beside an estimate."""
    from advisor.pricing.monthly import cost, estimated

    found = cost(plan.option, charged(plan, facts), prices)
    if found.usd_low is None or found.usd_low == found.usd_high:
        return found
    return estimated(found, plan.option, completed(plan, facts), prices)


def in_brief(plan: Plan) -> str:
    """What a plan runs on, in a few words: 2 to 5 x ml.g5.xlarge."""
    return _brief(plan.usage)


def _brief(usage: Usage) -> str:
    shared = isinstance(usage, FleetUsage) and usage.busiest is not None
    if usage.parts and not shared:
        parts: Counter[str] = Counter()
        for part in usage.parts:
            parts[_brief(part.usage)] += int(part.times.high or 1)
        return " and ".join(f"{number:,} x ({text})" for text, number in parts.items())
    if isinstance(usage, ServerlessUsage):
        warm = f", {usage.provisioned} provisioned" if usage.provisioned else ""
        return f"{usage.memory_mb} MB, at most {usage.max_concurrency} at once{warm}"
    low, high = usage.count.low, usage.count.high
    if isinstance(usage, FleetUsage) and usage.maximum is not None:
        low, high = usage.minimum, usage.maximum
    count = f"{low}" if low == high else f"{low} to {high}"
    return f"{count} x {usage.instance_type}"


def expected_latency(plan: Plan, facts: Facts) -> Latency:
    """How fast a plan answers, or why no number can be given."""
    from advisor.modelling.latency import latency

    usage = plan.usage
    if isinstance(usage, FleetUsage):
        measured = facts.workload.interval("model.throughput")
        if usage.busiest is not None:
            found = latency(plan.option, usage.busiest)
        elif measured is not None and measured.high is not None:
            rate = measured.high / _PER_SECOND
            found = latency(plan.option, usage._replace(max_rate=rate))
        else:
            found = latency(plan.option, usage)
    else:
        found = latency(plan.option, usage)
    if found.p50_ms is None or isinstance(usage, JobUsage) or usage.traffic.rate is None:
        return found
    stated = facts.is_stated("traffic.peak")
    if stated or facts.workload.interval("traffic.concurrent") is not None:
        return found
    return found._replace(notes=(*found.notes, "The peak rate is assumed from the mean."))
