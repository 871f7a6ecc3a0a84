"""Where the cheapest option changes: closed forms, and an exact search along one quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from advisor.costs.lines import BYTES_PER_GB
from advisor.costs.money import Number, decimal, product, quotient, total_of

_SECONDS_PER_HOUR = Decimal(3600)

# Option to what it costs; an option whose cost is not known is left out.
Costs = Mapping[str, Decimal]


class Crossing(NamedTuple):
    """Two neighbouring values of a quantity between which another option becomes the cheapest."""

    below: int  # the last value at which `before` is the cheapest
    above: int  # the first at which `after` is
    before: str | None  # None where no cost is known
    after: str | None
    usd_below: Decimal | None  # what `before` costs at `below`
    usd_above: Decimal | None  # what `after` costs at `above`


def serverless_request(
    usd_per_second: Number, seconds: Number, usd_per_gb: Number, data_bytes: Number
) -> Decimal:
    """USD for one on-demand request.

    Args:
        usd_per_second: at the memory size.
        seconds: billed for one request.
        usd_per_gb: of data in and out.
        data_bytes: of request and response together.
    """
    compute = product(decimal(usd_per_second), decimal(seconds))
    data = quotient(product(decimal(usd_per_gb), decimal(data_bytes)), BYTES_PER_GB)
    return total_of((compute, data))


def volume(fleet_usd: Number, request_usd: Number) -> Decimal:
    """Requests a month at which serverless costs as much as a fleet.

    It means something only while the fleet can carry them; ``crossings`` over the full model finds
    every point also where the fleet grows.
    """
    return quotient(decimal(fleet_usd), decimal(request_usd))


def busy_seconds(fleet_usd: Number, usd_per_second: Number) -> Decimal:
    """Busy seconds a month at which serverless costs as much as a fleet, data left aside."""
    return quotient(decimal(fleet_usd), decimal(usd_per_second))


def busy_share(usd_per_hour: Number, usd_per_second: Number, environments: int = 1) -> Decimal:
    """Share of the time for which an environment may be busy before an instance is cheaper.

    Args:
        usd_per_hour: of one instance.
        usd_per_second: of one environment.
        environments: that one instance replaces.
    """
    environment_hour = product(decimal(usd_per_second), _SECONDS_PER_HOUR)
    return quotient(decimal(usd_per_hour), product(environment_hour, Decimal(environments)))


def provisioning_threshold(kept_warm: Number, on_demand: Number, running: Number) -> Decimal | None:
    """Busy share of a level above which provisioning it is cheaper; ``None`` when it never is.

    Args:
        kept_warm: USD per second of provisioned concurrency (usage).
        on_demand: USD per second of a request on demand.
        running: USD per second of a request on provisioned concurrency (duration).
    """
    saved = total_of((decimal(on_demand), decimal(running).copy_negate()))
    return quotient(decimal(kept_warm), saved) if saved > 0 else None


def batch_is_cheaper(
    *,
    runs: Number,
    instances: int,
    start_s: Number,
    rate: Number,
    records: Number,
    wake_s: Number,
    linger_s: Number,
) -> bool:
    """Whether ``runs`` transform jobs take fewer instance seconds than one asynchronous instance.

    Args:
        runs: a month; each brings ``records`` to either option.
        instances: of one job.
        start_s: of a job, paid by every instance.
        rate: records per second of one instance, the same for both options.
        records: of one run.
        wake_s: start of the asynchronous endpoint, paid once a run.
        linger_s: before it is released again.
    """
    work = quotient(decimal(records), decimal(rate))
    job = total_of((product(Decimal(instances), decimal(start_s)), work))
    burst = total_of((decimal(wake_s), work, decimal(linger_s)))
    return product(decimal(runs), job) < product(decimal(runs), burst)


def cheapest(costs: Costs) -> str | None:
    """The option that costs least; the first in the mapping's order when several do."""
    return min(costs, key=lambda option: costs[option], default=None)


def crossings(cost_at: Callable[[int], Costs], points: Iterable[int]) -> Iterator[Crossing]:
    """Every change of the cheapest option along a quantity, in its order.

    Between two neighbouring ``points`` all costs must be linear in the quantity: give the ends of
    the range and every value at which a fleet grows. The cheapest of several lines is then a
    concave envelope, each option is cheapest on one stretch at most, and bisection finds its end
    exactly, to the next whole number.
    """
    ordered = sorted(set(points))
    for low, high in pairwise(ordered):
        yield from _between(cost_at, low, high)


def _between(cost_at: Callable[[int], Costs], low: int, high: int) -> Iterator[Crossing]:
    last = cheapest(cost_at(high))
    while (first := cheapest(cost_at(low))) != last:
        below, above = low, high
        while above - below > 1:
            middle = (below + above) // 2
            if cheapest(cost_at(middle)) == first:
                below = middle
            else:
                above = middle
        yield _crossing(cost_at, below, above)
        low = above


def _crossing(cost_at: Callable[[int], Costs], below: int, above: int) -> Crossing:
    costs_below, costs_above = cost_at(below), cost_at(above)
    before, after = cheapest(costs_below), cheapest(costs_above)
    return Crossing(
        below,
        above,
        before,
        after,
        None if before is None else costs_below[before],
        None if after is None else costs_above[after],
    )


def grid(low: int, high: int, count: int) -> tuple[int, ...]:
    """About ``count`` whole numbers from ``low`` to ``high``, each the same factor from the next.

    For sweeps over several orders of magnitude, and as points of a model whose steps are not known.
    """
    start = max(1, low)
    ratio = (high / start) ** (1 / max(1, count - 1))
    between = (min(high, round(start * ratio**step)) for step in range(count))
    return tuple(sorted({low, high, *between}))


def solve(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The smallest whole number in a range at which a condition that stays true becomes true.

    ``None`` when it is not true anywhere in the range: say so instead of printing a number.
    """
    if not holds(high):
        return None
    if holds(low):
        return low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
