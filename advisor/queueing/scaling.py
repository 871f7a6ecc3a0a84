"""How many instances a load needs, and at which values of their metrics they are added."""

import math

from advisor.value import Value

# AWS: "Load testing your auto scaling configuration" suggests to start with 0.5. The load may then
# double while new instances start before the fleet saturates.
SAFETY_FACTOR = 0.5

_ROUNDING = 1e-9  # binary fractions: 0.3 / 0.1 is not to need a fourth instance


class Spike(Value):
    """What a jump of the rate does until help arrives, in the fluid limit."""

    backlog: float  # requests waiting when new instances serve
    instances: int  # that clear it in the time given
    longest_wait_s: float


def whole(count: float) -> int:
    """The next whole number, forgiving the rounding of binary fractions."""
    return math.ceil(count - _ROUNDING * max(1.0, abs(count)))


def sustainable_rate(seconds: float, workers: int) -> float:
    """Requests per second at which one instance is fully busy: its workers over the time of one."""
    return workers / seconds


def implied_workers(max_rate: float, seconds: float) -> float:
    """Requests in progress on one instance at its measured ``max_rate``: Little's law."""
    return max_rate * seconds


def instances_for_rate(peak_rate: float, max_rate: float, safety: float = SAFETY_FACTOR) -> int:
    """Instances that carry ``peak_rate`` when each serves ``max_rate`` at the latency limit."""
    return max(1, whole(peak_rate / (max_rate * safety)))


def invocations_target(max_rate: float, safety: float = SAFETY_FACTOR) -> float:
    """Target of SageMakerVariantInvocationsPerInstance, which counts per minute.

    ``max_rate`` is per second; a load test that counted per minute is divided by 60 first.
    """
    return max_rate * safety * 60


def backlog_target(acceptable_wait_s: float, seconds: float, concurrency: int = 1) -> float:
    """Messages per instance that may wait: the rule AWS documents for queue-driven fleets.

    Args:
        acceptable_wait_s: how long a request may wait for its answer.
        seconds: processing time of one request.
        concurrency: requests that one instance processes at once.
    """
    return acceptable_wait_s / seconds * concurrency


def asynchronous_backlog_target(
    acceptable_wait_s: float, seconds: float, concurrency: int = 1
) -> float:
    """Target of ApproximateBacklogSizePerInstance, which also counts requests in progress."""
    return backlog_target(acceptable_wait_s, seconds, concurrency) + concurrency


def instances_for_backlog(backlog: float, target: float) -> int:
    """Instances at which a backlog is back at its target per instance."""
    return whole(backlog / target)


def spike(
    peak_rate: float, instances: int, rate_of_one: float, lag_s: float, clear_in_s: float
) -> Spike:
    """Backlog after a jump to ``peak_rate`` and the instances that clear it.

    Args:
        peak_rate: requests per second from the jump on.
        instances: in service before it.
        rate_of_one: requests per second that one instance serves.
        lag_s: detection plus start of new instances.
        clear_in_s: time in which the backlog is to be gone once they serve.
    """
    backlog = max(0.0, (peak_rate - instances * rate_of_one) * lag_s)
    needed = max(instances, whole((peak_rate + backlog / clear_in_s) / rate_of_one))
    longest = backlog / (needed * rate_of_one) + lag_s if backlog else 0.0
    return Spike(backlog, needed, longest)
