"""What a plan costs in a month and how fast it answers: its usage with a Region's prices."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from advisor.catalogue.price_snapshot import Folder, Prices, load, shipped
from advisor.engine.facts import Facts
from advisor.model.advice import Cost, Latency, OtherHours, Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME
from advisor.model.usage import FleetUsage, JobUsage, ServerlessUsage, Usage, known
from advisor.model.workload import NO_SETTINGS, Measured, OwnSettings, Workload
from advisor.pricing.billable_usage import charged, completed
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.resolve import Rulebook
from advisor.text.money_format import money
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH, WEEK

if TYPE_CHECKING:
    from decimal import Decimal

# The component of the price list under which an option's instances are sold.
COMPONENTS = {
    REAL_TIME: "hosting",
    ASYNCHRONOUS: "asynchronous",
    BATCH_TRANSFORM: "batch-transform",
}
_BY_HAND = "Delete and create it on a schedule of your own"
_WARM = "Provision concurrency in the hours only, on a schedule of your own"
_ACTIONS = "That is without the scheduled actions of the plan."
_PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * 3600
_known: dict[tuple[str | None, ...], Prices] = {}
_NO_PRICES: Mapping[str, int] = {}
MISFIT = "instance-too-small"  # the finding that the type of a plan cannot hold the model
_UNTIMED = "requests.processing"
_NOT_TO_RUN = Cost(
    usd_low=None,
    usd_high=None,
    complete=False,
    basis="",
    items=(),
    notes=("The model does not fit on the instance type, so the plan has no price.",),
)


def prices_of(
    region: str | None, own: Folder | None = None, workload: Workload | None = None
) -> Prices:
    """The prices of a Region, read once per process; those of the reference Region without one.

    Args:
        region: its code.
        own: folder of the user's snapshots.
        workload: its settings may tell of other prices, and the costs of its load tests stand in
            for prices that are not known.

    Raises:
        InputError: the code is not one of a Region, or the user's snapshot is not readable.
    """
    if workload is None:
        return prices_under(NO_SETTINGS, region, own)
    return learned(prices_under(workload.settings, region, own), workload.measured)


def prices_under(said: OwnSettings, region: str | None, own: Folder | None = None) -> Prices:
    """The same under some settings, without a load test."""
    folder = os.path.join(rules_directory(), "prices")
    if own is None and said is NO_SETTINGS:
        return shipped(region, folder)
    key = (region, None if own is None else os.fspath(own), said.snapshot, said.discount)
    if (*key, said.prices) not in _known:
        _known[*key, said.prices] = load(region, folder, own, said)
    return _known[*key, said.prices]


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
    """Millionths of a USD an hour by instance type, for an option's instances."""
    component = COMPONENTS.get(option)
    return _NO_PRICES if component is None else prices.per_hour(component)


def listed(option: str, prices: Prices) -> Mapping[str, int]:
    """The same of the types that are sold: a plan chooses by the shipped list and no other."""
    component = COMPONENTS.get(option)
    return _NO_PRICES if component is None else prices.per_hour(component, sold=True)


def monthly_cost(plan: Plan, facts: Facts, prices: Prices) -> Cost:
    """The monthly cost of a plan; what nobody stated leaves it open above, beside an estimate.

    What certainly does not fit has no price, and that of a plan without a size is incomplete.
    """
    from advisor.pricing.monthly import cost, estimated

    if any(each.rule == MISFIT and each.severity == "error" for each in plan.findings):
        return _NOT_TO_RUN
    if plan.sized == "not-sized" and _UNTIMED in plan.rests_on:
        return _NOT_TO_RUN._replace(notes=(f"The plan has no size: state {_UNTIMED}.",))

    def priced(changed: Callable[[Usage], Usage] = lambda usage: usage) -> Cost:
        found = cost(plan.option, changed(charged(plan, facts)), prices)
        if found.usd_low is None or found.usd_low == found.usd_high or lacks_runs(plan, facts):
            return found
        return estimated(found, plan.option, changed(completed(plan, facts)), prices)

    whole = priced()
    if isinstance(plan.usage, JobUsage) and plan.usage.runs.high is None:
        run = priced(one_run)
        if run.usd_high is not None:
            note = f"One run costs {money(run)} USD."
            whole = whole._replace(a_run=money(run), notes=(note, *whole.notes))
    beside = _uncounted(facts.book, facts.point[facts.book.needs])
    if beside:
        whole = whole._replace(notes=(*whole.notes, beside))
    if plan.sized == "not-sized":
        whole = whole._replace(complete=False)
    if "traffic.windows" in facts.workload.values and _each(plan.usage, _awake) != plan.usage:
        dear = priced(lambda usage: _each(usage, _awake))
        whole = whole._replace(always_on=_other(str(MONTH_HOURS), dear, dear, _ACTIONS))
    hours = _part_time(facts.workload, plan.usage, priced)
    return whole if hours is None else whole._replace(part_time=hours)


