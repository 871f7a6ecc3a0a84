"""Tables A, B and C: published calculators and texts, to 1e-6 unless their own print is rounder."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.modelling.queueing import erlang


def above(waiting: erlang.Wait, seconds: float) -> float:
    """P(wait > seconds), by the meaning of the two numbers."""
    return waiting.probability * math.exp(-waiting.decay * seconds)


# erlang.com calculator manual and the Erlang library of abstractmicro.com print the first four and
# the sixth as 8.108, 9.65160, 12.4613, 16.1245.
@pytest.mark.parametrize(
    ("servers", "share", "load"),
    [
        (15, 0.01, 8.1080428),
        (17, 0.01, 9.6516027),
        (17, 0.05, 12.461303),
        (25, 0.01, 16.124555),
        (10, 0.01, 4.4611769),
        (20, 0.01, 12.030615),
        (50, 0.01, 37.901398),
        (100, 0.01, 84.064159),
    ],
)
def test_load_for_a_given_blocking(servers: int, share: float, load: float) -> None:
    # The load is printed to eight digits; near it the share moves at most ten times as fast.
    assert erlang.blocking(load, servers) == pytest.approx(share, rel=1e-5)


@pytest.mark.parametrize(
    ("load", "servers", "share"),
    # 2016 in 1000: a published serverless simulation (lam 1000/s, 2.016 s) rejects 0.5039.
    [(25, 30, 0.052603172), (2016, 1000, 0.50445458)],
)
def test_blocking(load: float, servers: int, share: float) -> None:
    assert erlang.blocking(load, servers) == pytest.approx(share, rel=1e-6)


# The calculators print fractional servers: 17.445, 14.300, 24.489.
@pytest.mark.parametrize(
    ("load", "share", "servers"), [(10, 0.01, 18), (10, 0.05, 15), (15.7, 0.01, 25)]
)
def test_smallest_servers_for_a_blocking(load: float, share: float, servers: int) -> None:
    assert erlang.blocking(load, servers) <= share < erlang.blocking(load, servers - 1)


@pytest.mark.parametrize(
    ("load", "servers", "probability", "mean", "p99"),
    [
        (0.5, 1, 0.5, 1, 7.824046011),
        (0.5, 2, 0.1, 0.06666666667, 1.535056729),
        (1.6, 2, 0.711111111111, 1.777777778, 10.660609),
        (8, 10, 0.409180150796, 0.2045900754, 1.855785216),
        (9, 10, 0.668731524108, 0.6687315241, 4.202797577),
        (10, 11, 0.682118204689, 0.6821182047, 4.22261787),
        (10, 14, 0.174131933595, 0.0435329834, 0.7143070395),
        (40, 50, 0.0869525495268, 0.008695254953, 0.2162777469),
        (95, 100, 0.506456853913, 0.1012913708, 0.7849708085),
    ],
)
def test_erlang_c(load: float, servers: int, probability: float, mean: float, p99: float) -> None:
    waiting = erlang.wait(load, servers, 1.0)
    assert waiting is not None
    assert waiting.probability == pytest.approx(probability, rel=1e-6)
    assert waiting.mean_s == pytest.approx(mean, rel=1e-6)
    if probability > 0.01:
        assert above(waiting, p99) == pytest.approx(0.01, rel=1e-6)


def test_the_telephone_example() -> None:
    # 360 calls in half an hour are 0.2/s; times 240 s that is a load of 48 on 55 lines.
    waiting = erlang.wait(48, 55, 240)
    assert waiting is not None
    assert waiting.probability == pytest.approx(0.2387009, rel=1e-6)
    assert waiting.mean_s == pytest.approx(8.184, abs=5e-4)
    assert 1 - above(waiting, 15) == pytest.approx(0.8459, abs=5e-5)


def test_square_root_rule_against_the_exact_form() -> None:
    # 1000 + 1 * sqrt(1000) = 1031.6, so 1032 servers; the limit says 0.22336, the form 0.22306.
    assert erlang.waiting_probability(1000, 1032) == pytest.approx(0.22306335, rel=1e-6)


@given(st.floats(min_value=1e-6, max_value=0.999999))
def test_identities_on_one_and_two_servers(share: float) -> None:
    assert erlang.waiting_probability(share, 1) == pytest.approx(share, rel=1e-9)
    expected = 2 * share * share / (1 + share)
    assert erlang.waiting_probability(2 * share, 2) == pytest.approx(expected, rel=1e-9)


def test_a_load_that_exceeds_the_servers_has_no_wait() -> None:
    assert erlang.wait(10, 10, 1.0) is None
    assert erlang.waiting_probability(11, 10) == 1


def test_more_than_one_server_can_carry() -> None:
    # B(9, 1) = 9 / 10.
    assert erlang.blocking(9, 1) == pytest.approx(0.9)


def test_constant_times_halve_the_wait() -> None:
    # Allen-Cunneen: (1 + 0) / 2 of the wait of exponential times.
    exponential, constant = (
        erlang.wait(8, 10, 1.0),
        erlang.wait(8, 10, 1.0, erlang.variability(1, 0)),
    )
    assert exponential is not None
    assert constant is not None
    assert constant.mean_s == pytest.approx(exponential.mean_s / 2)


def test_no_wait_without_variability() -> None:
    waiting = erlang.wait(8, 10, 1.0, 0.0)
    assert waiting is not None
    assert (waiting.probability, waiting.mean_s) == (0, 0)


@pytest.mark.parametrize("utilisation", [0.5, 0.9, 0.99, 0.999])
def test_the_last_steps_of_the_recursion_are_enough(utilisation: float) -> None:
    # From one server on, as the formula is written: 100,000 steps instead of the last 20,000.
    servers = 100_000
    load, share = utilisation * servers, 1.0
    for busy in range(1, servers + 1):
        share = load * share / (busy + load * share)
    assert erlang.blocking(load, servers) == pytest.approx(share, rel=1e-6, abs=1e-300)
