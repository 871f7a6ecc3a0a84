"""How long an endpoint that scales to zero is on, and how often it has to wake."""

import math

from advisor.model.value import Value

_ALWAYS_ON = 700.0  # beyond this many arrivals in one linger, exp overflows and gaps never occur


class Cycle(Value):
    """One turn of off, waking and on, in the mean."""

    on_share: float  # of all time, serving or lingering
    wakeups_per_request: float


def cycle(rate: float, seconds: float, linger_s: float, wake_s: float) -> Cycle:
    """The on and off times of one instance under Poisson arrivals.

    Args:
        rate: requests per second.
        seconds: processing time of one request.
        linger_s: time without work after which the endpoint is released.
        wake_s: time from the request that finds it off to the first service.
    """
    if rate <= 0:
        return Cycle(on_share=0.0, wakeups_per_request=1.0)
    release_s = linger_s + seconds
    if rate * release_s > _ALWAYS_ON:
        return Cycle(on_share=1.0, wakeups_per_request=0.0)
    on_s = math.expm1(rate * release_s) / rate
    length_s = 1 / rate + wake_s + on_s
    return Cycle(on_share=on_s / length_s, wakeups_per_request=1 / (rate * length_s))
