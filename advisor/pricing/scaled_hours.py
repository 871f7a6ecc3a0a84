"""How many instance hours a fleet that follows its load runs in a month, as bounds.

A mean and a peak leave open how the load moves between them; the bounds hold for all ways, under
the one assumption that the fleet follows the load without delay. Both never fall as the load grows.
"""

import math

from advisor.model.value import Value
from advisor.modelling.queueing import scale_to_zero
from advisor.modelling.queueing.scaling import whole
from advisor.text.quantity import MONTH_HOURS

_SECONDS_PER_HOUR = 3600


class Hours(Value):
    """Instance hours a month, summed over the fleet."""

    low: float
    high: float


class Release(Value):
    """When a fleet that scales to zero lets its instances go, and how long a start takes."""

    linger_s: float  # time without work after which an instance is released
    wake_s: float  # from the request that finds none to the first service


class Activity(Value):
    """When a month has traffic at all."""

    hours: float = float(MONTH_HOURS)
    windows: float = 0.0  # at most so often it begins anew


ALWAYS = Activity()


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
    return requests * seconds / concurrency / _SECONDS_PER_HOUR


def scaled_to_zero(
    requests: float,
    seconds: float,
    concurrency: int,
    maximum: int,
    release: Release,
    activity: Activity = ALWAYS,
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
        release: linger and start.
        activity: the hours in which requests come, and how often those begin.
    """
    active_s = activity.hours * _SECONDS_PER_HOUR
    rate = requests / active_s
    on_share = scale_to_zero.cycle(rate, seconds, release.linger_s, release.wake_s).on_share
    work = busy(requests, seconds, concurrency)
    low = max(work, activity.hours * on_share)
    idle_s = release.linger_s + release.wake_s
    ends_s = activity.windows * (release.linger_s + (maximum - 1) * idle_s)
    release_s = release.linger_s + seconds
    starts_s = active_s * release.wake_s * _most_cycles(rate, release_s)
    further_s = active_s * idle_s * _most_further(rate, seconds / concurrency, maximum, release_s)
    high = low + (ends_s + starts_s + further_s) / _SECONDS_PER_HOUR
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
