"""The instance hours of a plan whose fleet scales, as far as its load is known."""

from __future__ import annotations

from advisor.model.usage import FleetUsage
from advisor.pricing.amounts import decimal
from advisor.pricing.ranges import Range, read
from advisor.pricing.scaled_hours import Activity, Hours, Release, autoscaled, scaled_to_zero
from advisor.text.quantity import MONTH_HOURS

_MONTH_S = MONTH_HOURS * 3600
_HOURS_PER_DAY = 24


def scaled_hours(usage: FleetUsage) -> Range:
    """Instance hours a month of a fleet between its minimum and its maximum, which differ.

    The low end is that of the fewest requests, the high end that of the most.

    Args:
        usage: with its bounds and requests as far as they are known; with the rate and that of one
            instance, or where the fleet goes to zero with the times of a request and of a start.
    """
    assert usage.maximum is not None
    requests = read("requests", usage.traffic.requests)
    found = _from_minimum if usage.minimum else _from_zero
    low = found(usage, float(requests.low), usage.maximum)
    most = _most_requests(usage, requests)
    if most is None:
        return Range(decimal(low.low), decimal(float(usage.maximum * MONTH_HOURS)))
    return Range(decimal(low.low), decimal(found(usage, most, usage.maximum).high))


def _most_requests(usage: FleetUsage, requests: Range) -> float | None:
    """The most that are stated; else as many as the peak brings if it never ends."""
    if requests.high is not None:
        return float(requests.high)
    rate, month_s = usage.traffic.rate, _MONTH_S * float(usage.open_share)
    return None if rate is None else max(float(requests.low), float(rate) * month_s)


def _from_minimum(usage: FleetUsage, requests: float, maximum: int) -> Hours:
    assert usage.traffic.rate is not None
    assert usage.rate_of_one is not None
    share, peak = float(usage.open_share), float(usage.traffic.rate)
    if not share:
        return Hours(low=0.0, high=0.0)
    mean, planned = requests / _MONTH_S / share, float(usage.rate_of_one)
    found = autoscaled(mean, max(peak, mean), planned, usage.minimum or 0, maximum)
    return Hours(low=found.low * share, high=found.high * share)


def _from_zero(usage: FleetUsage, requests: float, maximum: int) -> Hours:
    assert usage.traffic.processing_s is not None
    assert usage.linger_s is not None
    assert usage.wake_s is not None
    share = float(usage.traffic.active_share)
    # Active hours of a day or a week begin once a day at most, and not without a request.
    windows = min(requests, MONTH_HOURS / _HOURS_PER_DAY) if share < 1 else 0.0
    return scaled_to_zero(
        requests=requests,
        seconds=float(usage.traffic.processing_s),
        concurrency=usage.workers,
        maximum=maximum,
        release=Release(linger_s=float(usage.linger_s), wake_s=float(usage.wake_s)),
        activity=Activity(hours=share * MONTH_HOURS, windows=windows),
    )
