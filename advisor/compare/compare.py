"""Compare the four options: cost, latency, and the values where the cheapest one changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import Folder, Prices
from advisor.compare.break_even import Crossing, Turn, crossings, grid, turns
from advisor.compare.scenario import DURATION, RECORDS, VOLUME, Outcome, Scenario, current
from advisor.engine.facts import Facts
from advisor.engine.standing import STANDINGS
from advisor.model.advice import Advice, Candidate
from advisor.model.options import BATCH_TRANSFORM, SERVERLESS
from advisor.model.usage import JobUsage
from advisor.model.workload import Interval
from advisor.options import plan
from advisor.pricing.amounts import decimal
from advisor.pricing.billable_usage import charged
from advisor.pricing.comparable import (
    Share,
    UnitCosts,
    break_even_requests,
    per_thousand_requests,
    unit_costs,
)
from advisor.pricing.plan_cost import expected_latency, listed, monthly_cost, prices_of
from advisor.rulebook.load import book_for
from advisor.text.quantity import MICROSECONDS_PER_MONTH, RATE_PER_MONTH, show

# The curve over the volume covers what most endpoints see, and a thousand times either way of this
# one; duration and records a hundred times.
_USUAL_VOLUMES = (1000 * RATE_PER_MONTH, 10_000_000 * RATE_PER_MONTH)
_LEAST_VOLUME = RATE_PER_MONTH
_FAR, _REACH = 1000, 100
_POINTS, _COARSE = 49, 17
# Key of an axis -> what moves with it.
AXES = {"traffic.volume": VOLUME, "requests.processing": DURATION, "dataset.records": RECORDS}
# The facts that costs read, as far as the workload leaves them open.
_PRICED = ("traffic.volume", "requests.processing", "requests.payload", "requests.response")


class ComparedOption(NamedTuple):
    """One option as it stands beside the others."""

    candidate: Candidate  # with its latency, whether it is chosen or not
    per_thousand: Share | None  # USD per 1,000 requests
    units: UnitCosts | None = None  # of an hour and of one request


class BreakEven(NamedTuple):
    """A value at which another option becomes the cheapest."""

    key: str
    crossing: Crossing
    busy_share: float | None  # of one environment or worker; above 1 they are several


class Axis(NamedTuple):
    """A key along which the options were priced."""

    key: str
    current: int  # base units
    points: tuple[Outcome, ...]
    turns: tuple[Turn, ...]  # break-evens of every two options


class Comparison(NamedTuple):
    """The result of `compare`."""

    advice: Advice
    rows: tuple[ComparedOption, ...]  # the answer first, then as preferred, then the rest
    axes: tuple[Axis, ...]
    break_evens: tuple[BreakEven, ...]
    assumed: Mapping[str, str]  # facts that break-even points take and nobody stated

    @property
    def break_even_requests(self) -> Mapping[str, str | None]:
        """Option with instances -> requests a month that cost as much on serverless inference."""
        rows = {row.candidate.option: row for row in self.rows}
        serverless = rows.pop(SERVERLESS).units
        return {
            option: break_even_requests(row.candidate.cost, serverless)
            for option, row in rows.items()
            if row.candidate.cost is not None and serverless is not None
        }


def compare(advice: Advice, own_prices: Folder | None = None) -> Comparison:
    """The options of an answer side by side.

    Args:
        advice: the answer.
        own_prices: folder of the user's price snapshots, the same as for the answer.
    """
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    prices = prices_of(advice.region, own_prices, advice.workload)
    axes = []
    break_evens: list[BreakEven] = []
    for key, count in _keys(facts):
        scenario = Scenario(facts, key, prices, along=AXES[key])
        value = current(facts, key)
        points = grid(*_ends(key, value), count)
        priced = tuple(scenario.at(each) for each in points)
        axes.append(Axis(key, value, priced, tuple(turns(scenario.at, points))))
        break_evens += (
            BreakEven(key, found, _busy_share(scenario, found))
            for found in crossings(scenario.at, points)
        )
    rows = _rows(advice, facts, prices)
    return Comparison(advice, rows, tuple(axes), tuple(break_evens), _assumed(facts, axes))


def _keys(facts: Facts) -> Iterator[tuple[str, int]]:
    """The key along which the options are priced, and the number of values."""
    if facts.word("requests.arrival") == "batch":
        if facts.workload.interval("dataset.records") is not None:
            yield "dataset.records", _POINTS
        return
    yield "traffic.volume", _POINTS
    yield "requests.processing", _COARSE


def _ends(key: str, value: int) -> tuple[int, int]:
    if key != "traffic.volume":
        return max(1, value // _REACH), value * _REACH
    low, high = _USUAL_VOLUMES
    return max(_LEAST_VOLUME, min(low, value // _FAR)), max(high, value * _FAR)


def _busy_share(scenario: Scenario, found: Crossing) -> float | None:
    """Volume times processing over time at a break-even point."""
    if scenario.key == "dataset.records":
        return None
    facts = scenario.facts_at(found.above.value)
    volume, time = facts.taken("traffic.volume"), facts.taken("requests.processing.typical")
    return float(volume * time / RATE_PER_MONTH / MICROSECONDS_PER_MONTH)


def _assumed(facts: Facts, axes: Sequence[Axis]) -> dict[str, str]:
    """The assumed values behind break-even points, for facts not stated as one value."""
    if not axes or axes[0].key == "dataset.records":
        return {}
    done = {}
    for name in _PRICED:
        path = "requests.processing.typical" if name == "requests.processing" else name
        variable = facts.book.index[path]
        if facts.low[variable] != facts.high[variable] and facts.stands(variable):
            value = facts.point[variable]
            done[name] = show(Interval(value, value), facts.book.facts[variable].kind)
    return done


def _rows(advice: Advice, facts: Facts, prices: Prices) -> tuple[ComparedOption, ...]:
    order = {name: rank for rank, name in enumerate(advice.decision.leaf_options)}

    def rank(row: ComparedOption) -> tuple[bool, int, int]:
        each = row.candidate
        stands = STANDINGS.index(each.standing.standing)
        return each.plan is None, stands, order.get(each.option, len(order))

    return tuple(sorted((_row(facts, each, prices) for each in advice.candidates), key=rank))


def _row(facts: Facts, candidate: Candidate, prices: Prices) -> ComparedOption:
    plan, cost = candidate.plan, candidate.cost
    if plan is None or cost is None:
        return ComparedOption(candidate, None)
    if candidate.latency is None:
        candidate = candidate._replace(latency=expected_latency(plan, facts))
    requests = _requests(facts, candidate)
    share = per_thousand_requests(cost, requests) if requests else None
    units = unit_costs(plan, facts, prices, cost, requests)
    return ComparedOption(candidate, share, units)


def _requests(facts: Facts, candidate: Candidate) -> Any:
    """Requests a month where one number is known; records for a job."""
    assert candidate.plan is not None
    if candidate.option == BATCH_TRANSFORM:
        usage = candidate.plan.usage
        runs = usage.runs.exact if isinstance(usage, JobUsage) else None
        records = facts.workload.interval("dataset.records")
        if runs is None or records is None or records.low != records.high:
            return None
        return decimal(runs) * decimal(records.low or 0)
    found = charged(candidate.plan, facts)
    if not found.parts:
        return None if isinstance(found, JobUsage) else found.traffic.requests.exact
    several = [
        (part.usage.traffic.requests.exact, part.times.exact)
        for part in found.parts
        if not isinstance(part.usage, JobUsage)
    ]
    if any(requests is None or times is None for requests, times in several):
        return None
    return sum(decimal(requests or 0) * decimal(times or 0) for requests, times in several)


def alongside(advice: Advice, own_prices: Folder | None = None) -> Advice:
    """An answer with the times of each plan, and with the price of what needs alone rule out.

    Args:
        advice: the answer.
        own_prices: folder of the user's price snapshots, the same as for the answer.
    """
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    prices = prices_of(advice.region, own_prices, advice.workload)

    def filled(each: Candidate) -> Candidate:
        if each.plan is None and all(found.kind == "need" for found in each.standing.reasons):
            made = plan(each.option, facts, listed(each.option, prices.shipped), deploy=False)
            each = each._replace(plan=made, cost=monthly_cost(made, facts, prices))
        if each.plan is None or each.latency is not None:
            return each
        return each._replace(latency=expected_latency(each.plan, facts))

    return advice._replace(candidates=tuple(map(filled, advice.candidates)))
