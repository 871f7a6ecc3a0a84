"""Waiting and blocking when requests that arrive at random share a number of servers.

Erlang's formulas assume Poisson arrivals; Erlang C also exponential processing times, for which
Allen and Cunneen's factor corrects. Texts: Gross and Harris, Fundamentals of Queueing Theory;
Bolch et al., Queueing Networks and Markov Chains.
"""

import math
from typing import NamedTuple

# Of the recursion over the number of servers: each step brings its start closer to nothing by the
# utilisation, so from 0.999 down more of them change no digit that is printed.
_STEPS = 20_000


class Wait(NamedTuple):
    """How long a request waits: not at all, or an exponential time."""

    probability: float  # that it waits
    mean_s: float  # over all requests
    decay: float  # P(wait > t) = probability * exp(-decay * t), per second


def blocking(load: float, servers: int) -> float:
    """Erlang B: share of requests that find every server busy, when none may wait.

    Args:
        load: offered load, arrival rate times processing time.
        servers: requests that can be in progress at once.
    """
    share = 1.0
    for busy in range(max(1, servers - _STEPS), servers + 1):
        share = load * share / (busy + load * share)
    return share


def waiting_probability(load: float, servers: int) -> float:
    """Erlang C: share of requests that wait; 1 when the load exceeds the servers."""
    if load >= servers:
        return 1.0
    blocked = blocking(load, servers)
    return servers * blocked / (servers - load * (1 - blocked))


def variability(arrival_cv2: float, service_cv2: float) -> float:
    """Allen-Cunneen factor on the mean wait; 1 for Poisson arrivals and exponential times."""
    return (arrival_cv2 + service_cv2) / 2


def wait(load: float, servers: int, seconds: float, factor: float = 1.0) -> Wait | None:
    """The wait in front of ``servers`` that share one queue; ``None`` when the queue only grows.

    Args:
        load: offered load, arrival rate times mean processing time.
        servers: requests that can be in progress at once.
        seconds: mean processing time.
        factor: ``variability`` of arrivals and processing times.
    """
    if load >= servers:
        return None
    probability = waiting_probability(load, servers)
    if factor <= 0:
        return Wait(0.0, 0.0, math.inf)
    decay = (servers - load) / (seconds * factor)
    return Wait(probability, probability / decay, decay)
