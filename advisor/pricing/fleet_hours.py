"""The instance hours of a plan whose fleet scales, as far as its load is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.pricing.amounts import decimal
from advisor.pricing.ranges import Range, read
from advisor.pricing.scaled_hours import Activity, Hours, Release, autoscaled, scaled_to_zero
from advisor.text.quantity import MONTH_HOURS

_MONTH_S = MONTH_HOURS * 3600
_HOURS_PER_DAY = 24


def scaled_hours(facts: Mapping[str, Any]) -> Range:
    """Instance hours a month of a fleet between its minimum and its maximum, which differ.

    The low end is that of the fewest requests, the high end that of the most.

    Args:
        facts: a plan's: minimum, maximum, requests as far as they are known, and rate and
            rate_of_one, or where the minimum is none processing_s, workers, linger_s, wake_s and
            active_share.
    """
    minimum, maximum = facts["minimum"], facts["maximum"]
    requests = read(facts, "requests")
    found = _from_minimum if minimum else _from_zero
    low = found(facts, float(requests.low), minimum, maximum)
    most = _most_requests(facts, requests)
    if most is None:
        return Range(decimal(low.low), decimal(float(maximum * MONTH_HOURS)))
    return Range(decimal(low.low), decimal(found(facts, most, minimum, maximum).high))


def _most_requests(facts: Mapping[str, Any], requests: Range) -> float | None:
    """The most that are stated; else as many as the peak brings if it never ends."""
    if requests.high is not None:
        return float(requests.high)
    rate = facts.get("rate")
    return None if rate is None else max(float(requests.low), float(rate) * _MONTH_S)


def _from_minimum(facts: Mapping[str, Any], requests: float, minimum: int, maximum: int) -> Hours:
    mean, peak = requests / _MONTH_S, float(facts["rate"])
    return autoscaled(mean, max(peak, mean), float(facts["rate_of_one"]), minimum, maximum)


def _from_zero(facts: Mapping[str, Any], requests: float, minimum: int, maximum: int) -> Hours:
    del minimum
    seconds, linger_s, wake_s = (
        float(facts[name]) for name in ("processing_s", "linger_s", "wake_s")
    )
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
