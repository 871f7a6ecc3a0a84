"""Response times: the wait of ``erlang`` together with the processing time."""

from __future__ import annotations

import math
from collections.abc import Callable

from advisor.modelling.queueing.erlang import Wait, variability, wait
from advisor.modelling.queueing.service_times import ServiceTime

RANDOM = "random"
LEAST_OUTSTANDING_REQUESTS = "least-outstanding-requests"

_PRECISION = 1e-4  # relative, of a quantile: three digits are printed
_FIRST_STEP = 16


def fleet_wait(
    rate: float, service: ServiceTime, instances: int, workers: int, routing: str
) -> Wait | None:
    """The wait in front of a fleet, ``None`` when the queue only grows.

    Random routing, SageMaker's default, makes each instance a queue of its own; routing to the
    least outstanding requests comes close to one queue for all workers.

    Args:
        rate: requests per second over the whole fleet, Poisson.
        service: processing time.
        instances: in service.
        workers: requests that one instance processes at once.
        routing: ``RANDOM`` or ``LEAST_OUTSTANDING_REQUESTS``.
    """
    factor = variability(1.0, service.cv2)
    if routing == RANDOM:
        return wait(rate / instances * service.mean_s, workers, service.mean_s, factor)
    return wait(rate * service.mean_s, instances * workers, service.mean_s, factor)


def share_above(waiting: Wait, service: ServiceTime) -> Callable[[float], float]:
    """P(wait + processing > seconds), as a function of the seconds."""
    points = service.points()
    probability, decay = waiting.probability, waiting.decay

    def above(seconds: float) -> float:
        queued = sum(
            weight if time >= seconds else weight * math.exp(decay * (time - seconds))
            for time, weight in points
        )
        return (1 - probability) * service.above(seconds) + probability * queued

    return above


def quantile(above: Callable[[float], float], share: float, start_s: float) -> float:
    """Seconds that ``share`` of the requests does not exceed.

    Args:
        above: P(response > seconds), falling from 1 to 0.
        share: 0.99 for the 99th percentile.
        start_s: any positive time; the search is short when it is the quantile without any wait.
    """
    low, high = 0.0, start_s
    step = start_s / _FIRST_STEP
    while above(high) > 1 - share:
        low, high = high, high + step
        step *= 2
    while high - low > _PRECISION * high:
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 1 - share else (low, middle)
    return high
