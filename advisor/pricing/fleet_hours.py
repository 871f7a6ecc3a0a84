"""How many instance hours a fleet that follows its load runs in a month, as bounds.

A mean and a peak leave open how the load moves between them; the bounds hold for all ways, under
the one assumption that the fleet follows the load without delay. Both never fall as the load grows.
"""

from __future__ import annotations

import math

from advisor.model.usage import FleetUsage
from advisor.model.value import Value
from advisor.modelling.queueing import scale_to_zero
from advisor.modelling.queueing.scaling import whole
from advisor.pricing.amounts import Range, decimal, read
from advisor.text.quantity import MONTH_HOURS

_HOUR_S = 3600
_MONTH_S = MONTH_HOURS * _HOUR_S
_HOURS_PER_DAY = 24


class Hours(Value):
    """Instance hours a month, summed over the fleet."""

    low: float
    high: float


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
        linger_s=float(usage.linger_s),
        wake_s=float(usage.wake_s),
        active=(share * MONTH_HOURS, windows),
    )


def autoscaled(
    mean_rate: float, peak_rate: float, rate_of_one: float, minimum: int, maximum: int
) -> Hours:
    """Instance hours of a fleet that always has ``minimum`` and follows the rate up to ``maximum``.

    With c requests per second for one instance the fleet is max(minimum, ceil(rate / c)). Its mean
    is at least max(minimum, mean / c). It is largest for a rate that is either zero or just above
    the last step, which is the mean / ((top - 1) * c) of the time.

    Args:
        mean_rate: requests per second over the whole month.
        peak_rate: the highest rate; at least the mean.
        rate_of_one: requests per second that one instance is given, safety factor included.
        minimum: instances that are always in service, at least one.
        maximum: instances that the scaling may not exceed.
    """
    top = min(maximum, max(minimum, whole(peak_rate / rate_of_one)))
    low = min(float(top), max(float(minimum), mean_rate / rate_of_one))
    high = float(top)
    if top > minimum:
        share = min(1.0, mean_rate / ((top - 1) * rate_of_one))
        high = minimum + share * (top - minimum)
    return Hours(low=low * MONTH_HOURS, high=max(low, high) * MONTH_HOURS)


def busy(requests: float, seconds: float, concurrency: int) -> float:
    """Instance hours a month that the work itself takes, every instance full."""
    return requests * seconds / concurrency / _HOUR_S


def scaled_to_zero(
    requests: float,
    seconds: float,
    concurrency: int,
    maximum: int,
    linger_s: float,
    wake_s: float,
    active: tuple[float, float] = (float(MONTH_HOURS), 0.0),
) -> Hours:
    """Instance hours of an endpoint without instances while nothing is asked, Poisson arrivals.

    At least one instance is on for ``scale_to_zero.cycle``'s share of the active hours, or as long
    as the work takes. At most, starting is billed, every further instance of the mean load lingers
    and starts once a cycle, and all of them once at the end of a window.

    Args:
        requests: a month.
        seconds: processing time of one request.
        concurrency: requests that one instance processes at once.
        maximum: instances that the scaling may not exceed.
        linger_s: time without work after which an instance is released.
        wake_s: from the request that finds none to the first service.
        active: hours of the month in which requests come, and how often at most these begin.
    """
    active_h, windows = active
    active_s = active_h * _HOUR_S
    rate = requests / active_s
    on_share = scale_to_zero.cycle(rate, seconds, linger_s, wake_s).on_share
    work = busy(requests, seconds, concurrency)
    low = max(work, active_h * on_share)
    idle_s = linger_s + wake_s
    ends_s = windows * (linger_s + (maximum - 1) * idle_s)
    release_s = linger_s + seconds
    starts_s = active_s * wake_s * _most_cycles(rate, release_s)
    further_s = active_s * idle_s * _most_further(rate, seconds / concurrency, maximum, release_s)
    high = low + (ends_s + starts_s + further_s) / _HOUR_S
    return Hours(low=low, high=max(low, min(high, float(maximum * MONTH_HOURS))))


def _most_cycles(rate: float, release_s: float) -> float:
    """Most often, per second, that a rate up to this one lets an endpoint go: rate * exp(-gap).

    The busiest is one request per release time; beyond it gaps become rare again.
    """
    worst = min(rate, 1 / release_s)
    return worst * math.exp(-worst * release_s)


def _most_further(rate: float, work_s: float, maximum: int, release_s: float) -> float:
    """The same times the instances beside the first: those of the mean load, within the maximum."""
    worst = min(rate, 2 / release_s)
    of_load = worst * work_s * worst * math.exp(-worst * release_s)
    return min(of_load, (maximum - 1) * _most_cycles(rate, release_s))
