"""Spellings of quantities that have one meaning are read, and those of several are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.text.quantity import QuantityError, parse
from advisor.workload.familiar import parse_any

SIZES = {"b": 1, "kb": 2**10, "MB": 2**20, "gb": 2**30, "kB": 2**10, "megabytes": 2**20}
SIZES |= {"Gigabyte": 2**30, "bytes": 1, "GIB": 2**30, "tb": 2**40}
TIMES = {"seconds": 10**6, "sec": 10**6, "Minutes": 6 * 10**7, "mins": 6 * 10**7, "hrs": 36 * 10**8}
TIMES |= {
    "hour": 36 * 10**8,
    "days": 864 * 10**8,
    "msec": 10**3,
    "MS": 10**3,
    "milliseconds": 10**3,
}
RATES = {"rps": "/s", "qps": "/s", "req/s": "/s", "requests per second": "/s", " per sec": "/s"}
RATES |= {"/minute": "/min", " a day": "/day", "calls/hour": "/h", " requests / month": "/month"}
RATES |= {"k rps": "k/s", " million/month": "M/month", "M requests per day": "M/day", "rpm": "/min"}
SHARES = {" hours/day": " h/day", "h per week": " h/week", " hours a day": " h/day"}
NUMBERS = st.integers(1, 9999)


@given(NUMBERS, st.sampled_from(sorted(SIZES.keys() - {"b", "MB"})))
def test_a_size(number: int, unit: str) -> None:
    for blank in ("", " "):
        found = parse_any(f"{number}{blank}{unit}", "size")
        assert found == (number * SIZES[unit], number * SIZES[unit])


@given(NUMBERS, st.sampled_from(sorted(TIMES)), st.sampled_from(["", "<", ">= ", "<="]))
def test_a_time(number: int, unit: str, sign: str) -> None:
    found = parse_any(f"{sign}{number} {unit}", "time")
    assert found == parse(f"{sign}{number * TIMES[unit]} us", "time")


@given(NUMBERS, st.sampled_from(sorted(RATES)))
def test_a_rate(number: int, unit: str) -> None:
    found = parse_any(f"{number}{unit}", "rate")
    assert found == parse(f"{number}{RATES[unit]}", "rate")


@given(NUMBERS, NUMBERS, st.sampled_from(["-", " - ", "\u2013", " to ", ".."]), st.booleans())
def test_a_range(first: int, second: int, between: str, both: bool) -> None:
    low, high = sorted((first, second))
    found = parse_any(f"{low}{' s' if both else ''}{between}{high} s", "time")
    assert found == (low * 10**6, high * 10**6)


@pytest.mark.parametrize(
    ("text", "kind", "same"),
    [
        ("8 hours/day", "share", "8 h/day"),
        ("40 hours per week", "share", "40 h/week"),
        ("$500/month", "money", "500 USD/month"),
        ("500 dollars a month", "money", "500 USD/month"),
        ("500 usd/month", "money", "500 USD/month"),
        ("8 billion", "count", "8B"),
        ("8b", "count", "8B"),
        ("1.5 million", "count", "1.5M"),
        ("300-600", "count", "300..600"),
        ("5 percent", "percent", "5 %"),
        ("1-2 GB", "size", "1 GB..2 GB"),
        ("5 min - 15 min", "time", "5 min..15 min"),
        ("10 - 20 rps", "rate", "10/s..20/s"),
    ],
)
def test_other_kinds(text: str, kind: str, same: str) -> None:
    found = parse_any(text, kind)
    assert found == parse(same, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("400 Mb", "size"),  # megabits
        ("8 b", "size"),  # bits
        ("5 m", "time"),  # minutes, or months
        ("2m/month", "rate"),  # thousandths, or millions
        ("5/m", "rate"),
        ("500 USD", "money"),  # of which time?
        ("$5", "size"),
        ("1,5 MB", "size"),  # a decimal comma, or thousands
        ("20", "size"),
        ("5 moons", "time"),
        ("-5 s", "time"),
        ("10-5 s", "time"),
        ("5 to", "time"),
        ("", "time"),
        ("2-3-4 s", "time"),
    ],
)
def test_what_has_no_one_meaning_is_refused(text: str, kind: str) -> None:
    with pytest.raises(QuantityError):
        parse_any(text, kind)
