"""Table G (theory) and the distribution of processing times."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.modelling.queueing import responses, service_times, validity
from advisor.modelling.queueing.erlang import Wait
from advisor.modelling.queueing.service_times import ServiceTime


class Exponential(ServiceTime):
    """Exponential times, for which theory knows the responses; the program itself has none."""

    @classmethod
    def of(cls, mean_s: float) -> Exponential:
        return cls(median_s=mean_s * math.log(2), sigma=0.0)

    @property
    def mean_s(self) -> float:
        return self.median_s / math.log(2)

    @property
    def cv2(self) -> float:
        return 1.0

    def above(self, seconds: float) -> float:
        return math.exp(-max(0.0, seconds) / self.mean_s)

    def points(self) -> tuple[tuple[float, float], ...]:
        # Of 96 log-normal points each keeps its weight, and takes the time of the same quantile.
        standard = service_times.lognormal(1.0, math.exp(2.3263478740408408)).points()
        return tuple(
            (-self.mean_s * math.log(math.erfc(math.log(time) / math.sqrt(2)) / 2), weight)
            for time, weight in standard
        )


def response_quantile(waiting: Wait, service: ServiceTime, share: float) -> float:
    """Seconds within which a share of the requests is answered."""
    return responses.quantile(responses.share_above(waiting, service), share, service.median_s)


# 40/s of 0.2 s each, one million requests in the simulations: means by theory, p99 about.
@pytest.mark.parametrize(
    ("instances", "workers", "routing", "mean", "p99"),
    [
        (1, 10, responses.RANDOM, 0.2409, 0.99),
        (5, 2, responses.LEAST_OUTSTANDING_REQUESTS, 0.2409, 0.99),
        (5, 2, responses.RANDOM, 0.5556, 2.35),
    ],
)
def test_shared_and_random_routing(
    instances: int, workers: int, routing: str, mean: float, p99: float
) -> None:
    service = Exponential.of(0.2)
    waiting = responses.fleet_wait(40, service, instances, workers, routing)
    assert waiting is not None
    assert waiting.mean_s + service.mean_s == pytest.approx(mean, abs=5e-5)
    assert response_quantile(waiting, service, 0.99) == pytest.approx(p99, rel=0.02)


def test_one_server_has_exponential_responses() -> None:
    # M/M/1 with load 0.5: P(response > t) = exp(-(1 - 0.5) t), so the median is ln 2 / 0.5.
    service = Exponential.of(1.0)
    waiting = responses.fleet_wait(0.5, service, 1, 1, responses.RANDOM)
    assert waiting is not None
    for share in (0.5, 0.99):
        expected = -math.log(1 - share) / 0.5
        assert response_quantile(waiting, service, share) == pytest.approx(expected, rel=1e-3)


def test_a_constant_time_adds_to_the_wait() -> None:
    service = service_times.constant(0.2)
    waiting = responses.fleet_wait(40, service, 5, 2, responses.RANDOM)
    assert waiting is not None
    expected = 0.2 + math.log(waiting.probability / 0.01) / waiting.decay
    assert response_quantile(waiting, service, 0.99) == pytest.approx(expected, rel=1e-4)


def test_the_lognormal_time_has_the_stated_quantiles() -> None:
    service = service_times.lognormal(0.060, 0.200)
    assert service.above(0.060) == pytest.approx(0.5)
    assert service.above(0.200) == pytest.approx(0.01, rel=1e-6)
    assert service.above(0) == 1
    # ln(200 / 60) / 2.3263 = 0.517538; exp(0.517538 ** 2) - 1 = 0.307145
    assert service.cv2 == pytest.approx(0.307145, abs=1e-6)


@pytest.mark.parametrize(
    "service",
    [
        service_times.constant(0.3),
        Exponential.of(0.3),
        service_times.lognormal(0.3, 2.0),
        service_times.lognormal(0.3, 0.3),
    ],
    ids=["constant", "exponential", "lognormal", "no spread"],
)
def test_points_carry_mean_and_variance(service: service_times.ServiceTime) -> None:
    points = list(service.points())
    mean = sum(weight * time for time, weight in points)
    second = sum(weight * time * time for time, weight in points)
    assert sum(weight for _, weight in points) == pytest.approx(1, rel=1e-8)
    assert mean == pytest.approx(service.mean_s, rel=1e-4)
    assert second / mean**2 - 1 == pytest.approx(service.cv2, rel=1e-3, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(min_value=0.01, max_value=0.9),
    st.floats(min_value=0.001, max_value=10),
    st.floats(min_value=1, max_value=6),
    st.integers(min_value=1, max_value=20),
)
def test_waiting_never_makes_a_request_faster(
    utilisation: float, median: float, spread: float, workers: int
) -> None:
    service = service_times.lognormal(median, median * spread)
    rate = utilisation * workers / service.mean_s
    waiting = responses.fleet_wait(rate, service, 1, workers, responses.RANDOM)
    assert waiting is not None
    p50, p99 = (response_quantile(waiting, service, share) for share in (0.5, 0.99))
    assert median * (1 - 1e-5) <= p50 <= p99
    assert p99 >= median * spread * (1 - 1e-5)


@pytest.mark.parametrize(
    ("utilisation", "cv2", "servers", "pattern", "reason"),
    [
        (0.5, 1.0, 1, "sustained", ""),
        (0.9, 2.0, 1, None, ""),
        (0.91, 1.0, 50, None, "above 90% busy"),
        (1.0, 1.0, 50, None, "grows as long as it lasts"),
        (0.5, 2.1, 9, None, "vary too much for 9 at once"),
        (0.5, 2.1, 10, None, ""),
        (0.5, 1.0, 10, "spiky", "spiky traffic comes in bursts"),
    ],
)
def test_validity(
    utilisation: float, cv2: float, servers: int, pattern: str | None, reason: str
) -> None:
    found = validity.against_response_times(utilisation, cv2, servers, pattern)
    assert reason in found
    assert bool(found) == bool(reason)


@pytest.mark.parametrize(
    ("load", "pattern", "reason"),
    [
        (1.0, "intermittent", ""),
        (1000.0, None, ""),
        (1.0, "spiky", "spiky traffic comes in bursts"),
        (1.0, "unpredictable", "unpredictable traffic comes in bursts"),
        (1000.1, None, "more than 1000 requests in progress"),
    ],
)
def test_validity_of_the_share_of_cold_starts(
    load: float, pattern: str | None, reason: str
) -> None:
    found = validity.against_cold_start_share(load, pattern)
    assert reason in found
    assert bool(found) == bool(reason)
