"""Quantities: what each text means in base units, and that what is shown reads back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.workload import Interval
from advisor.text.quantity import (
    DENOMINATORS,
    DIGITS,
    KINDS,
    RATE_PER_MONTH,
    QuantityError,
    largest,
    parse,
    show,
)

KB, MB, GB, TB = 1024, 1024**2, 1024**3, 1024**4
MS, SECOND = 1000, 1_000_000
HOUR = 3600 * SECOND
MONEY = "an amount per month"
PER_HOUR = 730 * RATE_PER_MONTH  # a month has 730 hours


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("20 KB", "size", 20480, 20480),
        ("20KiB", "size", 20480, 20480),
        ("6 MB", "size", 6291456, 6291456),  # the 6 MB body of InvokeEndpoint in bytes
        ("1024 MB", "size", GB, GB),
        ("1.5 TB", "size", TB + TB // 2, TB + TB // 2),
        ("5.9 MB", "size", 6186598, 6186598),  # 5.9 x 1048576 = 6186598.4
        ("<6 MB", "size", None, 6291455),
        ("<=6 MB", "size", None, 6291456),
        ("> 6 MB", "size", 6291457, None),
        (">=6 MB", "size", 6291456, None),
        ("<5.9 MB", "size", None, 6186598),  # 6186598.4 itself is no whole byte
        ("<=5.9 MB", "size", None, 6186598),
        (">5.9 MB", "size", 6186599, None),
        (">=5.9 MB", "size", 6186599, None),
        ("1 MB..5 MB", "size", MB, 5 * MB),
        ("1 MB .. 5 MB", "size", MB, 5 * MB),
        ("0.0001 B", "size", 1, 1),  # something is never nothing
        ("0 B", "size", 0, 0),
        (">60 s", "time", 60_000_001, None),
        ("0.1 ms", "time", 100, 100),
        ("1.5 h", "time", 5400 * SECOND, 5400 * SECOND),
        ("2 d", "time", 48 * HOUR, 48 * HOUR),
        ("1/month", "rate", 84_000, 84_000),
        ("1/h", "rate", PER_HOUR, PER_HOUR),
        ("24/day", "rate", PER_HOUR, PER_HOUR),
        ("168/week", "rate", PER_HOUR, PER_HOUR),
        ("12/year", "rate", 84_000, 84_000),
        (">=1000/s", "rate", 1000 * 3600 * PER_HOUR, None),
        ("2.2G/month", "rate", 2_200_000_000 * 84_000, 2_200_000_000 * 84_000),
        ("25k/s", "rate", 25_000 * 3600 * PER_HOUR, 25_000 * 3600 * PER_HOUR),
        ("2/h..6/h", "rate", 2 * PER_HOUR, 6 * PER_HOUR),
        ("8 h/day", "share", 56 * HOUR, 56 * HOUR),  # of a week
        ("40 h/week", "share", 40 * HOUR, 40 * HOUR),
        ("365 h/month", "share", 84 * HOUR, 84 * HOUR),  # half of 730 h is half of a week
        # 160 x 168 / 730 = 36.8219178 h a week.
        ("160 h/month", "share", 132_558_904_110, 132_558_904_110),
        (">= 160 h/month", "share", 132_558_904_110, None),
        ("<= 160 h/month", "share", None, 132_558_904_109),
        ("30 min/day", "share", 3 * HOUR + HOUR // 2, 3 * HOUR + HOUR // 2),
        ("500 USD/month", "money", 500_000_000, 500_000_000),
        ("0.01 USD/month", "money", 10_000, 10_000),
        ("300..600", "count", 300, 600),
        ("2k", "count", 2000, 2000),
        ("0.5B", "count", 500_000_000, 500_000_000),
        ("8B", "count", 8 * 10**9, 8 * 10**9),
        ("2.0", "count", 2, 2),
        ("<3", "count", None, 2),
        ("5 %", "percent", 5000, 5000),
        ("5%", "percent", 5000, 5000),
        ("0.125 %", "percent", 125, 125),
    ],
)
def test_a_text_means_a_closed_range_of_base_units(
    text: str, kind: str, low: int | None, high: int | None
) -> None:
    assert parse(text, kind) == Interval(low, high)


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("20", "size", "'20' has no unit"),
        ("20 mb", "size", "'mb' in '20 mb' is no unit of a size"),
        ("20 bytes", "size", "'bytes' in '20 bytes' is no unit of a size"),
        ("20 KB/s", "size", "'KB/s' in '20 KB/s' is no unit of a size"),
        ("5 mins", "time", "'mins' in '5 mins' is no unit of a time"),
        ("5 m", "time", "'m' in '5 m' is no unit of a time"),
        ("5 per hour", "rate", "'per hour' in '5 per hour' is no unit of a rate"),
        ("5 rps", "rate", "'rps' in '5 rps' is no unit of a rate"),
        ("5k", "rate", "'k' in '5k' is no unit of a rate"),
        ("500 USD", "money", f"'USD' in '500 USD' is no unit of {MONEY}"),
        ("$500", "money", f"'$500' is not {MONEY}"),
        ("1.5", "count", "'1.5' is not a whole number"),
        ("1.2345k", "count", "'1.2345k' is not a whole number"),
        ("many", "count", "'many' is not a count"),
        ("1,5 MB", "size", "'1,5 MB' is not a size"),
        ("1_000 MB", "size", "'1_000 MB' is not a size"),
        ("٣ MB", "size", "'٣ MB' is not a size"),
        (".5 MB", "size", "'.5 MB' is not a size"),
        ("5. MB", "size", "'5. MB' is not a size"),
        ("1e3 MB", "size", "'1e3 MB' is not a size"),
        ("-5 MB", "size", "'-5 MB' is below zero"),
        ("<0 MB", "size", "'<0 MB' holds no value"),
        ("", "size", "a number is missing"),
        (">=", "size", "a number is missing"),
        ("1 MB..", "size", "a number is missing"),
        ("5 MB..1 MB", "size", "the range '5 MB..1 MB' has its larger value first"),
        ("1..5 MB", "size", "'1' has no unit"),
        ("1 MB...5 MB", "size", "'.5 MB' is not a size"),
        ("5.0000000001 %", "percent", "'5.0000000001 %' has more than 9 decimals"),
    ],
)
def test_a_text_that_is_no_quantity_is_refused_with_the_accepted_forms(
    text: str, kind: str, problem: str
) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(text, kind)
    assert caught.value.problem == problem
    assert str(caught.value).startswith(f"{problem}; write it like ")


@pytest.mark.parametrize(
    ("low", "high", "kind", "text"),
    [
        (4 * MB + 1, None, "size", "> 4 MB"),
        (4 * MB, None, "size", ">= 4 MB"),
        (None, 6 * MB, "size", "<= 6 MB"),
        (None, 6 * MB - 1, "size", "< 6 MB"),
        (4 * MB, 6 * MB, "size", "4 MB..6 MB"),
        (MB + MB // 2, MB + MB // 2, "size", "1.5 MB"),
        (1000, 1000, "size", "1000 B"),
        (1025, 1025, "size", "1025 B"),  # 1.000977 KB has more than three decimals
        (6186598, 6186598, "size", "5.9 MB"),
        (0, 0, "size", "0 B"),
        (60 * SECOND, 60 * SECOND, "time", "60 s"),
        (60 * SECOND + 1, None, "time", "> 60 s"),
        (90 * SECOND, 90 * SECOND, "time", "90 s"),
        (900 * SECOND, 900 * SECOND, "time", "15 min"),
        (HOUR, HOUR, "time", "1 h"),
        (24 * HOUR, 24 * HOUR, "time", "24 h"),
        (72 * HOUR, 72 * HOUR, "time", "3 d"),
        (100, 100, "time", "0.1 ms"),
        (300 * 3600 * PER_HOUR, 300 * 3600 * PER_HOUR, "rate", "300/s"),
        (2_000_000 * 84_000, 2_000_000 * 84_000, "rate", "2M/month"),
        (5 * PER_HOUR // 24, 5 * PER_HOUR // 24, "rate", "5/day"),
        (10_000 * 60 * PER_HOUR, 10_000 * 60 * PER_HOUR, "rate", "10k/min"),
        (56 * HOUR, 56 * HOUR, "share", "8 h/day"),
        (40 * HOUR, 40 * HOUR, "share", "40 h/week"),
        (132_558_904_110, 132_558_904_110, "share", "160 h/month"),
        (500_000_000, 500_000_000, "money", "500 USD/month"),
        (300, 600, "count", "300..600"),
        (1000, 1000, "count", "1000"),
        (8 * 10**9, 8 * 10**9, "count", "8B"),
        (None, 4, "count", "< 5"),
        (5000, 5000, "percent", "5 %"),
        (None, None, "time", ">= 0 s"),
    ],
)
def test_a_range_is_shown_in_the_unit_that_people_expect(
    low: int | None, high: int | None, kind: str, text: str
) -> None:
    assert show(Interval(low, high), kind) == text


# Round numbers and arbitrary ones, as solved bounds are.
VALUES = st.one_of(
    st.integers(0, 10**4),
    st.integers(0, 10**17),
    st.builds(lambda digits, power: digits * 10**power, st.integers(0, 999), st.integers(0, 14)),
)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(VALUES), draw(VALUES)))
    return draw(
        st.sampled_from(
            (Interval(low, low), Interval(low, high), Interval(low, None), Interval(None, high))
        )
    )


@given(intervals(), st.sampled_from(sorted(KINDS)))
def test_what_is_shown_reads_back_to_the_same_range(interval: Interval, kind: str) -> None:
    assert parse(show(interval, kind), kind) == interval


@given(
    st.decimals(0, 10**6, places=4),
    st.sampled_from([(kind, unit) for kind in sorted(KINDS) for unit in KINDS[kind]]),
    st.integers(-2, 2),
)
def test_a_bound_keeps_the_whole_base_units_that_satisfy_it(
    number: Decimal, unit: tuple[str, str], step: int
) -> None:
    kind, name = unit
    exact = Fraction(str(number)) * KINDS[kind][name] / DENOMINATORS.get(name, 1)
    if kind == "count" and exact.denominator != 1:
        return
    if number >= 10 ** DIGITS[kind][name]:
        return
    near = max(0, int(exact) + step)
    text = f"{number} {name}"
    assert contains(parse(f">{text}", kind), near) == (near > exact)
    assert contains(parse(f">={text}", kind), near) == (near >= exact)
    assert contains(parse(f"<={text}", kind), near) == (near <= exact)
    if exact:
        assert contains(parse(f"<{text}", kind), near) == (near < exact)
        point = parse(text, kind).low
        assert point is not None
        assert point == 1 or abs(point - exact) <= Fraction(1, 2)


def contains(interval: Interval, value: int) -> bool:
    low, high = interval
    return (low is None or low <= value) and (high is None or value <= high)


@pytest.mark.parametrize("value", [10**17 + 1, 10**18 - 1, 10**18 + 12345])
def test_beyond_what_can_be_written_a_bound_is_never_looser(value: int) -> None:
    least = parse(show(Interval(value, None), "size"), "size").low
    most = parse(show(Interval(None, value), "size"), "size").high
    point = parse(show(Interval(value, value), "size"), "size").low
    assert least is not None
    assert most is not None
    assert point is not None
    assert value <= least <= value + TB
    assert value - TB <= most <= value
    assert abs(point - value) <= TB


@given(st.integers(10**15, 10**80), st.sampled_from(sorted(KINDS)))
def test_a_bound_of_any_size_can_be_written(value: int, kind: str) -> None:
    # A formula multiplies what a file states, so its bounds are larger than what a file may state.
    for interval in (Interval(value, None), Interval(None, value), Interval(value, value)):
        assert show(interval, kind)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_largest_number_reads_back(kind: str) -> None:
    most = largest(kind)
    assert parse(show(Interval(None, most), kind), kind) == Interval(None, most)


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind in KINDS for unit in KINDS[kind]])
def test_the_refusal_of_a_large_number_names_the_largest_that_is_read(kind: str, unit: str) -> None:
    with pytest.raises(QuantityError, match="is too large") as refused:
        parse(f"1{'0' * DIGITS[kind][unit]} {unit}", kind)
    named = refused.value.hint.removeprefix("write ").removesuffix(" or less")
    assert parse(named, kind) == parse(f"{'9' * DIGITS[kind][unit]}{unit}", kind)
