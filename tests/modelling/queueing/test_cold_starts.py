"""Table D (30-digit arithmetic), and matrix exponentials computed in another way."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.modelling.queueing import cold_starts as cold


@pytest.mark.parametrize(
    ("rate", "seconds", "keep_alive", "share", "warm"),
    [
        (0.9, 1.991, 600, 0.00132930664917, 7.69193350768),
        (0.001, 2, 600, 0.549706761324, 0.453482601537),
        (0.01, 2, 600, 0.0197619808395, 1.10794005075),
        (0.1, 2, 600, 0.00711276143343, 2.65048897624),
        (1, 2, 600, 0.00123982568552, 8.17750248434),
        (0.1, 0.5, 300, 0.012739068675, 1.78010593555),
        (5, 0.5, 300, 0.000507182224737, 9.83793024537),
        (0.05, 2, 300, 0.0278825576242, 1.78228851091),
    ],
)
def test_closed_form(
    rate: float, seconds: float, keep_alive: float, share: float, warm: float
) -> None:
    found = cold.cold_starts(rate, seconds, keep_alive)
    assert found.share == pytest.approx(share, rel=1e-6)
    assert found.warm == pytest.approx(warm, rel=1e-6)


# Closed form with s = 1.9846 and 600 s beside measurements on AWS Lambda, as printed with them.
@pytest.mark.parametrize(
    ("rate", "share", "warm"),
    [
        (0.00186, 0.3294, 0.678),
        (0.00345, 0.1318, 0.889),
        (0.00785, 0.0231, 1.061),
        (0.0164, 0.0232, 1.265),
        (0.0501, 0.01063, 2.044),
        (0.198, 0.00379, 3.575),
        (0.500, 0.00197, 5.605),
        (1.0005, 0.00124, 8.150),
    ],
)
def test_rates_measured_on_lambda(rate: float, share: float, warm: float) -> None:
    # The rates are printed to three digits, which moves exp(-rate * 600) by up to 1 %.
    found = cold.cold_starts(rate, 1.9846, 600)
    assert found.share == pytest.approx(share, rel=0.01)
    assert found.warm == pytest.approx(warm, rel=0.002)


def _survival(rate: float, seconds: float, level: int, time_s: float) -> float:
    """P(first passage from level - 1 to level takes longer), by uniformisation."""
    pace = rate + (level - 1) / seconds
    mean = pace * time_s
    state = [0.0] * level
    state[-1] = 1.0
    total = 0.0
    for jumps in range(int(mean + 12 * math.sqrt(mean) + 40)):
        total += math.exp(jumps * math.log(mean) - mean - math.lgamma(jumps + 1)) * sum(state)
        after = [0.0] * level
        for below, mass in enumerate(state):
            down = below / seconds
            if below + 1 < level:
                after[below + 1] += mass * rate / pace
            if below:
                after[below - 1] += mass * down / pace
            after[below] += mass * (1 - (rate + down) / pace)
        state = after
    return total


@settings(max_examples=20, deadline=None)
@given(
    st.floats(min_value=0.01, max_value=1.5),
    st.floats(min_value=0.3, max_value=2),
    st.floats(min_value=1, max_value=20),
)
def test_against_matrix_exponentials(rate: float, seconds: float, keep_alive: float) -> None:
    load = rate * seconds
    # With a load of 3 at most, a twentieth level weighs 1e-11.
    weights = [math.exp(-load) * load**below / math.factorial(below) for below in range(20)]
    expected = sum(
        weight * _survival(rate, seconds, below + 1, keep_alive)
        for below, weight in enumerate(weights)
    )
    found = cold.cold_starts(rate, seconds, keep_alive)
    assert found.share == pytest.approx(expected, rel=1e-6, abs=1e-10)


def test_the_correction_for_setup() -> None:
    # Printed as 5.886e-2, corrected 7.70e-2.
    assert cold.cold_starts(0.01, 1, 300).share == pytest.approx(5.886e-2, rel=1e-4)
    assert cold.with_setup(0.01, 1, 300, 30).share == pytest.approx(7.70e-2, rel=1e-3)


@pytest.mark.parametrize(
    ("rate", "seconds", "keep_alive", "setup"),
    # The last three swing when each answer is simply put in again.
    [(0.01, 1, 300, 30), (0.5, 2, 300, 10), (0.05, 0.01, 300, 600), (1, 1, 300, 3000),
     (10, 0.01, 60, 600)],
)  # fmt: skip
def test_the_correction_agrees_with_itself(
    rate: float, seconds: float, keep_alive: float, setup: float
) -> None:
    found = cold.with_setup(rate, seconds, keep_alive, setup)
    again = cold.cold_starts(rate, seconds + found.share * setup, keep_alive)
    assert again.share == pytest.approx(found.share, rel=1e-4)


def test_nothing_in_progress_without_load() -> None:
    assert cold.in_progress(0) == [1.0]


def test_sparse_traffic_is_cold_as_often_as_gaps_exceed_the_keep_alive() -> None:
    # exp(-0.0001 * 300) = 0.9704
    assert cold.cold_starts(0.0001, 0.01, 300).share == pytest.approx(math.exp(-0.03), rel=1e-4)


@given(
    st.floats(min_value=1e-5, max_value=50),
    st.floats(min_value=1e-3, max_value=4),
    st.floats(min_value=1, max_value=3600),
)
def test_shares_and_environments_are_possible(
    rate: float, seconds: float, keep_alive: float
) -> None:
    found = cold.cold_starts(rate, seconds, keep_alive)
    assert 0 <= found.share <= 1
    assert found.warm >= rate * seconds * (1 - 1e-9)
    assert cold.cold_starts(rate, seconds, keep_alive * 2).share <= found.share + 1e-10
    assert cold.cold_starts(rate, seconds, keep_alive, provisioned=1).share <= found.share + 1e-12


def test_no_requests_keep_what_is_provisioned() -> None:
    assert cold.cold_starts(0, 1, 300, provisioned=2) == cold.ColdStarts(1.0, 2.0)


def test_the_storm_after_a_quiet_period() -> None:
    # 20 requests a second meet a start of 10 s: 200 start cold; with 0.5 s of work 210 at once.
    assert cold.after_quiet(20, 0.5, 10) == (200, 210)


def test_marginal_rule_for_provisioned_concurrency() -> None:
    # P(N >= 1), P(N >= 2), P(N >= 3) of a Poisson number with mean 2: 0.8647, 0.5940, 0.3233.
    busy = list(cold.levels_busy(2.0, 3))
    assert busy == pytest.approx([0.86466, 0.59399, 0.32332], abs=1e-5)
    # us-east-1, 2048 MB: 0.00001 / (0.00004 - 0.0000233) = 0.5988, between the first two.
    assert cold.provisioned_levels(2.0, 0.00001 / (0.00004 - 0.0000233), 9) == 1
    assert cold.provisioned_levels(2.0, 0.5, 9) == 2
    # Of the mean 2 in progress, levels 1 and 2 carry 0.86466 + 0.59399 = 1.45865.
    assert cold.carried_share(2.0, 2) == pytest.approx(1.45865 / 2, abs=1e-5)
    assert cold.carried_share(2.0, 0) == 0
    assert cold.carried_share(0.0, 1) == 1


def test_levels_beyond_any_endpoint_cost_no_loop() -> None:
    assert cold.carried_share(1e15, 200) == pytest.approx(2e-13)  # all 200 always busy
    assert cold.carried_share(4e9, 10**9) == 0.25
    assert cold.carried_share(5.0, 10**18) == 1
    assert cold.provisioned_levels(1e15, 0.5, 200) == 200
    assert cold.provisioned_levels(3.0, 0.5, 10**18) == 3  # P(N >= 3) = 0.577, P(N >= 4) = 0.353


@given(st.floats(9_000, 12_000), st.integers(10_001, 12_500))
def test_many_levels_carry_what_the_sum_says(load: float, levels: int) -> None:
    summed = sum(cold.levels_busy(load, levels)) / load
    assert cold.carried_share(load, levels) == pytest.approx(summed, abs=0.004)
