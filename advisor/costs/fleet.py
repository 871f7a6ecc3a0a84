"""The instance hours of a plan whose fleet scales, as far as its load is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.costs.hours import Activity, Hours, Release, autoscaled, scaled_to_zero
from advisor.costs.money import decimal
from advisor.costs.ranges import Range, read
from advisor.quantity import MONTH_HOURS

_MONTH_S = MONTH_HOURS * 3600
_HOURS_PER_DAY = 24


def scaled_hours(facts: Mapping[str, Any]) -> Range | None:
    """Instance hours a month of a fleet between its minimum and its maximum.

    The low end is that of the fewest requests, the high end that of the most. ``None`` when the
    fleet does not scale, or its load is not known well enough.

    Args:
        facts: a plan's; reads requests, minimum, maximum and either rate and rate_of_one, or
            processing_s, workers, linger_s, wake_s and active_share.
    """
    minimum, maximum = facts.get("minimum"), facts.get("maximum")
    if minimum is None or maximum is None or minimum >= maximum:
        return None
    requests = read(facts, "requests")
    found = _from_zero if minimum == 0 else _from_minimum
    low = found(facts, float(requests.low), minimum, maximum)
    if low is None:
        return None
    most = _most_requests(facts, requests)
    high = None if most is None else found(facts, most, minimum, maximum)
    top = float(maximum * MONTH_HOURS) if high is None else high.high
    return Range(decimal(low.low), decimal(top))


def _most_requests(facts: Mapping[str, Any], requests: Range) -> float | None:
    """The most that are stated; else as many as the peak brings if it never ends."""
    if requests.high is not None:
        return float(requests.high)
    rate = facts.get("rate")
    return None if rate is None else max(float(requests.low), float(rate) * _MONTH_S)


def _from_minimum(
    facts: Mapping[str, Any], requests: float, minimum: int, maximum: int
) -> Hours | None:
    rate, rate_of_one = facts.get("rate"), facts.get("rate_of_one")
    if rate is None or rate_of_one is None:
        return None
    mean = requests / _MONTH_S
    return autoscaled(mean, max(float(rate), mean), float(rate_of_one), minimum, maximum)


def _from_zero(
    facts: Mapping[str, Any], requests: float, minimum: int, maximum: int
) -> Hours | None:
    del minimum
    names = ("processing_s", "linger_s", "wake_s")
    if any(facts.get(name) is None for name in names):
        return None
    seconds, linger_s, wake_s = (float(facts[name]) for name in names)
    share = float(facts.get("active_share", 1.0))
    # Active hours of a day or a week begin once a day at most, and not without a request.
    windows = min(requests, MONTH_HOURS / _HOURS_PER_DAY) if share < 1 else 0.0
    return scaled_to_zero(
        requests,
        seconds,
        int(facts.get("workers", 1)),
        maximum,
        Release(linger_s, wake_s),
        Activity(share * MONTH_HOURS, windows),
    )
