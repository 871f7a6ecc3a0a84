"""Instance hours of fleets that follow their load, whatever course the rate takes."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.pricing import fleet_hours as hours


def test_embeddings_at_the_peak_of_two_thousand() -> None:
    # 2.2 G a month are 837.1/s in the mean; 450/s an instance; 2 to 5 instances, 4 x 450 = 1800:
    # at most 2 + 837.1 / 1800 x 3 = 3.395 in the mean, at least 2.
    found = hours.autoscaled(2.2e9 / (730 * 3600), 2000, 450, 2, 10)
    assert found.low == 2 * 730
    assert found.high == pytest.approx(3.39523 * 730, rel=1e-5)


@given(
    st.lists(st.floats(min_value=0, max_value=1000), min_size=1, max_size=30),
    st.floats(min_value=0.5, max_value=300),
    st.integers(min_value=1, max_value=5),
    st.integers(min_value=0, max_value=50),
)
def test_every_course_of_the_rate_lies_within_the_bounds(
    rates: list[float], rate_of_one: float, minimum: int, more: int
) -> None:
    maximum = minimum + more
    # The form forgives a billionth of an instance, which here would be another instance.
    fleets = [min(maximum, max(minimum, math.ceil(rate / rate_of_one - 1e-9))) for rate in rates]
    if max(rates) / rate_of_one > maximum:
        return  # a fleet that cannot follow is another plan's
    mean = sum(rates) / len(rates)
    found = hours.autoscaled(mean, max(rates), rate_of_one, minimum, maximum)
    actual = sum(fleets) / len(fleets) * 730
    assert found.low * (1 - 1e-6) <= actual <= found.high * (1 + 1e-6)


def test_work_alone() -> None:
    # 44,000 calls of 4 min, one at a time.
    assert hours.busy(44_000, 240, 1) == pytest.approx(2933.33, abs=0.01)
    assert hours.busy(44_000, 240, 4) == pytest.approx(733.33, abs=0.01)


def test_one_instance_at_zero_between_requests() -> None:
    # Table J: at one request an hour 27.8932 % of the month is on, 203.62 h. At most, its starts
    # are billed: a request an hour is 0.35 in a release time of 1260 s, so 730 x exp(-0.35) = 514
    # cycles of 300 s, 42.87 h.
    found = hours.scaled_to_zero(730, 60, 1, 1, linger_s=1200, wake_s=300)
    assert found.low == pytest.approx(0.278932 * 730, rel=1e-5)
    assert found.high - found.low == pytest.approx(730 * math.exp(-0.35) * 300 / 3600)


def test_a_busy_fleet_that_never_reaches_zero() -> None:
    # 60 an hour of 10 min are 10 instances' work, 7300 h. At most the busiest cycles are added: one
    # request in 1800 s, 730 x 2 / e = 537 of 300 s, and those of 2 in 1800 s for the further
    # instances, 0.667 of the mean: 730 x 4 x 0.667 / e^2 = 263 of 1500 s.
    found = hours.scaled_to_zero(730 * 60, 600, 1, 20, linger_s=1200, wake_s=300)
    assert found.low == pytest.approx(7300)
    starts = 730 * 2 / math.e * 300 / 3600
    further = 730 * 4 * 2 / 3 / math.e**2 * 1500 / 3600
    assert found.high - found.low == pytest.approx(starts + further)


def test_calls_in_office_hours() -> None:
    # 60 h a week are 260.7 h a month; 44,000 calls of 4 min are 2933.3 h of work. A day's end adds
    # 900 s for the first and 1500 s for twelve others at most, 30.4 x 18,900 s = 159.7 h.
    release: dict[str, Any] = {"linger_s": 900, "wake_s": 600}
    found = hours.scaled_to_zero(
        44_000,
        240,
        concurrency=1,
        maximum=13,
        **release,
        active=(260.714, 730 / 24),
    )
    assert found.low == pytest.approx(2933.33, abs=0.01)
    within = hours.scaled_to_zero(
        44_000,
        240,
        concurrency=1,
        maximum=13,
        **release,
        active=(260.714, 0),
    )
    assert found.high - within.high == pytest.approx(30.4167 * 18_900 / 3600, rel=1e-4)
    # At 1.57 USD an hour the expected 4.6 to 5.1 thousand.
    assert 4600 <= found.low * 1.57 <= found.high * 1.57 <= 5100


def test_no_fleet_runs_longer_than_all_of_it_always() -> None:
    found = hours.scaled_to_zero(
        10,
        60,
        concurrency=1,
        maximum=2,
        linger_s=3600,
        wake_s=0,
        active=(729, 1000),
    )
    assert found.high == 2 * 730


@given(
    st.floats(min_value=0, max_value=1e6),
    st.floats(min_value=1, max_value=1e5),
    st.floats(min_value=0.01, max_value=3600),
    st.integers(min_value=1, max_value=8),
    st.integers(min_value=1, max_value=50),
)
def test_at_zero_more_requests_never_take_fewer_hours(
    requests: float, more: float, seconds: float, concurrency: int, maximum: int
) -> None:
    release: dict[str, Any] = {"linger_s": 900, "wake_s": 300}
    found, after = (
        hours.scaled_to_zero(number, seconds, concurrency, maximum, **release)
        for number in (requests, requests + more)
    )
    work = hours.busy(requests, seconds, concurrency)
    assert work <= found.low <= found.high <= max(work, maximum * 730) * (1 + 1e-9)
    assert after.low >= found.low * (1 - 1e-9)
    assert after.high >= found.high * (1 - 1e-9)


@given(
    st.floats(min_value=0, max_value=1000),
    st.floats(min_value=0.01, max_value=100),
    st.floats(min_value=0.5, max_value=300),
    st.integers(min_value=1, max_value=5),
    st.integers(min_value=0, max_value=50),
)
def test_a_higher_mean_never_takes_fewer_hours(
    mean: float, more: float, rate_of_one: float, minimum: int, further: int
) -> None:
    found, after = (
        hours.autoscaled(rate, 1100, rate_of_one, minimum, minimum + further)
        for rate in (mean, mean + more)
    )
    assert after.low >= found.low
    assert after.high >= found.high
