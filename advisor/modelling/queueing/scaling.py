"""How many instances a load needs, and at which values of their metrics they are added."""

import math

# AWS: "Load testing your auto scaling configuration" suggests to start with 0.5. The load may then
# double while new instances start before the fleet saturates.
SAFETY_FACTOR = 0.5

_ROUNDING = 1e-9  # binary fractions: 0.3 / 0.1 is not to need a fourth instance


def whole(count: float) -> int:
    """The next whole number, forgiving the rounding of binary fractions."""
    return math.ceil(count - _ROUNDING * max(1.0, abs(count)))


def instances_for_rate(peak_rate: float, max_rate: float, safety: float = SAFETY_FACTOR) -> int:
    """Instances that carry ``peak_rate`` when each serves ``max_rate`` at the latency limit."""
    return max(1, whole(peak_rate / (max_rate * safety)))


def invocations_target(max_rate: float, safety: float = SAFETY_FACTOR) -> float:
    """Target of SageMakerVariantInvocationsPerInstance, which counts per minute.

    ``max_rate`` is per second; a load test that counted per minute is divided by 60 first.
    """
    return max_rate * safety * 60


def asynchronous_backlog_target(
    acceptable_wait_s: float, seconds: float, concurrency: int = 1
) -> float:
    """Target of ApproximateBacklogSizePerInstance: AWS's rule for fleets that a queue drives.

    Messages that may wait for each instance, and the requests in progress, which count too.

    Args:
        acceptable_wait_s: how long a request may wait for its answer.
        seconds: processing time of one request.
        concurrency: requests that one instance processes at once.
    """
    return acceptable_wait_s / seconds * concurrency + concurrency
