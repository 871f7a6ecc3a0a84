"""Quantities in a few digits: near the value, and accepted by the workload file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.workload import Interval
from advisor.text.quantity import KINDS, parse, show
from advisor.text.quantity_format import about, few_digits, plain, unit

REAL = sorted(set(KINDS) - {"percent"})


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (84_000 * 1_234_567, "volume", "1.23M/month"),
        (84_000 * 97_654, "volume", "97.7k/month"),
        (84_000 * 9_999, "volume", "9999/month"),
        (42_000, "volume", "6/year"),
        (84_000 * 730 * 3600 * 12, "rate", "12/s"),
        (84_000 * 730 * 30, "rate", "30/h"),
        (1_234_567, "time", "1.23 s"),
        (150 * 60 * 10**6, "time", "2.5 h"),
        (107_374_183, "size", "102.4 MB"),
        (8 * 10**9, "count", "8B"),
        (12_345, "count", "12.3k"),
        (7 * 3_600_000_000 * 8, "share", "8 h/day"),
        (500_000_000, "money", "500 USD/month"),
        (5_000, "percent", "5 %"),
    ],
)
def test_few_digits(value: int, kind: str, text: str) -> None:
    assert about(value, kind) == text


@given(st.integers(1, 10**15), st.sampled_from(REAL))
def test_a_rounded_value_is_accepted_and_near(value: int, kind: str) -> None:
    text = about(value, kind)
    if kind == "count" and "." in text and text[-1].isdigit():
        return  # a fraction of one, which no count is
    found = parse(text, kind)
    assert found.low is not None
    assert abs(found.low - value) <= value / 100 + 1


@pytest.mark.parametrize(
    ("value", "kind", "number", "name"),
    [
        (84_000 * 3, "rate", 3, "requests/month"),
        (42_000, "rate", 0.5, "requests/month"),
        (1_500_000, "time", 1.5, "s"),
        (1024, "size", 1024, "B"),
        (12, "count", 12, ""),
    ],
)
def test_plain_numbers_for_programs(value: int, kind: str, number: float, name: str) -> None:
    assert (plain(value, kind), unit(kind)) == (number, name)


@pytest.mark.parametrize(
    ("exact", "kind", "short"),
    [
        ("> 8524.8 ms", "time", "> 8.53 s"),  # 8.52 s is below 8.5248 s
        ("<= 8524.8 ms", "time", "<= 8.52 s"),
        # 225,076,928.7138 / 31,536,000 s = 7.137 a second
        ("> 225076928.7138/year", "rate", "> 7.14/s"),
        ("> 60 s", "time", "> 60 s"),
        ("< 2", "count", "< 2"),
        ("sustained", "time", "sustained"),
        ("> 5225472000000000B", "count", "> 5225472000000000B"),  # more than a file can state
    ],
)
def test_a_bound_in_a_few_digits(exact: str, kind: str, short: str) -> None:
    assert few_digits(exact, kind) == short


@given(
    st.sampled_from([">", ">=", "<", "<="]),
    st.integers(1, 10**15),
    st.sampled_from(["size", "time", "rate", "share", "money", "count", "percent"]),
)
def test_a_bound_in_a_few_digits_stays_true(sign: str, value: int, kind: str) -> None:
    exact = f"{sign} {show(Interval(value, value), kind)}"
    low, high = parse(exact, kind)
    shorter = parse(few_digits(exact, kind), kind)
    assert low is None or (shorter.low is not None and shorter.low >= low)
    assert high is None or (shorter.high is not None and shorter.high <= high)