def lacks_runs(plan: Plan, facts: Facts) -> bool:
    """Whether the requests of a month are the records of runs of which too little is stated."""
    if plan.option == BATCH_TRANSFORM or facts.word("requests.arrival") != "batch":
        return False
    return None in map(facts.workload.interval, ("dataset.records", "dataset.runs"))


def _part_time(
    workload: Workload, usage: Usage, priced: Callable[[Callable[[Usage], Usage]], Cost]
) -> OtherHours | None:
    """The cost of a plan within the active time; ``None`` where that saves nothing.

    Args:
        workload: with the time with traffic, and perhaps its windows.
        usage: of the plan.
        priced: the cost of the plan after a change of its usage.
    """
    active = workload.interval("traffic.active")
    if active is None or active.high is None or active.high >= WEEK or not _stands(usage):
        return None
    from advisor.pricing.amounts import Range, decimal, quotient

    few, many = (quotient(decimal(end or 0), decimal(WEEK)) for end in active)
    found = least = priced(lambda usage: _each(usage, lambda each: _within(each, many)))
    if few != many:
        least = priced(lambda usage: _each(usage, lambda each: _within(each, few)))
    note = f"{_WARM if isinstance(usage, ServerlessUsage) else _BY_HAND}{_when(workload)}."
    return _other(Range(few * MONTH_HOURS, many * MONTH_HOURS).text(), least, found, note)


def _other(hours: str, least: Cost, most: Cost, note: str) -> OtherHours:
    """The cost in other hours, from what the fewest and the most of them cost."""
    return OtherHours(
        hours=hours,
        usd_low=least.usd_low,
        usd_high=most.usd_high,
        usd_estimate=most.usd_estimate,
        items=most.items,
        note=note,
    )


def _when(workload: Workload) -> str:
    """The windows of a schedule, where they are stated."""
    windows = workload.values.get("traffic.windows")
    if windows is None:
        return ""
    return f": {windows.text}, {workload.text('traffic.timezone') or 'UTC'}"


def _stands(usage: Usage) -> bool:
    """Whether something of a plan costs money while nothing is asked of it."""
    if usage.parts:
        return any(_stands(part.usage) for part in usage.parts)
    if isinstance(usage, ServerlessUsage):
        return usage.provisioned > 0
    return not isinstance(usage, JobUsage) and usage.minimum != 0 and usage.instance_hours is None


def _each(usage: Usage, change: Callable[[Usage], Usage]) -> Usage:
    """The usage of a plan after a change of each of its parts that is paid for by itself."""
    if not usage.parts:
        return change(usage)
    parts = (part._replace(usage=_each(part.usage, change)) for part in usage.parts)
    return usage._replace(parts=tuple(parts))


def _within(usage: Usage, share: Decimal) -> Usage:
    """The usage of a plan that exists for a share of the month."""
    if isinstance(usage, JobUsage) or not _stands(usage):
        return usage
    if isinstance(usage, ServerlessUsage):
        return usage._replace(provisioned_hours=known(share * MONTH_HOURS), off=None)
    return usage._replace(open_share=share, off=None)


def one_run(usage: Usage) -> Usage:
    """The usage of one run of a job, whatever the number of runs."""
    return usage._replace(runs=known(1)) if isinstance(usage, JobUsage) else usage


def _awake(usage: Usage) -> Usage:
    """The usage without scheduled actions."""
    return usage if isinstance(usage, JobUsage) else usage._replace(off=None)


@lru_cache(maxsize=256)
def _uncounted(book: Rulebook, needs: int) -> str:
    """What needs add to the bill and the cost does not count, as a note; empty for nothing."""
    named = [each.charges for each in book.features if each.bit & needs and each.charges]
    return f"Not counted for what is needed: {'; '.join(named)}." if named else ""


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
        low = usage.minimum if usage.off is None else usage.off.count
        high = usage.maximum
    count = f"{low}" if low == high else f"{low} to {high}"
    return f"{count} x {usage.instance_type}"


def expected_latency(plan: Plan, facts: Facts) -> Latency:
    """How fast a plan answers, or why no number can be given."""
    from advisor.modelling.latency import latency

    usage = plan.usage
    slowest, measured = usage, facts.workload.interval("model.throughput")
    if isinstance(usage, FleetUsage):
        if usage.busiest is not None:
            slowest = usage.busiest
        elif measured is not None and measured.high is not None:
            slowest = usage._replace(max_rate=measured.high / _PER_SECOND)
    found = latency(plan.option, slowest)
    if found.p50_ms is None or isinstance(usage, JobUsage) or usage.traffic.rate is None:
        return found
    stated = facts.is_stated("traffic.peak")
    if stated or facts.workload.interval("traffic.concurrent") is not None:
        return found
    return found._replace(notes=(*found.notes, "The peak rate is assumed from the mean."))
