"""How often a serverless request starts cold, and how many environments stay warm.

Model: a request runs alone in an environment; the idle one used last is used next; one that was
idle for longer than ``keep_alive_s`` is gone. Environment k is then busy exactly while k or more
requests are in progress, so a request is cold if and only if it raises the number in progress to a
level that was left longer ago than that. With Poisson arrivals and exponential times that is a
first passage time of a birth-death process, whose Laplace transform is a short recursion. It is
inverted on the contour of Trefethen, Weideman and Schmelzer (Talbot quadratures and rational
approximations, BIT 2006), which gives the row sums of the matrix exponential to about 1e-12
without the matrices.
"""

import cmath
import math
from collections.abc import Iterator
from typing import NamedTuple

_NODES = 24  # the error of the contour falls as 3.89 ** -nodes
_NEGLIGIBLE = 1e-17
_PATIENCE = 20
_AGREED = 1e-9
_MOST_LEVELS = 10_000  # fifty times what an endpoint may provision


class ColdStarts(NamedTuple):
    """Steady state of a serverless endpoint under Poisson arrivals."""

    share: float  # of the requests that start cold
    warm: float  # mean number of environments, busy and idle


def in_progress(load: float) -> list[float]:
    """P(N = 0), P(N = 1), … of the number in progress, until what is left is negligible.

    As long as the load: :func:`advisor.modelling.queueing.validity.against_cold_start_share` bounds
    it.
    """
    found = [_poisson(load, 0)]
    while (following := _poisson(load, len(found))) >= _NEGLIGIBLE or len(found) <= load:
        found.append(following)
    return found


def _poisson(load: float, count: int) -> float:
    if load <= 0:
        return 0.0 if count else 1.0
    return math.exp(count * math.log(load) - load - math.lgamma(count + 1))


def cold_starts(
    rate: float, seconds: float, keep_alive_s: float, provisioned: int = 0
) -> ColdStarts:
    """Share of cold starts and mean environments of an endpoint without setup time.

    Args:
        rate: requests per second.
        seconds: mean processing time of a warm request.
        keep_alive_s: idle time after which an environment is released.
        provisioned: environments that are always warm; only levels above them can start cold.
    """
    if rate <= 0:
        return ColdStarts(1.0, float(provisioned))
    load = rate * seconds
    levels = in_progress(load)
    survived = [0.0] * len(levels)
    lingered = [0.0] * len(levels)
    for node, weight in _contour(keep_alive_s):
        gone = node / (rate + node)  # 1 - transform of the first passage from level 0
        for level in range(len(levels)):
            if level:
                pull = node + level / seconds * gone
                gone = pull / (rate + pull)
            term = weight * gone / node
            survived[level] += term.real
            lingered[level] += (term / node).real
    share = sum(p * s for p, s in zip(levels[provisioned:], survived[provisioned:], strict=True))
    idle = sum(p * m for p, m in zip(levels, lingered, strict=True))
    return ColdStarts(min(1.0, max(0.0, share)), load + rate * idle)


def with_setup(
    rate: float, seconds: float, keep_alive_s: float, setup_s: float, provisioned: int = 0
) -> ColdStarts:
    """The same where a cold start takes ``setup_s`` and keeps its environment busy meanwhile.

    First-order correction: the processing time grows by the share of cold starts times the setup,
    until both agree.
    """

    def stretched(share: float) -> ColdStarts:
        return cold_starts(rate, seconds + share * setup_s, keep_alive_s, provisioned)

    found = stretched(0.0)
    for _ in range(_PATIENCE):
        again = stretched(found.share)
        if abs(again.share - found.share) <= _AGREED:
            return again
        found = again
    # Starts much longer than the keep-alive make it swing; between 0 and 1 they must agree once.
    low, high = 0.0, 1.0
    while high - low > _AGREED:
        middle = (low + high) / 2
        low, high = (middle, high) if stretched(middle).share > middle else (low, middle)
    return stretched(high)


def after_quiet(rate: float, seconds: float, setup_s: float) -> tuple[float, float]:
    """The storm after a quiet period: requests that start cold, and the concurrency they reach."""
    return rate * setup_s, rate * (setup_s + seconds)


def levels_busy(load: float, levels: int) -> Iterator[float]:
    """P(N >= 1), P(N >= 2), … for so many levels: the share of time for which each is in use."""
    below = 0.0
    for count in range(levels):
        below += _poisson(load, count)
        yield max(0.0, 1 - below)


def provisioned_levels(load: float, threshold: float, levels: int) -> int:
    """Marginal rule: of some levels, those that are busy for more than ``threshold`` of the time.

    Provisioning level k is cheaper than running it on demand while it is busy for more than
    ``idle / (on_demand - usage)``, all three prices per second
    (``advisor.pricing.monthly.provisioning_threshold``).
    """
    return sum(1 for busy in levels_busy(load, min(levels, _MOST_LEVELS)) if busy > threshold)


def carried_share(load: float, provisioned: int) -> float:
    """Share of the busy seconds that fall on the first ``provisioned`` levels.

    Of more than 10,000 levels all are taken as busy up to the load: off by 0.4 % at most, since
    E[min(N, n)] is below min(load, n) by 0.4 times the root of the load at most.
    """
    if load <= 0:
        return 1.0 if provisioned else 0.0
    if provisioned > _MOST_LEVELS:
        return min(1.0, provisioned / load)
    return min(1.0, sum(levels_busy(load, provisioned)) / load)


def _contour(time_s: float) -> Iterator[tuple[complex, complex]]:
    """Nodes and weights that invert a Laplace transform at ``time_s`` for real functions."""
    for index in range(1, _NODES, 2):
        angle = math.pi * index / _NODES
        cot = 1 / math.tan(0.6407 * angle)
        point = _NODES * complex(0.5017 * angle * cot - 0.6122, 0.2645 * angle)
        slope = _NODES * complex(0.5017 * cot - 0.5017 * 0.6407 * angle * (1 + cot * cot), 0.2645)
        yield point / time_s, 2 / (1j * _NODES) * cmath.exp(point) * slope / time_s
