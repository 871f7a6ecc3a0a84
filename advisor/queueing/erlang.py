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


def wait_quantile(waiting: Wait, share: float) -> float:
    """Seconds within which the wait of ``share`` of the requests (0 to 1) is over."""
    if waiting.probability <= 1 - share:
        return 0.0
    return math.log(waiting.probability / (1 - share)) / waiting.decay


def answered_within(waiting: Wait, seconds: float) -> float:
    """Share of the requests that wait at most ``seconds``."""
    return 1 - waiting.probability * math.exp(-waiting.decay * seconds)


def servers_for_blocking(load: float, share: float) -> int:
    """Smallest number of servers that turns away at most ``share`` of the requests."""
    servers, blocked = 0, 1.0
    while blocked > share:
        servers += 1
        blocked = load * blocked / (servers + load * blocked)
    return servers


def load_for_blocking(servers: int, share: float) -> float:
    """Largest offered load of which ``servers`` turn away at most ``share``."""
    low, high = 0.0, float(servers)
    while blocking(high, servers) < share:
        high *= 2
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if blocking(middle, servers) <= share else (low, middle)
    return low


def servers_for_wait(
    load: float, seconds: float, *, share: float, at_most_s: float, factor: float = 1.0
) -> int:
    """Smallest number of servers at which ``share`` of the requests waits at most ``at_most_s``.

    Args:
        load: offered load, arrival rate times mean processing time.
        seconds: mean processing time.
        share: 0.99 for the 99th percentile.
        at_most_s: longest wait that is acceptable for that share.
        factor: ``variability`` of arrivals and processing times, above 0.
    """
    servers = math.floor(load) + 1
    blocked = blocking(load, servers)
    while True:
        probability = servers * blocked / (servers - load * (1 - blocked))
        decay = (servers - load) / (seconds * factor)
        if wait_quantile(Wait(probability, probability / decay, decay), share) <= at_most_s:
            return servers
        servers += 1
        blocked = load * blocked / (servers + load * blocked)


def square_root_servers(load: float, beta: float) -> float:
    """Servers by the square-root rule, for explanations; sizes come from ``servers_for_wait``."""
    return load + beta * math.sqrt(load)


def square_root_waiting(beta: float) -> float:
    """Share of requests that waits under the square-root rule as the load grows large."""
    below = math.erfc(-beta / math.sqrt(2)) / 2
    density = math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi)
    return 1 / (1 + beta * below / density)
